package main

import (
	"context"
	"flag"

	"chancery.example/cmd/chancery/internal/site"
	"chancery.example/internal/kit"
)

func siteCommand() command {
	return command{
		name: "site", args: "DIR --register URL|FOLDER", group: forReaders, short: "write a checker of a register's letters that anybody can host: plain files, no server",
		detail: `Writes into DIR a page that reads on its reader's own device, with all it needs: the reader for browsers, styles,
fonts, and the register's public files, verified as "chancery mirror" verifies them. Any host that serves plain files
can serve DIR, and whoever does sees only that the page was opened, never what is checked.

With --live the files of the register are not copied: pages download them from the register's own address, and show
what is new at once; that host then sees that somebody reads the register. Without it, run the command again to bring
the copy up to date: what the register shows no more is taken out of it. A run that fails leaves DIR as it was.
--policy names whom the pages trust; without it they take the register's own word as of now.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			from := fs.String("register", "", "`URL|FOLDER` of the register")
			policy := fs.String("policy", "", "`FILE` of whom to trust (C2SP tlog-policy)")
			live := fs.Bool("live", false, "pages download the register from its own address, each time")
			pictures := fs.String("picture-reader", "", "`FOLDER` of the text reader for photos (scripts/device.sh); the one in the user's cache folder without")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 1 || *from == "" {
					return usage("want a folder to write into and a register, such as: chancery site checker --register https://letters.harbour.example")
				}
				if *live && !site.IsAddress(*from) {
					return usage("--live takes the address of a register, not a folder")
				}
				p, err := c.policy(*policy)
				if err != nil {
					return err
				}
				progress, done := c.steps()
				defer done()
				w, err := site.Site{
					Dir: c.args[0], From: *from, Policy: p, Live: *live, Progress: progress,
					Kit: func(ctx context.Context) (*kit.Kit, error) {
						done()
						return kit.Now(ctx, *pictures, func(what string) { c.note("%s", what) }) //nolint:wrapcheck // says what is missing
					},
				}.Write(ctx)
				done()
				if err != nil {
					return err
				}
				c.say("%s: a checker of %s, %d files, over %d entries. Serve the folder as plain files and open index.html", safe(c.args[0]), safe(w.Origin), w.Files, w.Entries)
				if !w.Pictures {
					c.say("Photos are not read by it: scripts/device.sh fetches the text reader for them, then run this again.")
				}
				return nil
			}
		},
	}
}
