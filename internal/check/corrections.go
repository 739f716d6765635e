package check

import (
	"fmt"
	"time"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/letter"
	"chancery.example/register"
)

// A CorrectionView is a correction of a letter, with what it changed.
type CorrectionView struct {
	Entry   register.Index `json:"entry"`
	At      time.Time      `json:"at"`
	Reason  register.Words `json:"reason"`
	Changes []Change       `json:"changes"`
}

// A Change is one place where a correction put other words: what stood there, and
// what stands there now.
type Change struct {
	Language letter.Lang `json:"language"`
	Was      string      `json:"was"`
	Now      string      `json:"now"`
}

// corrections lists what was corrected in the letter of a status, in order.
func (s *Snapshot) corrections(st register.Status) []CorrectionView {
	l, ok := s.state.Letter(st.Record.Office, st.Record.Reference)
	if !ok || st.Record.Kind != register.RecordLetter || len(l.Issues) == 0 {
		return nil
	}
	return Corrections(l, s.TextOf)
}

// Corrections lists what was corrected in a letter, in order, as far as its words
// are there.
func Corrections(l *register.Letter, words func(letter.Hash) (letter.Text, bool)) []CorrectionView {
	var out []CorrectionView
	before := l.Issues[0].Issue.Fields
	for _, c := range l.Corrected {
		v := CorrectionView{Entry: c.Index, At: c.At.Time(), Reason: c.Correct.Reason, Changes: []Change{}}
		for _, now := range c.Correct.Fields {
			lang, isText := now.Field.Lang()
			was := letter.Find(before, now.Field)
			if !isText || was == nil {
				continue
			}
			old, hadOld := words(was.Hash)
			fresh, hasFresh := words(now.Hash)
			if hadOld && hasFresh {
				v.Changes = append(v.Changes, changes(lang, old, fresh)...)
			}
		}
		before = c.Correct.Fields
		out = append(out, v)
	}
	return out
}

func changes(lang letter.Lang, old, fresh letter.Text) []Change {
	var out []Change
	for _, d := range differences(compare.Align(fold.Copy(old.String()), fold.Record(fresh.String()))) {
		out = append(out, Change{lang, d.Copy, d.Record})
	}
	return out
}

// lifeChips say what happened to an issued letter that its standing alone does
// not say: corrections, a withdrawal in an emergency, a key that was revoked.
func lifeChips(f Finding, at time.Time, add func(k ChipKind, en, ar string)) {
	if w := f.Status.Written; w != "" {
		on, then := day(f.Status.IssuedAt), written(w)
		add(ChipRecordedLate, "Recorded later (imported): put on record on "+on.EN+"; written, by the office's word, in "+then.EN,
			"سُجّلت لاحقاً (مستوردة): قُيّدت في "+on.AR+"، وكُتبت بحسب قول الجهة في "+then.AR)
	}
	for _, c := range f.Corrections {
		on, why := day(register.StampOf(c.At)), bothNames(c.Reason)
		en, ar := fmt.Sprintf("Corrected on %s (log entry %d): %s", on.EN, c.Entry, why.EN), fmt.Sprintf("صُحّحت في %s (القيد %d): %s", on.AR, c.Entry, why.AR)
		for i, x := range c.Changes {
			if i == mostChanges {
				en, ar = en+fmt.Sprintf(" And %d more.", len(c.Changes)-i), ar+fmt.Sprintf(" ومواضع أخرى عددها: %d.", len(c.Changes)-i)
				break
			}
			en += fmt.Sprintf(" %s → %s.", quoted(x.Was, "“", "”"), quoted(x.Now, "“", "”"))
			ar += fmt.Sprintf(" %s ← %s.", quoted(x.Was, "«", "»"), quoted(x.Now, "«", "»"))
		}
		add(ChipCorrected, en, ar)
	}
	if e := f.Status.Emergency; e != nil {
		switch {
		case e.Ratified != nil:
			on := day(e.Ratified.At)
			add(ChipRatified, "Withdrawn in an emergency; ratified on "+on.EN, "سُحبت سحباً عاجلاً، وأُقر السحب في "+on.AR)
		case e.Overdue(at):
			by := moment(e.RatifyBy.Time())
			add(ChipUnratified, "Withdrawn in an emergency, and not ratified, though that was due by "+by.EN, "سُحبت سحباً عاجلاً ولم يُقر السحب، وكان موعده "+by.AR)
		default:
			by := moment(e.RatifyBy.Time())
			add(ChipUnratified, "Withdrawn in an emergency, not ratified yet; due by "+by.EN, "سُحبت سحباً عاجلاً ولم يُقر السحب بعد؛ وموعده "+by.AR)
		}
	}
	if n := len(f.Status.LaterRevoked); n > 0 {
		add(ChipKeyRevoked, fmt.Sprintf("Key later revoked: entries of it signed with a key that the office revoked afterwards: %d; what its officers approved stands", n),
			fmt.Sprintf("أُبطل المفتاح لاحقاً: قيود وُقّعت بمفتاح أبطلته الجهة بعد ذلك، عددها %d؛ وما وافق عليه مسؤولوها يبقى قائماً", n))
	}
}

const mostChanges = 3

// quoted marks words as those of a letter; none is said as none.
func quoted(s, open, closed string) string {
	if s == "" {
		return "…"
	}
	return open + s + closed
}
