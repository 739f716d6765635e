package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"path/filepath"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/internal/parity"
	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
)

func parityCommand() command {
	return command{
		name: "parity", args: "OFFICE/REFERENCE [--accept ID --reason WORDS --by OFFICER]", group: forOffices,
		short: "compare the languages of a letter by what must stand in each of them",
		detail: `Counts and looks up what must stand in every language of a letter: paragraphs, numbers, dates, times, references,
acronyms, names and terms of the office's glossary, the lines of address and signature blocks, enclosures. What differs
is put right, or left with a reason (--accept) that the journal keeps and the approvers are shown; before that the letter
cannot be submitted. Negation, must and may, days and weeks, and length are shown and hold nothing up. An id stays as long
as the words of its paragraphs do.

The command ends with 1 when something holds the letter up. When it finds nothing, no difference was found by these
checks: two texts can still say different things.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			accept := fs.String("accept", "", "`ID` of a difference that is right as it is")
			reason := fs.String("reason", "", "`WORDS` that say why")
			return func(ctx context.Context, c *call) error {
				if name, ref, ok := strings.Cut(strings.Join(c.args, " "), "/"); ok && d.office == "" {
					d.office, c.args = name, []string{ref}
				}
				ref, err := c.oneRef()
				if err != nil {
					return usage("want OFFICE/REFERENCE, such as harbour/HC-2026-0012")
				}
				if *accept == "" {
					d.by = cmp.Or(d.by, "-")
				}
				return d.with(ctx, func(r *office.Register) error {
					if *accept != "" {
						if err := r.AcceptParity(ctx, d.office, d.by, ref, *accept, *reason); err != nil {
							return err
						}
					}
					return c.parity(ctx, r, d.office, ref)
				})
			}
		},
	}
}

func (c *call) parity(ctx context.Context, r *office.Register, name string, ref letter.Ref) error {
	v, err := r.Parity(ctx, name, ref)
	if err != nil {
		return err
	}
	p, err := i18n.Load(i18n.English)
	if err != nil {
		return err
	}
	switch {
	case !v.Compared():
		c.say("%s", p.T("parity.one_language"))
	case len(v.Findings) == 0:
		c.say("%s %s", p.T("parity.none"), p.T("parity.none_means"))
	}
	c.findings(p, v.Findings)
	if open := v.Open(); len(open) > 0 {
		c.note("put it right with \"chancery revise %s\", or leave it: chancery parity %s/%s --accept %s --reason WORDS --by OFFICER", ref, name, ref, open[0].ID)
		return exit(1)
	}
	return nil
}

// findings shows differences between languages, side by side.
func (c *call) findings(p *i18n.Printer, fs []office.ParityFinding) {
	for _, f := range fs {
		c.say("%s %s %s: %s", f.ID, f.Severity, p.T(f.Key()), p.T(f.Advice()))
		if f.Detail[0]+f.Detail[1] != "" {
			c.say("    %s: %s, %s: %s", f.First, f.Detail[0], f.Second, f.Detail[1])
		}
		for _, x := range f.Places {
			if x.Missing {
				c.say("    %s: -", x.Lang)
			} else {
				c.say("    %s: %s", x.Lang, safe(firstWords(x.Text)))
			}
		}
		if f.Accepted != nil {
			c.say("    left as it is by %s: %s", safe(f.Accepted.By), safe(f.Accepted.Reason))
		}
	}
}

// firstWords is as much of a place as fits on a line.
func firstWords(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "..."
	}
	return s
}

func glossaryCommand() command {
	return command{
		name: "glossary", args: "import FILE --by OFFICER | list", group: forOffices, short: "the names and terms that an office's letters use in each language",
		detail: `"import" replaces the office's glossary by a table (.csv) or a TBX file (.tbx, .xml). The first row of a table names
languages, and "kind" a column that says name or term; several forms in one language are apart by "|":

    en,ar,kind
    North Basin,الحوض الشمالي,name
    pilotage|pilot service,الإرشاد,term

At most 2 MB and 5,000 concepts. "chancery parity" finds what only one language of a letter has of them.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			return func(ctx context.Context, c *call) error {
				switch {
				case len(c.args) == 2 && c.args[0] == "import":
					return c.importGlossary(ctx, &d, c.args[1])
				case len(c.args) == 1 && c.args[0] == "list":
					d.by = "-"
					return d.with(ctx, func(r *office.Register) error {
						g, err := r.Glossary(ctx, d.office)
						for _, x := range g.Concepts {
							c.say("%s", safe(x.String()))
						}
						return err
					})
				}
				return usage("want import FILE or list")
			}
		},
	}
}

func (c *call) importGlossary(ctx context.Context, d *desk, name string) error {
	raw, err := c.readFile(name, parity.MaxGlossary)
	if err != nil {
		return err
	}
	read := parity.ReadCSV
	if ext := strings.ToLower(filepath.Ext(name)); ext == ".tbx" || ext == ".xml" {
		read = parity.ReadTBX
	}
	g, err := read(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return d.with(ctx, func(r *office.Register) error {
		if err := r.SetGlossary(ctx, d.office, d.by, g); err != nil {
			return err
		}
		c.say("the glossary of %s has %d concepts", d.office, len(g.Concepts))
		return nil
	})
}
