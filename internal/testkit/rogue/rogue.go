// Package rogue writes registers as a dishonest operator could: any entries in
// any order, under heads that are signed with the log's true key. Tests show with
// it what readers, mirrors and monitors make of them.
package rogue

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	xtlog "chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Log is a register whose operator writes what he likes.
type Log struct {
	Config  folder.Config
	Key     signing.Key
	Entries [][]byte
	// Clock signs the time At into heads as the register's own clock, when At is set.
	Clock signing.Key
	At    time.Time
}

// New returns a log of entries that mean nothing, under a key of its own.
func New(t testing.TB, origin string, n int) *Log {
	t.Helper()
	k, err := signing.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := folder.NewConfig(origin, k.VerifierKey(origin), "", true)
	if err != nil {
		t.Fatal(err)
	}
	l := &Log{Config: cfg, Key: k}
	e, err := register.Sign(k, register.Claims{
		Issuer: "https://rogue.example", Subject: "urn:chancery:register:" + origin, IssuedAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}, register.Genesis{Origin: origin, Name: register.Words{"en": "Rogue"}, Operator: k.Public(), LogKey: cfg.LogKey, Exercise: true})
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		l.Entries = append(l.Entries, e.Bytes())
	}
	return l
}

// Of takes a register's folder over, with its log's key.
func Of(t testing.TB, dir string) *Log {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := &Log{Config: f.Config}
	if l.Key, err = signing.LoadKey(f.KeyFile("log")); err != nil {
		t.Fatal(err)
	}
	if l.Clock, err = signing.LoadKey(f.KeyFile("clock")); err != nil {
		t.Fatal(err)
	}
	r, err := xtlog.OpenReader(f.LogDir())
	if err != nil {
		t.Fatal(err)
	}
	h, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	err = r.Entries(t.Context(), h, 0, func(_ register.Index, e []byte) error {
		l.Entries = append(l.Entries, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A tree keeps the hashes over entries as x/mod stores them.
type tree []tlog.Hash

// ReadHashes implements tlog.HashReader.
func (s tree) ReadHashes(indices []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indices))
	for i, x := range indices {
		out[i] = s[x]
	}
	return out, nil
}

func (l *Log) tree(t testing.TB) tree {
	t.Helper()
	var s tree
	for i, e := range l.Entries {
		hs, err := tlog.StoredHashesForRecordHash(int64(i), tlog.Hash(register.LeafHash(e)), s)
		if err != nil {
			t.Fatal(err)
		}
		s = append(s, hs...)
	}
	return s
}

// Checkpoint signs the head over the first n entries.
func (l *Log) Checkpoint(t testing.TB, n int, cosigners ...note.Signer) []byte {
	t.Helper()
	root, err := tlog.TreeHash(int64(n), l.tree(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Key.NoteSigner(l.Config.Origin)
	if err != nil {
		t.Fatal(err)
	}
	signers := []note.Signer{s}
	if !l.At.IsZero() {
		signers = append(signers, Cosigner{Key: l.Clock, Named: l.Config.Origin, At: l.At})
	}
	head := proof.Head{Origin: l.Config.Origin, Size: uint64(n), Root: letter.Hash(root)} //nolint:gosec // small
	raw, err := note.Sign(&note.Note{Text: string(head.Text())}, append(signers, cosigners...)...)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Write writes the public folder of the register: what its readers are shown.
// Words come from the folders given.
func (l *Log) Write(t testing.TB, dir string, words ...string) {
	t.Helper()
	raw, err := l.Config.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, folder.ConfigName), raw)
	n := int64(len(l.Entries))
	s := l.tree(t)
	for _, tile := range tlog.NewTiles(layout.TileHeight, 0, n) {
		data, err := tlog.ReadTileData(tile, s)
		if err != nil {
			t.Fatal(err)
		}
		name := layout.TilePath(uint64(tile.L), uint64(tile.N), uint8(tile.W%layout.TileWidth)) //nolint:gosec // small
		put(t, filepath.Join(dir, "log", name), data)
	}
	for from := 0; from < len(l.Entries); from += layout.EntryBundleWidth {
		var b bytes.Buffer
		for _, e := range l.Entries[from:min(from+layout.EntryBundleWidth, len(l.Entries))] {
			b.Write(binary.BigEndian.AppendUint16(nil, uint16(len(e)))) //nolint:gosec // at most 65,535
			b.Write(e)
		}
		i := uint64(from / layout.EntryBundleWidth)
		name := layout.EntriesPath(i, layout.PartialTileSize(0, i, uint64(n)))
		put(t, filepath.Join(dir, "log", name), b.Bytes())
	}
	for _, from := range words {
		if err := os.CopyFS(filepath.Join(dir, "texts"), os.DirFS(filepath.Join(from, "texts"))); err != nil && !errors.Is(err, os.ErrExist) && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(dir, "log", "checkpoint"), l.Checkpoint(t, len(l.Entries)))
}

func put(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A Cosigner signs heads with a time: a witness, or a register's clock.
type Cosigner struct {
	Key   signing.Key
	Named string
	At    time.Time
}

// Name implements note.Signer.
func (c Cosigner) Name() string { return c.Named }

// KeyHash implements note.Signer.
func (c Cosigner) KeyHash() uint32 {
	_, id := c.vkey()
	return id
}

// VerifierKey is the cosigner's public key as policies have it.
func (c Cosigner) VerifierKey() string {
	v, _ := c.vkey()
	return v
}

// Sign implements note.Signer.
func (c Cosigner) Sign(text []byte) ([]byte, error) {
	at := uint64(c.At.Unix()) //nolint:gosec // after 1970
	sig, err := c.Key.Sign(proof.CosignatureMessage(at, text))
	return append(binary.BigEndian.AppendUint64(nil, at), sig...), err //nolint:wrapcheck // a test's
}

func (c Cosigner) vkey() (string, uint32) {
	pub, _ := c.Key.Crypto().Public().(ed25519.PublicKey)
	v, id, err := proof.CosignerKey(c.Named, pub)
	if err != nil {
		panic(err) // only in tests, where it names the line
	}
	return v, id
}

// Twin makes a second folder of a register with all its keys, as an operator can
// who tells two stories. Both are open afterwards.
func Twin(t testing.TB, h *officetest.House) *officetest.House {
	t.Helper()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	other := *h
	other.Dir = filepath.Join(t.TempDir(), "twin")
	if err := os.CopyFS(other.Dir, os.DirFS(h.Dir)); err != nil {
		t.Fatal(err)
	}
	keys, err := filepath.Glob(filepath.Join(other.Dir, "keys", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range append(keys, filepath.Join(other.Dir, "keys")) {
		mode := os.FileMode(0o600)
		if filepath.Ext(k) == "" {
			mode = 0o700
		}
		if err := os.Chmod(k, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []*officetest.House{h, &other} {
		if x.Register, err = office.Open(t.Context(), x.Dir, x.Options()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = x.Close() })
	}
	return &other
}
