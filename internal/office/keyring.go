package office

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// Names of the keys of a register's folder.
const (
	operatorKey = "operator"
	logKey      = "log"
	clockKey    = "clock"
)

func officeKey(id string) string { return "office-" + id }

// roleKey is the name of the operator's keys for one use. The key of the log that
// is in use is "log"; its successor has its thumbprint in its name.
func roleKey(role register.KeyRole) string { return string(role) }

// A keyring reads the folder's private keys as they are needed. One owner or use
// may have several: the first under its plain name, later ones as
// folder.NumberedKey has it.
type keyring struct {
	folder folder.Folder

	mu   sync.Mutex
	keys map[string]signing.Key // by file name
}

func (k *keyring) get(name string) (signing.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.keys[name]; ok {
		return key, nil
	}
	key, err := signing.LoadKey(k.folder.KeyFile(name))
	if err != nil {
		return key, fmt.Errorf("the register's %s key: %w", name, err)
	}
	if k.keys == nil {
		k.keys = map[string]signing.Key{}
	}
	k.keys[name] = key
	return key, nil
}

// by returns the key of an owner or use that has a thumbprint.
func (k *keyring) by(name string, id letter.Hash) (signing.Key, error) {
	for _, file := range []string{name, folder.NumberedKey(name, id)} {
		key, err := k.get(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || key.Public().Thumbprint() == id {
			return key, err
		}
	}
	return signing.Key{}, kind.Unavailable.Errorf("key %s of %s is not in %s: %w", id, name, filepath.Dir(k.folder.KeyFile(name)), fs.ErrNotExist)
}

func (k *keyring) has(name string, id letter.Hash) bool {
	_, err := k.by(name, id)
	return err == nil
}

// those returns which of some keys are here, in their order.
func (k *keyring) those(name string, ids []letter.Hash) []letter.Hash {
	return slices.DeleteFunc(slices.Clone(ids), func(id letter.Hash) bool { return !k.has(name, id) })
}

// fresh draws a key and keeps it. It is on disk before anything in the log names
// it; one that nothing came to name lies there unused.
func (k *keyring) fresh(name string, random io.Reader) (signing.Key, error) {
	key, err := signing.NewKey(random)
	if err != nil {
		return key, err
	}
	return key, kind.Unavailable.Wrap(key.Save(k.folder.KeyFile(folder.NumberedKey(name, key.Public().Thumbprint()))))
}
