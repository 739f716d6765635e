package main

import (
	"context"
	"flag"
	"strconv"
	"time"

	"chancery.example/internal/office"
	"chancery.example/register"
)

func enquiriesCommand() command {
	return command{
		name: "enquiries", args: "[N] | answer N --entry ENTRY --by OFFICER | dismiss N --reason WORDS --by OFFICER", group: forOffices,
		short: "what readers ask an office, and its answers",
		detail: `Readers whose paper is not on record can ask the office that it names. Without a word the command lists what is open
and what ended; with a number it shows one question, with the text the reader chose to send.

"answer" answers with a statement or a disavowal of the office that is in the log ("chancery say", "chancery disavow"):
the reader is shown it, and how long it took. "dismiss" ends a question without one; the reader is shown the reason. Both
take the press officer or the issuing clerk. The reader's address and text are deleted 30 days after the end: by
"chancery serve --publish" every hour, and by this command.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			var d desk
			d.flags(fs, false)
			entry := fs.Int64("entry", -1, "`ENTRY` of the statement or disavowal that answers it")
			reason := fs.String("reason", "", "`WORDS` that the reader is shown")
			return func(ctx context.Context, c *call) error { return c.enquiries(ctx, &d, *entry, *reason) }
		},
	}
}

func (c *call) enquiries(ctx context.Context, d *desk, entry int64, reason string) error {
	var do string
	words := c.args
	if len(words) == 2 {
		do, words = words[0], words[1:]
	} else {
		d.by = "-"
	}
	var id int64
	if len(words) > 0 {
		var err error
		if id, err = strconv.ParseInt(words[0], 10, 64); err != nil || len(words) > 1 {
			return usage("want the number of an enquiry, or answer N, or dismiss N")
		}
	}
	if do != "" && do != "answer" && do != "dismiss" {
		return usage("want answer N or dismiss N, not %s", do)
	}
	if do == "answer" && entry < 0 {
		return usage("give --entry, the log entry of the statement or disavowal that answers it")
	}
	return d.with(ctx, func(r *office.Register) error {
		if _, err := r.ForgetEnquirers(ctx); err != nil {
			return err
		}
		switch {
		case do == "answer":
			return c.ended(id, do, r.AnswerEnquiry(ctx, d.office, d.by, id, register.Index(entry))) //nolint:gosec // not negative
		case do == "dismiss":
			return c.ended(id, do, r.DismissEnquiry(ctx, d.office, d.by, id, reason))
		case id != 0:
			e, err := r.Enquiry(ctx, d.office, id)
			if err == nil {
				c.showEnquiry(e)
			}
			return err
		}
		return c.listEnquiries(ctx, r, d.office)
	})
}

func (c *call) ended(id int64, do string, err error) error {
	if err == nil {
		c.say("enquiry %d: %s", id, map[string]string{"answer": "answered", "dismiss": "dismissed"}[do])
	}
	return err
}

func (c *call) listEnquiries(ctx context.Context, r *office.Register, name string) error {
	all, err := r.Enquiries(ctx, name)
	for _, e := range all {
		c.say("%d %s, asked %s: %s", e.ID, e.State, e.AskedAt.Format(time.RFC3339), safe(firstWords(e.Words)))
	}
	if err == nil && len(all) == 0 {
		c.note("nobody has asked %s anything", name)
	}
	return err
}

func (c *call) showEnquiry(e office.Enquiry) {
	c.say("enquiry %d to %s, asked %s: %s", e.ID, e.Office, e.AskedAt.Format(time.RFC3339), e.State)
	c.say("%s", safe(e.Words))
	if e.Contact != "" {
		c.say("answer to: %s", safe(e.Contact))
	}
	if e.Exhibit != "" {
		c.say("--- the text that the reader sent\n%s", safe(e.Exhibit))
	}
	switch e.State {
	case office.EnquiryOpen:
		c.say("next: chancery enquiries answer %d --entry ENTRY --by OFFICER", e.ID)
	case office.EnquiryAnswered:
		c.say("answered by entry %d after %s", e.Entry, e.EndedAt.Sub(e.AskedAt))
	case office.EnquiryDismissed:
		c.say("dismissed by %s after %s: %s", safe(e.EndedBy), e.EndedAt.Sub(e.AskedAt), safe(e.Reason))
	}
}
