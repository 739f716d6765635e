package office

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Paper is what an office issues letters as, besides their words.
type Paper string

// The kinds of paper. The zero Paper is NoPaper.
const (
	NoPaper  Paper = "none"
	PDFPaper Paper = "pdf" // a sealed PDF, made when a letter is put up for approval
)

// Validate refuses what is neither.
func (p Paper) Validate() error {
	if p != NoPaper && p != PDFPaper {
		return kind.Invalid.Errorf("paper %q: want %s or %s", string(p), PDFPaper, NoPaper)
	}
	return nil
}

// PaperOf returns what an office issues letters as.
func (r *Register) PaperOf(ctx context.Context, officeID string) (p Paper, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		s, err := tx.Paper(officeID)
		p = cmp.Or(Paper(s), NoPaper)
		return err
	})
	return p, err
}

// SetPaper sets what an office issues letters as from now on, at the operator's hand.
// What is up for approval stays as it is. An office that begins with PDFs is given
// the key of its seal.
func (r *Register) SetPaper(ctx context.Context, officeID string, p Paper) error {
	if err := p.Validate(); err != nil {
		return err
	}
	err := r.act(ctx, func(t *turn) error {
		if err := t.SetPaper(officeID, string(p)); err != nil {
			return err
		}
		return t.note(officeID, "operator", "paper", string(p), 0)
	})
	if err != nil || p == NoPaper {
		return err
	}
	return r.drawSeal(ctx, officeID)
}

// A madeForm is the PDF that an entry will name.
type madeForm struct {
	pdf    []byte
	digest letter.Hash
	// confirmed is what somebody said yes to when it was made elsewhere; zero when the
	// office set it.
	confirmed letter.Hash
	// missing is why it has no seal, or no timestamp; "" when it has what it should.
	missing string
}

// form makes the PDF of a sealed revision, before officers are asked: they approve
// this very file. nil when the office issues none, or when the letter has another form
// already.
//
// A file cannot hold the proof of the entry that names its digest. What travels in
// it is the proof of the revision's record, which shows offline that these words were
// recorded by this office before it issued them; that of the issue goes beside it. A
// file that was made elsewhere has nothing in it but its pages.
func (r *Register) form(ctx context.Context, o store.Office, s Sealed, ref letter.Ref, terms Terms) (*madeForm, error) {
	paper, err := r.PaperOf(ctx, o.ID)
	isForm := func(f register.File) bool { return f.Role == "form" }
	if err != nil || slices.ContainsFunc(terms.Files, isForm) || paper == NoPaper && terms.Form == nil {
		return nil, err
	}
	what := "making the PDF of " + string(ref)
	l, rev, names, err := r.toPrint(ctx, o, ref, s.Revision)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	seal, err := r.seals(o).Begin()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	order := terms.orderOf(o, rev.Revision.Content(), names, r.Now())
	order.Letter.Code, order.Seal = paperCode(o, l.Reference, rev), seal.Put
	var confirmed letter.Hash
	if terms.Form != nil {
		confirmed = terms.Confirmed
	} else {
		if order.Letter.Attachments, err = r.attached(ctx, o, s, ref, rev); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
	}
	pdf, err := r.opts.Forms.Make(ctx, order)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it made
	}
	return &madeForm{pdf, sha256.Sum256(pdf), confirmed, seal.Missing()}, nil
}

// attached is the proof that travels in a PDF.
func (r *Register) attached(ctx context.Context, o store.Office, s Sealed, ref letter.Ref, rev store.Revision) ([]typeset.File, error) {
	draft, err := r.pub.proveDraft(ctx, register.Office(o.URI), heldBy(s.Receipt.Index, rev), rev.Revision.Content().Texts)
	if err != nil {
		return nil, err
	}
	raw, err := draft.Bytes()
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what it makes
	}
	return []typeset.File{{
		Name: fileName(ref) + proof.DraftExtension, MediaType: proof.MediaType, Data: raw,
		Description: fmt.Sprintf("Proof that revision %d was recorded, before it was issued", rev.Number),
	}}, nil
}

// toPrint returns what a PDF is made of.
func (r *Register) toPrint(ctx context.Context, o store.Office, ref letter.Ref, number uint32) (l store.Letter, rev store.Revision, names []typeset.Words, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if l, err = tx.Letter(o.ID, ref); err != nil {
			return err
		}
		revs, err := tx.Revisions(l.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(revs, func(x store.Revision) bool { return x.Number == number })
		if i < 0 {
			return kind.NotFound.Errorf("revision %d is not there", number)
		}
		rev = revs[i]
		names, err = namesOf(tx, o)
		return err
	})
	return l, rev, names, err
}

// namesOf returns an office's names, as its enrolment has them, in order of their
// languages.
func namesOf(tx *store.Tx, o store.Office) (out []typeset.Words, err error) {
	i, found, err := tx.IntentNamed(enrolName(o.ID))
	if err != nil || !found {
		return nil, err //nolint:wrapcheck // the caller says what it reads
	}
	body, err := register.DecodeBody(i.Kind, i.Body)
	if err != nil {
		return nil, fmt.Errorf("intent %s: %w", i.Name, err)
	}
	if add, ok := body.(register.KeyAdd); ok {
		for lang, name := range add.Name {
			out = append(out, typeset.Words{Language: lang, Text: name})
		}
	}
	slices.SortFunc(out, func(a, b typeset.Words) int { return cmp.Compare(a.Language, b.Language) })
	return out, nil
}

// file is how the entry names the PDF.
func (m *madeForm) file() register.File {
	return register.File{Role: "form", MediaType: folder.FormMedia, Digest: m.digest}
}

// keep puts the PDF into the office's own database, with the request that names it. Who
// confirmed one that was made elsewhere stands in the journal.
func (t *turn) keep(o store.Office, l store.Letter, by string, m *madeForm) error {
	if m == nil {
		return nil
	}
	if m.confirmed != (letter.Hash{}) {
		if err := t.note(o.ID, by, "confirm form", m.confirmed.String(), l.ID); err != nil {
			return err
		}
	}
	if m.missing != "" {
		if err := t.note(o.ID, "-", "paper", "the PDF has "+m.missing, l.ID); err != nil {
			return err
		}
	}
	return t.PutForm(o.ID, m.digest, t.now, m.pdf)
}

// dated is the day that stands on a letter: that from which everybody may know of it,
// that on which it was written when it is recorded later, or the day on which officers
// are asked.
func (terms Terms) dated(now time.Time) time.Time {
	if !terms.NotBefore.IsZero() {
		return terms.NotBefore
	}
	return now
}
