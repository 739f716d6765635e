// Package sheet is the reading sheet of a news report: what each quotation is,
// who is named beside it, where its words come from and where that record
// stands. A report gets no verdict of its own.
package sheet

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"

	"chancery.example/internal/check"
	"chancery.example/internal/report"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
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

// file is the sheet as one file.
var file = shared.MustFile[View]("sheet", source)

// WriteFile writes the sheet of a finding as one HTML file that holds all it
// needs, runs nothing and leads nowhere.
func WriteFile(w io.Writer, lang letter.Lang, r shared.Records, f check.Finding) error {
	p, err := i18n.Load(lang)
	if err != nil {
		return fmt.Errorf("writing a reading sheet: %w", err)
	}
	v := Build(p, r, f)
	v.Alone = true
	frame := shared.Frame{
		Lang: lang, Dir: shared.Dir(lang), Title: p.T("sheet.kick"), NoIndex: true,
		Sheet:    template.CSS(shared.Styles + Style), //nolint:gosec // our own style sheets
		Exercise: r.State().Exercise(), Origin: r.State().Origin(),
	}
	return file.Render(w, frame, v)
}

// FileTemplate returns the template of the file, for tests to check.
func FileTemplate(lang letter.Lang) *template.Template { return file.Template(lang) }

// A Count is one figure of the summary. Name is a key of messages under "count".
type Count struct {
	Name string
	N    int
}

// A Quotation is one row of the sheet.
type Quotation struct {
	check.Quotation
	Number   int
	Places   []string // anchors of its parts in the report's text
	Words    []string // of its parts
	Title    template.HTML
	Intent   string
	Icon     string
	Path     string // of the record
	Compared *shared.Compared
	Full     []template.HTML // sentences of record that the quotation cuts short
	Others   []result.Other
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
	Whole      []Paragraph
	Marks      []Mark // the colours that occur in Whole
	Alone      bool   // a file by itself: nothing in it leads to pages
}

// A Mark is one row of the legend of the marked report.
type Mark struct{ Intent, Icon, Name string }

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
		v.Quotations = append(v.Quotations, quotation(p, i+1, q))
	}
	v.Whole = whole(p, f, v.Quotations)
	v.Marks = marks(v.Quotations)
	return v
}

// marks lists each colour once, in the order of the quotations.
func marks(qs []Quotation) []Mark {
	var out []Mark
	for _, q := range qs {
		m := Mark{q.Intent, q.Icon, "mark." + q.Intent}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

func counts(c *check.Counts) []Count {
	if c == nil {
		return nil
	}
	all := []Count{
		{"quotations", c.Quotations}, {"on_record", c.OnRecord}, {"of_drafts", c.OfDrafts}, {"altered", c.Altered},
		{"other_speaker", c.OtherVoice}, {"no_register", c.NoRegister}, {"not_on_record", c.NotFound},
		{"too_short", c.TooShort}, {"edited", c.Edited}, {"unmarked", c.Unmarked},
	}
	var out []Count
	for i, x := range all {
		if i == 0 || x.N > 0 {
			out = append(out, x)
		}
	}
	return out
}

func quotation(p *i18n.Printer, n int, q check.Quotation) Quotation {
	out := Quotation{Quotation: q, Number: n, Places: []string{q.Anchor + "-1"}, Words: []string{report.Unquoted(q.Quotation)}, Intent: string(check.IntentUnknown), Icon: "question"}
	switch {
	case q.Verdict != nil:
		out.Intent, out.Icon = string(q.Verdict.Intent), q.Verdict.Icon
	case q.Standing != nil:
		out.Intent, out.Icon = string(shared.IntentOf(*q.Standing)), shared.IconOf(*q.Standing)
	}
	if len(q.Parts) > 0 {
		out.Places, out.Words = nil, nil
		for _, part := range q.Parts {
			out.Places, out.Words = append(out.Places, part.Anchor), append(out.Words, report.Unquoted(part.Quotation))
		}
	}
	title := q.Headline.In(p.Lang())
	out.Title = shared.Isolated(p.Lang(), title)
	if q.Record != nil {
		name, _ := q.Record.OfficeName.In(p.Lang())
		out.Title = shared.Isolated(p.Lang(), title, name)
		out.Path = result.RecordPath(*q.Record)
	}
	if len(q.Comparison) > 0 && q.Record != nil && (len(q.Differences) > 0 || slices.ContainsFunc(q.Edits, func(e check.Edit) bool { return e.Record != "" })) {
		c := shared.Compare(q.Comparison)
		out.Compared = &c
	}
	for _, x := range q.Sentences {
		if x.Cut() {
			out.Full = append(out.Full, shared.Excerpt(p, x.Pieces))
		}
	}
	for _, o := range q.Also {
		out.Others = append(out.Others, result.Other{Other: o, Path: result.RecordPath(o.Record)})
	}
	return out
}

// Stands returns the standing of the record a quotation comes from, "" for none.
func (q Quotation) Stands() register.Standing {
	if q.Standing == nil {
		return ""
	}
	return *q.Standing
}
