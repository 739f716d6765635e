package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"

	"chancery.example/internal/office"
	"chancery.example/internal/web/i18n"
)

func recallCommand() command {
	return command{
		name: "recall", args: "REFERENCE --by OFFICER --reason WORDS", group: forOffices, short: "take a letter back from approval, before it is issued",
		detail: `Any approver can, until the letter is issued. The approvals given so far no longer count; the letter can be revised, and
is submitted and approved again. A letter under embargo is issued already: close it ("chancery close").`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			reason := fs.String("reason", "", "`WORDS` for those who drafted it; not public")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					if err := r.Recall(ctx, d.office, d.by, ref, *reason); err != nil {
						return err
					}
					c.say("%s is taken back to coordination", ref)
					return nil
				})
			}
		},
	}
}

func beforeCommand() command {
	return command{
		name: "before", args: "REFERENCE", group: forOffices, short: "what has to happen before a letter can be issued, and who waits for whom",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				d.by = "-"
				return d.with(ctx, func(r *office.Register) error {
					all, err := r.Before(ctx, d.office, ref)
					if err != nil {
						return err
					}
					if len(all) == 0 {
						l, err := r.Letter(ctx, d.office, ref)
						c.say("nothing: it is %s", l.Stage)
						return err
					}
					return c.before(all)
				})
			}
		},
	}
}

func (c *call) before(all []office.Condition) error {
	p, err := i18n.Load(i18n.English)
	if err != nil {
		return err
	}
	for _, q := range all {
		args := make([]any, 0, 2*len(q.Args))
		for _, k := range slices.Sorted(maps.Keys(q.Args)) {
			args = append(args, k, q.Args[k])
		}
		line := fmt.Sprint(p.T(q.Key(), args...))
		if state := q.Args["state"]; state != "" {
			line += ": " + p.T("clearance.state."+state)
		}
		c.say("%-8s %s", q.State, safe(line))
		if q.Command != "" {
			c.say("         %s", safe(q.Command))
		}
	}
	return nil
}
