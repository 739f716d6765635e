package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"chancery.example/internal/check"
)

type comparing struct {
	checking
}

func compareCommand() command {
	return command{
		name: "compare", args: "A B [C ...]", group: forReaders, short: "lay two texts, or up to ten reports, side by side",
		detail: `Needs no register, and takes no side's part. Two texts are compared word by word; reports by what they quote: each
quotation once, with who has it, how it varies, and who is named as its speaker. With --register the versions are
compared with the record, else with the longest of them. One of the files may be -, for standard input.

Exit codes: 0 only when all words agree, 14 when all of A stands in B, which says more, 30 when they differ,
51 could not read, 60 reports (their quotations, no verdict), 2 error.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var k comparing
			fs.StringVar(&k.as, "as", "", "read all as `KIND`: text or report; decided by what they are without")
			fs.StringVar(&k.lang, "lang", "en", "`LANG` of the answer: en or ar")
			fs.BoolVar(&k.json, "json", false, "print the answer as JSON")
			fs.StringVar(&k.dir, "register", "", "`DIR` is the folder of a register, or of a mirror of one: reports are compared with its records")
			freshFlag(fs, &k.fresh)
			fs.StringVar(&k.policy, "policy", "", "`FILE` of whom to trust (C2SP tlog-policy); the folder's own keys without it")
			fs.Var(&k.at, "at", "as the register stood at a `TIME`")
			return func(ctx context.Context, c *call) error { return k.run(ctx, c) }
		},
	}
}

func (k comparing) run(ctx context.Context, c *call) error {
	if n := len(c.args); n < 2 || n > check.MaxReports {
		return usage("want two files, or up to %d reports", check.MaxReports)
	}
	if k.as != "" && k.as != string(check.KindText) && k.as != string(check.KindReport) {
		return usage("--as %q: want text or report", k.as)
	}
	if k.as == string(check.KindText) && len(c.args) > 2 {
		return usage("want two texts: only reports are compared by more")
	}
	if err := answerLang(k.lang); err != nil {
		return err
	}
	var sides []check.Exhibit
	for _, name := range c.args {
		raw, err := c.readUpTo(name, check.MaxFile+1)
		if err != nil {
			return err
		}
		sides = append(sides, check.Exhibit{Name: name, Data: raw, As: check.ExhibitKind(k.as)})
	}
	snap, at, err := k.snapshot(ctx, c)
	if err != nil {
		return err
	}
	got, err := check.Compare(ctx, snap, sides, at)
	var unread *check.ReadError
	if errors.As(err, &unread) {
		c.note("chancery compare: %s", safe(err.Error()))
		return exit(check.ExitUnreadable)
	}
	if err != nil {
		return fmt.Errorf("comparing %d files: %w", len(sides), err)
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
