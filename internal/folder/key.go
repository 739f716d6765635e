//go:build !js

package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// NumberedKey names a key beside the first of its owner or use: with a dot and the
// first 16 digits of its thumbprint, which no short name can look like.
func NumberedKey(name string, id letter.Hash) string { return name + "." + id.String()[:16] }

// ReceiptKey returns the key that signs receipts: the newest that the log
// announces, that is not revoked and that is in this folder. A copy of a register
// without its keys has none: an error of kind NotFound.
func (f Folder) ReceiptKey(s *register.State) (signing.Key, register.RoleKey, error) {
	for _, k := range slices.Backward(s.RoleKeys(register.KeyReceipt)) {
		if k.Revoked != nil {
			continue
		}
		key, err := f.roleKey(k)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return signing.Key{}, k, kind.Unavailable.Errorf("the register's receipt key: %w", err)
		}
		return key, k, nil
	}
	return signing.Key{}, register.RoleKey{}, kind.NotFound.Errorf("no receipt key here: only the register's own machine gives receipts; a register that has none yet, or whose key is revoked, gets one by \"chancery key receipt\"")
}

// roleKey loads the private half of a key with a role; fs.ErrNotExist when it is
// not here.
func (f Folder) roleKey(k register.RoleKey) (signing.Key, error) {
	for _, name := range []string{NumberedKey(string(k.Role), k.Thumbprint), string(k.Role)} {
		path := f.KeyFile(name)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		key, err := signing.LoadKey(path)
		if err != nil || key.Public().Equal(k.Key) {
			return key, err //nolint:wrapcheck // says which file
		}
	}
	return signing.Key{}, fmt.Errorf("key %s for %s: %w", k.Thumbprint, k.Role, fs.ErrNotExist)
}
