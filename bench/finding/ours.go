package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/internal/index"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// house is the engine of this project: every answer is aligned, word by word,
// with what it names. Others only rank. It has the index that a register keeps in
// its folder, and the texts in memory, as the program has them.
type house struct {
	compare *compare.Index
	writer  *index.Writer
	signer  note.Signer
}

// origin names a log that nobody keeps.
const origin = "letters.bench.example/finding"

func startOurs(_ context.Context, dir string) (engine, error) {
	private, public, err := note.GenerateKey(rand.Reader, index.KeyName(origin))
	if err != nil {
		return nil, fmt.Errorf("making a key for the index: %w", err)
	}
	h := &house{compare: compare.NewIndex()}
	verifier, err := note.NewVerifier(public)
	if err == nil {
		h.signer, err = note.NewSigner(private)
	}
	if err != nil {
		return nil, fmt.Errorf("making a key for the index: %w", err)
	}
	h.writer, err = index.OpenWriter(dir, index.Options{Signer: h.signer, Verifier: verifier})
	if err != nil {
		return nil, err
	}
	return h, nil
}

// build writes the index and opens it.
func (h *house) build(ctx context.Context, docs iter.Seq2[doc, error]) error {
	var sources []index.Source
	for d, err := range docs {
		if err != nil {
			return err
		}
		s := index.Source{Entry: register.Index(d.ID), Family: d.Family, Words: d.Text} //nolint:gosec // counted from 0
		binary.BigEndian.PutUint64(s.Leaf[:], uint64(d.ID))                             //nolint:gosec // as above
		sources = append(sources, s)
		h.compare.AddStored(compare.Document{ID: d.ID, Family: d.Family, Text: d.Text})
	}
	head := proof.Head{Origin: origin, Size: uint64(len(sources)), Root: letter.Hash{1}}
	if _, err := h.writer.Update(ctx, head, sources, true); err != nil {
		return err
	}
	model := compare.NewModel()
	if err := model.UnmarshalBinary(h.writer.Index().Model); err != nil {
		return err
	}
	h.compare.SetModel(model)
	h.compare.Attach(h.writer.Index())
	return nil
}

func (h *house) search(ctx context.Context, k kind, text string) ([]hit, error) {
	found, err := h.compare.Find(ctx, fold.Copy(text))
	if err = errors.Join(err, h.writer.Index().Err()); err != nil {
		return nil, err
	}
	out := make([]hit, 0, len(found))
	first := 0.0
	for i, c := range found {
		edits := c.Alignment.Edits()
		if i == 0 {
			first = edits
		}
		tie := first > 0 && edits-first < tellingEdits && c.Judge() <= compare.Altered
		out = append(out, hit{
			ID: c.Document.ID, Score: float64(c.Alignment.Agreed - c.Alignment.Cost), Bits: c.Bits, Says: agreements[c.Judge()], Tie: tie,
		})
	}
	// What means nothing is not shown to readers: it comes last here. Letters that
	// a report quotes come in order of how much the shared passages mean.
	slices.SortStableFunc(out, func(a, b hit) int {
		order := one(a.Says == nothing) - one(b.Says == nothing)
		if k == report {
			order = cmp.Or(order, cmp.Compare(b.Bits, a.Bits))
		}
		return order
	})
	return out, nil
}

// tellingEdits is how many letters two revisions have to be apart from a copy to
// be told from each other, as package check has it.
const tellingEdits = 3

// nothing is what is said of an agreement by chance.
const nothing = "unlike"

var agreements = map[compare.Agreement]string{
	compare.Same: "same", compare.PartOf: "part", compare.Altered: "altered", compare.Like: "like", compare.Unlike: nothing,
}

// size: the texts are in the process, the rest is mapped into it.
func (h *house) size() (disk, memory int64, err error) {
	return h.writer.Index().Manifest.Size(), 0, nil
}

func (h *house) close() error { return h.writer.Close() }
