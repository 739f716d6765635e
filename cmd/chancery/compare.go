package main

import (
	"context"
	"flag"
	"fmt"

	"chancery.example/internal/check"
	"chancery.example/letter"
)

type comparing struct {
	as, lang string
	json     bool
}

func compareCommand() command {
	return command{
		name: "compare", args: "A B", group: forReaders, short: "lay two texts, or two reports, side by side",
		detail: `Needs no register, and takes neither side's part. Two texts are compared word by word; two reports by what they
quote. One of them may be -, for standard input.

Exit codes: 0 only when all words agree, 14 when all of A stands in B, which says more, 30 when they differ,
51 could not read, 60 two reports (their quotations, no verdict), 2 error.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var k comparing
			fs.StringVar(&k.as, "as", "", "read both as `KIND`: text or report; decided by what they are without")
			fs.StringVar(&k.lang, "lang", "en", "`LANG` of the answer: en or ar")
			fs.BoolVar(&k.json, "json", false, "print the answer as JSON")
			return func(_ context.Context, c *call) error { return k.run(c) }
		},
	}
}

func (k comparing) run(c *call) error {
	if len(c.args) != 2 {
		return usage("want two files")
	}
	if k.as != "" && k.as != string(check.KindText) && k.as != string(check.KindReport) {
		return usage("--as %q: want text or report", k.as)
	}
	if err := answerLang(k.lang); err != nil {
		return err
	}
	var sides [2]check.Exhibit
	for i, name := range c.args {
		raw, err := c.readFile(name, check.MaxFile)
		if err != nil {
			return err
		}
		sides[i] = check.Exhibit{Name: name, Data: raw, As: check.ExhibitKind(k.as)}
	}
	got, err := check.Compare(sides[0], sides[1])
	if unread := unreadable(err); unread != nil {
		c.note("chancery compare: %s", safe(err.Error()))
		return exit(check.ExitUnreadable)
	}
	if err != nil {
		return fmt.Errorf("comparing %s and %s: %w", c.args[0], c.args[1], err)
	}
	if k.json {
		err = c.printJSON(got)
	} else {
		printComparison(c, got, letter.Lang(k.lang))
	}
	if code := compareExit(got); err == nil && code != 0 {
		return exit(code)
	}
	return err
}

func compareExit(got check.Comparison) int {
	switch {
	case got.Reports:
		return check.ExitReport
	case got.Match == check.SameText:
		return 0
	case got.Match == check.Part:
		return check.ExitPart
	}
	return check.ExitAltered
}

func printComparison(c *call, got check.Comparison, lang letter.Lang) {
	c.say("%s", wrap(safe(got.Summary.In(lang)), "", columns))
	if !got.Reports {
		c.say("%s: %.0f %% · %s: %.0f %%", labels["first"].In(lang), 100*got.CoverageA, labels["second"].In(lang), 100*got.CoverageB)
	}
	printDifferences(c, got.Differences, labels["first"].In(lang), labels["second"].In(lang), lang)
	for i, q := range got.Quotations {
		c.say("")
		for n, side := range []struct{ text, speaker string }{{q.A, q.SpeakerA}, {q.B, q.SpeakerB}} {
			if side.text == "" || n == 1 && side.text == q.A && side.speaker == q.SpeakerA {
				continue
			}
			where := labels[[]string{"first", "second"}[n]].In(lang)
			if q.A == q.B && q.SpeakerA == q.SpeakerB {
				where = labels["both"].In(lang)
			}
			c.say("%2d  %s", i+1, hang("\u201c"+side.text+"\u201d"))
			c.say("    %s, %s: %s", where, labels["speaker"].In(lang), speakerOr(side.speaker, lang))
		}
		printQuotedDifferences(c, q.Differences, labels["first"].In(lang), labels["second"].In(lang), lang)
	}
}
