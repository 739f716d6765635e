package v1

import (
	"strconv"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/internal/parity"
	"chancery.example/letter"
	"chancery.example/proof"
)

// reviseText changes one language of a draft that is still what the program saw
// (MUST-15).
func (c *call) reviseText(ref letter.Ref) (any, error) {
	is, err := c.wording()
	if err != nil {
		return nil, err
	}
	lang, err := letter.ParseLang(c.PathValue("lang"))
	if err != nil {
		return nil, notThere
	}
	v, err := bodyOf[TextRevising](c)
	if err != nil {
		return nil, err
	}
	text, err := letter.Canonicalize([]byte(v.Text))
	if err != nil {
		return nil, invalid("The " + string(lang) + " text: " + err.Error())
	}
	if err := c.api.Office.ReviseText(c.Context(), c.token.Office, c.by(), ref, lang, text, v.Why, is); err != nil {
		return nil, err
	}
	return c.draftOf(ref)
}

func (c *call) finished(v Finished) (any, error) {
	content, terms, err := c.finishing(v)
	if err != nil {
		return nil, err
	}
	return c.asked(c.api.Office.SubmitFinished(c.Context(), c.token.Office, c.token.Person, content, terms))
}

func (c *call) finishing(v Finished) (letter.Content, office.Terms, error) {
	content, err := v.Content.content()
	if err != nil {
		return content, office.Terms{}, err
	}
	terms, err := c.terms(v.Terms)
	return content, terms, err
}

func (c *call) before(ref letter.Ref) (any, error) {
	all, err := c.api.Office.Before(c.Context(), c.token.Office, ref)
	out := Conditions{[]Condition{}}
	for _, q := range all {
		args := q.Args
		if args == nil {
			args = map[string]string{}
		}
		out.Conditions = append(out.Conditions, Condition{q.Name, string(q.State), args})
	}
	return out, err
}

func (c *call) revisions(ref letter.Ref) (any, error) {
	all, err := c.api.Office.Revisions(c.Context(), c.token.Office, ref)
	out := Revisions{[]Revision{}}
	for _, r := range all {
		x := Revision{Revision: r.Number, Digest: r.Digest, SixWords: r.SixWords, Why: r.Why, Content: contentOf(r.Content)}
		if r.Logged {
			x.Entry = &r.Index
		}
		out.Revisions = append(out.Revisions, x)
	}
	return out, err
}

// draftProof makes again what went with the copies of a revision.
func (c *call) draftProof(ref letter.Ref) (any, error) {
	n, err := c.revision("number")
	if err != nil {
		return nil, err
	}
	b, err := c.api.Office.DraftProof(c.Context(), c.token.Office, ref, n)
	return proofFile(b, err, string(ref)+"-revision-"+strconv.FormatUint(uint64(n), 10)+".chancery-draft")
}

func proofFile(b proof.Bundle, err error, name string) (any, error) {
	if err != nil {
		return nil, err
	}
	raw, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return file{proof.MediaType, name, raw}, nil
}

// revision reads the number of a revision or copy in the address.
func (c *call) revision(name string) (uint32, error) {
	n, err := c.id(name)
	if err != nil || n > 1<<31 {
		return 0, notThere
	}
	return uint32(n), nil //nolint:gosec // looked at
}

func (c *call) journal(ref letter.Ref) (any, error) {
	notes, err := c.api.Office.Journal(c.Context(), c.token.Office, ref)
	out := Journal{Lines: []Line{}}
	for _, n := range notes {
		out.Lines = append(out.Lines, Line{At: n.At, Who: n.Actor, Act: n.Act, Text: n.Text, Reference: ref})
	}
	return out, err
}

// officeJournal is read by whoever audits; it names letters that they may see.
func (c *call) officeJournal() (any, error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	lines, err := c.api.Office.OfficeJournal(c.Context(), c.token.Office, int64(p.below), p.most+1) //nolint:gosec // 63 bits
	if err != nil {
		return nil, err
	}
	list, last, more := pick(p, lines, func(l office.JournalLine) uint64 { return uint64(l.ID) }) //nolint:gosec // a row's number
	out := Journal{Lines: []Line{}, Next: c.next(last, more)}
	for _, l := range list {
		out.Lines = append(out.Lines, Line{l.At, l.Actor, l.Act, l.Text, l.Reference})
	}
	return out, nil
}

