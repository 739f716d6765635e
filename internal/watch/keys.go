package watch

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"chancery.example/internal/folder"
	"chancery.example/letter"
	"chancery.example/register"
)

// keys sees that no key has two uses, and that the receipt key here is one that
// the log announces. One key for two roles would let what was signed for one pass
// for the other.
func (c *checker) keys() {
	if !c.whole {
		return
	}
	uses := map[letter.Hash]string{}
	use := func(key register.PublicKey, what string) {
		if key.IsZero() {
			return
		}
		id := key.Thumbprint()
		if other, twice := uses[id]; twice && other != what {
			c.add(Damage, "keys", "%s and %s are one and the same key, %s: give one of them a new one, and revoke this", other, what, id)
			return
		}
		uses[id] = what
	}
	use(noteKey(c.folder.Config.LogKey), "the log's key")
	use(noteKey(c.folder.Config.ClockKey), "the clock's key")
	use(c.state.Genesis().Operator, "the operator's key")
	for _, o := range c.state.Offices() {
		for _, k := range o.Keys {
			use(k.Key, fmt.Sprintf("a key of office %s", o.ID))
		}
	}
	for _, k := range c.state.RoleKeys(register.KeyReceipt) {
		use(k.Key, "a receipt key")
	}
	c.receiptKey()
}

// receiptKey looks at the private key for receipts, when the folder has one.
func (c *checker) receiptKey() {
	path := c.folder.KeyFile(folder.ReceiptKeyName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return // a copy, or not for this user to see
	}
	key, err := c.folder.ReceiptKey()
	if err != nil {
		c.add(Damage, "keys/"+folder.ReceiptKeyName, "%v; no receipts are given. Restore the file, or have a new one made by \"chancery receipt key --new\"", err)
		return
	}
	for _, k := range c.state.RoleKeys(register.KeyReceipt) {
		switch {
		case !k.Key.Equal(key.Public()):
		case k.Revoked != nil:
			c.add(Notice, "keys/"+folder.ReceiptKeyName, "entry %d revoked it, so no receipts are given; \"chancery receipt key\" makes a new one", k.Revoked.Index)
			return
		default:
			return
		}
	}
	c.add(Notice, "keys/"+folder.ReceiptKeyName, "no log entry announces it, so no receipts are given; \"chancery receipt key\" announces it")
}

// noteKey is the key in a verifier key of the log or its clock; zero when there
// is none: register.toml was read before, so a bad one is no news.
func noteKey(vkey string) register.PublicKey {
	material, err := base64.StdEncoding.DecodeString(vkey[strings.LastIndex(vkey, "+")+1:])
	if err != nil || len(material) != 1+ed25519.PublicKeySize {
		return register.PublicKey{}
	}
	key, err := register.NewPublicKey(ed25519.PublicKey(material[1:]))
	if err != nil {
		return register.PublicKey{}
	}
	return key
}
