// Package sheet is the reading sheet of a news report: what each quotation is,
// who is named beside it, where its words come from and where that record
// stands. A report gets no verdict of its own.
package sheet

import (
	_ "embed"
	"html/template"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/shared"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustPage[View]("sheet", source)

// A Count is one figure of the summary. Name is a key of messages under "count".
type Count struct {
	Name string
	N    int
}

// A Quotation is one row of the sheet.
type Quotation struct {
	check.Quotation
	Number    int
	Paragraph int // of the report, from 1; 0 when it is not known
	Title     template.HTML
	Intent    string
	Icon      string
	Path      string // of the record
	Compared  *shared.Compared
	Others    []result.Other
}

// A View is what the page shows.
type View struct {
	Finding    check.Finding
	Summary    string
	Counts     []Count
	Quotations []Quotation
	Said       []shared.Said
	Head       shared.Head
	Chips      []string
}

// Build makes the reading sheet of a finding about a report.
func Build(p *i18n.Printer, r shared.Records, f check.Finding) View {
	v := View{Finding: f, Head: shared.HeadOf(r), Said: result.Said(r.State(), f.Statements)}
	if f.Summary != nil {
		v.Summary = f.Summary.In(p.Lang())
	}
	for _, c := range f.Evidence {
		v.Chips = append(v.Chips, c.Text.In(p.Lang()))
	}
	v.Counts = counts(f.Counts)
	for i, q := range f.Quotations {
		v.Quotations = append(v.Quotations, quotation(p, i+1, q, f.Text))
	}
	return v
}

func counts(c *check.Counts) []Count {
	if c == nil {
		return nil
	}
	all := []Count{
		{"quotations", c.Quotations}, {"on_record", c.OnRecord}, {"of_drafts", c.OfDrafts}, {"altered", c.Altered},
		{"other_speaker", c.OtherVoice}, {"no_register", c.NoRegister}, {"not_on_record", c.NotFound},
		{"too_short", c.TooShort}, {"unmarked", c.Unmarked},
	}
	var out []Count
	for i, x := range all {
		if i == 0 || x.N > 0 {
			out = append(out, x)
		}
	}
	return out
}

func quotation(p *i18n.Printer, n int, q check.Quotation, text string) Quotation {
	out := Quotation{Quotation: q, Number: n, Paragraph: paragraph(text, q.Offset), Intent: string(check.IntentUnknown), Icon: "question"}
	switch {
	case q.Verdict != nil:
		out.Intent, out.Icon = string(q.Verdict.Intent), q.Verdict.Icon
	case q.Standing != nil:
		out.Intent, out.Icon = string(shared.IntentOf(*q.Standing)), shared.IconOf(*q.Standing)
	}
	title := q.Headline.In(p.Lang())
	out.Title = shared.Isolated(p.Lang(), title)
	if q.Record != nil {
		name, _ := q.Record.OfficeName.In(p.Lang())
		out.Title = shared.Isolated(p.Lang(), title, name)
		out.Path = result.RecordPath(*q.Record)
	}
	if len(q.Comparison) > 0 && q.Record != nil && len(q.Differences) > 0 {
		c := shared.Compare(q.Comparison)
		out.Compared = &c
	}
	for _, o := range q.Also {
		out.Others = append(out.Others, result.Other{Other: o, Path: result.RecordPath(o.Record)})
	}
	return out
}

// paragraph returns the number of the paragraph in which a code point stands.
func paragraph(text string, offset int) int {
	if text == "" || offset > utf8.RuneCountInString(text) {
		return 0
	}
	seen := 0
	for i := range text {
		if seen == offset {
			return blocks(text[:i])
		}
		seen++
	}
	return blocks(text)
}

func blocks(before string) int {
	n := strings.Count(strings.TrimLeft(before, "\n"), "\n\n")
	return n + 1
}

// Stands returns the standing of the record a quotation comes from, "" for none.
func (q Quotation) Stands() register.Standing {
	if q.Standing == nil {
		return ""
	}
	return *q.Standing
}
