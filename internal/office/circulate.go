package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"chancery.example/commitment"
	"chancery.example/internal/kind"
	"chancery.example/internal/papercode"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Holder is somebody who gets a numbered copy of a draft, and what for.
type Holder struct {
	Name    string
	Purpose string // "clearance", "coordination", "information"
	Outside bool   // the copy leaves the house
}

// A Circulated is the outcome of giving out copies.
type Circulated struct {
	Sealed Sealed
	Copies []NumberedCopy
	// Draft goes with the copies that leave the house: with it their holders can
	// show, offline and without asking, that these words were a recorded draft.
	// Nil when no copy leaves.
	Draft *proof.Bundle
}

// Circulate seals the draft, commits to who gets which copy, and makes the
// numbered copies. It issues nothing: every page of every copy says that it is a
// draft. Copies that leave the house take the issuing clerk, carry the opening, and
// let the office's own server answer to who presents the words (OnCopy).
func (r *Register) Circulate(ctx context.Context, officeID, by string, ref letter.Ref, holders []Holder) (Circulated, error) {
	return r.CirculateAnswering(ctx, officeID, by, ref, holders, "")
}

// CirculateAnswering is Circulate with the office's own word on what the revision
// answers from then on; "" is Circulate's.
func (r *Register) CirculateAnswering(ctx context.Context, officeID, by string, ref letter.Ref, holders []Holder, answers Answers) (Circulated, error) {
	if answers == "" && slices.ContainsFunc(holders, func(h Holder) bool { return h.Outside }) {
		answers = OnCopy
	}
	var rev store.Revision
	var o store.Office
	var copies []store.Copy
	var list int64
	err := r.act(ctx, func(t *turn) (err error) {
		var l store.Letter
		if o, l, err = t.unissued(officeID, ref, "circulating"); err != nil {
			return err
		}
		if err := t.mayCirculate(o, by, ref, holders); err != nil {
			return err
		}
		if rev, err = t.seal(o, l, by); err != nil {
			return err
		}
		if copies, list, err = t.number(o, l, rev, holders); err != nil {
			return err
		}
		if err := t.answer(o, l, rev.Number, by, answers); err != nil {
			return err
		}
		if l.Stage == store.Drafting {
			if err := t.SetStage(l.ID, store.Coordination); err != nil {
				return err
			}
		}
		return t.note(o.ID, by, "circulate", fmt.Sprintf("%d copies of revision %d", len(copies), rev.Number), l.ID)
	})
	if err != nil {
		return Circulated{}, err
	}
	sealed, err := r.sealed(ctx, o, ref, rev)
	if err != nil {
		return Circulated{}, err
	}
	// The list of holders is committed to before a copy exists.
	if _, err := r.pub.publish(ctx, list); err != nil {
		return Circulated{}, fmt.Errorf("circulating %s: %w", ref, err)
	}
	out, err := r.proved(ctx, o, sealed, rev, holders)
	if err != nil {
		return Circulated{}, fmt.Errorf("circulating %s: %w", ref, err)
	}
	rev.Position, rev.Logged = uint64(sealed.Receipt.Index), true
	if answers != "" {
		rev.Answers = answers
	}
	_, _, names, err := r.toPrint(ctx, o, ref, rev.Number)
	if err != nil {
		return Circulated{}, fmt.Errorf("circulating %s: %w", ref, err)
	}
	for _, c := range copies {
		out.Copies = append(out.Copies, numbered(o, names, ref, rev, c))
	}
	return out, nil
}

// proved begins what circulating gives out: with the proof of the draft when somebody
// outside the house is to have a copy.
func (r *Register) proved(ctx context.Context, o store.Office, sealed Sealed, rev store.Revision, holders []Holder) (Circulated, error) {
	out := Circulated{Sealed: sealed}
	if !slices.ContainsFunc(holders, func(h Holder) bool { return h.Outside }) {
		return out, nil
	}
	b, err := r.pub.proveDraft(ctx, register.Office(o.URI), heldBy(sealed.Receipt.Index, rev), rev.Revision.Content().Texts)
	out.Draft = &b
	return out, err
}

