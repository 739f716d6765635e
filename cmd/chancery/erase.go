package main

import (
	"context"
	"flag"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/letter"
)

func eraseCommand() command {
	return command{
		name: "erase", args: "LEAF --register DIR --reason WORDS", group: running, short: "take public words away by legal order",
		detail: `LEAF is the 64 digits under which the words are in DIR/texts, as "chancery log entry" shows them. The words go; the
entry of the log stays, answers say that the words were erased, and a tombstone, DIR/texts/LEAF.erased, keeps their
place in the look-up map, so that the map can still be made from the log. Who has the words can still check them. The
PDFs of that letter hold the same words and go as well. With the SHA-256 of an issued PDF as LEAF, that PDF goes alone.

The reason is kept in the office's own journal. The office's database still holds the words, and so may mirrors,
backups and proofs that were given out: see to those yourself. Then run "chancery index rebuild DIR".`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			dir := folderFlag(fs)
			reason := fs.String("reason", "", "`WORDS` for the journal: which order, of whom, of when")
			return func(ctx context.Context, c *call) error {
				switch {
				case *dir == "":
					return errNoFolder
				case len(c.args) != 1:
					return usage("want one LEAF, 64 hexadecimal digits")
				case *reason == "":
					return usage("why? give --reason, such as \"order 12/2026 of the Harbour Court, 3 March 2026\"")
				}
				leaf, err := letter.ParseHash(c.args[0])
				if err != nil {
					return usage("%q: want 64 lower-case hexadecimal digits", c.args[0])
				}
				r, err := office.Open(ctx, *dir, office.Options{})
				if err != nil {
					return err
				}
				defer func() { _ = r.Close() }()
				of, err := r.Erase(ctx, leaf, *reason)
				if kind.Of(err) == kind.NotFound { // perhaps it is the digest of a PDF
					if form, errForm := r.EraseForm(ctx, leaf, *reason); errForm == nil {
						c.say("erased: the PDF of %s. Its words stay, the entry stays, and a tombstone says that it was erased", form.Record.Reference)
						return nil
					} else if kind.Of(errForm) != kind.NotFound {
						return errForm
					}
				}
				if err != nil {
					return err
				}
				c.say("erased: the %s words of entry %d. The entry stays, and a tombstone keeps their place in the look-up map", of.Language, of.Record.Entry)
				c.say("the finding index may still hold traces: chancery index rebuild %s", *dir)
				return nil
			}
		},
	}
}
