package main

import (
	"context"
	"flag"
	"strconv"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/server"
	"chancery.example/register"
)

func logCommand() command {
	return command{
		name: "log", args: "--register DIR [ENTRY | cosign]", group: forReaders, short: "list the log's entries, print one as JSON, or have the head cosigned",
		detail: `"log cosign" is for the register's own machine when no "chancery serve --publish" runs: it asks the witnesses of the
register's policy ("chancery help policy") once for cosignatures of the newest head, says what each answered, and writes
the witnessed head when the quorum is there. Acts on the command line do not ask by themselves. Exit code 1: a witness
holds another head of this log; what it shows is kept in DIR/alarms.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			dir := folderFlag(fs)
			policy := policyFlag(fs)
			return func(ctx context.Context, c *call) error {
				if *dir == "" {
					return errNoFolder
				}
				if len(c.args) > 1 {
					return usage("want at most one number of an entry")
				}
				if len(c.args) == 1 && c.args[0] == "cosign" {
					return c.cosign(ctx, *dir)
				}
				src, err := c.source(ctx, *dir, *policy)
				if err != nil {
					return err
				}
				if len(c.args) == 1 {
					return c.oneEntry(ctx, src, c.args[0])
				}
				return c.allEntries(ctx, src)
			}
		},
	}
}

func (c *call) oneEntry(ctx context.Context, src *server.Source, number string) error {
	n, err := strconv.ParseUint(number, 10, 62)
	if err != nil {
		return usage("%q is no number of an entry", number)
	}
	raw, err := src.Entry(ctx, register.Index(n))
	if err != nil {
		return err
	}
	return c.showEntry(register.Index(n), raw)
}

func (c *call) allEntries(ctx context.Context, src *server.Source) error {
	cp, err := src.Checkpoint(ctx)
	if err != nil {
		return err
	}
	for i := range cp.Size {
		raw, err := src.Entry(ctx, register.Index(i))
		if err != nil {
			return err
		}
		if err := c.listEntry(register.Index(i), raw); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) listEntry(i register.Index, raw []byte) error {
	e, err := register.Parse(raw)
	if err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	c.say("%6d  %s  %-11s %s", i, e.Claims.IssuedAt.Format(time.RFC3339), e.Body.Kind(), e.Claims.Issuer)
	return nil
}

func (c *call) showEntry(i register.Index, raw []byte) error {
	e, err := register.Parse(raw)
	if err != nil {
		return err //nolint:wrapcheck // says what it is about
	}
	return c.printJSON(plain.Entry(i, raw, e))
}
