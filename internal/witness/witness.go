package witness

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
)

// ConfigName is the file that makes a folder a witness's.
const ConfigName = "witness.toml"

// A Config is the content of witness.toml.
type Config struct {
	Format int    `toml:"format"`
	Name   string `toml:"name"` // of the key, an address without scheme
	Key    string `toml:"key"`  // verifier key, for policies of logs and readers
}

// A Witness cosigns heads of the logs that it knows. Its methods may be used by
// many goroutines, and its folder by several processes, at once.
type Witness struct {
	Config Config

	id    uint32
	key   crypto.Signer
	db    *database
	clock func() time.Time

	// persisted, when not nil, is called between the writing of a head and the
	// answer: what a test ends there must not be forgotten.
	persisted func() error
}

// Init makes a witness in a new folder and returns what it is.
func Init(ctx context.Context, dir, name string) (Config, error) {
	if _, err := os.Stat(filepath.Join(dir, ConfigName)); err == nil {
		return Config{}, kind.Conflict.Errorf("there is a witness in %s already: two witnesses with one key could contradict each other; choose another folder", dir)
	}
	k, err := signing.Generate(keyFile(dir))
	if err != nil {
		return Config{}, fmt.Errorf("making a witness in %s: %w", dir, err)
	}
	pub, ok := k.Crypto().Public().(ed25519.PublicKey)
	if !ok {
		return Config{}, fmt.Errorf("making a witness in %s: the key is no Ed25519 key", dir)
	}
	c := Config{Format: 1, Name: name}
	if c.Key, _, err = proof.CosignerKey(name, pub); err != nil {
		return Config{}, kind.Invalid.Errorf("making a witness in %s: %w", dir, err)
	}
	db, err := openDatabase(ctx, dir)
	if err != nil {
		return Config{}, err
	}
	text := fmt.Appendf(nil, "# A Chancery witness. Written by \"chancery witness init\"; do not edit.\nformat = 1\nname = %q\nkey = %q\n", c.Name, c.Key)
	if err := errors.Join(db.close(), folder.WriteFile(filepath.Join(dir, ConfigName), text, 0o644)); err != nil {
		return Config{}, fmt.Errorf("making a witness in %s: %w", dir, err)
	}
	return c, nil
}

func keyFile(dir string) string { return filepath.Join(dir, "key.pem") }

// Open opens the witness in a folder.
func Open(ctx context.Context, dir string, clock func() time.Time) (*Witness, error) {
	w := &Witness{clock: clock}
	raw, err := os.ReadFile(filepath.Join(filepath.Clean(dir), ConfigName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, kind.NotFound.Errorf("no witness in %s: there is no %s; \"chancery witness init\" makes one", dir, ConfigName)
	}
	if err != nil {
		return nil, fmt.Errorf("opening witness %s: %w", dir, err)
	}
	meta, err := toml.Decode(string(raw), &w.Config)
	if err != nil || len(meta.Undecoded()) > 0 || w.Config.Format != 1 {
		return nil, kind.Invalid.Errorf("opening witness %s: its %s is not one of format 1 (%v)", dir, ConfigName, err)
	}
	k, err := signing.LoadKey(keyFile(dir))
	if err != nil {
		return nil, fmt.Errorf("opening witness %s: %w", dir, err)
	}
	w.key = k.Crypto()
	pub, _ := w.key.Public().(ed25519.PublicKey)
	vkey, id, err := proof.CosignerKey(w.Config.Name, pub)
	if err != nil || vkey != w.Config.Key {
		return nil, kind.Invalid.Errorf("opening witness %s: the private key is not that of its %s", dir, ConfigName)
	}
	w.id = id
	if w.db, err = openDatabase(ctx, dir); err != nil {
		return nil, err
	}
	return w, nil
}

// Close closes the witness's database.
func (w *Witness) Close() error { return w.db.close() }

// Learn makes the witness cosign heads of the log with this verifier key. The
// key's name is the log's origin; url is where the log is, "" when unknown.
func (w *Witness) Learn(ctx context.Context, vkey, url string) (origin string, err error) {
	v, err := proof.NewVerifier(vkey)
	if err != nil {
		return "", kind.Invalid.Errorf("adding a log: %w", err)
	}
	// A log's own signature, not a cosignature: its policy line says so.
	if _, err := proof.ParsePolicy([]byte("log " + vkey + "\nquorum none\n")); err != nil {
		return "", kind.Invalid.Errorf("adding a log: %w", err)
	}
	return v.Name(), w.db.learn(ctx, v.Name(), vkey, url)
}

// A Refusal is why a checkpoint was not cosigned, with its status in HTTP.
type Refusal struct {
	Status  int
	Size    uint64 // of the head cosigned last, when Status is 409
	Problem string
}

func (r *Refusal) Error() string { return r.Problem }

func refuse(status int, format string, args ...any) error {
	return &Refusal{Status: status, Problem: fmt.Sprintf(format, args...)}
}

// Cosign takes the body of an add-checkpoint request and returns the signature line
// of the cosignature, after the head is on disk. Errors of type *[Refusal] say
// what the one who asks did wrong; others are the witness's own trouble.
func (w *Witness) Cosign(ctx context.Context, body []byte) ([]byte, error) {
	// 1. The request has its form, and so has the checkpoint in it.
	req, err := ParseRequest(body)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "not a request: %v", err)
	}
	head, err := proof.ParseHead(req.Checkpoint)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "%v", err)
	}
	// 2. A log that is known signed it.
	keys, err := w.db.keys(ctx, head.Origin)
	if err != nil {
		return nil, err
	}
	signed, err := open(req.Checkpoint, head.Origin, keys)
	if err != nil {
		return nil, err
	}
	if req.Old > head.Size {
		return nil, refuse(http.StatusBadRequest, "the old size, %d, is larger than the checkpoint's, %d", req.Old, head.Size)
	}
	// 3. It extends what was cosigned last; that is checked and replaced in one step.
	line, err := w.db.advance(ctx, step{
		head: head, signed: signed, now: w.clock(),
		check: func(last proof.Head) error { return fits(req, head, last) },
		sign:  func(at uint64) ([]byte, error) { return w.sign(head, at) },
	})
	if err == nil && w.persisted != nil {
		err = w.persisted()
	}
	if err != nil {
		return nil, err
	}
	return line, nil
}

