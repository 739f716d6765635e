// Package compare lays two texts, or up to ten reports, side by side: the form
// that takes them, and what came out. No side is the record; where the register
// knows the words of a quotation, the versions are compared with it.
package compare

import (
	_ "embed"
	"html/template"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/report"
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
var Page = shared.MustPage[View]("compare", source)

// Fields is how many texts or files can be given one by one; more come through
// the field for many files.
const Fields = 3

// A View is what the page shows: the form, and below it the answer if there is
// one.
type View struct {
	Fields []int // numbers of the fields of the form
	Most   int   // reports
	FileMB int
	Answer *Answer
}

// An Answer is a comparison.
type Answer struct {
	check.Comparison
	Sum   string
	Names []template.HTML // of the sides
	Texts *shared.Compared
	Agree string // how much of two texts agrees
	Rows  []Row
	Over  []Over
	Head  shared.Head
}

// A Row is one quotation as all reports have it.
type Row struct {
	check.Row
	Number int
	Intent string
	Icon   string
	Path   string // of the record, "" for none
	Title  string
	Sides  []Side
}

// A Side is what one report has of a quotation: nothing, a version or several.
type Side struct {
	Number   int
	Name     template.HTML
	Versions []Version
}

// A Version is a quotation in one report.
type Version struct {
	check.Cell
	Marked template.HTML // with its differences
}

// An Over is an overlap of two reports with the beginnings of its passages.
type Over struct {
	Text     string
	Passages []string
}

// Form makes the page that asks for texts.
func Form(fileMB int) View {
	v := View{Most: check.MaxReports, FileMB: fileMB}
	for i := range Fields {
		v.Fields = append(v.Fields, i+1)
	}
	return v
}

// Build makes the answer to a comparison.
func Build(p *i18n.Printer, r shared.Records, c check.Comparison) *Answer {
	a := &Answer{Comparison: c, Sum: c.Summary.In(p.Lang()), Head: shared.HeadOf(r)}
	for i, s := range c.Sides {
		a.Names = append(a.Names, nameOf(p, i, s))
	}
	if !c.Reports {
		t := shared.LayOut(p, c.Pages, false)
		a.Texts = &t
		a.Agree = p.T("compare.agree", "a", check.Percent(c.CoverageA), "b", check.Percent(c.CoverageB))
		return a
	}
	for i, row := range c.Quotations {
		a.Rows = append(a.Rows, rowOf(p, i+1, row, a.Names))
	}
	for _, o := range c.Shared {
		x := Over{Text: o.Text.In(p.Lang())}
		for _, s := range o.Passages {
			x.Passages = append(x.Passages, beginning(s.Text))
		}
		a.Over = append(a.Over, x)
	}
	return a
}

// nameOf calls a side by its file's name, or by its place.
func nameOf(p *i18n.Printer, i int, s check.Side) template.HTML {
	name := p.T("compare.report", "n", i+1)
	if s.Name == "" {
		return template.HTML(template.HTMLEscapeString(name)) //nolint:gosec // escaped
	}
	return template.HTML(template.HTMLEscapeString(name)) + ": <bdi>" + shared.Show(s.Name) + "</bdi>" //nolint:gosec // escaped
}

func rowOf(p *i18n.Printer, n int, r check.Row, names []template.HTML) Row {
	r.Longest = report.Unquoted(r.Longest)
	out := Row{Row: r, Number: n, Intent: string(check.IntentUnknown), Icon: "question", Title: p.T("compare.title." + kindOf(r))}
	if r.Record != nil {
		out.Path = result.RecordPath(*r.Record)
	}
	switch {
	case kindOf(r) == "vary":
		out.Intent, out.Icon = string(check.IntentAltered), "differ"
	case r.Record != nil && r.Verdict != nil:
		out.Intent, out.Icon = string(r.Verdict.Intent), r.Verdict.Icon
	}
	for i, name := range names {
		s := Side{Number: i + 1, Name: name}
		for _, x := range r.Cells {
			if x.Report == i {
				s.Versions = append(s.Versions, Version{x, shared.InPlace(x.Comparison)})
			}
		}
		out.Sides = append(out.Sides, s)
	}
	return out
}

// kindOf says how far the versions of a quotation agree.
func kindOf(r check.Row) string {
	differ := false
	for _, x := range r.Cells {
		differ = differ || len(x.Differences) > 0
	}
	switch {
	case len(r.Missing) > 0 && r.Match == check.None:
		return "once"
	case differ:
		return "vary"
	case r.Match == check.Part:
		return "length"
	}
	return "alike"
}

// Stands returns the standing of a row's record, "" for none.
func (r Row) Stands() register.Standing {
	if r.Standing == nil || r.Record == nil {
		return ""
	}
	return *r.Standing
}

// beginning is the first words of a passage.
func beginning(s string) string {
	words := strings.Fields(s)
	if len(words) > 24 {
		return strings.Join(words[:24], " ") + " …"
	}
	return strings.Join(words, " ")
}
