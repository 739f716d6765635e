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
		name: "log", args: "--register DIR [ENTRY]", group: forReaders, short: "list the log's entries, or print one as JSON",
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
