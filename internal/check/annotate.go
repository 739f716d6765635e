package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"chancery.example/internal/report"
	"chancery.example/letter"
)

// An AnnotatedParagraph is a paragraph of a report with its quotations marked in
// place.
type AnnotatedParagraph struct {
	Number    int
	Lang      letter.Lang // a guess from its letters and most frequent words; "und" when there is none
	Odd       *Words      // why it stands apart from the rest; nil for most
	Stretches []Stretch
}

// A Stretch is plain words of a report, or a quotation or part of one.
type Stretch struct {
	Text      string // plain words
	Quotation int    // its place in Finding.Quotations; -1 for plain words
	Anchor    string // of the part; "" where the same part goes on
	Pieces    []Piece
	Inside    []Stretch // instead of Pieces when other quotations stand in it
}

// Annotated returns the whole text of a report with every quotation in its
// place (report.md MUST-11). The stretches add up to the text, paragraph by paragraph.
func (f Finding) Annotated() []AnnotatedParagraph {
	a := annotator{f: f}
	for i, q := range f.Quotations {
		for k, s := range q.spans {
			a.places = append(a.places, inPlace{s, i, fmt.Sprintf("%s-%d", q.Anchor, k+1)})
		}
	}
	slices.SortStableFunc(a.places, func(a, b inPlace) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	odd := map[int]*Words{}
	for i := range f.Advisories {
		odd[f.Advisories[i].Paragraph] = &f.Advisories[i].Text
	}
	var out []AnnotatedParagraph
	for i, p := range report.Paragraphs(f.Text) {
		p.To = p.From + len(strings.TrimRightFunc(f.Text[p.From:p.To], unicode.IsSpace))
		out = append(out, AnnotatedParagraph{Number: i + 1, Lang: report.LangOf(f.Text[p.From:p.To]), Odd: odd[i+1], Stretches: a.stretches(p, a.within(p))})
	}
	return out
}

// inPlace is one part of a quotation in the text.
type inPlace struct {
	report.Span
	quotation int
	anchor    string
}

type annotator struct {
	f      Finding
	places []inPlace
}

// within returns the places that touch a paragraph, cut down to it, and drops
// from the list what ends before.
func (a *annotator) within(p report.Span) []inPlace {
	for len(a.places) > 0 && a.places[0].To <= p.From {
		a.places = a.places[1:]
	}
	var out []inPlace
	for _, x := range a.places {
		if x.From >= p.To {
			break
		}
		if x.To <= p.From {
			continue
		}
		if x.From < p.From {
			x.From, x.anchor = p.From, ""
		}
		x.To = min(x.To, p.To)
		out = append(out, x)
	}
	return out
}

// stretches divides s among the places in it, outer ones before inner ones.
func (a *annotator) stretches(s report.Span, in []inPlace) []Stretch {
	var out []Stretch
	at := s.From
	plain := func(to int) {
		if to > at {
			out = append(out, Stretch{Text: a.f.Text[at:to], Quotation: -1})
		}
	}
	for len(in) > 0 {
		x := in[0]
		in = in[1:]
		var inner []inPlace
		for len(in) > 0 && in[0].From < x.To {
			if in[0].To <= x.To { // what reaches out of another is none of its kind
				inner = append(inner, in[0])
			}
			in = in[1:]
		}
		plain(x.From)
		y := Stretch{Quotation: x.quotation, Anchor: x.anchor}
		if len(inner) > 0 {
			y.Inside = a.stretches(x.Span, inner)
		} else {
			y.Pieces = laidOut(a.f.Text, x.Span, a.f.Quotations[x.quotation].notes)
		}
		out = append(out, y)
		at = x.To
	}
	plain(s.To)
	return out
}
