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
	// siblings are texts of the same record that the copy is as near to, with
	// other words there: it cannot be told which of them it is.
	siblings []answer
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
	out = withoutFormulas(arrange(out))
	if len(out) > 0 {
		out[0] = out[0].graver()
	}
	return out, nil
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
	seen := map[string]int{}
	var out []answer
	for _, a := range as {
		f := familyOf(a.text.record)
		i, ok := seen[f]
		switch {
		case !ok:
			seen[f] = len(out)
			out = append(out, a)
		case out[i].cannotTell(a):
			out[i].siblings = append(out[i].siblings, a)
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

// tellingEdits is how many letters nearer a copy must be to one revision than to
// another for it to be that one.
const tellingEdits = 3

// cannotTell reports whether a copy, which is not exactly a's, might as well be
// b's: it is about as near to both, and somewhere they differ it has not a's
// words.
func (a answer) cannotTell(b answer) bool {
	x, y := a.candidate.Alignment, b.candidate.Alignment
	if a.agreement > compare.Altered || b.agreement > compare.Altered || a.text.lang != b.text.lang || y.Edits()-x.Edits() >= tellingEdits {
		return false
	}
	return slices.ContainsFunc(compare.Align(x.Record, y.Record).Differences, func(d compare.Difference) bool { return !holds(x, d.Copy) })
}

// holds reports whether a copy has the words of record, to the letter, in a
// stretch of it; of an empty stretch, that it has nothing more there. What lies
// beyond the part that the copy holds tells nothing.
func holds(a *compare.Alignment, r compare.Range) bool {
	if c := a.Covered(); r.To < c.From || r.From > c.To {
		return true
	}
	for _, ds := range [2][]compare.Difference{a.Differences, a.Misread} {
		for _, d := range ds {
			if d.Kind != compare.Moved && d.Record.From <= r.To && r.From <= d.Record.To {
				return false
			}
		}
	}
	return true
}

// graver returns the answer, or the sibling whose standing is more serious: when
// it cannot be told which of them a copy is, nobody shall take it for the better.
func (a answer) graver() answer {
	out := a
	for _, b := range a.siblings {
		if gravity(b.status.Standing) < gravity(out.status.Standing) {
			out = b
		}
	}
	if out.text == a.text {
		return a
	}
	rest := []answer{a}
	for _, b := range a.siblings {
		if b.text != out.text {
			rest = append(rest, b)
		}
	}
	rest[0].siblings = nil
	out.siblings = rest
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
func (s *Snapshot) others(as []answer, at time.Time) []Other {
	out := []Other{}
	if len(as) == 0 {
		return out
	}
	for _, b := range as[0].siblings {
		out = append(out, Other{Record: *s.record(b.status), Match: b.match(), Standing: s.rests(b.status.Standing, at)})
	}
	for _, a := range as[1:] {
		if len(out) == maxOthers {
			break
		}
		if a.agreement <= compare.Altered {
			out = append(out, Other{Record: *s.record(a.status), Match: a.match(), Standing: s.rests(a.status.Standing, at), Passage: a.adds(as[0])})
		} else if p := a.adds(as[0]); p != "" {
			out = append(out, Other{Record: *s.record(a.status), Match: Part, Standing: s.rests(a.status.Standing, at), Passage: p})
		}
	}
	return out
}

// alsoIn counts the further records that hold a copy's words as exactly.
func alsoIn(as []answer) int {
	n := 0
	for _, a := range as[min(len(as), 1):] {
		n += boolean(nearer(as[0], a) == 0)
	}
	return n
}

// leastAdded is how many words of a copy another record must explain that the
// nearest does not: copies are spliced from several letters.
const leastAdded = 8

// adds returns the first passage of the copy that stands in this record word for
// word and not in the nearest one.
func (a answer) adds(best answer) string {
	if a.agreement < compare.Altered || !a.candidate.Telling() {
		return ""
	}
	for _, r := range a.candidate.Borrowed() {
		for _, d := range best.candidate.Alignment.Differences {
			from, to := max(r.From, d.Copy.From), min(r.To, d.Copy.To)
			if d.Kind != compare.Moved && to-from >= leastAdded {
				return a.candidate.Alignment.Copy.Slice(from, to)
			}
		}
	}
	return ""
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

// noteOf is what has to be said of how an answer was found.
func noteOf(as []answer) Note {
	switch {
	case isCommon(as):
		return CommonWording
	case len(as[0].siblings) > 0:
		return Ambiguous
	case as[0].candidate.Doubtful():
		return CheckWords
	}
	return ""
}
