package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/letter"
	"chancery.example/proof"
)

func proofCommand() command {
	return command{
		name: "proof", args: "OFFICE/REFERENCE --register DIR [--out FILE]", group: forReaders, short: "write the proof of a letter to a file",
		detail: `The proof can be verified for ever after with keys that the reader holds: "chancery verify". With --policy-out the
keys that the folder names are written beside it; they are worth as much as the way in which you got the folder.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			dir := folderFlag(fs)
			out := fs.String("out", "", "`FILE` to write; REFERENCE.chancery-proof without it, - is standard output")
			policyOut := fs.String("policy-out", "", "`FILE` for the folder's own trust policy")
			return func(ctx context.Context, c *call) error {
				if *dir == "" {
					return errNoFolder
				}
				if len(c.args) != 1 {
					return usage("want one OFFICE/REFERENCE, such as harbour/HC-2026-0012")
				}
				id, s, _ := strings.Cut(c.args[0], "/")
				ref, err := letter.ParseRef(s)
				if err != nil {
					return usage("%q: want OFFICE/REFERENCE, such as harbour/HC-2026-0012", c.args[0])
				}
				src, err := c.source(ctx, *dir, "")
				if err != nil {
					return err
				}
				var b bytes.Buffer
				if err := src.Proof(ctx, id, ref, &b); err != nil {
					return err
				}
				if *policyOut != "" {
					if err := writePolicy(*policyOut, src.Policy()); err != nil {
						return err
					}
				}
				return c.writeProof(*out, ref, b.Bytes())
			}
		},
	}
}

func writePolicy(name string, p proof.Policy) error {
	if err := os.WriteFile(filepath.Clean(name), p.Bytes(), 0o644); err != nil { //nolint:gosec // public keys
		return fmt.Errorf("writing the policy: %w", err)
	}
	return nil
}

func (c *call) writeProof(name string, ref letter.Ref, raw []byte) error {
	if name == "-" {
		return c.data(raw)
	}
	if name == "" {
		name = strings.ReplaceAll(string(ref), "/", "_") + proof.Extension
	}
	if err := os.WriteFile(filepath.Clean(name), raw, 0o644); err != nil { //nolint:gosec // a public proof
		return fmt.Errorf("writing the proof: %w", err)
	}
	c.say("%s, %d bytes", name, len(raw))
	return nil
}
