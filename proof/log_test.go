package proof_test

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A register in memory, made of names alone: the same drawing gives the same
// bytes, so that vectors can be written anew and compared.

const origin = "letters.harbour.example/main/2026"

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func seed(format string, args ...any) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, format, args...))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // only in tests, where it names the line
	}
	return v
}

// key is an Ed25519 key drawn from a name.
func key(name string) ed25519.PrivateKey {
	s := seed("key of %s", name)
	return ed25519.NewKeyFromSeed(s[:])
}

// A cosigner is a note.Signer: a log's (type 1) or one that adds its time
// (type 4).
type cosigner struct {
	name string
	key  ed25519.PrivateKey
	at   time.Time // zero: a log's own signature
}

func (c cosigner) material() []byte {
	typ := byte(0x01)
	if !c.at.IsZero() {
		typ = 0x04
	}
	return append([]byte{typ}, c.key.Public().(ed25519.PublicKey)...)
}

func (c cosigner) Name() string { return c.name }

func (c cosigner) KeyHash() uint32 {
	h := sha256.Sum256(append([]byte(c.name+"\n"), c.material()...))
	return binary.BigEndian.Uint32(h[:])
}

func (c cosigner) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.KeyHash(), base64.StdEncoding.EncodeToString(c.material()))
}

func (c cosigner) Sign(msg []byte) ([]byte, error) {
	if c.at.IsZero() {
		return ed25519.Sign(c.key, msg), nil
	}
	seconds := uint64(c.at.Unix())
	return append(binary.BigEndian.AppendUint64(nil, seconds), ed25519.Sign(c.key, proof.CosignatureMessage(seconds, msg))...), nil
}

// The signers of the tests.
var (
	logKey  = cosigner{name: origin, key: key("log")}
	clock   = cosigner{name: origin, key: key("clock"), at: begin.Add(30 * time.Hour)}
	witness = []cosigner{
		{name: "one.example/w", key: key("w1"), at: begin.Add(31 * time.Hour)},
		{name: "two.example/w", key: key("w2"), at: begin.Add(31 * time.Hour)},
		{name: "three.example/w", key: key("w3"), at: begin.Add(31 * time.Hour)},
	}
)

// policyText is the policy of a reader who wants two of three witnesses.
func policyText(lines ...string) string {
	all := []string{"log " + logKey.vkey(), "witness clock " + clock.vkey()}
	for i, w := range witness {
		all = append(all, fmt.Sprintf("witness w%d %s", i+1, w.vkey()))
	}
	return strings.Join(append(all, lines...), "\n") + "\n"
}

func policyOf(t testing.TB, lines ...string) proof.Policy {
	t.Helper()
	p, err := proof.ParsePolicy([]byte(policyText(lines...)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A tree is a log: entries, and the hashes over them.
type tree struct {
	entries [][]byte
	hashes  []tlog.Hash // as package tlog stores them
}

func (l *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = l.hashes[x]
	}
	return out, nil
}

func (l *tree) add(raw []byte) register.Index {
	n := int64(len(l.entries))
	l.hashes = append(l.hashes, must(tlog.StoredHashesForRecordHash(n, tlog.Hash(register.LeafHash(raw)), l))...)
	l.entries = append(l.entries, raw)
	return register.Index(n)
}

func (l *tree) head() proof.Head {
	n := int64(len(l.entries))
	return proof.Head{Origin: origin, Size: uint64(n), Root: letter.Hash(must(tlog.TreeHash(n, l)))}
}

// checkpoint signs the head.
func (l *tree) checkpoint(signers ...note.Signer) []byte {
	return signed(l.head().Text(), signers...)
}

func signed(text []byte, signers ...note.Signer) []byte {
	return must(note.Sign(&note.Note{Text: string(text)}, signers...))
}

// usual are the signers of a good checkpoint: the log, its clock, two witnesses.
func usual() []note.Signer { return []note.Signer{logKey, clock, witness[0], witness[1]} }

// Entry and Path implement proof.Source.
func (l *tree) Entry(i register.Index) ([]byte, error) {
	if uint64(i) >= uint64(len(l.entries)) {
		return nil, fmt.Errorf("no entry %d", i)
	}
	return l.entries[i], nil
}

func (l *tree) Path(i register.Index) ([]letter.Hash, error) {
	path := must(tlog.ProveRecord(int64(len(l.entries)), int64(i), l))
	out := make([]letter.Hash, len(path))
	for n, h := range path {
		out[n] = letter.Hash(h)
	}
	return out, nil
}

func (l *tree) state(t testing.TB) *register.State {
	t.Helper()
	s := register.NewState()
	for i, raw := range l.entries {
		e, err := register.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if p := s.Add(register.Logged{Index: register.Index(i), Entry: e}); p != nil {
			t.Fatalf("the tests' register breaks a rule: %s", p)
		}
	}
	return s
}

// bundle assembles the proof of a record that holds an entry.
func (l *tree) bundle(t testing.TB, at register.Index, texts ...letter.LangText) proof.Bundle {
	t.Helper()
	s := l.state(t)
	id, _, err := s.RecordAt(at, begin)
	if err != nil {
		t.Fatal(err)
	}
	b, err := proof.Assemble(s, id, l.checkpoint(usual()...), l, texts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encoded(t testing.TB, b proof.Bundle) []byte {
	t.Helper()
	raw, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// reproof changes the tlog-proof within a bundle.
func reproof(t testing.TB, b proof.Bundle, change func(*proof.TLogProof)) proof.Bundle {
	t.Helper()
	p, err := proof.ParseTLogProof(b.Proof)
	if err != nil {
		t.Fatal(err)
	}
	change(&p)
	b.Proof = proof.FormatTLogProof(p)
	return b
}

func words(lang letter.Lang, s string) letter.LangText {
	return letter.LangText{Lang: lang, Text: must(letter.Canonicalize([]byte(s)))}
}

func sortTexts(texts []letter.LangText) []letter.LangText {
	return slices.SortedFunc(slices.Values(texts), func(a, b letter.LangText) int {
		return cmp.Or(strings.Compare(string(a.Lang), string(b.Lang)), bytes.Compare([]byte(a.Text.String()), []byte(b.Text.String())))
	})
}
