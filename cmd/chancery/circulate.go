package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/proof"
)

func circulateCommand() command {
	return command{
		name: "circulate", args: "REFERENCE --by OFFICER --to HOLDER:PURPOSE --outside HOLDER:PURPOSE --out DIR", group: forOffices,
		short: "give out numbered copies of a draft",
		detail: `Seals the draft if it changed, commits to who gets which copy, and writes the copies into DIR: plain text in each
language and a page to print, with --pdf a PDF as well, every page of which says that it is a draft, which copy, for
whom and what for, and that it is not issued. Copies that leave the house (--outside) take the issuing clerk, and come
with a .chancery-draft: with it their holder can prove offline that these words were a recorded draft (chancery
verify, chancery check --draft); what is printed or a PDF carries the same as a code, and the office's own server says
so to who presents most of the words, unless --answers says otherwise ("chancery help answers"). The .slip.json beside
them goes with the copies: its holder can record that it received these texts, without their words.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var inside, outside list
			d.flags(fs, false)
			fs.Var(&inside, "to", "`HOLDER:PURPOSE` inside the house; can be repeated")
			fs.Var(&outside, "outside", "`HOLDER:PURPOSE` outside the house; can be repeated")
			answers := fs.String("answers", "", "`silent`, by_code or on_copy: to whom this revision says from now on that it is a draft; on_copy when a copy leaves the house")
			dir := fs.String("out", ".", "`DIR` for the copies")
			pdf := fs.Bool("pdf", false, "each copy as a PDF as well, the notice on every page in every language")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				holders, err := holdersOf(inside, outside)
				if err != nil {
					return err
				}
				// Where the copies go is settled before any is numbered.
				if err := os.MkdirAll(*dir, 0o700); err != nil {
					return fmt.Errorf("making the folder for the copies: %w", err)
				}
				return d.with(ctx, func(r *office.Register) error {
					out, err := r.CirculateAnswering(ctx, d.office, d.by, ref, holders, office.Answers(*answers))
					if err != nil {
						return err
					}
					return writeCopies(c, *dir, out, *pdf)
				})
			}
		},
	}
}

func holdersOf(inside, outside list) ([]office.Holder, error) {
	var out []office.Holder
	for i, s := range append(append(list{}, inside...), outside...) {
		name, purpose, ok := strings.Cut(s, ":")
		name, purpose = strings.TrimSpace(name), strings.TrimSpace(purpose)
		if !ok || name == "" || purpose == "" {
			return nil, usage("%q: want HOLDER:PURPOSE, such as \"Pilot station: clearance\"", s)
		}
		out = append(out, office.Holder{Name: name, Purpose: purpose, Outside: i >= len(inside)})
	}
	if len(out) == 0 {
		return nil, usage("who gets a copy? give --to HOLDER:PURPOSE or --outside HOLDER:PURPOSE")
	}
	return out, nil
}

func writeCopies(c *call, dir string, out office.Circulated, pdf bool) error {
	var draft []byte
	if out.Draft != nil {
		var err error
		if draft, err = out.Draft.Bytes(); err != nil {
			return fmt.Errorf("writing the proof of the draft: %w", err)
		}
	}
	for _, n := range out.Copies {
		if err := writeSheets(dir, n, pdf); err != nil {
			return err
		}
		if err := writeSlips(dir, n.Name(), out.Sealed.Slips); err != nil {
			return err
		}
		if n.Outside {
			if err := writeCopy(dir, n.Name()+proof.DraftExtension, string(draft)); err != nil {
				return err
			}
		}
		c.say("%s", safe(letter.DraftNotice("en", n.Mark)))
	}
	c.say("%d copies of revision %d in %s", len(out.Copies), out.Sealed.Revision, dir)
	return nil
}

// writeSheets writes a copy as it can be read and printed.
func writeSheets(dir string, n office.NumberedCopy, pdf bool) error {
	for _, t := range n.Content.Texts {
		text, _ := n.Text(t.Lang)
		if err := writeCopy(dir, n.Name()+"."+string(t.Lang)+".txt", text); err != nil {
			return err
		}
	}
	page, err := n.HTML()
	if err != nil {
		return err
	}
	if err := writeCopy(dir, n.Name()+".html", page); err != nil || !pdf {
		return err
	}
	raw, err := n.PDF()
	if err != nil {
		return err //nolint:wrapcheck // says which copy
	}
	return writeCopy(dir, n.Name()+".pdf", string(raw))
}

func writeCopy(dir, name, content string) error {
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		return fmt.Errorf("writing a copy: %w", err)
	}
	return nil
}
