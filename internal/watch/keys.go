package watch

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// keys sees that no key has two uses, and that the receipt keys here are some that
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
	c.receiptKeys()
}

// receiptKeys looks at the private keys for receipts that the folder has.
func (c *checker) receiptKeys() {
	files, err := filepath.Glob(c.folder.KeyFile("receipt*"))
	if err != nil || len(files) == 0 {
		return // a copy
	}
	announced, unsound := map[letter.Hash]bool{}, false
	for _, k := range c.state.RoleKeys(register.KeyReceipt) {
		announced[k.Thumbprint] = true
	}
	for _, path := range files {
		key, err := signing.LoadKey(path)
		if errors.Is(err, fs.ErrPermission) {
			return // not for this user to see
		}
		name := "keys/" + filepath.Base(path)
		switch {
		case err != nil:
			unsound = true
			c.add(Damage, name, "%v; restore the file, or have a new key made by \"chancery key receipt\"", err)
		case !announced[key.Public().Thumbprint()]:
			unsound = true
			c.add(Notice, name, "no log entry announces it, so it gives no receipts: an attempt to make a key was cut off. \"chancery key receipt\" makes another; this file may be removed")
		}
	}
	if _, _, err := c.folder.ReceiptKey(c.state); kind.Of(err) == kind.NotFound && !unsound {
		c.add(Notice, "keys", "every receipt key here is revoked, so no receipts are given; \"chancery key receipt\" makes a new one")
	}
}

// noteKey is the key in a verifier key of the log or its clock; zero when there
// is none: register.toml was read before, so a bad one is no news.
func noteKey(vkey string) register.PublicKey {
	parts := strings.SplitN(vkey, "+", 3) // NAME+ID+KEY, and base64 has plus signs of its own
	material, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(material) != 1+ed25519.PublicKeySize {
		return register.PublicKey{}
	}
	key, err := register.NewPublicKey(ed25519.PublicKey(material[1:]))
	if err != nil {
		return register.PublicKey{}
	}
	return key
}
