package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"mime"
	"path/filepath"

	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/register"
)

// A termFlags says what an issue says beside the letter.
type termFlags struct {
	notBefore  moment
	expires    moment
	supersedes list
	regarding  list
	files      list
}

func (t *termFlags) flags(fs *flag.FlagSet) {
	fs.Var(&t.notBefore, "not-before", "`TIME` until which it is under embargo: issued, and not public (\"chancery help embargo\")")
	fs.Var(&t.expires, "expires", "`TIME` after which it no longer applies")
	fs.Var(&t.supersedes, "supersedes", "`REFERENCE` of a letter that it replaces; can be repeated")
	fs.Var(&t.regarding, "regarding", "`OFFICE/REFERENCE` that it is about; can be repeated")
	fs.Var(&t.files, "file", "`FILE` that is the letter's form, known by its digest; can be repeated")
}

const maxForm = 64 << 20

func (t *termFlags) terms(ctx context.Context, c *call, r *office.Register) (office.Terms, error) {
	out := office.Terms{NotBefore: t.notBefore.Time, Expires: t.expires.Time}
	for _, s := range t.supersedes {
		ref, err := letter.ParseRef(s)
		if err != nil {
			return out, usageError{err}
		}
		out.Supersedes = append(out.Supersedes, ref)
	}
	var err error
	if out.Regarding, err = targets(ctx, r, t.regarding); err != nil {
		return out, err
	}
	for _, name := range t.files {
		raw, err := c.readFile(name, maxForm)
		if err != nil {
			return out, err
		}
		media := mime.TypeByExtension(filepath.Ext(name))
		if media == "" {
			media = "application/octet-stream"
		}
		out.Files = append(out.Files, register.File{Role: "form", MediaType: media, Digest: sha256.Sum256(raw)})
	}
	return out, nil
}

func submitCommand() command {
	return command{
		name: "submit", args: "REFERENCE --by OFFICER", group: forOffices, short: "ask the officers to approve a letter, word for word",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var t termFlags
			d.flags(fs, false)
			t.flags(fs)
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					terms, err := t.terms(ctx, c, r)
					if err != nil {
						return err
					}
					q, err := r.Submit(ctx, d.office, d.by, ref, terms)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
