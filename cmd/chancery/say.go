package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/office"
)

type saying struct {
	desk
	text, of   pairs
	regarding  list
	slips      list
	nextWordBy moment
	seenAt     moment
	source     string
	what       string
}

func sayCommand() command {
	return command{
		name: "say", args: "[about|holding|received|sighting|collected] --by OFFICER [--text LANG=WORDS]", group: forOffices,
		short: "make a public statement",
		detail: `about      words about a letter (--regarding OFFICE/REFERENCE) or anything
holding    one person, at any hour: "a paper is circulating; our next word comes by --next-word-by TIME"
received   "we received this": --slip FILE that came with the copy
sighting   "we saw, or published, this": --of LANG=FILE
collected  "kept by us from --source SOURCE on --seen DATE": --of LANG=FILE

Words are given as LANG=WORDS or LANG=@FILE.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var s saying
			s.flags(fs, true)
			fs.Var(&s.text, "text", "`LANG=WORDS` of the statement, or LANG=@FILE; can be repeated")
			fs.Var(&s.of, "of", "`LANG=FILE` with the text that was seen; can be repeated")
			fs.Var(&s.regarding, "regarding", "`OFFICE/REFERENCE` that it is about; can be repeated")
			fs.Var(&s.slips, "slip", "`FILE` that came with a copy; can be repeated")
			fs.Var(&s.nextWordBy, "next-word-by", "`TIME` by which the office speaks again")
			fs.Var(&s.seenAt, "seen", "`TIME` at which it was seen; now, without it")
			fs.StringVar(&s.source, "source", "", "`SOURCE` in which it was found")
			return func(ctx context.Context, c *call) error {
				s.what = strings.Join(append(c.args, "about")[:max(len(c.args), 1)], " ")
				if !slices.Contains([]string{"about", "holding", "received", "sighting", "collected"}, s.what) {
					return usage("%q: want one of about, holding, received, sighting, collected; the words themselves go into --text LANG=WORDS", s.what)
				}
				return s.with(ctx, func(r *office.Register) error {
					q, err := s.propose(ctx, c, r)
					if err != nil {
						return err
					}
					return s.settle(ctx, c, r, q)
				})
			}
		},
	}
}

func (s *saying) propose(ctx context.Context, c *call, r *office.Register) (office.Request, error) {
	regarding, err := targets(ctx, r, s.regarding)
	if err != nil {
		return office.Request{}, err
	}
	if s.what == "holding" {
		if s.nextWordBy.IsZero() {
			return office.Request{}, usage("by when does the office speak again? give --next-word-by TIME")
		}
		return r.ProposeHolding(ctx, s.office, s.by, s.nextWordBy.Time, regarding)
	}
	texts, err := c.sayTexts(s.text)
	if err != nil {
		return office.Request{}, err
	}
	if len(texts) == 0 {
		return office.Request{}, usage("what is said? give --text LANG=WORDS, such as en=\"That page is a draft.\"")
	}
	say := office.Say{Texts: texts, Regarding: regarding}
	if s.what == "about" {
		return r.ProposeStatement(ctx, s.office, s.by, say)
	}
	if s.what == "received" {
		slips, err := c.readSlips(s.slips)
		if err != nil {
			return office.Request{}, err
		}
		return r.ProposeReceived(ctx, s.office, s.by, say, slips)
	}
	of, err := c.readTexts(s.of)
	if err != nil {
		return office.Request{}, err
	}
	seen := office.Sighted{Texts: of, Source: s.source, SeenAt: s.seenAt.Time}
	if s.what == "sighting" {
		return r.ProposeSighting(ctx, s.office, s.by, say, seen)
	}
	return r.ProposeCollected(ctx, s.office, s.by, say, seen)
}

func (c *call) readSlips(names []string) ([]office.Slip, error) {
	var out []office.Slip
	for _, name := range names {
		raw, err := c.readFile(name, 1<<20)
		if err != nil {
			return nil, err
		}
		var some []office.Slip
		if err := json.Unmarshal(raw, &some); err != nil {
			return nil, fmt.Errorf("slip %s: not the .slip.json that came with a copy: %w", name, err)
		}
		out = append(out, some...)
	}
	return out, nil
}
