package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"mime"
	"path/filepath"

	"chancery.example/internal/form"
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
	elsewhere  elsewhereFlags
}

func (t *termFlags) flags(fs *flag.FlagSet) {
	fs.Var(&t.notBefore, "not-before", "`TIME` until which it is under embargo: issued, and not public (\"chancery help embargo\")")
	fs.Var(&t.expires, "expires", "`TIME` after which it no longer applies")
	fs.Var(&t.supersedes, "supersedes", "`REFERENCE` of a letter that it replaces; can be repeated")
	fs.Var(&t.regarding, "regarding", "`OFFICE/REFERENCE` that it is about; can be repeated")
	fs.Var(&t.files, "file", "`FILE` that is the letter's form, known by its digest; can be repeated")
	t.elsewhere.flags(fs)
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
	if out.Form, err = t.elsewhere.read(c); err != nil {
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

// confirm takes the yes of who submits a letter to a PDF that was made elsewhere.
func (t *termFlags) confirm(ctx context.Context, c *call, r *office.Register, d *desk, content letter.Content, terms *office.Terms) (err error) {
	terms.Confirmed, err = t.elsewhere.confirm(c, content.Reference, func() (form.Shown, error) {
		return r.ShowForm(ctx, d.office, d.by, content, *terms)
	})
	return err
}

// confirmDraft is confirm for a letter that is a draft.
func (t *termFlags) confirmDraft(ctx context.Context, c *call, r *office.Register, d *desk, ref letter.Ref, terms *office.Terms) error {
	if terms.Form == nil {
		return nil
	}
	l, err := r.Letter(ctx, d.office, ref)
	if err != nil {
		return err //nolint:wrapcheck // the act's own words
	}
	return t.confirm(ctx, c, r, d, l.Draft, terms)
}

func submitCommand() command {
	return command{
		name: "submit", args: "REFERENCE --by OFFICER", group: forOffices, short: "ask the officers to approve a letter, word for word",
		detail: `A letter is issued as the PDF that is made now. With --form it is one that another program made ("print to PDF"), with
all languages of the letter in one file, each below the other. What its pages show is read, and must be the letter's
words and what stands around them, and nothing else; you read it too, and say yes, or give its digest as --confirmed.
Then it is stamped with the paper code (leave 36 mm by 36 mm empty in the lower half of a page), looked through for
what is hidden, sealed, and read once more; officers approve that file ("chancery requests N --pdf FILE").`,
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
					if err := t.confirmDraft(ctx, c, r, &d, ref, &terms); err != nil {
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
