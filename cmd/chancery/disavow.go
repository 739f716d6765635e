package main

import (
	"context"
	"crypto/sha256"
	"flag"

	"chancery.example/internal/office"
)

func disavowCommand() command {
	return command{
		name: "disavow", args: "--by OFFICER (--of LANG=FILE | --file FILE) --reason LANG=WORDS", group: forOffices, short: "say that a text or file is not the office's",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var of, reason pairs
			var files, regarding list
			d.flags(fs, true)
			fs.Var(&of, "of", "`LANG=FILE` with the text that is disavowed; can be repeated")
			fs.Var(&files, "file", "`FILE` that is disavowed, known by its digest; can be repeated")
			fs.Var(&regarding, "regarding", "`OFFICE/REFERENCE` that it pretends to be; can be repeated")
			fs.Var(&reason, "reason", "`LANG=WORDS` that everybody will read; can be repeated")
			return func(ctx context.Context, c *call) error {
				if len(c.args) > 0 {
					return usage("the paper goes into --of LANG=FILE or --file FILE")
				}
				words, err := c.words(reason, "what does the office say? give --reason, such as en=\"This page did not come from this office.\"")
				if err != nil {
					return err
				}
				if len(of) == 0 && len(files) == 0 {
					return usage("what is disavowed? give --of LANG=FILE with its text, or --file FILE")
				}
				f, err := c.forgery(of, files)
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					if f.Regarding, err = targets(ctx, r, regarding); err != nil {
						return err
					}
					q, err := r.ProposeDisavow(ctx, d.office, d.by, f, words)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}

// forgery reads the papers that are disavowed.
func (c *call) forgery(of pairs, files list) (f office.Forgery, err error) {
	if f.Texts, err = c.readTexts(of); err != nil {
		return f, err
	}
	for _, name := range files {
		raw, err := c.readFile(name, maxForm)
		if err != nil {
			return f, err
		}
		f.Files = append(f.Files, sha256.Sum256(raw))
	}
	return f, nil
}
