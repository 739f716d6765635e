package check

import (
	"time"

	"chancery.example/letter"
	"chancery.example/register"
)

// Succession returns the letter that replaced a superseded one, and a clause
// about it to stand behind its reference: whether it is the one to use, or was
// itself replaced, withdrawn or the like, because a reader who is sent to a
// letter must not find it void. at is the reader's time.
func Succession(s *register.State, st register.Status, at time.Time) (letter.Ref, Words) {
	next := replacement(st, at)
	if next == nil && st.CorrectedBy != 0 {
		return st.Record.Reference, Words{" in corrected words, which are the ones to use", " بكلماتها المصححة، وهي التي يُعمل بها"}
	}
	if next == nil {
		return st.Record.Reference, Words{}
	}
	first, last := next, next
	now := s.LetterStatus(last, at)
	for seen := map[*register.Letter]bool{}; now.Standing == register.Superseded && !seen[last]; {
		seen[last] = true
		if next = replacement(now, at); next == nil {
			break
		}
		last = next
		now = s.LetterStatus(last, at)
	}
	clause := successors[now.Standing]
	if last != first {
		ref := string(last.Reference)
		clause = Words{", which was itself replaced by " + ref + clause.EN, "، ثم حلّت محل هذه " + ref + clause.AR}
	}
	return first.Reference, clause
}

// replacement is the first letter that took the place of one, nil for none.
func replacement(st register.Status, at time.Time) *register.Letter {
	for _, r := range st.ReplacedBy {
		if r.EffectsAt == 0 || r.EffectsAt <= register.StampOf(at) {
			return r.By
		}
	}
	return nil
}

// successors are what the last letter of a succession is.
var successors = map[register.Standing]Words{
	register.InForce:   {", which is the one to use", "، وهي التي يُعمل بها"},
	register.Withdrawn: {", which was withdrawn", "، وقد سُحبت"},
	register.Expired:   {", whose period is over", "، وقد انتهت مدتها"},
	register.Embargoed: {", which is not public yet", "، ولم تُعلَن بعد"},
	register.Conflict:  {", on which the record contradicts itself", "، وقيود السجل متناقضة بشأنها"},
}
