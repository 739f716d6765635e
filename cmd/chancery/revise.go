package main

import (
	"context"
	"flag"
	"slices"

	"chancery.example/internal/office"
	"chancery.example/letter"
)

func reviseCommand() command {
	return command{
		name: "revise", args: "REFERENCE --by OFFICER --text LANG=FILE --why REASON", group: forOffices,
		short:  "change a draft; approvals under way are void",
		detail: `A text given replaces the one in its language; the others stay. What was sealed before stays as it was.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var texts pairs
			d.flags(fs, false)
			fs.Var(&texts, "text", "`LANG=FILE` with the new text in a language; can be repeated")
			from := fs.String("from", "", "`FILE`.docx, .odt, .html, .md or .txt whose words are the text in --language")
			language := fs.String("language", "", "`LANG` of --from")
			why := fs.String("why", "", "`REASON`, for the house")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				fresh, err := c.readTexts(texts)
				if err != nil {
					return err
				}
				if fresh, err = c.manuscript(fresh, *from, *language); err != nil {
					return err
				}
				if len(fresh) == 0 {
					return usage("what changes? give --text LANG=FILE")
				}
				return d.with(ctx, func(r *office.Register) error {
					err := r.Revise(ctx, d.office, d.by, ref, *why, func(x *letter.Content) error {
						for _, t := range fresh {
							x.Texts = slices.DeleteFunc(slices.Clone(x.Texts), func(o letter.LangText) bool { return o.Lang == t.Lang })
							x.Texts = append(x.Texts, t)
						}
						return nil
					})
					if err == nil {
						c.say("%s is revised", ref)
					}
					return err
				})
			}
		},
	}
}