// open verifies the log's signature on a checkpoint and returns the checkpoint
// with the signatures of keys that are known, no others (witness.md MUST-2).
func open(checkpoint []byte, origin string, keys []string) ([]byte, error) {
	if len(keys) == 0 {
		return nil, refuse(http.StatusNotFound, "this witness does not know the log %q", origin)
	}
	var known []note.Verifier
	for _, k := range keys {
		v, err := proof.NewVerifier(k)
		if err != nil {
			return nil, fmt.Errorf("a key of log %q in the witness's database: %w", origin, err)
		}
		known = append(known, v)
	}
	n, err := note.Open(checkpoint, note.VerifierList(known...))
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified):
		return nil, refuse(http.StatusForbidden, "no signature by a key that this witness knows for the log %q", origin)
	case errors.As(err, &invalid):
		return nil, refuse(http.StatusForbidden, "the signature under the name and key ID of the log %q is not that log's", origin)
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "not a signed checkpoint: %v", err)
	}
	out := []byte(n.Text + "\n")
	for _, s := range n.Sigs {
		out = fmt.Appendf(out, "\u2014 %s %s\n", s.Name, s.Base64)
	}
	return out, nil
}

// fits reports whether a head may follow the last one (witness.md MUST-3,
// MUST-4).
func fits(req Request, head, last proof.Head) error {
	if req.Old != last.Size {
		return &Refusal{Status: http.StatusConflict, Size: last.Size, Problem: fmt.Sprintf("the last head cosigned has %d entries, not %d", last.Size, req.Old)}
	}
	empty, err := tlog.TreeHash(0, nil)
	switch {
	case err != nil:
		return fmt.Errorf("the root of the empty tree: %w", err)
	case head.Size == 0 && head.Root != letter.Hash(empty):
		return refuse(http.StatusUnprocessableEntity, "the checkpoint has no entries, but its root is not that of the empty tree")
	case (req.Old == 0 || req.Old == head.Size) && len(req.Proof) > 0:
		return refuse(http.StatusUnprocessableEntity, "a proof where none is needed: from %d to %d entries", req.Old, head.Size)
	case req.Old == 0:
		return nil
	case req.Old == head.Size:
		if head.Root != last.Root {
			return refuse(http.StatusUnprocessableEntity, "another head over the same %d entries was cosigned", head.Size)
		}
		return nil
	}
	p := make(tlog.TreeProof, len(req.Proof))
	for i, h := range req.Proof {
		p[i] = tlog.Hash(h)
	}
	if err := tlog.CheckTree(p, int64(head.Size), tlog.Hash(head.Root), int64(last.Size), tlog.Hash(last.Root)); err != nil { //nolint:gosec // ParseHead and ParseRequest bound both
		return refuse(http.StatusUnprocessableEntity, "the proof does not show that the head over %d entries extends the one over %d", head.Size, last.Size)
	}
	return nil
}

// sign makes the signature line over a head (proof.md MUST-10). Nothing else is
// ever signed with the key.
func (w *Witness) sign(head proof.Head, at uint64) ([]byte, error) {
	sig, err := w.key.Sign(nil, proof.CosignatureMessage(at, head.Text()), crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("cosigning: %w", err)
	}
	return proof.CosignatureLine(w.Config.Name, w.id, at, sig), nil
}
