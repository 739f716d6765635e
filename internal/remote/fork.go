package remote

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A ForkError says that a log signed two heads that do not fit, and where the
// evidence is.
type ForkError struct {
	Contradiction proof.Contradiction
	File          string // the evidence
}

func (e *ForkError) Error() string {
	return fmt.Sprintf("log %s signed two heads that do not fit, over %d and %d entries; the evidence is in %s: keep it, \"chancery verify\" explains it",
		e.Contradiction.Origin, e.Contradiction.First.Size, e.Contradiction.Second.Size, e.File)
}

// Continues finds out whether a head continues an older one that was seen
// somewhere: nil when it does. When both were signed and do not fit, the evidence
// is written into the mirror's folder and a [ForkError] comes back; when the head
// is merely older, an error of kind.Unavailable. The tree of the head comes from
// the register, not from the folder.
func (m *Mirror) Continues(ctx context.Context, head, old proof.SignedHead, where string) error {
	log := tlog.NewReader(m.client.Address(), remember(m.client.LogFiles(ctx)))
	switch {
	case old.Size > head.Size:
		return kind.Unavailable.Errorf("%s shows a head over %d entries, and %s has one over %d: it is an older copy, or was set back; nothing was changed", m.client.Address(), head.Size, where, old.Size)
	case old.Size == head.Size && old.Root == head.Root, old.Size == 0:
		return nil
	case old.Size < head.Size:
		root, err := log.RootAt(head.Head, old.Size)
		if err != nil {
			return fmt.Errorf("comparing the new head with the one in %s: %w", where, err)
		}
		if root == old.Root {
			return nil
		}
	}
	return m.Accuse(head, old, log)
}

// Accuse writes the evidence that two heads of the log do not fit and returns it
// as a [ForkError]; log has the tree of the longer one.
func (m *Mirror) Accuse(a, b proof.SignedHead, log *tlog.Reader) error {
	e, err := proof.Contradict(a.Raw, b.Raw, func(shorter, longer proof.Head) ([]letter.Hash, letter.Hash, error) {
		root, err := log.RootAt(longer, shorter.Size)
		if err != nil {
			return nil, root, err //nolint:wrapcheck // says what it read
		}
		path, err := log.Consistency(longer, shorter.Size)
		return path, root, err //nolint:wrapcheck // likewise
	})
	if err != nil {
		return fmt.Errorf("two heads of %s do not fit, and what shows it could not be read: %w", a.Origin, err)
	}
	c, err := e.Verify(m.policy)
	if err != nil {
		return fmt.Errorf("two heads of %s do not fit, and evidence made of them does not hold: %w", a.Origin, err)
	}
	raw, err := e.Bytes()
	if err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	sum := sha256.Sum256(raw)
	file := filepath.Join(m.folder.Dir, evidenceName, fmt.Sprintf("fork-%d-%d-%x%s", c.First.Size, c.Second.Size, sum[:4], proof.EvidenceExtension))
	if err := folder.WriteFile(file, raw, 0o644); err != nil {
		return err //nolint:wrapcheck // says what it wrote
	}
	return &ForkError{c, file}
}

// remember keeps small files at hand: the tiles along an edge are asked for again
// and again.
func remember(f tlog.Files) tlog.Files { return &remembered{f, map[string][]byte{}} }

type remembered struct {
	files tlog.Files
	have  map[string][]byte
}

// File implements tlog.Files; for one goroutine.
func (r *remembered) File(name string, limit int64) ([]byte, error) {
	if b, ok := r.have[name]; ok {
		return b, nil
	}
	b, err := r.files.File(name, limit)
	if err == nil {
		r.have[name] = b
	}
	return b, err //nolint:wrapcheck // says what it read
}
