package signing

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/register"
)

// A Key is an Ed25519 private key that signs entries or checkpoints. It
// implements register.Signer and crypto.Signer's shape by its methods.
type Key struct{ private ed25519.PrivateKey }

// NewKey draws a key from random, which must be a cryptographic source.
func NewKey(random io.Reader) (Key, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return Key{}, fmt.Errorf("drawing a key: %w", err)
	}
	return Key{ed25519.NewKeyFromSeed(seed)}, nil
}

// Public implements register.Signer.
func (k Key) Public() register.PublicKey {
	pub, err := register.NewPublicKey(k.private.Public())
	if err != nil {
		return register.PublicKey{} // an Ed25519 key of the right size is never refused
	}
	return pub
}

// Sign implements register.Signer.
func (k Key) Sign(toBeSigned []byte) ([]byte, error) {
	return ed25519.Sign(k.private, toBeSigned), nil
}

// Crypto returns the key for the standard library's interfaces.
func (k Key) Crypto() crypto.Signer { return k.private }

// NoteSigner returns the key as the signer of checkpoints under a name.
func (k Key) NoteSigner(name string) (note.Signer, error) {
	s, err := note.NewSigner(k.noteKey(name))
	if err != nil {
		return nil, fmt.Errorf("using the log key of %s: %w", name, err)
	}
	return s, nil
}

const pemType = "PRIVATE KEY"

// Save writes a key to a new file of its owner alone. An existing file is never
// replaced: a lost key cannot be had back.
func (k Key) Save(path string) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return fmt.Errorf("saving key %s: %w", path, err)
	}
	return saveNew(path, pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}))
}

// LoadKey reads a key that Save wrote, and refuses a file that others can read.
func LoadKey(path string) (Key, error) {
	raw, err := readPrivate(path)
	if err != nil {
		return Key{}, err
	}
	block, rest := pem.Decode(raw)
	if block == nil || block.Type != pemType || len(rest) > 0 {
		return Key{}, fmt.Errorf("reading key %s: not one %s in PEM", path, pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("reading key %s: not a private key in PKCS #8", path)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return Key{}, fmt.Errorf("reading key %s: a %T: want Ed25519", path, parsed)
	}
	return Key{private}, nil
}

// Generate draws a key and saves it under path.
func Generate(path string) (Key, error) {
	k, err := NewKey(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	return k, k.Save(path)
}

// saveNew writes a private file completely or not at all: it gets its name when
// it is whole and on disk, so that a crash cannot leave half a key behind.
func saveNew(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("saving key %s: %w", path, err)
	}
	f, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("saving key %s: %w", path, err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), path) // unlike a rename it never replaces a file
	}
	err = errors.Join(err, os.Remove(f.Name()))
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("saving key %s: a key is there already and is not replaced", path)
	}
	if err != nil {
		return fmt.Errorf("saving key %s: %w", path, err)
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}

const maxKeyFile = 64 << 10

// readPrivate reads a key file that only its owner can read.
func readPrivate(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("reading key %s: %w", path, err)
	}
	if info.Size() > maxKeyFile || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("reading key %s: not a key file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("reading key %s: others than its owner can read it (mode %04o); set it to 0600, and if others use this machine make a new key", path, info.Mode().Perm())
	}
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("reading key %s: %w", path, err)
	}
	return raw, nil
}