// heldBy is what the holder of a copy is told beside its words: the opening, and
// the salts of reference, type and texts.
func heldBy(at register.Index, rev store.Revision) register.HeldDraft {
	shown := []letter.Field{letter.FieldReference, letter.FieldType}
	for _, t := range rev.Revision.Content().Texts {
		shown = append(shown, letter.TextField(t.Lang))
	}
	return register.HeldDraft{Link: register.Link{Index: at, Opening: rev.Opening}, Fields: rev.Revision.Disclose(shown...)}
}

func (t *turn) mayCirculate(o store.Office, by string, ref letter.Ref, holders []Holder) error {
	if len(holders) == 0 || len(holders) > 1000 {
		return kind.Invalid.Errorf("circulating %s: %d holders; name 1 to 1000", ref, len(holders))
	}
	for _, h := range holders {
		for _, s := range []string{h.Name, h.Purpose} {
			if !oneLine(s) {
				return kind.Invalid.Errorf("circulating %s: holder %q, purpose %q: want one line of at most 120 bytes each", ref, h.Name, h.Purpose)
			}
		}
	}
	what := "circulating " + string(ref)
	if slices.ContainsFunc(holders, func(h Holder) bool { return h.Outside }) {
		_, err := t.may(o, by, what+" outside the house", register.RoleClerk)
		return err
	}
	_, err := t.may(o, by, what, register.RoleDrafter, register.RoleClerk)
	return err
}

// oneLine reports whether a holder or purpose is one line of at most 120 bytes.
func oneLine(s string) bool {
	_, err := letter.Parse([]byte(s + "\n"))
	return err == nil && len(s) <= 120 && !strings.ContainsAny(s, "\n\r")
}

// number gives out the next copy numbers of a revision and commits to the list.
func (t *turn) number(o store.Office, l store.Letter, rev store.Revision, holders []Holder) ([]store.Copy, int64, error) {
	before, err := t.Copies(l.ID)
	if err != nil {
		return nil, 0, err
	}
	before = slices.DeleteFunc(before, func(c store.Copy) bool { return c.Revision != rev.Number })
	var langs []letter.Lang
	for _, x := range rev.Revision.Content().Texts {
		langs = append(langs, x.Lang)
	}
	var fresh []store.Copy
	var listed []commitment.Copy
	for i, h := range holders {
		c := store.Copy{Letter: l.ID, Revision: rev.Number, GivenAt: t.now, Of: uint32(len(before) + len(holders))}                         //nolint:gosec // small
		c.Copy = commitment.Copy{Number: uint32(len(before) + i + 1), Holder: h.Name, Purpose: h.Purpose, Outside: h.Outside, Langs: langs} //nolint:gosec // small
		fresh, listed = append(fresh, c), append(listed, c.Copy)
		if err := t.AddCopy(c); err != nil {
			return nil, 0, err
		}
	}
	op := commitment.Opening{
		Register: t.r.folder.Config.Origin, Office: o.URI, Tag: l.Tag, Purpose: commitment.Copies,
		Revision: rev.Number, Previous: rev.Opening.Commitment(), Digest: commitment.CopiesDigest(rev.Revision.Digest(), listed),
	}
	intent, err := t.commit(o, &op, fmt.Sprintf("copies:%s/%s/%d/%d", o.ID, l.Reference, rev.Number, len(before)))
	if err != nil {
		return nil, 0, err
	}
	return fresh, intent, t.AddCopyList(l.ID, rev.Number, op, intent)
}

// paperCode is the address that names a revision on paper (papercode.md MUST-1,
// MUST-4): the same on every copy.
func paperCode(o store.Office, ref letter.Ref, rev store.Revision) string {
	return papercode.Of(o.Domain, o.ID, rev.Opening, ref).String()
}

// openingCode is the draft-opening code of a copy that leaves the house, whose
// holder gets the opening anyway, unless the office keeps the revision silent
// (papercode.md MUST-10); "" when it gets none, or paper has no room for it.
func openingCode(rev store.Revision, c store.Copy) string {
	if !c.Outside || !rev.Logged || rev.Answers == Silent {
		return ""
	}
	code, err := papercode.WriteOpening(heldBy(register.Index(rev.Position), rev))
	if err != nil {
		return "" // more texts than paper has room for: the .chancery-draft says the same
	}
	return code
}
