package main

import (
	"cmp"
	"context"
	"flag"
	"math"

	"chancery.example/internal/office"
)

func answersCommand() command {
	return command{
		name: "answers", args: "REFERENCE [silent|by_code|on_copy --by OFFICER] [--revision N]", group: forOffices,
		short: "to whom sealed drafts of a letter say that they are drafts",
		detail: `silent: to nobody; the office's own server answers as of an unknown text, in the same time. So are drafts that stay in
the house. by_code: to who holds a copy that is printed for somebody outside the house; such copies carry the opening of
the draft as a second code, and the server says nothing. on_copy: by code, and the server says that this is a draft, to
who presents at least 60 % of its words, and shows none of them; so are drafts of which a copy left the house, unless
circulate said --answers. A code that is printed stays good, and so does a .chancery-draft. Without a word the command
shows what is set. Only the office's own server knows it: nothing of it goes into the log, and "chancery check" and mirrors
answer as the public does. Setting it takes the issuing clerk or the press officer.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			revision := fs.Uint("revision", 0, "`N` is the sealed revision to set; all of them without")
			return func(ctx context.Context, c *call) error { return answers(ctx, c, &d, *revision) }
		},
	}
}

func answers(ctx context.Context, c *call, d *desk, revision uint) error {
	set := office.Answers("")
	if len(c.args) == 2 {
		set, c.args = office.Answers(c.args[1]), c.args[:1]
	}
	ref, err := c.oneRef()
	if err != nil {
		return err
	}
	if set == "" {
		d.by = cmp.Or(d.by, "nobody") // who only looks does nothing that would be noted
	}
	if revision > math.MaxUint32 {
		return usage("--revision %d: no letter has so many", revision)
	}
	return d.with(ctx, func(r *office.Register) error {
		if set != "" {
			if err := r.SetAnswers(ctx, d.office, d.by, ref, uint32(revision), set); err != nil { //nolint:gosec // checked above
				return err
			}
		}
		all, err := r.AnswersOf(ctx, d.office, ref)
		for _, a := range all {
			c.say("revision %d: %s", a.Revision, a.Answers)
		}
		if err == nil && len(all) == 0 {
			c.note("nothing of %s is sealed yet, so nothing answers", ref)
		}
		return err
	})
}
