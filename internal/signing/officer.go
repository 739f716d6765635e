package signing

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
)

// An OfficerKey is an officer's SSH private key.
type OfficerKey struct {
	signer ssh.Signer
	public approval.Key
	pem    []byte
}

// NewOfficerKey draws an Ed25519 SSH key from random.
func NewOfficerKey(random io.Reader, comment string) (OfficerKey, error) {
	k, err := NewKey(random)
	if err != nil {
		return OfficerKey{}, err
	}
	return officerKey(k.private, comment)
}

func officerKey(private ed25519.PrivateKey, comment string) (OfficerKey, error) {
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return OfficerKey{}, fmt.Errorf("writing an officer's key: %w", err)
	}
	return ParseOfficerKey(pem.EncodeToMemory(block))
}

// ParseOfficerKey reads an OpenSSH private key without passphrase. One with a
// passphrase, or in an agent or a security key, signs through ssh-keygen.
func ParseOfficerKey(raw []byte) (OfficerKey, error) {
	signer, err := ssh.ParsePrivateKey(raw)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) {
		return OfficerKey{}, errors.New("the key is protected by a passphrase: sign the statement with ssh-keygen (see --statement) and hand in the signature")
	}
	if err != nil {
		return OfficerKey{}, errors.New("not an OpenSSH private key")
	}
	public, err := approval.ParseKey(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	if err != nil {
		return OfficerKey{}, err
	}
	return OfficerKey{signer, public, raw}, nil
}

// LoadOfficerKey reads an officer's key from a file of its owner alone.
func LoadOfficerKey(path string) (OfficerKey, error) {
	raw, err := readPrivate(path)
	if err != nil {
		return OfficerKey{}, err
	}
	k, err := ParseOfficerKey(raw)
	if err != nil {
		return OfficerKey{}, fmt.Errorf("reading key %s: %w", path, err)
	}
	return k, nil
}

// Save writes the key as ssh-keygen would, and its public line beside it as
// path.pub.
func (k OfficerKey) Save(path string) error {
	if err := saveNew(path, k.pem); err != nil {
		return err
	}
	return saveNew(path+".pub", []byte(k.public.Line()+"\n"))
}

// Public returns the public key.
func (k OfficerKey) Public() approval.Key { return k.public }

// Approve signs an approval statement and returns the sshsig in wire form.
func (k OfficerKey) Approve(statement approval.Statement) ([]byte, error) {
	if err := statement.Validate(); err != nil {
		return nil, err
	}
	sig, err := sshsig.Sign(bytes.NewReader(statement.Bytes()), k.signer, sshsig.HashSHA512, approval.Namespace)
	if err != nil {
		return nil, fmt.Errorf("approving as %s: %w", k.public.Fingerprint(), err)
	}
	return sig.Marshal(), nil
}
