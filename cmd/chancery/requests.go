package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/internal/web/i18n"
)

// waiting is the state of a request that officers can still answer.
const waiting = "waiting"

func requestsCommand() command {
	return command{
		name: "requests", args: "[REQUEST] [--office NAME] [--pdf FILE]", group: forOffices, short: "list what waits for approval, or show one request word for word",
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			d := desk{by: "-"}
			fs.StringVar(&d.dir, "register", "", "`DIR` is the register's folder")
			fs.StringVar(&d.office, "office", "", "short `NAME` of the office; may be left out when there is one")
			pdf := fs.String("pdf", "", "`FILE` into which the PDF goes that the request asks officers to approve")
			return func(ctx context.Context, c *call) error {
				if len(c.args) == 0 {
					return d.with(ctx, func(r *office.Register) error { return c.listRequests(ctx, r, d.office) })
				}
				id, err := c.request()
				if err != nil {
					return err
				}
				ctx = within(ctx, d.office)
				d.office = "-"
				return d.with(ctx, func(r *office.Register) error {
					q, err := r.Request(ctx, id)
					if err != nil {
						return err
					}
					c.showWords(q)
					if err := c.requestPDF(ctx, r, q, *pdf); err != nil {
						return err
					}
					if err := c.coordinated(q); err != nil {
						return err
					}
					c.say("%s", q.Describe())
					c.say("six words of what is signed: %s", q.SixWords)
					c.next(q)
					return nil
				})
			}
		},
	}
}

// requestPDF names the PDF of a request, and writes it into a new file.
func (c *call) requestPDF(ctx context.Context, r *office.Register, q office.Request, name string) error {
	digest, ok := q.FormOf()
	if !ok && name != "" {
		return usage("request %d has no PDF", q.ID)
	}
	if !ok {
		return nil
	}
	c.say("PDF %s", digest)
	if name == "" {
		return nil
	}
	raw, err := r.Form(ctx, q.Office, digest)
	if err != nil {
		return err //nolint:wrapcheck // the act's own words
	}
	f, err := os.OpenFile(filepath.Clean(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the PDF: %w", err)
	}
	if _, err = f.Write(raw); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close() //nolint:wrapcheck // says what it closed
}

func (c *call) listRequests(ctx context.Context, r *office.Register, name string) error {
	all, err := r.Waiting(ctx, name)
	if err != nil {
		return err
	}
	for _, q := range all {
		c.say("%s", q.Describe())
		if len(q.Parity) > 0 {
			c.say("    its languages differ in %d places: \"chancery requests %d\" shows them", len(q.Parity), q.ID)
		}
		c.next(q)
	}
	if len(all) == 0 {
		c.note("nothing waits for approval in %s", name)
	}
	return nil
}

// coordinated shows who approves how the languages of a letter differ, and what
// clearers said.
func (c *call) coordinated(q office.Request) error {
	p, err := i18n.Load(i18n.English)
	if err != nil {
		return err
	}
	c.findings(p, q.Parity)
	for _, x := range q.Clearances {
		c.say("clearance %s", sayClearance(x))
	}
	return nil
}

// showWords shows the words that a request is about.
func (c *call) showWords(q office.Request) {
	for _, t := range q.Texts {
		c.say("--- %s\n%s", t.Lang, safe(t.Text.String()))
	}
}

// next says where a request is and what comes next.
func (c *call) next(q office.Request) {
	if len(q.Approved) > 0 {
		c.say("    approved by: %s", strings.Join(q.Approved, ", "))
	}
	switch {
	case q.State != waiting:
		c.say("    it is %s: nothing more can be done with it", q.State)
	case q.Ready:
		c.say("    next: chancery perform %d --by OFFICER", q.ID)
	default:
		c.say("    so far: %s", q.Missing)
		c.say("    next: chancery approve %d --officer OFFICER --key FILE, then chancery perform %d --by OFFICER", q.ID, q.ID)
	}
}

// what says in a few words what a request asks for.
func what(q office.Request) string {
	s := string(q.Statement.Act)
	if q.Reference != "" {
		s += " " + string(q.Reference)
	}
	return s
}
