package main

import (
	"context"
	"flag"

	"chancery.example/internal/server"
)

func headCommand() command {
	return command{
		name: "head", args: "DIR [--also FILE | --only-here]", group: running, short: "show the highest head ever signed, and where it is remembered",
		detail: `The log signs no head below the highest that it ever signed, which log.head remembers. A backup of the whole folder, put
back as it is, sets log.head back too. So let it be remembered also in a file that no such backup holds: on another disk, or
mounted from another machine. Both are compared before each signature, and both are written before it is given.

--also FILE takes effect when the next program opens the log: restart "chancery serve --publish". While FILE cannot be
read, nothing is signed; everything stays readable.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			also := fs.String("also", "", "`FILE` outside the register's folder that remembers the head as well")
			only := fs.Bool("only-here", false, "remember the head in the folder alone")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want the folder of one register")
				}
				if *also != "" && *only {
					return usage("--also and --only-here exclude each other")
				}
				if *also != "" || *only {
					if err := server.RememberAlso(ctx, c.args[0], *also); err != nil {
						return err
					}
				}
				heads, err := server.RememberedHeads(c.args[0])
				if err != nil {
					return err
				}
				for _, h := range heads {
					if h.None {
						c.say("%s: not there", safe(h.Path))
						continue
					}
					c.say("%s: head over %d entries, root %s", safe(h.Path), h.Head.Size, h.Head.Root)
				}
				return nil
			}
		},
	}
}
