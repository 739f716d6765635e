package main

import (
	"context"
	"flag"
	"strings"
	"time"

	"chancery.example/internal/doctor"
	"chancery.example/internal/server"
)

func doctorCommand() command {
	return command{
		name: "doctor", args: "DIR|URL [--backups DIR]", group: running, short: "look at all that can be wrong with a register, and say what to do",
		detail: `Of a folder: rights, keys, the clock, the disk, the log and its head, witnesses, the database and what waits there, the
offices' domains, the finding index, backups. Of an address: what readers get through the proxy in front. It writes and
sends nothing, and prints no secret. "chancery fsck" reads every byte; this does not.

Exit codes: 0 all is well, 1 something ought to be seen to, 2 something is bad.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			o := doctor.Options{}
			fs.StringVar(&o.Backups, "backups", "", "`DIR` in which backups are kept")
			fs.DurationVar(&o.Fresh, "fresh", server.FreshFor, "`AGE` of the newest proof from which answers are \"could not check\"")
			json := fs.Bool("json", false, "print findings as JSON")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want the folder or the address of one register")
				}
				o.Now = time.Now()
				var found doctor.Findings
				if strings.Contains(c.args[0], "://") {
					found = doctor.Address(ctx, c.args[0], o)
				} else {
					found = doctor.Folder(ctx, c.args[0], o)
				}
				if *json {
					if err := c.printJSON(map[string]any{"worst": found.Worst(), "findings": found}); err != nil {
						return err
					}
				} else {
					sayFindings(c, found)
				}
				switch found.Worst() {
				case doctor.Bad:
					return exit(2)
				case doctor.Warn:
					return exit(1)
				case doctor.OK, doctor.Skipped:
				}
				return nil
			}
		},
	}
}

func sayFindings(c *call, found doctor.Findings) {
	for _, f := range found {
		c.say("%-7s %s: %s", f.Level, safe(f.Name), safe(f.What))
		if f.Means != "" {
			c.say("        %s", safe(f.Means))
		}
		if f.Do != "" {
			c.say("        -> %s", safe(f.Do))
		}
	}
}
