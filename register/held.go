package register

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/commitment"
	"chancery.example/letter"
)

// A HeldDraft is a sealed revision as those know it to whom its office gave the
// opening along with a copy: who holds it can show that these words were a
// recorded draft, without asking anybody, also while the office keeps silent.
type HeldDraft struct {
	Link   Link                `cbor:"1,keyasint"`
	Fields []letter.Disclosure `cbor:"2,keyasint"` // with the salts of reference, type and texts
	// Embargo is there for a revision that was issued under an embargo.
	Embargo *HeldIssue `cbor:"3,keyasint,omitempty"`
}

// Reference returns the reference that the revision's fields show.
func (h HeldDraft) Reference() (letter.Ref, error) {
	d := letter.Find(h.Fields, letter.FieldReference)
	if d == nil || d.Salt == nil {
		return "", errors.New("its reference is not shown")
	}
	ref, err := letter.ParseRef(string(d.Value))
	if err != nil {
		return "", fmt.Errorf("its reference: %w", err)
	}
	return ref, nil
}

// Holds reports whether the revision has exactly this text.
func (h HeldDraft) Holds(text letter.LangText) bool {
	d := letter.Find(h.Fields, letter.TextField(text.Lang))
	return d != nil && d.Matches([]byte(text.Text.String()))
}

// Held verifies that h opens a commitment of office o in this log, and returns
// where a text of that revision stands (standing.md MUST-17): as a draft, unless
// the log says more about these words of the letter.
func (s *State) Held(o Office, h HeldDraft, text letter.LangText, at time.Time) (Status, error) {
	c, ref, err := s.heldSeal(o, h)
	if err != nil {
		return Status{}, err
	}
	if !h.Holds(text) {
		return Status{}, fmt.Errorf("it has no such %s text", text.Lang)
	}
	embargo, err := s.heldIssue(o, h)
	if err != nil {
		return Status{}, err
	}
	if l, public := s.letters[letterKey{o, h.Link.Opening.Tag}]; public {
		if known, ok := s.inLetter(l, text, at); ok {
			return embargo.on(known), nil
		}
	}
	st := s.heldStatus(o, h, ref, at)
	st.Language, st.SealedAt = text.Lang, c.at
	st = embargo.on(st)
	// Words that the office issued under another reference are no draft of this one.
	if elsewhere, by := s.issuedElsewhere(&Letter{Office: o}, text); elsewhere && st.Standing == DraftOpened {
		st.Standing = DraftReplaced
		st.Entries = append(st.Entries, by)
	}
	s.heldClosed(&st, o, h)
	s.finish(&st)
	return st, nil
}

// HeldDraftStatus is Held without words: where a revision stands that h opens. It
// says nothing of any text.
func (s *State) HeldDraftStatus(o Office, h HeldDraft, at time.Time) (Status, error) {
	c, ref, err := s.heldSeal(o, h)
	if err != nil {
		return Status{}, err
	}
	st := s.heldStatus(o, h, ref, at)
	st.SealedAt = c.at
	s.heldClosed(&st, o, h)
	s.finish(&st)
	return st, nil
}

// heldStatus says where a held revision stands by what the log says of its letter.
func (s *State) heldStatus(o Office, h HeldDraft, ref letter.Ref, at time.Time) Status {
	op := h.Link.Opening
	st := Status{
		Record: RecordID{RecordLetter, o, s.idOf(o), ref, h.Link.Index}, Standing: DraftOpened, Revisions: int(op.Revision),
		Entries: []Index{h.Link.Index},
	}
	if l, public := s.letters[letterKey{o, op.Tag}]; public {
		st = s.letterStatus(l)
		st.Standing = DraftOpened
		switch {
		case l.issuedRevision(op.Revision): // shown on presentation: the log has no salts of its texts
			st.Standing = l.standingOfIssued(at)
			l.outdate(&st, l.ofRevision(op.Revision))
			if len(l.Conflicts) > 0 {
				st.Standing = Conflict
				st.Entries = append(st.Entries, l.Conflicts...)
			}
		case len(l.Issues) > 0:
			st.Standing = DraftReplaced
		}
	}
	st.Revision = op.Revision
	return st
}

// heldClosed lets the log close a held draft that was not issued.
func (s *State) heldClosed(st *Status, o Office, h HeldDraft) {
	if closing, ok := s.closed[closeKey{o, commitment.CloseTag(h.Link.Opening.Tag)}]; ok && (st.Standing == DraftOpened || st.Standing == Embargoed) {
		st.Standing, st.ClosedAt = DraftClosed, closing.At
		st.Entries = append(st.Entries, closing.Index)
	}
}

// heldSeal verifies that h opens a commitment of office o to a draft whose fields
// it shows, and returns the commitment and the draft's reference.
func (s *State) heldSeal(o Office, h HeldDraft) (*commitRecord, letter.Ref, error) {
	c, err := s.sealed(o, h.Link, s.next)
	if err != nil {
		return nil, "", err
	}
	op := h.Link.Opening
	if op.Purpose != commitment.Draft {
		return nil, "", fmt.Errorf("what it opens is for %q: want %q", op.Purpose, commitment.Draft)
	}
	ref, err := h.Reference()
	if err != nil {
		return nil, "", err
	}
	return c, ref, disclosesLetter(h.Fields, ref, op.Digest)
}

// Sealer returns the office whose commitment is at an entry.
func (s *State) Sealer(i Index) (Office, error) {
	c, ok := s.commits[i]
	if !ok {
		return "", fmt.Errorf("entry %d is no commitment", i)
	}
	return c.office, nil
}

// HeldEvidence returns the entries that a held draft rests on: those of its
// office, its commitment, and all that the log says of its letter.
func (s *State) HeldEvidence(o Office, h HeldDraft) []Index {
	out := []Index{0, h.Link.Index}
	if h.Embargo != nil {
		out = append(out, h.Embargo.Link.Index)
	}
	if l, ok := s.letters[letterKey{o, h.Link.Opening.Tag}]; ok {
		out = append(out, s.Evidence(s.letterID(l, 0))...)
	}
	if c, ok := s.closed[closeKey{o, commitment.CloseTag(h.Link.Opening.Tag)}]; ok {
		out = append(out, c.Index)
	}
	if rec, ok := s.offices[o]; ok {
		for _, k := range rec.view.Keys {
			out = append(out, k.Added)
		}
		out = append(out, rec.revokes...)
		for _, p := range rec.policies {
			out = append(out, p.index)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
