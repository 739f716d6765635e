package office

import (
	"fmt"
	"sync"

	"chancery.example/internal/folder"
	"chancery.example/internal/signing"
)

// Names of the keys of a register's folder.
const (
	operatorKey = "operator"
	logKey      = "log"
	clockKey    = "clock"
)

func officeKey(id string) string { return "office-" + id }

// A keyring reads the folder's private keys as they are needed.
type keyring struct {
	folder folder.Folder

	mu   sync.Mutex
	keys map[string]signing.Key
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
