package main

import (
	"context"
	"flag"

	"chancery.example/internal/office"
)

func withdrawCommand() command {
	return command{
		name: "withdraw", args: "REFERENCE --by OFFICER --reason LANG=WORDS", group: forOffices, short: "take an issued letter back, with a public reason",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var reason pairs
			d.flags(fs, true)
			fs.Var(&reason, "reason", "`LANG=WORDS` that everybody will read; can be repeated")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				words, err := c.words(reason, "why? give the public --reason, such as en=\"The dates no longer hold.\"")
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					q, err := r.ProposeWithdraw(ctx, d.office, d.by, ref, words)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
