package main

import (
	"context"
	"flag"

	"chancery.example/internal/office"
	"chancery.example/letter"
)

func supersedeCommand() command {
	return command{
		name: "supersede", args: "REFERENCE --by OFFICER --by-letter REFERENCE", group: forOffices,
		short:  "name a later letter as the one to use instead",
		detail: `A new letter says so itself (--supersedes, when it is submitted). This is for one that was issued without saying so.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, true)
			next := fs.String("by-letter", "", "`REFERENCE` of the letter to use instead")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				if *next == "" {
					return usage("which letter replaces it? give --by-letter REFERENCE")
				}
				successor, err := letter.ParseRef(*next)
				if err != nil {
					return usageError{err}
				}
				return d.with(ctx, func(r *office.Register) error {
					q, err := r.ProposeSupersede(ctx, d.office, d.by, ref, successor)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
