package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/server"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
)

func proofCommand() command {
	return command{
		name: "proof", args: "OFFICE/REFERENCE --register DIR [--out FILE]", group: forReaders, short: "write the proof of a letter, or of an absence, to a file",
		detail: `The proof can be verified for ever after with keys that the reader holds: "chancery verify". With --policy-out the
keys that the folder names are written beside it; they are worth as much as the way in which you got the folder.

With --absent, --file or --text it is the proof that nothing is on record under a reference, for a file, or in these
words - not in others that mean the same. It goes as far as the newest index head of the register.

  chancery proof --register DIR --absent harbour/HC-2026-0099 --text en=leaflet.txt --out absent.chancery-proof`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			p := &proving{dir: folderFlag(fs)}
			fs.StringVar(&p.out, "out", "", "`FILE` to write; REFERENCE.chancery-proof without it, - is standard output")
			fs.StringVar(&p.policyOut, "policy-out", "", "`FILE` for the folder's own trust policy")
			fs.StringVar(&p.absent, "absent", "", "`OFFICE/REFERENCE` of which to prove that it is not on record")
			fs.StringVar(&p.file, "file", "", "`FILE` of which to prove that no entry names it")
			fs.Var(&p.texts, "text", "`LANG=FILE` with words of which to prove that no entry shows them; can be repeated")
			return p.run
		},
	}
}

type proving struct {
	dir                          *string
	out, policyOut, absent, file string
	texts                        pairs
}

func (p *proving) ofAbsence() bool { return p.absent != "" || p.file != "" || len(p.texts) > 0 }

func (p *proving) run(ctx context.Context, c *call) error {
	if *p.dir == "" {
		return errNoFolder
	}
	want := 1
	if p.ofAbsence() {
		want = 0
	}
	if len(c.args) != want {
		return usage("want one OFFICE/REFERENCE, such as harbour/HC-2026-0012, or --absent, --file or --text and no argument")
	}
	src, err := c.source(ctx, *p.dir, "")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	name := letter.Ref("absence")
	if p.ofAbsence() {
		err = p.absence(ctx, c, src, &b)
	} else {
		name, err = letterProof(ctx, src, c.args[0], &b)
	}
	if err != nil {
		return err
	}
	if p.policyOut != "" {
		if err := writePolicy(p.policyOut, src.Policy()); err != nil {
			return err
		}
	}
	return c.writeProof(p.out, name, b.Bytes())
}

func letterProof(ctx context.Context, src *server.Source, arg string, b *bytes.Buffer) (letter.Ref, error) {
	id, s, _ := strings.Cut(arg, "/")
	ref, err := letter.ParseRef(s)
	if err != nil {
		return "", usage("%q: want OFFICE/REFERENCE, such as harbour/HC-2026-0012", arg)
	}
	return ref, src.Proof(ctx, id, ref, b)
}

// absence proves that nothing is on record under what the flags name.
func (p *proving) absence(ctx context.Context, c *call, src *server.Source, b *bytes.Buffer) error {
	var names []lookup.Name
	if p.absent != "" {
		id, ref, found := strings.Cut(p.absent, "/")
		if !found {
			return usage("--absent %q: want OFFICE/REFERENCE, such as harbour/HC-2026-0099", safe(p.absent))
		}
		n, err := src.LetterName(ctx, id, ref)
		if err != nil {
			return err
		}
		names = append(names, n)
	}
	if p.file != "" {
		raw, err := c.readUpTo(p.file, check.MaxFile)
		if err != nil {
			return err
		}
		names = append(names, lookup.OfFile(sha256.Sum256(raw)))
	}
	texts, err := c.readTexts(p.texts)
	if err != nil {
		return err
	}
	for _, t := range texts {
		names = append(names, lookup.OfText(t.Text))
	}
	return src.Absence(ctx, names, texts, b)
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
