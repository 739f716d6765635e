package main

import (
	"context"
	"flag"

	"chancery.example/internal/server"
)

// exitDamaged says that a register does not hold what it promised.
const exitDamaged = 1

func fsckCommand() command {
	return command{
		name: "fsck", args: "DIR", group: running, short: "read a whole register, and say what in it is damaged",
		detail: `Recomputes every hash, verifies every signature, plays every act by the rules, and looks whether the words, the
office's own database and the head that was last signed fit the log. It never writes, and may run beside a server.

With --adopt-head, and only then, it writes: when log.head is lost, and nothing is damaged, the head of this copy is
taken for the highest that was ever signed. Be sure of it: to sign over newer heads that readers hold is a fork, and
readers' programs would refuse the register for ever.

Exit codes: 0 sound, 1 damaged, 2 it could not be read to the end.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			policy := policyFlag(fs)
			adopt := fs.Bool("adopt-head", false, "log.head is lost, and this is the newest copy of the log: go on from here")
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
				c.answer("en").Fsck(got)
				if got.Damaged() {
					return exit(exitDamaged)
				}
				if *adopt {
					if err := server.AdoptHead(ctx, c.args[0]); err != nil {
						return err
					}
					c.say("the register goes on from the head over %d entries", got.Checkpoint.Size)
				}
				return nil
			}
		},
	}
}
