package main

import (
	"context"
	"flag"
	"fmt"

	"chancery.example/internal/office"
	"chancery.example/letter"
)

func issueCommand() command {
	return command{
		name: "issue", args: "REFERENCE --by OFFICER [--finished --text LANG=FILE --file FILE]", group: forOffices,
		short: "issue a letter that its officers approved",
		detail: `There is no way back: an issued letter can be superseded or withdrawn, and is never a draft again. One submitted with
--not-before is public at that hour, and not before ("chancery help embargo"). With --finished
a document that was written elsewhere is started, sealed and submitted in the same act; with --approve it is issued
at once.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var l letterFlags
			var t termFlags
			d.flags(fs, true)
			l.flags(fs)
			t.flags(fs)
			finished := fs.Bool("finished", false, "the document was written elsewhere: its text is given by --text")
			return func(ctx context.Context, c *call) error {
				ref, err := c.oneRef()
				if err != nil {
					return err
				}
				if !*finished {
					if len(l.texts) > 0 {
						return usage("a --text is given with --finished; else the text is that of the draft")
					}
					return issueApproved(ctx, c, &d, ref)
				}
				return issueFinished(ctx, c, &d, &l, &t, ref)
			}
		},
	}
}

// issueApproved issues a letter that waits for the clerk's act.
func issueApproved(ctx context.Context, c *call, d *desk, ref letter.Ref) error {
	return d.with(ctx, func(r *office.Register) error {
		rec, err := r.Issue(ctx, d.office, d.by, ref)
		if err != nil {
			return err
		}
		return receipt(c, fmt.Sprintf("%s is issued", ref), rec)
	})
}

// issueFinished submits a document that was written elsewhere, and issues it when
// the keys are at hand.
func issueFinished(ctx context.Context, c *call, d *desk, l *letterFlags, t *termFlags, ref letter.Ref) error {
	content, err := l.content(c, ref)
	if err != nil {
		return err
	}
	return d.with(ctx, func(r *office.Register) error {
		terms, err := t.terms(ctx, c, r)
		if err != nil {
			return err
		}
		if err := t.confirm(ctx, c, r, d, content, &terms); err != nil {
			return err
		}
		q, err := r.SubmitFinished(ctx, d.office, d.by, content, terms)
		if err != nil {
			return err
		}
		return d.settle(ctx, c, r, q)
	})
}
