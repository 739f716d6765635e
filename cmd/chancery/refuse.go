package main

import (
	"context"
	"flag"

	"chancery.example/internal/office"
)

func refuseCommand() command {
	return command{
		name: "refuse", args: "REQUEST --officer NAME --reason WORDS", group: forOffices, short: "refuse a request; it ends there",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			d := desk{office: "-"}
			fs.StringVar(&d.dir, "register", "", "`DIR` is the register's folder")
			fs.StringVar(&d.by, "officer", "", "`NAME` of the officer in the office's policy")
			reason := fs.String("reason", "", "`WORDS` for those who drafted it; not public")
			name := officeFlag(fs)
			return func(ctx context.Context, c *call) error {
				ctx = within(ctx, *name)
				id, err := c.request()
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					if err := r.Refuse(ctx, id, d.by, *reason); err != nil {
						return err
					}
					c.say("request %d is refused", id)
					return nil
				})
			}
		},
	}
}
