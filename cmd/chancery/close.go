package main

import (
	"context"
	"flag"

	"chancery.example/internal/office"
)

func closeCommand() command {
	return command{
		name: "close", args: "REFERENCE --by OFFICER", group: forOffices, short: "end a draft: it will not be issued under this reference",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, true)
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					q, err := r.ProposeClose(ctx, d.office, d.by, ref)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
