package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/internal/office"
	"chancery.example/proof"
)

func embargoCommand() command {
	return command{
		name: "embargo", args: "list | give REFERENCE --by OFFICER --to HOLDER --out FILE | release", group: forOffices,
		short: "letters that are issued and not public before an hour",
		detail: `A letter is put under embargo by "chancery submit REFERENCE --not-before TIME" and issued like any other. At once the
log has one more entry that looks like any draft's; the letter itself is public at the hour, by the register's clock,
published by "chancery serve --publish", or by "embargo release" where no server runs (from cron, say). A machine that
was down at the hour does it as soon as it is up; nothing is ever published early.

"list" says what waits. "give" writes what a holder is given: a .chancery-draft with which the words answer
"embargoed" (chancery verify, chancery check --draft, and the check page); who has the words alone gets the answer of
an unknown text. Until the hour, "chancery close" recalls the letter: it takes a drafter and an approver, and the
reference is used up.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			to := fs.String("to", "", "`HOLDER` who is given the letter before its hour; the office's journal keeps it")
			out := fs.String("out", "", "`FILE` to write, REFERENCE"+proof.DraftExtension+" without")
			return func(ctx context.Context, c *call) error {
				switch {
				case len(c.args) == 1 && c.args[0] == "list":
					d.by = "-"
					return d.with(ctx, func(r *office.Register) error { return listEmbargoes(ctx, c, r, d.office) })
				case len(c.args) == 1 && c.args[0] == "release":
					d.by, d.office = "-", "-"
					return d.with(ctx, func(r *office.Register) error { return releaseEmbargoes(ctx, c, r) })
				case len(c.args) == 2 && c.args[0] == "give":
					c.args = c.args[1:]
					return giveEmbargoed(ctx, c, &d, *to, *out)
				}
				return usage("want list, give REFERENCE or release")
			}
		},
	}
}

func listEmbargoes(ctx context.Context, c *call, r *office.Register, name string) error {
	all, err := r.Embargoes(ctx, name)
	for _, e := range all {
		c.say("%-20s not before %s, log entry %d", e.Reference, e.NotBefore.Format(time.RFC3339), e.Commit)
	}
	if err == nil && len(all) == 0 {
		c.note("nothing of %s is under embargo", name)
	}
	return err
}

// releaseEmbargoes publishes what is due, of all offices.
func releaseEmbargoes(ctx context.Context, c *call, r *office.Register) error {
	before, err := waitingHours(ctx, r)
	if err != nil {
		return err
	}
	if err := r.Sync(ctx); err != nil {
		return err
	}
	after, err := waitingHours(ctx, r)
	if err != nil {
		return err
	}
	c.say("%d issued, %d still under embargo", len(before)-len(after), len(after))
	return nil
}

func waitingHours(ctx context.Context, r *office.Register) (out []office.Embargo, err error) {
	offices, err := r.Offices(ctx)
	for _, o := range offices {
		var some []office.Embargo
		if some, err = r.Embargoes(ctx, o.ID); err != nil {
			break
		}
		out = append(out, some...)
	}
	return out, err
}

func giveEmbargoed(ctx context.Context, c *call, d *desk, to, out string) error {
	ref, err := c.oneRef()
	if err != nil {
		return err
	}
	if to == "" {
		return usage("who is given it? give --to HOLDER")
	}
	if out == "" {
		out = strings.ReplaceAll(string(ref), "/", "_") + proof.DraftExtension
	}
	return d.with(ctx, func(r *office.Register) error {
		b, err := r.GiveEmbargoed(ctx, d.office, d.by, ref, to)
		if err != nil {
			return err
		}
		raw, err := b.Bytes()
		if err != nil {
			return fmt.Errorf("writing what %s is given: %w", to, err)
		}
		if err := os.WriteFile(filepath.Clean(out), raw, 0o600); err != nil {
			return fmt.Errorf("writing what %s is given: %w", to, err)
		}
		c.say("%s goes to %s, with the words; it is secret until the hour", out, safe(to))
		return nil
	})
}

// embargoNote says of what was just done that it is not public yet.
func embargoNote(c *call, rec office.Receipt) {
	if !rec.Until.IsZero() {
		c.say("    under embargo: it is public from %s, and until then that entry looks like any draft's", rec.Until.Format(time.RFC3339))
		c.say("    next: chancery embargo give %s for those who hold it before; chancery close %s recalls it", rec.Embargoed, rec.Embargoed)
	}
}
