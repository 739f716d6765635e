package main

import (
	"context"
	"flag"

	"chancery.example/internal/office"
)

func requestsCommand() command {
	return command{
		name: "requests", args: "[--office NAME]", group: forOffices, short: "list what waits for approval",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			d := desk{by: "-"}
			fs.StringVar(&d.dir, "register", "", "`DIR` is the register's folder")
			fs.StringVar(&d.office, "office", "", "short `NAME` of the office; may be left out when there is one")
			return func(ctx context.Context, c *call) error {
				return d.with(ctx, func(r *office.Register) error {
					all, err := r.Waiting(ctx, d.office)
					if err != nil {
						return err
					}
					for _, q := range all {
						c.say("%s", q.Describe())
						if q.Missing != "" {
							c.say("    waits for: %s", q.Missing)
						}
					}
					if len(all) == 0 {
						c.note("nothing waits for approval in %s", d.office)
					}
					return nil
				})
			}
		},
	}
}
