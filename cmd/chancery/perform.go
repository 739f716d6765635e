package main

import (
	"context"
	"flag"
	"fmt"

	"chancery.example/internal/office"
)

func performCommand() command {
	return command{
		name: "perform", args: "REQUEST --by OFFICER", group: forOffices, short: "carry out a request that has its approvals",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			d := desk{office: "-"}
			fs.StringVar(&d.dir, "register", "", "`DIR` is the register's folder")
			fs.StringVar(&d.by, "by", "", "`OFFICER` who does this")
			name := officeFlag(fs)
			return func(ctx context.Context, c *call) error {
				ctx = within(ctx, *name)
				id, err := c.request()
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					rec, err := r.Perform(ctx, id, d.by)
					if err != nil {
						return err
					}
					return receipt(c, fmt.Sprintf("request %d", id), rec)
				})
			}
		},
	}
}
