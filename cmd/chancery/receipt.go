package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"chancery.example/register"
)

func receiptCommand() command {
	return command{
		name: "receipt", args: "ENTRY --register DIR", group: running, short: "write a log entry's COSE receipt",
		detail: `"receipt 17" writes the receipt of entry 17 under the newest head (RFC 9942), for SCITT programs; the register's own
proofs carry it too. It takes the register's own folder, which has the key: "chancery init" makes one, "chancery key
receipt" a new one.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			dir := folderFlag(fs)
			out := fs.String("out", "", "`FILE` to write; ENTRY.receipt without it, - is standard output")
			return func(ctx context.Context, c *call) error {
				if *dir == "" {
					return errNoFolder
				}
				if len(c.args) != 1 {
					return usage("want the position of a log entry")
				}
				n, err := strconv.ParseUint(c.args[0], 10, 62)
				if err != nil {
					return usage("%q is no position of a log entry: see \"chancery log\"", c.args[0])
				}
				return c.receipt(ctx, *dir, register.Index(n), *out)
			}
		},
	}
}

func (c *call) receipt(ctx context.Context, dir string, i register.Index, name string) error {
	src, err := c.source(ctx, dir, "")
	if err != nil {
		return err
	}
	r, err := src.Receipt(ctx, i)
	if err != nil {
		return err
	}
	if name == "-" {
		return c.data(r.Bytes())
	}
	if name == "" {
		name = fmt.Sprintf("%d.receipt", i)
	}
	if err := os.WriteFile(filepath.Clean(name), r.Bytes(), 0o644); err != nil { //nolint:gosec // a public receipt
		return fmt.Errorf("writing the receipt: %w", err)
	}
	c.say("%s, %d bytes: entry %d of %d", safe(name), len(r.Bytes()), r.Index, r.Size)
	return nil
}
