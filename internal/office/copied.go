package office

import (
	"context"
	"fmt"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A GivenCopy is a numbered copy as it was given out, and what the house knows of
// its receipt.
type GivenCopy struct {
	Revision, Number, Of uint32
	Holder, Purpose      string
	Outside              bool
	Langs                []letter.Lang
	At                   time.Time
	ReceivedAt           time.Time // zero: not noted
	ReceivedBy           string    // who of the house noted it
	Note                 string
	Paper                NumberedCopy // to be printed again
}

// Copies returns the numbered copies of a letter, by revision and number.
func (r *Register) Copies(ctx context.Context, officeID string, ref letter.Ref) (out []GivenCopy, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		o, l, revs, err := r.turn(ctx, tx).sealedOf(officeID, ref)
		if err != nil {
			return err
		}
		copies, err := tx.Copies(l.ID)
		if err != nil {
			return err
		}
		names, err := namesOf(tx, o)
		if err != nil {
			return err
		}
		receipts, err := tx.CopyReceipts(l.ID)
		for _, c := range copies {
			g := GivenCopy{
				Revision: c.Revision, Number: c.Number, Of: c.Of, Holder: c.Holder, Purpose: c.Purpose, Outside: c.Outside, Langs: c.Langs,
				At: c.GivenAt, Paper: numbered(o, names, ref, revs[c.Revision-1], c),
			}
			for _, x := range receipts {
				if x.Revision == c.Revision && x.Number == c.Number {
					g.ReceivedAt, g.ReceivedBy, g.Note = x.At, x.By, x.Note
				}
			}
			out = append(out, g)
		}
		return err
	})
	return out, err
}

// numbered makes a copy of a sealed revision.
func numbered(o store.Office, names []typeset.Words, ref letter.Ref, rev store.Revision, c store.Copy) NumberedCopy {
	return NumberedCopy{
		Mark:   letter.CopyMark{Revision: rev.Number, Copy: c.Number, Of: c.Of, Holder: c.Holder, Purpose: c.Purpose},
		Office: o.Domain, Names: names, Content: rev.Revision.Content(), Code: paperCode(o, ref, rev), Opening: openingCode(rev, c), Outside: c.Outside,
	}
}

// sealedOf returns a letter with its sealed revisions in order.
func (t *turn) sealedOf(officeID string, ref letter.Ref) (store.Office, store.Letter, []store.Revision, error) {
	o, err := t.Office(officeID)
	if err != nil {
		return o, store.Letter{}, nil, err
	}
	l, err := t.Letter(officeID, ref)
	if err != nil {
		return o, l, nil, err
	}
	revs, err := t.Tx.Revisions(l.ID)
	return o, l, revs, err
}

// CopyReceived notes that the holder of a numbered copy received it. It is the
// house's own note, by a drafter or the issuing clerk, and nothing of it is public:
// the holder's own word is a statement.
func (r *Register) CopyReceived(ctx context.Context, officeID, by string, ref letter.Ref, revision, number uint32, note string) error {
	return r.act(ctx, func(t *turn) error {
		what := fmt.Sprintf("noting the receipt of copy %d of revision %d of %s", number, revision, ref)
		o, l, _, err := t.sealedOf(officeID, ref)
		if err != nil {
			return err
		}
		if _, err := t.may(o, by, what, register.RoleDrafter, register.RoleClerk); err != nil {
			return err
		}
		note = strings.TrimSpace(note)
		if note != "" && !oneLine(note) {
			return kind.Invalid.Errorf("%s: the note is one line of at most 120 bytes", what)
		}
		copies, err := t.Tx.Copies(l.ID)
		if err != nil {
			return err
		}
		for _, c := range copies {
			if c.Revision != revision || c.Number != number {
				continue
			}
			if err := t.AddCopyReceipt(store.CopyReceipt{Letter: l.ID, Revision: revision, Number: number, At: t.now, By: by, Note: note}); err != nil {
				return err
			}
			return t.note(o.ID, by, "receipt", fmt.Sprintf("copy %d of revision %d, %s", number, revision, c.Holder), l.ID)
		}
		return kind.NotFound.Errorf("%s: no such copy was given out", what)
	})
}

// DraftProof makes again what went with the copies of a revision that left the
// house: with it their holders can show, offline and without asking, that these
// words were a recorded draft.
func (r *Register) DraftProof(ctx context.Context, officeID string, ref letter.Ref, revision uint32) (proof.Bundle, error) {
	var o store.Office
	var rev store.Revision
	err := r.db.View(ctx, func(tx *store.Tx) error {
		office, _, revs, err := r.turn(ctx, tx).sealedOf(officeID, ref)
		switch {
		case err != nil:
			return err
		case revision == 0 || int(revision) > len(revs):
			return kind.NotFound.Errorf("%s has %d sealed revisions", ref, len(revs))
		}
		o, rev = office, revs[revision-1]
		if !rev.Logged {
			return kind.Unavailable.Errorf("revision %d of %s is on its way into the log; do it again in a moment", revision, ref)
		}
		return nil
	})
	if err != nil {
		return proof.Bundle{}, err
	}
	b, err := r.pub.proveDraft(ctx, register.Office(o.URI), heldBy(register.Index(rev.Position), rev), rev.Revision.Content().Texts)
	if err != nil {
		return b, fmt.Errorf("proving revision %d of %s: %w", revision, ref, err)
	}
	return b, nil
}
