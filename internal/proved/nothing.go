package proved

import (
	"fmt"
	"slices"
	"time"
	"unicode"

	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// refused answers for a file that does not hold: it shows nothing, good or bad.
func refused(r Register, origin string, err error, at time.Time) Answer {
	class := proof.ClassOf(err)
	exit, m := check.ExitCannotCheck, check.None
	if class == proof.BadFormat {
		exit, m = check.ExitUnreadable, check.Unreadable
	}
	f := r.Snapshot.TellNothing(m, register.CannotCheck, at)
	why := Reason(class)
	f = unknown(f, exit, check.Words{EN: "This proof does not hold, and shows nothing", AR: "هذا الإثبات غير صحيح، ولا يدل على شيء"}, why)
	f.NotMean = check.Words{
		EN: "It does not mean that the letter is good or bad: the words themselves can still be checked here.",
		AR: "لا يعني أن الرسالة سليمة أو غير سليمة: فالكلمات نفسها يمكن التحقق منها هنا.",
	}
	return Answer{f, Shown{Kind: Refused, Origin: printable(origin), Class: class, Says: why, Texts: []Text{}, Later: []Later{}}}
}

// Reason says in words for everybody why a file of a class shows nothing.
func Reason(c proof.Class) check.Words {
	if why, ok := reasons[c]; ok {
		return why
	}
	return otherwise
}

// foreign answers for a proof of a log that is not this register's.
func foreign(r Register, origin string, at time.Time) Answer {
	name := printable(origin)
	if r.Snapshot.State().Origin() == "" { // no register was named
		return refused(r, origin, &proof.Error{Class: proof.NoPolicy}, at)
	}
	f := r.Snapshot.TellNothing(check.None, register.NoRegister, at)
	says := check.Words{
		EN: "This server cannot vouch for it: nothing in it was verified. Use that register's keys, on its own pages or with \"chancery verify\".",
		AR: "لا يستطيع هذا الخادم أن يشهد له: فلم يُتحقق من شيء فيه. استعمل مفاتيح ذلك السجل، في صفحاته أو بالأمر chancery verify.",
	}
	f = unknown(f, check.ExitNoRegister, check.Words{EN: "This proof is of another register: " + name, AR: "هذا الإثبات من سجل آخر: " + name}, says)
	return Answer{f, Shown{Kind: Foreign, Origin: name, Says: says, Texts: []Text{}, Later: []Later{}}}
}

// forkedAnswer is for a proof whose head this log signed and does not have.
func (x *reading) forkedAnswer(s Shown) Answer {
	s.Kind = Forked
	f := x.Snapshot.TellNothing(check.None, register.Conflict, x.at)
	f.Headline.Text = check.Words{EN: "This proof does not fit the log that is known here", AR: "هذا الإثبات لا يتوافق مع الدفتر المعروف هنا"}
	f.Details = check.Words{
		EN: fmt.Sprintf("The register signed two heads over %d entries that differ: one in this file, one here. Keep the file: it shows that the log told different people different things.", s.Head.Size),
		AR: fmt.Sprintf("وقّع السجل رأسين مختلفين على قيود عددها %d: أحدهما في هذا الملف والآخر هنا. احتفظ بالملف: فهو يُظهر أن الدفتر روى للناس روايات مختلفة.", s.Head.Size),
	}
	v := check.VerdictOf(check.SameText, register.Conflict)
	v.Code = f.Verdict.Code
	f.Verdict = &v
	return Answer{f, s}
}

// absence answers for a proof that nothing is on record.
func (x *reading) absence(s Shown) Answer {
	s.Kind = OfAbsence
	names := make([]lookup.Name, 0, len(x.v.Lookups.Answers))
	for _, a := range x.v.Lookups.Answers {
		names = append(names, a.Name)
	}
	there := map[[32]byte]bool{}
	if x.known {
		for _, n := range holding(x.Snapshot, names) {
			there[n.Key()] = true
		}
	}
	for _, n := range names {
		s.Absent = append(s.Absent, x.absent(n, there[n.Key()]))
	}
	head := x.v.Lookups.Head
	f := x.Snapshot.TellNothing(check.None, register.NotOnRecord, x.at)
	s.At = Then{
		Standing: register.NotOnRecord, Intent: check.IntentUnknown, Icon: "question",
		Headline: check.Words{EN: fmt.Sprintf("Nothing was on record under what is listed below, as of entry %d", head), AR: fmt.Sprintf("لم يكن في السجل شيء تحت ما يُذكر أدناه، حتى القيد %d", head)},
		Details: check.Words{
			EN: "It is about these references, files and words, letter for letter, not about a paraphrase.",
			AR: "وهو بشأن هذه المراجع والملفات والكلمات حرفياً، لا بشأن إعادة صياغة لها.",
		},
	}
	switch {
	case !x.known:
		s.Since = x.newerHead()
		f = unknown(f, check.ExitNotOnRecord, check.Words{EN: "A proof that something is not on record", AR: "إثبات على أن شيئاً ليس في السجل"}, s.Says)
	case len(there) > 0:
		s.Since = check.Words{
			EN: fmt.Sprintf("Since the proof's head something has come on record under %d of %d names: see the list.", len(there), len(names)),
			AR: fmt.Sprintf("بعد رأس الإثبات صار في السجل شيء تحت أسماء عددها %d من %d: انظر القائمة.", len(there), len(names)),
		}
		f = unknown(f, check.ExitSuperseded, check.Words{EN: "Something is on record now that was not when this proof was made", AR: "صار في السجل شيء لم يكن فيه حين صُنع هذا الإثبات"}, s.Since)
		f.Verdict.Intent, f.Verdict.Icon = check.IntentSuperseded, "arrow"
	default:
		s.Since = check.Words{
			EN: fmt.Sprintf("Nothing has come on record under them since: the log known here has %d entries.", x.Snapshot.State().Size()),
			AR: fmt.Sprintf("ولم يصر في السجل شيء تحتها بعد ذلك: عدد قيود الدفتر المعروف هنا %d.", x.Snapshot.State().Size()),
		}
		f = unknown(f, check.ExitNotOnRecord, check.Words{EN: "A proof that something is not on record, and it still is not", AR: "إثبات على أن شيئاً ليس في السجل، وما زال غير مسجَّل"}, s.Since)
	}
	return Answer{f, s}
}

func (x *reading) absent(n lookup.Name, there bool) Absent {
	a := Absent{Kind: n.Kind, There: there}
	if o, ref, ok := n.Letter(); ok {
		a.Office, a.Reference = o, ref
	} else if n.Kind == lookup.Office {
		a.Office = register.Office(n.Values[0])
	} else if d, ok := n.Digest(); ok {
		a.Digest = d.String()
	}
	if o, ok := x.Snapshot.State().OfficeOf(a.Office); ok {
		a.OfficeID = o.ID
	}
	for _, t := range x.v.Texts {
		if n.Names(t.Text) {
			a.Begins = beginning(t.Text.String())
		}
	}
	return a
}

// unknown makes an answer grey, with words of its own.
func unknown(f check.Finding, exit int, headline, details check.Words) check.Finding {
	v := *f.Verdict
	v.Intent, v.Icon, v.Exit = check.IntentUnknown, "question", exit
	f.Verdict, f.Details = &v, details
	f.Headline = &check.Headline{Code: v.Code, Text: headline}
	return f
}

// printable is a foreign name, short and without characters that steer a reader's
// eye.
func printable(s string) string {
	const most = 100
	var out []rune
	for _, r := range s {
		if len(out) == most {
			return string(out) + "…"
		}
		if !unicode.IsGraphic(r) {
			r = unicode.ReplacementChar
		}
		out = append(out, r)
	}
	return string(out)
}

// holding returns those of the names under which something is public now: letters
// by their reference, files and words by their digests, offices.
func holding(s *check.Snapshot, names []lookup.Name) []lookup.Name {
	words := map[letter.Hash]bool{}
	if slices.ContainsFunc(names, func(n lookup.Name) bool { return n.Kind == lookup.Text }) {
		for t := range s.State().Texts() {
			if text, ok := s.TextOf(t.Leaf.Hash); ok {
				d, _ := lookup.OfText(text).Digest()
				words[d] = true
			}
		}
	}
	var out []lookup.Name
	for _, n := range names {
		d, _ := n.Digest()
		there := false
		switch n.Kind {
		case lookup.Reference:
			o, ref, _ := n.Letter()
			_, there = s.State().Letter(o, ref)
		case lookup.File:
			there = len(s.State().ByFile(d)) > 0
		case lookup.Text:
			there = words[d]
		case lookup.Leaf:
			_, there = s.TextOf(d)
		case lookup.Office:
			_, there = s.State().OfficeOf(register.Office(n.Values[0]))
		}
		if there {
			out = append(out, n)
		}
	}
	return out
}
