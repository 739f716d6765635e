package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/check"
	"chancery.example/letter"
	"chancery.example/register"
)

func registerCommand() command {
	return command{
		name: "register", args: "--register DIR [OFFICE[/REFERENCE]]|add|list|trust|remove|refresh", group: forReaders,
		short: "list offices, an office's letters, or one letter; keep an address book of registers",
		detail: `With --register DIR it shows what is in one register. The other forms keep the address book that "chancery check" and
"chancery monitor --book" ask when they are given no register:

add NAME URL|DIR   with --policy FILE, or --trust-first-use: the keys that it names itself, and every answer says so
list               what is in the book
trust NAME         another policy from now on, --policy FILE or --trust-first-use
remove NAME        with its mirror; evidence against its log is kept
refresh [NAME...]  bring the mirrors up to date; 42 when a log told two stories, 2 when one could not be reached

The book is in chancery/ in the user's folder for settings; --book or CHANCERY_BOOK names another.`,
		setup: func(fs *flag.FlagSet) func(context.Context, *call) error {
			dir := folderFlag(fs)
			policy := policyFlag(fs)
			var a addressing
			bookFlag(fs, &a.book)
			fs.BoolVar(&a.firstUse, "trust-first-use", false, "believe the keys that the register names itself today")
			fs.BoolVar(&a.json, "json", false, "print the list of the book as JSON")
			return func(ctx context.Context, c *call) error {
				if len(c.args) > 0 && verbs[c.args[0]] != nil {
					b, err := openBook(a.book)
					if err != nil {
						return err
					}
					a.policy = *policy
					return verbs[c.args[0]](ctx, c, b, a)
				}
				return showRegister(ctx, c, *dir, *policy)
			}
		},
	}
}

// showRegister shows what is in one register.
func showRegister(ctx context.Context, c *call, dir, policy string) error {
	if dir == "" {
		return errNoFolder
	}
	if len(c.args) > 1 {
		return usage("want at most one OFFICE or OFFICE/REFERENCE")
	}
	src, err := c.source(ctx, dir, policy)
	if err != nil {
		return err
	}
	snap, err := src.Snapshot(ctx)
	if err != nil {
		return err
	}
	if len(c.args) == 0 {
		listRegister(c, snap)
		return nil
	}
	id, ref, one := strings.Cut(c.args[0], "/")
	o, ok := snap.State().OfficeByID(id)
	if !ok {
		return fmt.Errorf("no office %q in this register; \"chancery register\" without a name lists the offices", id)
	}
	if one {
		return showLetter(c, snap, o, letter.Ref(ref), src.Now())
	}
	listLetters(c, snap.State(), o, src.Now())
	return nil
}

func listRegister(c *call, snap *check.Snapshot) {
	s := snap.State()
	name, _ := s.Genesis().Name.In("en")
	c.say("%s, log %s, entries: %d", safe(name), s.Origin(), s.Size())
	if s.Exercise() {
		c.say("an exercise, on a simulated clock")
	}
	for _, o := range s.Offices() {
		words, _ := o.Name.In("en")
		c.say("%-16s %s (%s); statements: %d, disavowals: %d, drafts sealed: %d, opened: %d",
			o.ID, safe(words), o.Office, o.Statements, o.Disavowals, o.Sealed, o.Opened)
	}
	for _, p := range s.Problems() {
		c.say("! %s", safe(p.String()))
	}
}

func listLetters(c *call, s *register.State, o register.OfficeView, now time.Time) {
	for _, l := range s.Letters() {
		if l.Office != o.Office {
			continue
		}
		st := s.LetterStatus(l, now)
		c.say("%-20s %-14s %s", l.Reference, plain.Standing(st.Standing), dateOf(st))
	}
}

func dateOf(st register.Status) string {
	at := st.IssuedAt
	if at == 0 {
		at = st.OpenedAt
	}
	return at.Time().Format("2006-01-02")
}

func showLetter(c *call, snap *check.Snapshot, o register.OfficeView, ref letter.Ref, now time.Time) error {
	s := snap.State()
	l, ok := s.Letter(o.Office, ref)
	if !ok {
		return fmt.Errorf("office %s shows no letter %q (sealed drafts are not shown); \"chancery register %s\" lists those that it shows", o.ID, ref, o.ID)
	}
	st := s.LetterStatus(l, now)
	c.say("%s of %s: %s", l.Reference, o.ID, plain.Standing(st.Standing))
	for _, by := range st.ApprovedBy {
		c.say("approved by %s (%s), %s", safe(by.Officer), safe(by.Name), safe(by.With()))
	}
	for _, r := range st.ReplacedBy {
		c.say("replaced by %s", r.By.Reference)
	}
	entries := strings.Trim(fmt.Sprint(st.Entries), "[]")
	c.say("log entries: %s; revisions known: %d, still sealed: %d", strings.ReplaceAll(entries, " ", ", "), st.Revisions, st.Sealed)
	for t := range s.Texts() {
		if t.Record.Kind != register.RecordLetter || t.Record.Office != o.Office || t.Record.Reference != ref {
			continue
		}
		words, ok := snap.TextOf(t.Leaf.Hash)
		if !ok {
			c.say("\n--- %s, revision %d: its words are no longer kept", t.Language, t.Revision)
			continue
		}
		c.say("\n--- %s, revision %d\n%s", t.Language, t.Revision, safe(words.String()))
	}
	return nil
}
