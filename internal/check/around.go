package check

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"chancery.example/internal/around"
	"chancery.example/internal/photo"
	"chancery.example/letter"
	"chancery.example/register"
)

// bare returns the paper without the words that stand around the texts of a letter
// when it is printed, as far as they are that letter's own (letter.md MUST-15):
// each is left blank, so that every place in the paper stays what it is. false when
// there are none.
func (s *Snapshot) bare(p paper, as []answer) (paper, bool) {
	if len(as) == 0 || as[0].text.record.Kind != register.RecordLetter {
		return p, false
	}
	known, first, last, ok := s.printed(as[0])
	copied := p.fold()
	if !ok || copied.Exact != p.text { // the order in which it is seen is not that in which it is written
		return p, false
	}
	var spans []letter.Span
	if p.picture != nil {
		spans, p.notice = around.Misread(copied, known, p.lines())
	}
	known.Copy = copied.Free || p.notice
	spans = append(spans, around.Find(copied, known, first, last)...)
	slices.SortFunc(spans, func(a, b letter.Span) int { return a.Start - b.Start })
	if len(spans) == 0 {
		return p, false
	}
	var b strings.Builder
	at := 0
	for _, span := range spans {
		if span.Start < at {
			continue
		}
		b.WriteString(p.text[at:span.Start])
		for _, w := range p.strange(span.Start, span.End) { // they look like something else
			b.WriteString(strings.Map(blank, p.text[span.Start:w.From]))
			b.WriteString(p.text[w.From:w.To])
			span.Start = w.To
		}
		b.WriteString(strings.Map(blank, p.text[span.Start:span.End]))
		at = span.End
	}
	b.WriteString(p.text[at:])
	p.whole, p.text = p.text, b.String()
	return p, true
}

// lines returns the lines of the paper that are not empty.
func (p paper) lines() (out []around.Line) {
	at := 0
	for line := range strings.SplitAfterSeq(p.text, "\n") {
		if t := strings.TrimSpace(line); t != "" {
			from := at + strings.Index(line, t)
			out = append(out, around.Line{Span: letter.Span{Start: from, End: from + len(t)}, Page: p.picture.words.Page(from)})
		}
		at += len(line)
	}
	return out
}

// strange returns the words of a stretch in whose place something else was seen. One
// that only cannot be told for sure is as good as a misread one here: it is not the
// letter's.
func (p paper) strange(from, to int) photo.Words {
	if p.picture == nil {
		return nil
	}
	return slices.DeleteFunc(p.picture.words.Between(from, to, from), func(w photo.Word) bool { return !w.Open || !w.Other })
}

// blank is white space of as many bytes.
func blank(r rune) rune {
	if r == '\n' {
		return r
	}
	return [...]rune{1: ' ', 2: '\u00a0', 3: '\u2003', 4: r}[utf8.RuneLen(r)]
}

// printed returns what is known of the paper of an answer's revision, and the days
// between which it was recorded and issued.
func (s *Snapshot) printed(a answer) (p around.Paper, first, last time.Time, ok bool) {
	t := a.text
	fields, number, at := s.fieldsOf(a)
	if fields == nil {
		return p, first, last, false
	}
	p.Content.Reference = t.record.Reference
	if d := letter.Find(fields, letter.FieldPrevailing); d != nil && d.Salt != nil {
		p.Content.Prevailing = letter.Lang(d.Value)
	}
	p.Content.Addressees, p.Content.Distribution = listOf(fields, letter.FieldAddressees), listOf(fields, letter.FieldDistribution)
	titles := listOf(fields, letter.FieldEnclosures) // with their digests
	for i := 0; i+1 < len(titles); i += 2 {
		p.Content.Enclosures = append(p.Content.Enclosures, letter.Enclosure{Title: titles[i]})
	}
	if block := listOf(fields, letter.FieldSignature); len(block) > 0 {
		p.Content.Signature = letter.SignatureBlock{Kind: letter.SignatureKind(block[0]), Lines: block[1:]}
	}
	for i := range s.texts {
		if o := &s.texts[i]; familyOf(o.record) == familyOf(t.record) && slices.Contains(o.revisions, number) {
			p.Content.Texts = append(p.Content.Texts, langText(o))
		}
	}
	if o, known := s.state.OfficeOf(t.record.Office); known {
		p.Domain = o.Domain
		for lang, name := range o.Name {
			p.Office = append(p.Office, around.Phrase{Language: lang, Text: name})
		}
		slices.SortFunc(p.Office, func(a, b around.Phrase) int { return strings.Compare(string(a.Language), string(b.Language)) })
	}
	last = at.Time()
	first = last
	if l := s.letterOf(t.record.Office, t.record.Reference); l != nil {
		for _, seal := range l.Seals {
			if seal.Revision == number {
				first = seal.At.Time()
			}
		}
	}
	return p, first, last, true
}

// fieldsOf returns what a letter discloses of the revision of an answer, and when it
// did; nil when nothing is known of it.
func (s *Snapshot) fieldsOf(a answer) ([]letter.Disclosure, uint32, register.Stamp) {
	t := a.text
	if t.held != nil {
		return t.held.draft.Fields, t.revision, a.status.SealedAt
	}
	l := s.letterOf(t.record.Office, t.record.Reference)
	if l == nil {
		return nil, 0, 0
	}
	holds := func(n uint32) bool { return slices.Contains(t.revisions, n) }
	for _, c := range slices.Backward(l.Corrected) {
		if n := c.Correct.Seal.Opening.Revision; holds(n) {
			return c.Correct.Fields, n, c.At
		}
	}
	for _, i := range l.Issues {
		if n := i.Issue.Seal.Opening.Revision; holds(n) {
			return i.Issue.Fields, n, i.At
		}
	}
	for _, o := range slices.Backward(l.Opened) {
		if holds(o.Revision.Number) {
			return o.Revision.Fields, o.Revision.Number, o.At
		}
	}
	return nil, 0, 0
}

// listOf returns the lines of a field, when it is disclosed.
func listOf(fields []letter.Disclosure, f letter.Field) []string {
	d := letter.Find(fields, f)
	if d == nil || d.Salt == nil {
		return nil
	}
	list, err := letter.ParseList(d.Value)
	if err != nil {
		return nil // the fold has accepted the entry; an unreadable list is none
	}
	return list
}
