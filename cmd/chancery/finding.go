package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/check"
	"chancery.example/letter"
)

// Words of the command line's own, beside those of package check.
var labels = map[string]check.Words{
	"record":      {EN: "on record as", AR: "في السجل"},
	"not_mean":    {EN: "It does not mean", AR: "ولا يعني ذلك"},
	"differences": {EN: "Differences", AR: "الاختلافات"},
	"your_copy":   {EN: "your copy", AR: "نسختك"},
	"on_record":   {EN: "on record", AR: "في السجل"},
	"nothing":     {EN: "(nothing)", AR: "(لا شيء)"},
	"statements":  {EN: "Beside it", AR: "وإلى جانبه"},
	"also":        {EN: "Also in", AR: "وأيضاً في"},
	"speaker":     {EN: "speaker", AR: "المتكلم"},
	"none_named":  {EN: "none named", AR: "لم يُسمَّ أحد"},
	"unmarked":    {EN: "without quotation marks", AR: "بلا علامات اقتباس"},
	"as_of":       {EN: "As of", AR: "حتى"},
	"first":       {EN: "the first", AR: "الأول"},
	"second":      {EN: "the second", AR: "الثاني"},
	"both":        {EN: "both", AR: "كلاهما"},
}

const columns = 96

// printFinding writes a finding for people.
func printFinding(c *call, f check.Finding, lang letter.Lang) {
	if f.ExhibitKind == check.KindReport {
		printSheet(c, f, lang)
	} else {
		printVerdict(c, f, lang)
	}
	if len(f.Statements) > 0 {
		c.say("\n%s:", labels["statements"].In(lang))
		for _, s := range f.Statements {
			printStatement(c, s, lang)
		}
	}
	for _, chip := range f.Evidence {
		c.say("%s", wrap(safe("- "+chip.Text.In(lang)), "", columns))
	}
}

func printVerdict(c *call, f check.Finding, lang letter.Lang) {
	if f.Headline != nil {
		c.say("%s", safe(f.Headline.Text.In(lang)))
		c.say("%s", strings.Repeat("=", min(columns, utf8.RuneCountInString(f.Headline.Text.In(lang)))))
	}
	c.say("%s", wrap(safe(f.Details.In(lang)), "", columns))
	if w := f.NotMean.In(lang); w != "" {
		c.say("%s", wrap(safe(labels["not_mean"].In(lang)+": "+w), "", columns))
	}
	if f.Record != nil {
		c.say("%s: %s", labels["record"].In(lang), recordLine(*f.Record, lang))
	}
	printDifferences(c, f.Differences, labels["your_copy"].In(lang), labels["on_record"].In(lang), lang)
	for _, o := range f.Others {
		c.say("%s: %s (%s)", labels["also"].In(lang), recordLine(o.Record, lang), o.Standing)
	}
}

func recordLine(r check.Record, lang letter.Lang) string {
	name, _ := r.OfficeName.In(lang)
	s := safe(name)
	if r.Reference != "" {
		s += ", " + string(r.Reference)
	}
	if r.Language != "" {
		s += ", " + string(r.Language)
	}
	if r.Revision > 0 {
		s += fmt.Sprintf(", revision %d", r.Revision)
	}
	return fmt.Sprintf("%s, %s, log entry %d", s, r.Kind, r.Entry)
}

const mostDifferences = 40

func printDifferences(c *call, ds []check.Difference, here, there string, lang letter.Lang) {
	if len(ds) == 0 {
		return
	}
	c.say("%s:", labels["differences"].In(lang))
	for i, d := range ds {
		if i == mostDifferences {
			c.say("  ... %d more; --json lists all", len(ds)-i)
			return
		}
		mark := " "
		if d.Critical {
			mark = "!"
		}
		c.say("  %s %s: %s | %s: %s", mark, here, side(d.Copy, lang), there, side(d.Record, lang))
	}
}

func side(s string, lang letter.Lang) string {
	if strings.TrimSpace(s) == "" {
		return labels["nothing"].In(lang)
	}
	return "\"" + safe(strings.Join(strings.Fields(s), " ")) + "\""
}

func printStatement(c *call, s check.StatementView, lang letter.Lang) {
	name, _ := s.OfficeName.In(lang)
	words, _ := s.Text.In(lang)
	c.say("%s", wrap(safe(fmt.Sprintf("%s, %s: %s", name, s.At.Format("2 January 2006 15:04 UTC"), words)), "  ", columns-2))
}

func printSheet(c *call, f check.Finding, lang letter.Lang) {
	if f.Summary != nil {
		c.say("%s", wrap(safe(f.Summary.In(lang)), "", columns))
	}
	for i, q := range f.Quotations {
		c.say("\n%2d  %s", i+1, hang(quoted(q)))
		speaker := speakerOr(q.Speaker, lang)
		if !q.Marked {
			speaker = labels["unmarked"].In(lang)
		}
		c.say("    %s: %s", labels["speaker"].In(lang), speaker)
		c.say("%s", wrap(safe(q.Headline.In(lang)), "    ", columns-4))
		if q.Record != nil {
			c.say("    %s", recordLine(*q.Record, lang))
		}
		printQuotedDifferences(c, q.Differences, labels["your_copy"].In(lang), labels["on_record"].In(lang), lang)
	}
	for _, a := range f.Advisories {
		c.say("\n%s", wrap(safe(a.Text.In(lang)), "", columns))
	}
}

func printQuotedDifferences(c *call, ds []check.Difference, here, there string, lang letter.Lang) {
	for _, d := range ds {
		c.say("    ! %s: %s | %s: %s", here, side(d.Copy, lang), there, side(d.Record, lang))
	}
}

// hang wraps words that stand after a number of four columns.
func hang(s string) string {
	return strings.TrimPrefix(wrap(safe(s), "    ", columns-4), "    ")
}

func speakerOr(name string, lang letter.Lang) string {
	if name == "" {
		return labels["none_named"].In(lang)
	}
	return safe(name)
}

func quoted(q check.Quotation) string {
	if !q.Marked {
		return q.Quotation
	}
	return "\u201c" + q.Quotation + "\u201d"
}
