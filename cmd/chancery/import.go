package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"

	"chancery.example/internal/archive"
	"chancery.example/internal/office"
	"chancery.example/internal/signing"
)

func importCommand() command {
	return command{
		name: "import", args: "OFFICE FOLDER --register DIR --by OFFICER [--approve OFFICER=KEYFILE]", group: forOffices,
		short: "record letters that were issued before the register began",
		detail: `The folder holds the texts and a list of them, letters.csv or letters.toml (docs/operate/import.md): for each letter its
reference, when it was written, and its text in each language as .txt, .html or .md. Every letter gets an entry of today
that says when it was written; answers say "recorded later". Nothing is backdated.

The whole folder is judged first; with --dry-run that is all. Officers approve each letter as any other: with the keys at
hand at once, else the letters wait for "chancery approve", and importing again issues those that are approved. An import
that was stopped is begun again the same way: what is on record is passed over.

Exit codes: 0 all are on record, 1 some wait or failed, 2 error.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, true)
			dry := fs.Bool("dry-run", false, "judge the folder, and record nothing")
			atOnce := fs.Int("at-once", 64, "`N` letters that are on their way together")
			return func(ctx context.Context, c *call) error {
				if len(c.args) != 2 {
					return usage("want an office and a folder, such as: chancery import harbour archive/1962 --register DIR --by clerk")
				}
				if *atOnce < 1 || *atOnce > 1024 {
					return usage("--at-once %d: want 1 to 1024", *atOnce)
				}
				d.office = c.args[0]
				letters, err := readArchive(c, c.args[1])
				if err != nil || *dry {
					return err
				}
				return d.with(ctx, func(r *office.Register) error { return d.record(ctx, c, r, letters, *atOnce) })
			}
		},
	}
}

// readArchive reads a folder and says what is wrong with it.
func readArchive(c *call, dir string) ([]archive.Letter, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("reading the archive: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("reading the archive: %w", err)
	}
	defer func() { _ = root.Close() }()
	letters, problems, err := archive.Read(root.FS())
	if err != nil {
		return nil, fmt.Errorf("reading the archive %s: %w", dir, err)
	}
	sayProblems(c, problems)
	if len(problems) > 0 {
		c.note("%d of %d letters cannot be recorded as they are; nothing was recorded", len(problems), len(letters))
		return nil, exit(exitAlert)
	}
	c.say("%d letters can be recorded", len(letters))
	return letters, nil
}

func sayProblems(c *call, ps []archive.Problem) {
	const most = 50
	for i, p := range ps {
		if i == most {
			c.note("... and %d more", len(ps)-most)
			return
		}
		c.note("%s: %s", p.Where, safe(p.What))
	}
}

func (d *desk) record(ctx context.Context, c *call, r *office.Register, letters []archive.Letter, atOnce int) error {
	o := archive.Options{Office: d.office, By: d.by, AtOnce: atOnce}
	for _, id := range slices.Sorted(maps.Keys(d.approve)) {
		k, err := signing.LoadOfficerKey(d.approve[id])
		if err != nil {
			return fmt.Errorf("approving as %s: %w", id, err)
		}
		o.Signers = append(o.Signers, office.Signer{Officer: id, Key: k})
	}
	if c.tty {
		o.Progress = func(done, all int) { tell(c.err, "\rletter %d of %d", done, all) }
		defer tell(c.err, "\r\x1b[K")
	}
	sum, err := archive.Record(ctx, r, letters, o)
	c.say("recorded: %d; on record before: %d; waiting for approvals: %d; failed: %d", sum.Recorded, sum.Before, sum.Waiting, len(sum.Failed))
	sayProblems(c, sum.Failed)
	if err != nil {
		return errors.Join(err, errors.New("the import ended early: begin it again, and what is on record is passed over"))
	}
	if sum.Waiting+len(sum.Failed) > 0 {
		if sum.Waiting > 0 {
			c.note("\"chancery requests\" lists what waits; when it is approved, import the folder again")
		}
		return exit(exitAlert)
	}
	return nil
}
