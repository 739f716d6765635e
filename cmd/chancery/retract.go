package main

import (
	"context"
	"flag"
	"strconv"

	"chancery.example/internal/office"
	"chancery.example/register"
)

func retractCommand() command {
	return command{
		name: "retract", args: "ENTRY --by OFFICER --reason LANG=WORDS", group: forOffices, short: "take a statement or disavowal back; both stay visible",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var reason pairs
			d.flags(fs, true)
			fs.Var(&reason, "reason", "`LANG=WORDS` that everybody will read; can be repeated")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want the number of the statement's log entry")
				}
				n, err := strconv.ParseUint(c.args[0], 10, 62)
				if err != nil {
					return usage("%q is no number of a log entry", c.args[0])
				}
				words, err := c.words(reason, "why? give the public --reason, such as en=\"It was made in error.\"")
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					q, err := r.ProposeRetract(ctx, d.office, d.by, register.Index(n), words)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