func (c *call) parity(ref letter.Ref) (any, error) {
	v, err := c.api.Office.Parity(c.Context(), c.token.Office, ref)
	out := Parity{Compared: v.Compared(), Open: len(v.Open()), Differences: []Difference{}}
	for _, f := range v.Findings {
		d := Difference{ID: f.ID, Kind: string(f.Kind), Blocks: f.Blocks(), First: f.First, Second: f.Second, Places: []Place{}}
		for _, x := range f.Places {
			d.Places = append(d.Places, Place{x.Lang, x.Span.Start, x.Span.End - x.Span.Start, x.Text, x.Missing})
		}
		if f.Detail != [2]string{} {
			d.Detail = f.Detail[:]
		}
		if a := f.Accepted; a != nil {
			d.Accepted = &Acceptance{a.By, a.At, a.Reason}
		}
		out.Differences = append(out.Differences, d)
	}
	return out, err
}

func (c *call) acceptParity(ref letter.Ref, v Recalling) (any, error) {
	return nil, c.api.Office.AcceptParity(c.Context(), c.token.Office, c.token.Person, ref, c.PathValue("finding"), strings.TrimSpace(v.Reason))
}

// What sealed drafts tell is set by clerks and press officers; the latter know that a
// draft is there, and no more of it.
func (c *call) answers(ref letter.Ref) (any, error) {
	all, err := c.api.Office.AnswersOf(c.Context(), c.token.Office, ref)
	out := AllAnswers{[]Answers{}}
	for _, a := range all {
		out.Answers = append(out.Answers, Answers{a.Revision, string(a.Answers)})
	}
	return out, err
}

func (c *call) setAnswers(ref letter.Ref, v AnswersSet) (any, error) {
	return nil, c.api.Office.SetAnswers(c.Context(), c.token.Office, c.token.Person, ref, v.Revision, office.Answers(v.Answers))
}

func (c *call) copyReceived(ref letter.Ref, v Noting) (any, error) {
	revision, errRevision := c.revision("revision")
	number, errNumber := c.revision("number")
	if errRevision != nil || errNumber != nil {
		return nil, notThere
	}
	return nil, c.api.Office.CopyReceived(c.Context(), c.token.Office, c.token.Person, ref, revision, number, v.Note)
}

func (c *call) embargoes() (any, error) {
	all, err := c.api.Office.Embargoes(c.Context(), c.token.Office)
	out := Embargoes{[]Embargo{}}
	for _, e := range all {
		out.Embargoes = append(out.Embargoes, Embargo{e.Reference, e.Revision, e.NotBefore, e.Commit})
	}
	return out, err
}

func (c *call) giveEmbargoed(ref letter.Ref, v Giving) (any, error) {
	b, err := c.api.Office.GiveEmbargoed(c.Context(), c.token.Office, c.token.Person, ref, strings.TrimSpace(v.Holder))
	return proofFile(b, err, string(ref)+".chancery-draft")
}

func (c *call) glossary() (any, error) {
	g, err := c.api.Office.Glossary(c.Context(), c.token.Office)
	out := Glossary{[]Concept{}}
	for _, x := range g.Concepts {
		out.Concepts = append(out.Concepts, Concept{x.Name, x.Forms})
	}
	return out, err
}

func (c *call) setGlossary(v Glossary) (any, error) {
	concepts := make([]parity.Concept, 0, len(v.Concepts))
	for _, x := range v.Concepts {
		for lang := range x.Forms {
			if _, err := letter.ParseLang(string(lang)); err != nil {
				return nil, invalid(err.Error())
			}
		}
		concepts = append(concepts, parity.Concept{Name: x.Name, Forms: x.Forms})
	}
	g, err := parity.NewGlossary(concepts)
	if err != nil {
		return nil, invalid(err.Error())
	}
	return nil, c.api.Office.SetGlossary(c.Context(), c.token.Office, c.token.Person, g)
}
