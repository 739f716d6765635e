package plain

import (
	"fmt"
	"strings"

	"chancery.example/internal/check"
)

// Comparison writes exhibits side by side.
func (w Writer) Comparison(c check.Comparison) {
	w.words(c.Summary.In(w.Lang), "")
	if !c.Reports {
		first, second := w.label("first"), w.label("second")
		w.say("%s: %s %.0f %%, %s %.0f %%", w.label("agree"), first, 100*c.CoverageA, second, 100*c.CoverageB)
		if len(c.Differences) > 0 {
			w.say("\n%s:", w.label("diff"))
			w.differences(c.Differences, first, second, "  ")
		}
		return
	}
	for i, s := range c.Sides {
		w.say("%s %d: %s", w.label("report"), i+1, Safe(s.Name))
	}
	for i, r := range c.Quotations {
		w.row(i+1, r)
	}
	for _, o := range c.Shared {
		w.say("")
		w.words(o.Text.In(w.Lang), "")
		for _, p := range o.Passages {
			w.words("\u201c"+excerpt(p.Text)+"\u201d", "    ")
		}
	}
}

// row writes one quotation as the reports have it.
func (w Writer) row(number int, r check.Row) {
	w.say("\n%2d  %s", number, hang("\u201c"+r.Longest+"\u201d"))
	there := w.label("longest")
	if r.Record != nil {
		there = w.label("on_record")
		w.words(r.Headline.In(w.Lang), "    ")
		w.words(w.record(*r.Record), "    ")
	}
	for _, x := range r.Cells {
		w.say("    %s %d, %s %d, %s: %s", w.label("report"), x.Report+1, w.label("paragraph"), x.Paragraph, w.label("speaker"), w.speaker(x.Speaker))
		if x.Quotation.Quotation != r.Longest {
			w.words("\u201c"+x.Quotation.Quotation+"\u201d", "      ")
		}
		w.differences(x.Differences, w.label("here"), there, "      ")
	}
	if len(r.Missing) > 0 {
		var n []string
		for _, i := range r.Missing {
			n = append(n, fmt.Sprint(i+1))
		}
		w.say("    %s: %s", w.label("missing"), strings.Join(n, w.label("comma")))
	}
}

// excerpt is the beginning of a long passage.
func excerpt(s string) string {
	words := strings.Fields(s)
	if len(words) > 24 {
		return strings.Join(words[:24], " ") + " \u2026"
	}
	return strings.Join(words, " ")
}
