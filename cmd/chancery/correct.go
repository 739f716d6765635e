package main

import (
	"context"
	"flag"
	"slices"

	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/letter"
)

func correctCommand() command {
	return command{
		name: "correct", args: "REFERENCE --by OFFICER --text LANG=FILE --reason LANG=WORDS", group: forOffices,
		short: "correct a formal error in an issued letter, in public",
		detail: `For errors of form alone: a wrong date of the week, a misspelt name. The letter stays in force in the corrected
words; who holds the old ones reads what was changed, when and why. A change of meaning takes a new letter that
supersedes (--supersedes). Texts that are not given stay as they are; a correction neither adds nor drops a language.
The corrected letter is sealed first, and takes the approvals that the policy asks for "correct", or else for "issue".
With --form it is issued as a PDF that another program made, all languages in it, as in "chancery help submit".`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var texts, reason pairs
			var elsewhere elsewhereFlags
			d.flags(fs, true)
			fs.Var(&texts, "text", "`LANG=FILE` with the corrected text in a language; can be repeated")
			fs.Var(&reason, "reason", "`LANG=WORDS` that everybody will read: what was wrong; can be repeated")
			elsewhere.flags(fs)
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				x, err := c.correction(texts, reason, &elsewhere)
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					x.Confirmed, err = elsewhere.confirm(c, ref, func() (form.Shown, error) { return r.ShowCorrection(ctx, d.office, d.by, ref, x) })
					if err != nil {
						return err
					}
					q, err := r.ProposeCorrect(ctx, d.office, d.by, ref, x)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}

// correction reads what is corrected, and why.
func (c *call) correction(texts, reason pairs, elsewhere *elsewhereFlags) (x office.Correction, err error) {
	fresh, err := c.readTexts(texts)
	if err != nil {
		return x, err
	}
	if len(fresh) == 0 {
		return x, usage("what is corrected? give --text LANG=FILE")
	}
	if x.Reason, err = c.words(reason, "what was wrong? give the public --reason, such as en=\"The day of the week was wrong.\""); err != nil {
		return x, err
	}
	x.Change = func(now *letter.Content) error {
		for _, t := range fresh {
			now.Texts = slices.DeleteFunc(slices.Clone(now.Texts), func(o letter.LangText) bool { return o.Lang == t.Lang })
			now.Texts = append(now.Texts, t)
		}
		return nil
	}
	x.Form, err = elsewhere.read(c)
	return x, err
}

func ratifyCommand() command {
	return command{
		name: "ratify", args: "REFERENCE --by OFFICER", group: forOffices, short: "ratify a withdrawal that was made in an emergency",
		detail: `A letter withdrawn with --emergency stays withdrawn; until as many officers as a withdrawal takes have ratified it,
everybody who checks the letter reads that they have not. The policy says within what time (ratify_within); it can be
done later, too.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, true)
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				return d.with(ctx, func(r *office.Register) error {
					q, err := r.ProposeRatify(ctx, d.office, d.by, ref)
					if err != nil {
						return err
					}
					return d.settle(ctx, c, r, q)
				})
			}
		},
	}
}
