package main

import (
	"context"
	"flag"
	"net/netip"
	"strings"
	"time"

	"chancery.example/internal/doctor"
	"chancery.example/internal/server"
)

func doctorCommand() command {
	return command{
		name: "doctor", args: "DIR|URL [--backups DIR] [--url ADDRESS] [--smtp RELAY --mail-from ADDRESS]", group: running, short: "look at all that can be wrong with a register, and say what to do",
		detail: `Of a folder: rights, keys, the clock, the disk, the log and its head, witnesses, the database and what waits there, the
offices' domains, webhooks, the finding index, the program's version and the database's, backups; with --url the address
of pages and desk and its certificate, with --smtp and --mail-from the mail relay: give what "chancery serve" is given.
Of an address: what readers get through the proxy in front. It writes and sends nothing, and prints no secret.
"chancery fsck" reads every byte; this does not.

Exit codes: 0 all is well, 1 something ought to be seen to, 2 something is bad.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			o := doctor.Options{}
			fs.StringVar(&o.Backups, "backups", "", "`DIR` in which backups are kept")
			fs.DurationVar(&o.Fresh, "fresh", server.FreshFor, "`AGE` of the newest proof from which answers are \"could not check\"")
			fs.StringVar(&o.URL, "url", "", "`ADDRESS` of the register's pages, such as https://register.example")
			var out server.Outgoing
			fs.StringVar(&out.SMTP, "smtp", "", "`RELAY` that mail is given to, such as smtp://user@relay.example:587")
			fs.StringVar(&out.SMTPPassword, "smtp-password-file", "", "`FILE` with the password for the relay")
			fs.StringVar(&out.MailFrom, "mail-from", "", "`ADDRESS` that mail comes from")
			fs.Func("webhooks-to", "`NETWORK` of one's own that webhooks may go to; can be repeated", func(s string) error {
				n, err := netip.ParsePrefix(s)
				o.Networks = append(o.Networks, n)
				return err //nolint:wrapcheck // package flag says which
			})
			json := fs.Bool("json", false, "print findings as JSON")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 {
					return usage("want the folder or the address of one register")
				}
				o.Now = time.Now()
				var err error
				if o.Mail, err = out.Relay(); err != nil {
					return err
				}
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
