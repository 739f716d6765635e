package record

import (
	"cmp"
	"html/template"
	"slices"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

// Sentence says in one sentence where a letter stands.
func Sentence(p *i18n.Printer, s *register.State, l *register.Letter, st register.Status, at time.Time) template.HTML {
	office := shared.NameOf(s, l.Office)
	next, successor := check.Succession(s, st, at)
	day := func(t register.Stamp) string {
		if t == 0 {
			return p.T("date.unknown")
		}
		return p.Day(t.Time())
	}
	sealed := st.SealedAt
	if sealed == 0 && len(l.Seals) > 0 {
		sealed = l.Seals[0].At
	}
	issued := p.T("letter.issuedon.here", "day", day(st.IssuedAt))
	if st.Written != "" {
		issued = p.T("letter.issuedon.before", "day", day(st.IssuedAt))
	}
	return p.H("letter.sentence."+string(st.Standing),
		"office", shared.Words(p, office.Name), "ref", shared.Ref(l.Reference),
		"issued", issued, "sealed", day(sealed), "closed", day(st.ClosedAt), "ended", day(st.EndedAt),
		"by", shared.Ref(next), "successor", shared.Isolated(p.Lang(), successor.In(p.Lang()), later(st)...), "reason", shared.Words(p, st.Reason), "from", moment(p, st.NotBefore), "until", moment(p, st.Expires),
		"now", shared.Moment(p, at))
}

// later lists the references that a clause about successors may hold.
func later(st register.Status) []string {
	var out []string
	for seen := map[*register.Letter]bool{}; len(st.ReplacedBy) > 0; {
		l := st.ReplacedBy[0].By
		if seen[l] {
			break
		}
		seen[l] = true
		out = append(out, string(l.Reference))
		st.ReplacedBy = l.ReplacedBy
	}
	return out
}

func moment(p *i18n.Printer, s register.Stamp) template.HTML { return shared.Moment(p, s.Time()) }

// History returns what signed entries say happened to a letter, in order of
// the log: the office's own acts and every office's statements, each under its
// author's name.
func History(p *i18n.Printer, r shared.Records, l *register.Letter) []shared.Event {
	s := r.State()
	own := shared.NameOf(s, l.Office).Name
	var out []shared.Event
	add := func(i register.Index, at register.Stamp, what string, detail template.HTML, key bool) {
		out = append(out, shared.Event{At: at.Time(), What: what, Detail: detail, Office: own, Entry: i, Key: key})
	}
	for _, seal := range l.Seals {
		add(seal.Index, seal.At, "sealed", p.H("event.revision", "n", seal.Revision), false)
	}
	for i, o := range l.Opened {
		detail := p.H("event.revision", "n", o.Revision.Number)
		if i > 0 && l.Opened[i-1].Index == o.Index {
			out[len(out)-1].Detail += " · " + detail
			continue
		}
		add(o.Index, o.At, "opened", detail, true)
	}
	for _, i := range l.Issues {
		add(i.Index, i.At, "issued", p.H("event.approved", "n", len(i.ApprovedBy), "k", i.Needed), true)
	}
	for _, c := range l.Corrected {
		add(c.Index, c.At, "corrected", shared.Words(p, c.Correct.Reason), true)
	}
	if c := l.Closed; c != nil {
		add(c.Index, c.At, "closed", "", true)
	}
	if w := l.Withdrawn; w != nil {
		add(w.Index, w.At, "withdrawn", shared.Words(p, w.Reason), true)
	}
	if w := l.Withdrawn; w != nil && w.Emergency != nil && w.Emergency.Ratified != nil {
		add(w.Emergency.Ratified.Index, w.Emergency.Ratified.At, "ratified", "", true)
	}
	for _, x := range l.ReplacedBy {
		add(x.Index, x.At, "superseded", p.H("event.by", "ref", shared.Ref(x.By.Reference)), true)
	}
	for _, said := range SaidAbout(r, l) {
		out = append(out, shared.Event{
			At: said.At, What: said.Kind, Office: said.Office, Entry: said.Entry, Other: said.OfficeID != shared.NameOf(s, l.Office).ID,
		})
	}
	slices.SortStableFunc(out, func(a, b shared.Event) int { return cmp.Compare(a.Entry, b.Entry) })
	return out
}

// SaidAbout returns what every office says about a letter, or about holding its
// words, in order of the log.
func SaidAbout(r shared.Records, l *register.Letter) []shared.Said {
	s := r.State()
	said := map[register.Index]shared.Said{}
	for _, x := range s.StatementsRegarding(l.Office, l.Reference) {
		said[x.Index] = Said(r, x)
	}
	for text, leaf := range texts(r, l) {
		for _, x := range s.Holding(text, leaf) {
			said[x.Index] = Said(r, x)
		}
		for _, d := range s.DisavowalsOf(text) {
			said[d.Index] = Disavowed(r, d)
		}
	}
	out := make([]shared.Said, 0, len(said))
	for _, x := range said {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b shared.Said) int { return cmp.Compare(a.Entry, b.Entry) })
	return out
}

// texts yields the public texts of a letter with their leaves.
func texts(r shared.Records, l *register.Letter) func(func(letter.LangText, letter.Hash) bool) {
	return func(yield func(letter.LangText, letter.Hash) bool) {
		var fields [][]letter.Disclosure
		for _, i := range l.Issues {
			fields = append(fields, i.Issue.Fields)
		}
		for _, c := range l.Corrected {
			fields = append(fields, c.Correct.Fields)
		}
		for _, o := range l.Opened {
			fields = append(fields, o.Revision.Fields)
		}
		for _, f := range slices.Concat(fields...) {
			lang, ok := f.Field.Lang()
			if !ok || f.Salt == nil {
				continue
			}
			text, ok := r.TextOf(f.Hash)
			if ok && !yield(letter.LangText{Lang: lang, Text: text}, f.Hash) {
				return
			}
		}
	}
}

// Said returns a statement as it stands beside an answer.
func Said(r shared.Records, x *register.StatementRecord) shared.Said {
	office := shared.NameOf(r.State(), x.Office)
	return shared.Said{
		Kind: string(x.Statement.Type), Office: office.Name, OfficeID: office.ID, Domain: office.Domain,
		At: x.At.Time(), Entry: x.Index, Bodies: shared.Bodies(r, x.Statement.Texts, ""),
		Source: x.Statement.Source, NextWordBy: x.Statement.NextWordBy, Approved: len(x.ApprovedBy), Retracted: x.Retracted,
	}
}

// Disavowed returns a disavowal as it stands beside an answer.
func Disavowed(r shared.Records, d *register.Disavowal) shared.Said {
	office := shared.NameOf(r.State(), d.Office)
	return shared.Said{
		Kind: "disavowal", Office: office.Name, OfficeID: office.ID, Domain: office.Domain,
		At: d.At.Time(), Entry: d.Index, Bodies: shared.WordBodies(d.Disavow.Reason),
		Approved: len(d.ApprovedBy), Retracted: d.Retracted,
	}
}
