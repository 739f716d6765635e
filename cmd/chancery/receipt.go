package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"chancery.example/internal/office"
	"chancery.example/register"
)

func receiptCommand() command {
	return command{
		name: "receipt", args: "key | ENTRY --register DIR", group: running, short: "give a log entry's COSE receipt, or the register a key for them",
		detail: `"receipt 17" writes the receipt of entry 17 under the newest head (RFC 9942), for SCITT programs; the register's own
proofs carry it too. It takes the register's own folder, which has the key.

"receipt key" makes the key that signs receipts, where there is none yet, and announces it in the log; "chancery init"
does so for a new register. With --new a new key takes its place. The old one stays good for the receipts it signed until
the operator revokes it; its file is kept beside.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			dir := folderFlag(fs)
			renew := fs.Bool("new", false, "put a new key in the place of the one that is there")
			out := fs.String("out", "", "`FILE` to write; ENTRY.receipt without it, - is standard output")
			return func(ctx context.Context, c *call) error {
				if *dir == "" {
					return errNoFolder
				}
				if len(c.args) != 1 {
					return usage("want the position of a log entry, or the word key")
				}
				if c.args[0] == "key" {
					return c.receiptKey(ctx, *dir, *renew)
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

func (c *call) receiptKey(ctx context.Context, dir string, renew bool) error {
	r, err := office.Open(ctx, dir, office.Options{})
	if err != nil {
		return err
	}
	rec, key, err := r.ReceiptKey(ctx, renew)
	if e := r.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	c.say("receipt key %s, announced by log entry %d", key.Thumbprint(), rec.Index)
	return nil
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
