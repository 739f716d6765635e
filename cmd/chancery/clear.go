package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/letter"
)

func clearCommand() command {
	return command{
		name: "clear", args: "list REFERENCE | ask REFERENCE --of WHOM --due TIME | answer REFERENCE N ANSWER | resolve|overrule REFERENCE N --reason WORDS", group: forOffices,
		short: "ask for clearance of a draft, answer, and settle what holds it up",
		detail: `"ask" seals the draft if it changed and asks somebody about that revision; --part text/ar asks about a part of it.
WHOM is an officer's short name, or an office in words; --outside takes the issuing clerk. Give them a copy as well
("chancery help circulate").

"answer" keeps the answer: clear, remark (clear, with a remark), condition, objection or nil-return; a remark, a
condition and an objection say in --comment what they are about. Officers answer for themselves; for those who answer on
paper the issuing clerk enters it. Without an answer by --due it lapses. A condition or an objection holds the letter up
until its clearer says that it is met ("resolve") or a drafter or the clerk goes on without ("overrule"), with a reason
that the approvers are shown. A revision that changes what somebody was asked about makes the answer void: ask again.

"list" shows all of it, with what came to nothing.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			var a asked
			d.flags(fs, false)
			fs.StringVar(&a.of, "of", "", "`WHOM` to ask")
			fs.BoolVar(&a.outside, "outside", false, "they are outside the house")
			fs.Var(&a.due, "due", "`TIME` by which they answer")
			fs.Var(&a.parts, "part", "`PART` they are asked about, such as text/en, text/ar, enclosures or signature; can be repeated")
			fs.StringVar(&a.note, "note", "", "`WORDS` about what to look at")
			comment := fs.String("comment", "", "`WORDS` of the answer")
			reason := fs.String("reason", "", "`WORDS` that say why it no longer holds the letter up")
			return func(ctx context.Context, c *call) error { return clearance(ctx, c, &d, a, *comment, *reason) }
		},
	}
}

// asked are the flags of a question.
type asked struct {
	of, note string
	outside  bool
	due      moment
	parts    list
}

func clearance(ctx context.Context, c *call, d *desk, a asked, comment, reason string) error {
	words := c.args
	if len(words) < 2 {
		return usage("want list, ask, answer, resolve or overrule, and a reference")
	}
	do := words[0]
	c.args = words[1:2]
	ref, err := c.oneRef()
	if err != nil {
		return err
	}
	rest := words[2:]
	if do == "list" {
		d.by = cmp.Or(d.by, "-")
	}
	id, answer := int64(0), ""
	switch {
	case (do == "list" || do == "ask") && len(rest) == 0:
	case (do == "resolve" || do == "overrule") && len(rest) == 1, do == "answer" && len(rest) == 2:
		if id, err = strconv.ParseInt(rest[0], 10, 64); err != nil {
			return usage("%q: want the number of a clearance; \"chancery clear list %s\" shows them", rest[0], ref)
		}
		answer = rest[len(rest)-1]
	default:
		return usage("want list, ask, answer, resolve or overrule, a reference, and for the last three the number of a clearance")
	}
	return d.with(ctx, func(r *office.Register) error {
		by := office.Officer(d.by)
		switch do {
		case "ask":
			return c.ask(ctx, r, d, ref, a)
		case "answer":
			err = r.AnswerClearance(ctx, d.office, by, ref, id, office.ClearanceAnswer(answer), comment)
		case "resolve":
			err = r.SettleClearance(ctx, d.office, by, ref, id, office.Resolved, reason)
		case "overrule":
			err = r.SettleClearance(ctx, d.office, by, ref, id, office.Overruled, reason)
		}
		if err != nil {
			return err
		}
		return c.listClearances(ctx, r, d.office, ref)
	})
}

func (c *call) ask(ctx context.Context, r *office.Register, d *desk, ref letter.Ref, a asked) error {
	q := office.ClearanceAsked{Of: a.of, Outside: a.outside, Due: a.due.Time, Note: a.note}
	for _, p := range a.parts {
		q.Parts = append(q.Parts, letter.Field(p))
	}
	x, err := r.AskClearance(ctx, d.office, d.by, ref, q)
	if err != nil {
		return err
	}
	c.say("%s", sayClearance(x))
	return nil
}

func (c *call) listClearances(ctx context.Context, r *office.Register, name string, ref letter.Ref) error {
	all, err := r.Clearances(ctx, name, ref)
	for _, x := range all {
		c.say("%s", sayClearance(x))
	}
	if err == nil && len(all) == 0 {
		c.note("nobody was asked about %s", ref)
	}
	return err
}

// sayClearance says in a few lines what a clearance is worth.
func sayClearance(x office.Clearance) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %s, about revision %d: %s", x.ID, x.Of, x.Revision, x.State)
	switch {
	case x.AskedAgain:
		b.WriteString(" (asked again later)")
	case x.State == office.ClearanceWaiting:
		fmt.Fprintf(&b, " until %s", x.Due.Format("2006-01-02T15:04Z07:00"))
	}
	if len(x.Changed) > 0 {
		fmt.Fprintf(&b, ", changed since: %v", x.Changed)
	}
	if x.Answer != "" {
		fmt.Fprintf(&b, "\n    %s by %s", x.Answer, x.AnsweredBy)
		if x.Late {
			b.WriteString(", after the time")
		}
		if x.Comment != "" {
			fmt.Fprintf(&b, ": %s", x.Comment)
		}
	}
	if x.Settled != "" {
		fmt.Fprintf(&b, "\n    %s by %s: %s", x.Settled, x.SettledBy, x.Reason)
	}
	if x.Blocks {
		b.WriteString("\n    it holds the letter up")
	}
	return safe(b.String())
}
