package main

import (
	"context"
	"flag"
	"strconv"

	"chancery.example/internal/office"
)

func openCommand() command {
	return command{
		name: "open", args: "REFERENCE --by OFFICER [--revision N]", group: forOffices, short: "show sealed drafts of a letter to everybody",
		detail: `From then on anybody who holds the words learns that they are a draft, and not issued. The commitments of all
revisions are opened, so that everybody sees how many there are; the words only of the revisions that are named.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var only list
			d.flags(fs, true)
			fs.Var(&only, "revision", "`N` of a revision whose words are shown; can be repeated; all without it")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				var numbers []uint32
				for _, s := range only {
					n, err := strconv.ParseUint(s, 10, 32)
					if err != nil {
						return usage("%q is no number of a revision", s)
					}
					numbers = append(numbers, uint32(n))
				}
				return d.with(ctx, func(r *office.Register) error {
					q, err := r.ProposeOpen(ctx, d.office, d.by, ref, numbers...)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
