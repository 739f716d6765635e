package main

import (
	"context"
	"flag"
	"time"

	"chancery.example/internal/server"
	"chancery.example/internal/watch"
)

// exitDamaged says that a register does not hold what it promised.
const exitDamaged = 1

func fsckCommand() command {
	return command{
		name: "fsck", args: "DIR", group: running, short: "read a whole register, and say what in it is damaged",
		detail: `Recomputes every hash, verifies every signature, plays every act by the rules, and looks whether the words, the
office's own database and the head that was last signed fit the log. It never writes, and may run beside a server.

Exit codes: 0 sound, 1 damaged, 2 it could not be read to the end.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			policy := policyFlag(fs)
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want the folder of one register")
				}
				p, err := c.policy(*policy)
				if err != nil {
					return err
				}
				progress, done := c.progress("reading entry")
				got, err := server.Fsck(ctx, c.args[0], p, progress)
				done()
				if err != nil {
					return err
				}
				return printFsck(c, got)
			}
		},
	}
}

func printFsck(c *call, r watch.Report) error {
	for _, f := range r.Findings {
		c.say("%s", wrap(safe(f.String()), "", columns))
	}
	c.say("%d entries: %d letters, %d statements, %d disavowals, %d commitments", r.Entries, r.Letters, r.Statements, r.Disavowals, r.Commitments)
	c.say("%d public texts fit, %d are not there", r.Texts, r.Missing)
	if r.Office {
		c.say("the office's database fits, but for what is said above: %d intents, %d of them on their way into the log", r.Intents, r.Pending)
	} else {
		c.say("no office's database here: public files alone")
	}
	if !r.Checkpoint.Time.IsZero() {
		c.say("head over %d entries, of %s", r.Checkpoint.Size, r.Checkpoint.Time.Format(time.RFC3339))
	}
	if n := r.Count(watch.Damage); n > 0 {
		c.say("DAMAGED: %d findings", n)
		return exit(exitDamaged)
	}
	c.say("sound")
	return nil
}
