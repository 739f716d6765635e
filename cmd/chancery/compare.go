package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"chancery.example/internal/check"
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
		raw, err := c.readUpTo(name, check.MaxFile+1)
		if err != nil {
			return err
		}
		sides[i] = check.Exhibit{Name: name, Data: raw, As: check.ExhibitKind(k.as)}
	}
	got, err := check.Compare(sides[0], sides[1])
	var unread *check.ReadError
	if errors.As(err, &unread) {
		c.note("chancery compare: %s", safe(err.Error()))
		return exit(check.ExitUnreadable)
	}
	if err != nil {
		return fmt.Errorf("comparing %s and %s: %w", c.args[0], c.args[1], err)
	}
	if k.json {
		err = c.printJSON(got)
	} else {
		c.answer(k.lang).Comparison(got)
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
