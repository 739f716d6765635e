package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
)

// Absence writes the proof that nothing is on record under names, as of the
// newest index-head. texts are the words that are looked up.
func (s *Source) Absence(ctx context.Context, names []lookup.Name, texts []letter.LangText, w io.Writer) error {
	now, err := s.newest(ctx)
	if err != nil {
		return err
	}
	if err := now.reading.MapError(); err != nil {
		return err
	}
	b, err := proof.AssembleAbsence(now.reading.Checkpoint.Raw, now.reading, names, texts)
	if err != nil {
		return kind.Conflict.Errorf("making a proof of absence: %w", err)
	}
	raw, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("making a proof of absence: %w", err)
	}
	if _, err := w.Write(raw); err != nil {
		return fmt.Errorf("writing a proof: %w", err)
	}
	return nil
}

// absencePath is under which addresses the proofs of absence are: the kind of the
// name, then its digest, or the office's short name and the reference.
const absencePath = "/absence/"

// absences serves proofs of absence, addressed by path alone, beside the pages.
func absences(s *Source, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead || !strings.HasPrefix(r.URL.Path, absencePath) {
			pages.ServeHTTP(w, r)
			return
		}
		n, err := s.nameIn(r.Context(), strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, absencePath), proof.Extension))
		if err != nil || !strings.HasSuffix(r.URL.Path, proof.Extension) {
			http.NotFound(w, r)
			return
		}
		var b strings.Builder
		if err := s.Absence(r.Context(), []lookup.Name{n}, nil, &b); err != nil {
			http.Error(w, "This absence cannot be proved now: the register has no index head yet, or something is on record here.", http.StatusNotFound)
			return
		}
		h := w.Header()
		h.Set("Content-Type", proof.MediaType)
		h.Set("Content-Disposition", "attachment; filename=\"absence"+proof.Extension+"\"")
		h.Set("Cache-Control", "no-store") // tomorrow there may be something
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Access-Control-Allow-Origin", "*")
		_, _ = io.WriteString(w, b.String()) // the reader may have gone away
	})
}

// nameIn reads "text/HEX", "file/HEX" or "reference/OFFICE/REFERENCE".
func (s *Source) nameIn(ctx context.Context, path string) (lookup.Name, error) {
	what, rest, _ := strings.Cut(path, "/")
	if what == string(lookup.Reference) {
		id, ref, _ := strings.Cut(rest, "/")
		return s.LetterName(ctx, id, ref)
	}
	d, err := letter.ParseHash(rest)
	if err != nil {
		return lookup.Name{}, kind.NotFound.Wrap(err)
	}
	n := lookup.Name{Kind: lookup.Kind(what), Values: [][]byte{d[:]}}
	return n, n.Validate()
}

// LetterName is the name of a letter, by its office's short name or address.
func (s *Source) LetterName(ctx context.Context, id, reference string) (lookup.Name, error) {
	now, err := s.newest(ctx)
	if err != nil {
		return lookup.Name{}, err
	}
	ref, err := letter.ParseRef(reference)
	if err != nil {
		return lookup.Name{}, kind.Invalid.Wrap(err)
	}
	o, ok := now.reading.State.OfficeByID(id)
	if !ok {
		return lookup.Name{}, kind.NotFound.Errorf("no office %q in this register", id)
	}
	return lookup.OfLetter(o.Office, ref), nil
}

// LogMap puts the root of the look-up map into the log, when it has changed, and
// reports whether it did. A register that is served does it by itself.
func LogMap(ctx context.Context, dir string) (bool, error) {
	r, err := office.Open(ctx, dir, office.Options{})
	if err != nil {
		return false, err
	}
	logged, err := r.LogMap(ctx)
	return logged, errors.Join(err, r.Close())
}
