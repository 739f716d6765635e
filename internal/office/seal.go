package office

import (
	"context"
	"fmt"

	"chancery.example/commitment"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Sealed is a revision whose commitment is in the log.
type Sealed struct {
	Revision uint32
	Digest   letter.Hash
	Receipt  Receipt
	Slips    []Slip
}

// A Slip goes with a text that is shown to somebody: it names the text by its
// salted leaf, which says nothing about the words. Who received the text can
// say so in a statement about that leaf.
type Slip struct {
	Register  string          `json:"register"`
	Office    register.Office `json:"office"`
	Reference letter.Ref      `json:"reference"`
	Revision  uint32          `json:"revision"`
	Entry     register.Index  `json:"entry"` // of the commitment
	Language  letter.Lang     `json:"language"`
	Leaf      letter.Hash     `json:"leaf"`
}

// Seal freezes the draft as its next revision and puts the commitment to it into
// the log. A draft that has not changed since it was last sealed gives the same
// revision again.
func (r *Register) Seal(ctx context.Context, officeID, by string, ref letter.Ref) (Sealed, error) {
	var rev store.Revision
	var o store.Office
	err := r.act(ctx, func(t *turn) (err error) {
		var l store.Letter
		if o, l, err = t.unissued(officeID, ref, "sealing"); err != nil {
			return err
		}
		if _, err := t.may(o, by, "sealing "+string(ref), register.RoleDrafter, register.RoleClerk); err != nil {
			return err
		}
		rev, err = t.seal(o, l, by)
		return err
	})
	if err != nil {
		return Sealed{}, err
	}
	return r.sealed(ctx, o, ref, rev)
}

// sealed waits until a revision's commitment is in the log.
func (r *Register) sealed(ctx context.Context, o store.Office, ref letter.Ref, rev store.Revision) (Sealed, error) {
	receipt, err := r.pub.publish(ctx, rev.Intent)
	if err != nil {
		return Sealed{}, fmt.Errorf("sealing %s: %w", ref, err)
	}
	s := Sealed{Revision: rev.Number, Digest: rev.Revision.Digest(), Receipt: receipt}
	for _, d := range rev.Revision.Disclose() {
		if lang, isText := d.Field.Lang(); isText {
			s.Slips = append(s.Slips, Slip{
				Register: r.folder.Config.Origin, Office: register.Office(o.URI), Reference: ref,
				Revision: rev.Number, Entry: receipt.Index, Language: lang, Leaf: d.Hash,
			})
		}
	}
	return s, nil
}

// seal freezes the letter's draft within a transaction, unless its newest
// revision says the same already.
func (t *turn) seal(o store.Office, l store.Letter, by string) (store.Revision, error) {
	done, err := t.Revisions(l.ID)
	if err != nil {
		return store.Revision{}, err
	}
	var previous commitment.Commitment
	why, err := t.lastWhy(l.ID)
	if err != nil {
		return store.Revision{}, err
	}
	if n := len(done); n > 0 {
		if sameContent(done[n-1].Revision.Content(), l.Draft) {
			return done[n-1], nil
		}
		previous = done[n-1].Opening.Commitment()
	}
	frozen, err := letter.Seal(l.Draft, t.r.opts.Random)
	if err != nil {
		return store.Revision{}, fmt.Errorf("sealing %s: %w", l.Reference, err)
	}
	rev := store.Revision{Letter: l.ID, Number: uint32(len(done) + 1), Revision: frozen, Why: why} //nolint:gosec // far below 2^32
	rev.Opening = commitment.Opening{
		Register: t.r.folder.Config.Origin, Office: o.URI, Tag: l.Tag, Purpose: commitment.Draft,
		Revision: rev.Number, Previous: previous, Digest: frozen.Digest(),
	}
	if rev.Intent, err = t.commit(o, &rev.Opening, fmt.Sprintf("seal:%s/%s/%d", o.ID, l.Reference, rev.Number)); err != nil {
		return rev, err
	}
	if err := t.AddRevision(rev); err != nil {
		return rev, err
	}
	return rev, t.note(o.ID, by, "seal", fmt.Sprintf("revision %d", rev.Number), l.ID)
}

// commit draws a nonce for an opening and intends its commitment.
func (t *turn) commit(o store.Office, op *commitment.Opening, name string) (int64, error) {
	if err := t.draw(op.Nonce[:]); err != nil {
		return 0, err
	}
	n, err := t.NextSequence(o.ID)
	if err != nil {
		return 0, err
	}
	i, err := t.intend(name, o, register.OfficeSubject(register.Office(o.URI)), register.NewCommit(n, op.Commitment()), nil)
	return i.Seq, err
}

// lastWhy is the reason given with the newest change of a draft.
func (t *turn) lastWhy(id int64) (string, error) {
	notes, err := t.Journal(id)
	why := ""
	for _, n := range notes {
		if n.Act == "revise" {
			why = n.Text
		}
	}
	return why, err
}

// sameContent reports whether two contents seal to the same fields.
func sameContent(a, b letter.Content) bool {
	x, errA := letter.Seal(a, zeros{})
	y, errB := letter.Seal(b, zeros{})
	return errA == nil && errB == nil && x.Digest() == y.Digest()
}
