package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strings"

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
	form       string
	confirmed  string
}

func (t *termFlags) flags(fs *flag.FlagSet) {
	fs.Var(&t.notBefore, "not-before", "`TIME` until which it is under embargo: issued, and not public (\"chancery help embargo\")")
	fs.Var(&t.expires, "expires", "`TIME` after which it no longer applies")
	fs.Var(&t.supersedes, "supersedes", "`REFERENCE` of a letter that it replaces; can be repeated")
	fs.Var(&t.regarding, "regarding", "`OFFICE/REFERENCE` that it is about; can be repeated")
	fs.Var(&t.files, "file", "`FILE` that is the letter's form, known by its digest; can be repeated")
	fs.StringVar(&t.form, "form", "", "`FILE`.pdf, made in another program, that is to be stamped, sealed and issued as the letter")
	fs.StringVar(&t.confirmed, "confirmed", "", "`DIGEST` that was shown with what --form says, by who has read it; asked for on a terminal without")
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
	if t.form == "" && t.confirmed != "" {
		return out, usage("--confirmed is about a PDF made elsewhere: give --form FILE.pdf")
	}
	if t.form != "" {
		if out.Form, err = c.readFile(t.form, form.MaxBytes); err != nil {
			return out, err
		}
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

// confirm shows who submits a letter what a PDF that was made elsewhere says, as it was
// read, and takes their yes to it.
func (t *termFlags) confirm(ctx context.Context, c *call, r *office.Register, d *desk, content letter.Content, terms *office.Terms) error {
	if terms.Form == nil {
		return nil
	}
	s, err := r.ShowForm(ctx, d.office, d.by, content, *terms)
	if err != nil {
		return err //nolint:wrapcheck // the act's own words
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%s cannot be issued as %s: %w", content.Reference, t.form, err)
	}
	terms.Confirmed = s.Digest()
	if t.confirmed == terms.Confirmed.String() {
		return nil
	}
	c.say("--- what %s shows (pages: %d)", t.form, s.Pages)
	c.say("%s\n---", safe(s.Text))
	for _, p := range s.Pictures {
		c.say("page %d has a picture: words in it are not read, and officers approve it by looking", p)
	}
	c.say("these are the words of %s (languages: %d)", content.Reference, len(s.Texts))
	if t.confirmed != "" {
		return usage("--confirmed: this PDF was not read so: read it as it is above, then give --confirmed %s", terms.Confirmed)
	}
	if !c.asks() {
		return usage("nobody has confirmed it: read what it shows above, then give --confirmed %s", terms.Confirmed)
	}
	tell(c.err, "Is this the letter? It is stamped, sealed and put up for approval as it is. Type yes: ")
	if said, err := bufio.NewReader(io.LimitReader(c.in, 100)).ReadString('\n'); strings.TrimSpace(said) != "yes" {
		return errors.Join(usage("it was not confirmed; nothing was submitted"), ignoreEOF(err))
	}
	return nil
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

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// asks reports whether a person can be asked something.
func (c *call) asks() bool {
	f, isFile := c.in.(*os.File)
	return c.tty && (!isFile || isTerminal(f))
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
