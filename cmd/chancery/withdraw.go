package main

import (
	"context"
	"flag"

	"chancery.example/internal/office"
)

func withdrawCommand() command {
	return command{
		name: "withdraw", args: "REFERENCE --by OFFICER --reason LANG=WORDS [--emergency]", group: forOffices, short: "take an issued letter back, with a public reason",
		detail: `With --emergency fewer officers can do it, as the policy says for "withdraw-emergency": usually one of the press officers
and approvers. The letter is withdrawn at once; "chancery ratify" must follow within the policy's time, and everybody who
checks the letter reads whether it did.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var reason pairs
			d.flags(fs, true)
			emergency := fs.Bool("emergency", false, "with the fewer approvals that the policy asks for in an emergency; to be ratified")
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
					propose := r.ProposeWithdraw
					if *emergency {
						propose = r.ProposeEmergencyWithdraw
					}
					q, err := propose(ctx, d.office, d.by, ref, words)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
