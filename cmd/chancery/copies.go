package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/office"
	"chancery.example/letter"
)

func copiesCommand() command {
	return command{
		name: "copies", args: "REFERENCE [--received REVISION/COPY --note WORDS --by OFFICER] [--proof REVISION --out FILE]", group: forOffices,
		short: "the numbered copies of a letter, and which of them arrived",
		detail: `Lists who holds which copy. --received notes that a copy arrived: the house's own note, by a drafter or the issuing
clerk; what a holder says itself is a statement ("chancery say received"). --proof writes again what went with the
copies of a sealed revision that left the house.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			received := fs.String("received", "", "`REVISION/COPY` that arrived, such as 1/3")
			note := fs.String("note", "", "`WORDS` to it, for the house")
			revision := fs.Uint("proof", 0, "`REVISION` of which to write the proof")
			out := fs.String("out", "", "`FILE` for the proof")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				rev, number, err := copyOf(*received)
				if err != nil {
					return err
				}
				if *received == "" && d.by == "" {
					d.by = "-"
				}
				return d.with(ctx, func(r *office.Register) error {
					if *received != "" {
						if err := r.CopyReceived(ctx, d.office, d.by, ref, rev, number, *note); err != nil {
							return err
						}
					}
					if *revision != 0 {
						return writeDraftProof(ctx, c, r, d.office, ref, uint32(*revision), *out) //nolint:gosec // a revision that is not there is refused
					}
					return c.copies(ctx, r, d.office, ref)
				})
			}
		},
	}
}

// copyOf reads REVISION/COPY; "" is none.
func copyOf(s string) (revision, number uint32, err error) {
	if s == "" {
		return 0, 0, nil
	}
	a, b, _ := strings.Cut(s, "/")
	x, errA := strconv.ParseUint(a, 10, 31)
	y, errB := strconv.ParseUint(b, 10, 31)
	if errA != nil || errB != nil {
		return 0, 0, usage("%q: want REVISION/COPY, such as 1/3", s)
	}
	return uint32(x), uint32(y), nil
}

func writeDraftProof(ctx context.Context, c *call, r *office.Register, name string, ref letter.Ref, revision uint32, out string) error {
	if out == "" {
		return usage("where does the proof go? give --out FILE")
	}
	b, err := r.DraftProof(ctx, name, ref, revision)
	if err != nil {
		return err
	}
	raw, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("writing the proof of the draft: %w", err)
	}
	if err := os.WriteFile(out, raw, 0o600); err != nil {
		return fmt.Errorf("writing the proof of the draft: %w", err)
	}
	c.say("the proof of revision %d of %s is in %s", revision, ref, out)
	return nil
}

func (c *call) copies(ctx context.Context, r *office.Register, name string, ref letter.Ref) error {
	all, err := r.Copies(ctx, name, ref)
	for _, x := range all {
		arrived := "not noted as received"
		if !x.ReceivedAt.IsZero() {
			arrived = strings.TrimSpace("received, noted " + x.ReceivedAt.UTC().Format(time.DateOnly) + " by " + x.ReceivedBy + " " + x.Note)
		}
		c.say("revision %d, copy %d of %d: %s, %s; %s", x.Revision, x.Number, x.Of, safe(x.Holder), safe(x.Purpose), safe(arrived))
	}
	if err == nil && len(all) == 0 {
		c.say("no copies of %s were given out", ref)
	}
	return err
}
