package main

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"time"

	"chancery.example/cmd/chancery/internal/together"
	"chancery.example/internal/book"
	"chancery.example/internal/check"
	"chancery.example/internal/remote"
	"chancery.example/proof"
)

// An addressing is a call about the reader's address book.
type addressing struct {
	book, policy string
	firstUse     bool
	json         bool
}

// verbs are what can be done with the address book.
var verbs = map[string]func(context.Context, *call, *book.Book, addressing) error{
	"add": addRegister, "list": listBook, "trust": trustRegister, "remove": removeRegister, "refresh": refreshBook,
}

func bookFlag(fs *flag.FlagSet, to *string) {
	fs.StringVar(to, "book", "", "`DIR` of the address book; the user's own without it")
}

// openBook opens the address book in a folder, the user's own without one.
func openBook(dir string) (*book.Book, error) {
	if dir == "" {
		var err error
		if dir, err = book.DefaultDir(); err != nil {
			return nil, err
		}
	}
	return book.Open(dir)
}

// trusted is the policy that the call gives for a register.
func (a addressing) trusted(ctx context.Context, c *call, e book.Entry) (proof.Policy, book.Trust, error) {
	switch {
	case a.policy != "" && a.firstUse:
		return proof.Policy{}, "", usage("either --policy or --trust-first-use")
	case a.policy != "":
		p, err := c.policy(a.policy)
		return p, book.ByPolicy, err
	case a.firstUse:
		p, err := book.FirstUse(ctx, e, remote.Options{})
		return p, book.ByFirstUse, err
	}
	return proof.Policy{}, "", usage("whom do you trust for it? give --policy FILE that you had from elsewhere, or, if you choose to believe what the register says of itself today, --trust-first-use; every answer will say so")
}

func addRegister(ctx context.Context, c *call, b *book.Book, a addressing) error {
	if len(c.args) != 3 {
		return usage("want a name and an address or folder, such as: chancery register add harbour https://letters.harbour.example --policy harbour.policy")
	}
	e := book.Entry{Name: c.args[1], Since: time.Now().UTC().Truncate(time.Second)}
	if strings.Contains(c.args[2], "://") {
		e.URL = strings.TrimSuffix(c.args[2], "/")
	} else {
		dir, err := filepath.Abs(c.args[2])
		if err != nil {
			return usageError{err}
		}
		e.Folder = dir
	}
	p, how, err := a.trusted(ctx, c, e)
	if err != nil {
		return err
	}
	e.Trust = how
	if err := b.Add(e, p); err != nil {
		return err
	}
	c.say("%s is in the address book: log %s", e.Name, safe(strings.Join(p.Logs(), ", ")))
	if how == book.ByFirstUse {
		c.say("its keys are those that it named itself today; compare them with somebody who had them from elsewhere:")
		c.say("%s", strings.TrimSpace(safe(string(p.Bytes()))))
	}
	return nil
}

func trustRegister(ctx context.Context, c *call, b *book.Book, a addressing) error {
	if len(c.args) != 2 {
		return usage("want the name of a register in the address book")
	}
	e, err := b.Find(c.args[1])
	if err != nil {
		return err
	}
	p, how, err := a.trusted(ctx, c, e)
	if err != nil {
		return err
	}
	if err := b.Trust(e.Name, p, how, time.Now()); err != nil {
		return err
	}
	c.say("%s is now read under another policy: log %s", e.Name, safe(strings.Join(p.Logs(), ", ")))
	return nil
}

func removeRegister(_ context.Context, c *call, b *book.Book, _ addressing) error {
	if len(c.args) != 2 {
		return usage("want the name of a register in the address book")
	}
	kept, err := b.Remove(c.args[1], time.Now())
	if err != nil {
		return err
	}
	c.say("%s is no longer in the address book", c.args[1])
	if kept != "" {
		c.say("the evidence against its log is kept in %s", kept)
	}
	return nil
}

func listBook(_ context.Context, c *call, b *book.Book, a addressing) error {
	if len(c.args) != 1 {
		return usage("list takes no name")
	}
	if a.json {
		return c.printJSON(append([]book.Entry{}, b.Entries...))
	}
	if len(b.Entries) == 0 {
		c.say("the address book in %s is empty; \"chancery register add\" puts a register into it", b.Dir)
	}
	for _, e := range b.Entries {
		c.say("%-16s %s (%s)", e.Name, safe(e.URL+e.Folder), together.TrustWords(e))
		for _, f := range b.Evidence(e) {
			c.say("%-16s ! its log told two stories: %s", "", f)
		}
	}
	return nil
}

func refreshBook(ctx context.Context, c *call, b *book.Book, _ addressing) error {
	entries := b.Entries
	if len(c.args) > 1 {
		entries = nil
		for _, name := range c.args[1:] {
			e, err := b.Find(name)
			if err != nil {
				return err
			}
			entries = append(entries, e)
		}
	}
	code := 0
	for _, r := range b.Refresh(ctx, entries, remote.Options{}) {
		var fork *remote.ForkError
		switch {
		case errors.As(r.Err, &fork):
			c.note("%s: %s", r.Entry.Name, safe(plainly(r.Err)))
			code = check.ExitConflict
		case r.Err != nil:
			c.note("%s: %s", r.Entry.Name, safe(plainly(r.Err)))
			code = max(code, check.ExitError)
		case r.Entry.URL == "":
			c.say("%s: read where it is, in %s", r.Entry.Name, safe(r.Entry.Folder))
		default:
			c.say("%s: %d entries, %d of them new", r.Entry.Name, r.Copied.Head.Size, r.Copied.Head.Size-r.Copied.Before.Size)
		}
	}
	if code != 0 {
		return exit(code)
	}
	return nil
}
