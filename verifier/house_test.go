// The tests' register, drawn as the vectors of package proof are.

package verifier_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const origin = "letters.harbour.example/main/2026"

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// key is the key that the vectors draw from a name.
func key(name string) ed25519.PrivateKey {
	s := sha256.Sum256(fmt.Appendf(nil, "key of %s", name))
	return ed25519.NewKeyFromSeed(s[:])
}

func publicKey(k ed25519.PrivateKey) register.PublicKey {
	p, err := register.NewPublicKey(k.Public())
	if err != nil {
		panic(err) // an Ed25519 key is one
	}
	return p
}

// A cosigner signs checkpoints: a log, or with a time one who adds it.
type cosigner struct {
	name string
	key  ed25519.PrivateKey
	at   time.Time
}

func (c cosigner) Name() string { return c.name }

func (c cosigner) KeyHash() uint32 {
	typ := byte(0x01)
	if !c.at.IsZero() {
		typ = 0x04
	}
	h := sha256.Sum256(slices.Concat([]byte(c.name+"\n"), []byte{typ}, c.key.Public().(ed25519.PublicKey)))
	return binary.BigEndian.Uint32(h[:])
}

func (c cosigner) Sign(msg []byte) ([]byte, error) {
	if c.at.IsZero() {
		return ed25519.Sign(c.key, msg), nil
	}
	seconds := uint64(c.at.Unix())
	return append(binary.BigEndian.AppendUint64(nil, seconds), ed25519.Sign(c.key, proof.CosignatureMessage(seconds, msg))...), nil
}

// A tree is a log in memory.
type tree struct {
	size   int64
	hashes []tlog.Hash
}

func (l *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = l.hashes[x]
	}
	return out, nil
}

func (l *tree) add(raw []byte) {
	h, err := tlog.StoredHashesForRecordHash(l.size, tlog.Hash(register.LeafHash(raw)), l)
	if err != nil {
		panic(err) // the tree is in memory
	}
	l.hashes = append(l.hashes, h...)
	l.size++
}

func (l *tree) path(i register.Index) []letter.Hash {
	p, err := tlog.ProveRecord(l.size, int64(i), l)
	if err != nil {
		panic(err) // the tree is in memory
	}
	out := make([]letter.Hash, len(p))
	for n, h := range p {
		out[n] = letter.Hash(h)
	}
	return out
}

func (l *tree) checkpoint() []byte {
	root, err := tlog.TreeHash(l.size, l)
	if err != nil {
		panic(err) // the tree is in memory
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, l.size, base64.StdEncoding.EncodeToString(root[:]))
	raw, err := note.Sign(
		&note.Note{Text: text},
		cosigner{origin, key("log"), time.Time{}}, cosigner{origin, key("clock"), begin.Add(30 * time.Hour)},
		cosigner{"one.example/w", key("w1"), begin.Add(31 * time.Hour)}, cosigner{"two.example/w", key("w2"), begin.Add(31 * time.Hour)},
	)
	if err != nil {
		panic(err) // the keys are good
	}
	return raw
}
