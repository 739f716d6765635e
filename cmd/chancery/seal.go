package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"chancery.example/internal/office"
)

func sealCommand() command {
	return command{
		name: "seal", args: "REFERENCE --by OFFICER", group: forOffices, short: "freeze a draft as a revision and log a commitment to it",
		detail: `The log entry says nothing about the letter, not even its reference. It proves later, once the office opens it,
that exactly these words were a draft at this time.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					s, err := r.Seal(ctx, d.office, d.by, ref)
					if err != nil {
						return err
					}
					c.say("revision %d of %s is sealed: log entry %d, digest %s", s.Revision, ref, s.Receipt.Index, s.Digest)
					return nil
				})
			}
		},
	}
}

// writeSlips writes the slips that go with copies, one file for all languages.
func writeSlips(dir, name string, slips []office.Slip) error {
	raw, err := json.MarshalIndent(slips, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the slips: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".slip.json"), append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing the slips: %w", err)
	}
	return nil
}
