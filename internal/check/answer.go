package check

import (
	"cmp"
	"context"
	"slices"
	"time"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/register"
)

// maxOthers is how many further records an answer shows.
const maxOthers = 20

// An answer is one text of record that a copy agrees with.
type answer struct {
	text      *shown
	candidate compare.Candidate
	agreement compare.Agreement
	status    register.Status
}

func (a answer) match() Match {
	switch a.agreement {
	case compare.Same:
		return SameText
	case compare.PartOf:
		return Part
	case compare.Altered:
		return Altered
	case compare.Like:
		return Resembles
	case compare.Unlike:
	}
	return None
}

// ask returns the texts of record that a copy agrees with, one for each record,
// the nearest first.
func (s *Snapshot) ask(ctx context.Context, copied *fold.Folded, at time.Time) ([]answer, error) {
	found, err := s.index.Find(ctx, copied)
	if err != nil {
		return nil, err
	}
	var out []answer
	for _, c := range found {
		if a, ok := s.answer(c, at); ok {
			out = append(out, a)
		}
	}
	return withoutFormulas(arrange(out)), nil
}

// answer says where the text of a candidate stands; false when it agrees in
// nothing that matters.
func (s *Snapshot) answer(c compare.Candidate, at time.Time) (answer, bool) {
	t := &s.texts[c.Document.ID]
	a := answer{text: t, candidate: c, agreement: c.Judge()}
	if a.agreement == compare.Unlike {
		return a, false
	}
	st, ok := s.statusOf(t, at)
	if !ok {
		return a, false
	}
	a.status = st
	return a, true
}

// arrange puts the nearest words first. Within one record its issued text goes
// before its drafts and a later revision before an earlier one; between records
// that agree equally, a disavowal by somebody else than the office whose text
// it is goes last, and otherwise the more serious standing first.
func arrange(as []answer) []answer {
	slices.SortStableFunc(as, func(a, b answer) int {
		return cmp.Or(
			nearer(a, b),
			boolean(isDraftOfIssued(a))-boolean(isDraftOfIssued(b)),
			int(b.text.revision)-int(a.text.revision),
			cmp.Compare(a.text.lang, b.text.lang))
	})
	seen := map[string]bool{}
	var out []answer
	for _, a := range as {
		if f := familyOf(a.text.record); !seen[f] {
			seen[f] = true
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b answer) int {
		return cmp.Or(
			nearer(a, b),
			boolean(foreignDisavowal(a, out))-boolean(foreignDisavowal(b, out)),
			gravity(a.status.Standing)-gravity(b.status.Standing),
			cmp.Compare(kindOrder[a.text.record.Kind], kindOrder[b.text.record.Kind]),
			cmp.Compare(a.status.Record.Entry, b.status.Record.Entry))
	})
	return out
}

// nearer compares by words alone.
func nearer(a, b answer) int {
	return cmp.Or(
		int(a.agreement)-int(b.agreement),
		a.candidate.Alignment.Cost-b.candidate.Alignment.Cost,
		b.candidate.Alignment.Agreed-a.candidate.Alignment.Agreed)
}

var kindOrder = map[register.RecordKind]int{register.RecordLetter: 0, register.RecordDisavowal: 1, register.RecordStatement: 2}

func gravity(st register.Standing) int { return slices.Index(register.Standings(), st) }

// isDraftOfIssued: the same words stand in the issued text too, or not; when
// both hold them, the issued text answers.
func isDraftOfIssued(a answer) bool { return a.status.Standing == register.DraftReplaced }

// foreignDisavowal reports whether a is an office's disavowal of words that
// another office has on record as its own.
func foreignDisavowal(a answer, all []answer) bool {
	if a.text.record.Kind != register.RecordDisavowal {
		return false
	}
	return slices.ContainsFunc(all, func(b answer) bool {
		return b.text.record.Kind == register.RecordLetter && b.text.record.Office != a.text.record.Office && nearer(a, b) == 0
	})
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// record names the record of an answer.
func (s *Snapshot) record(st register.Status) *Record {
	r := &Record{
		Kind: st.Record.Kind, Office: st.Record.OfficeID, OfficeURI: st.Record.Office,
		Reference: st.Record.Reference, Entry: st.Record.Entry, Language: st.Language, Revision: st.Revision,
	}
	if o, ok := s.state.OfficeOf(st.Record.Office); ok {
		r.OfficeName = o.Name
	}
	return r
}

// others lists the further records that hold the copy's words.
func (s *Snapshot) others(as []answer) []Other {
	out := []Other{}
	for _, a := range as {
		if a.agreement > compare.Altered || len(out) == maxOthers {
			break
		}
		out = append(out, Other{*s.record(a.status), a.match(), a.status.Standing})
	}
	return out
}

// manySharers is how many letters must share a wording for it to be common.
const manySharers = 4

// isCommon reports whether a copy's words stand, as exactly, in so many letters
// that they tell none from another.
func isCommon(as []answer) bool {
	n := 0
	for _, a := range as {
		if a.agreement == as[0].agreement && a.candidate.Alignment.Cost <= as[0].candidate.Alignment.Cost+1 {
			n++
		}
	}
	return n >= manySharers && (as[0].agreement == compare.PartOf || as[0].agreement == compare.Altered)
}

// withoutFormulas makes no alteration of a formula: words that differ a little
// from what many letters say come from none of them.
func withoutFormulas(as []answer) []answer {
	if isCommon(as) && as[0].agreement == compare.Altered {
		for i := range as {
			as[i].agreement = max(as[i].agreement, compare.Like)
		}
	}
	return as
}
