package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/server"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// A list is a flag that can be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ", ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// pairs is a flag KEY=VALUE that can be given several times.
type pairs map[string]string

func (p *pairs) String() string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(*p)) {
		out = append(out, k+"="+(*p)[k])
	}
	return strings.Join(out, ", ")
}

func (p *pairs) Set(s string) error {
	k, v, ok := strings.Cut(s, "=")
	if !ok || k == "" || v == "" {
		return fmt.Errorf("want KEY=VALUE, such as en=letter.txt")
	}
	if *p == nil {
		*p = pairs{}
	}
	if _, twice := (*p)[k]; twice {
		return fmt.Errorf("%s is given twice", k)
	}
	(*p)[k] = v
	return nil
}

// A moment is a flag that holds a time.
type moment struct{ time.Time }

func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339)
}

func (m *moment) Set(s string) error {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return errors.New("want a time such as 2026-03-02T21:15:00Z, or a date")
}

// A desk is what the commands of an office have in common.
type desk struct {
	dir, office, by string
	approve         pairs
}

func (d *desk) flags(fs *flag.FlagSet, withApprovals bool) {
	fs.StringVar(&d.dir, "register", "", "`DIR` is the register's folder")
	fs.StringVar(&d.office, "office", "", "short `NAME` of the office; may be left out when there is one")
	fs.StringVar(&d.by, "by", "", "`OFFICER` who does this")
	if withApprovals {
		fs.Var(&d.approve, "approve", "`OFFICER=KEYFILE` approves with an SSH key at hand; can be repeated. Without it the act waits for \"chancery approve\"")
	}
}

var errNoFolder = usage("which register? give --register DIR, or set CHANCERY_REGISTER")

// folderFlag and policyFlag are what every reader's command takes.
func folderFlag(fs *flag.FlagSet) *string {
	return fs.String("register", "", "`DIR` is the folder of a register, or of a mirror of one")
}

func policyFlag(fs *flag.FlagSet) *string {
	return fs.String("policy", "", "`FILE` of whom to trust (C2SP tlog-policy); the folder's own keys without it")
}

// freshFlag is how old the newest proof may be.
func freshFlag(fs *flag.FlagSet, bound *time.Duration) {
	fs.DurationVar(bound, "fresh", server.FreshFor, "how `OLD` the newest proof may be before answers are \"could not check\", such as 1h or 720h; 0 asks for no age")
}

// officeFlag is for commands that take the number of a request, which says by
// itself whose it is.
func officeFlag(fs *flag.FlagSet) *string {
	return fs.String("office", "", "short `NAME` of the office that acts: the requests of others are not there then")
}

// within says in whose name a command acts; no name is anybody's.
func within(ctx context.Context, name string) context.Context {
	if name == "" {
		return ctx
	}
	return office.Within(ctx, name)
}

// open opens the register and finds out which office acts.
func (d *desk) open(ctx context.Context) (*office.Register, error) {
	if d.dir == "" {
		return nil, errNoFolder
	}
	if d.by == "" {
		return nil, usage("who does this? give --by OFFICER, as the office's policy names them")
	}
	r, err := office.Open(ctx, d.dir, office.Options{Forms: form.New(extract.New(extract.Options{Time: pictureTime}))})
	if err != nil {
		return nil, err
	}
	if d.office == "" {
		d.office, err = onlyOffice(ctx, r)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func onlyOffice(ctx context.Context, r *office.Register) (string, error) {
	all, err := r.Offices(ctx)
	if err != nil {
		return "", err
	}
	if len(all) != 1 {
		var ids []string
		for _, o := range all {
			ids = append(ids, o.ID)
		}
		return "", usage("which office? give --office; there are %s", strings.Join(ids, ", "))
	}
	return all[0].ID, nil
}

// with runs f on the opened register and closes it.
func (d *desk) with(ctx context.Context, f func(*office.Register) error) error {
	r, err := d.open(ctx)
	if err != nil {
		return err
	}
	err = f(r)
	return errors.Join(err, r.Close())
}

// settle carries a request out when keys are at hand, or says how to approve it.
func (d *desk) settle(ctx context.Context, c *call, r *office.Register, q office.Request) error {
	if len(d.approve) == 0 {
		c.say("%s", q.Describe())
		c.say("six words of what is signed: %s", q.SixWords)
		c.next(q)
		return nil
	}
	var signers []office.Signer
	for _, id := range slices.Sorted(maps.Keys(d.approve)) {
		k, err := signing.LoadOfficerKey(d.approve[id])
		if err != nil {
			return fmt.Errorf("approving as %s: %w", id, err)
		}
		signers = append(signers, office.Signer{Officer: id, Key: k})
	}
	rec, err := r.Carry(ctx, q, d.by, signers...)
	if err != nil {
		return fmt.Errorf("%w; it stays as request %d, see \"chancery requests %d\"", err, q.ID, q.ID)
	}
	return receipt(c, what(q), rec)
}

// receipt tells what was done and where its entry is.
func receipt(c *call, what string, rec office.Receipt) error {
	c.say("done: %s; log entry %d, leaf %s", what, rec.Index, register.LeafHash(rec.Entry))
	embargoNote(c, rec)
	return nil
}

// readTexts reads texts given as LANG=FILE; "-" is standard input.
func (c *call) readTexts(files pairs) ([]letter.LangText, error) {
	var out []letter.LangText
	for _, tag := range slices.Sorted(maps.Keys(files)) {
		lang, err := letter.ParseLang(tag)
		if err != nil {
			return nil, usageError{err}
		}
		raw, err := c.readFile(files[tag], letter.MaxText*2)
		if err != nil {
			return nil, err
		}
		text, err := letter.Canonicalize(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files[tag], err)
		}
		out = append(out, letter.LangText{Lang: lang, Text: text})
	}
	return out, nil
}

// sayTexts makes texts of words typed as LANG=WORDS, or LANG=@FILE.
func (c *call) sayTexts(words pairs) ([]letter.LangText, error) {
	var out []letter.LangText
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		lang, err := letter.ParseLang(tag)
		if err != nil {
			return nil, usageError{err}
		}
		raw := []byte(words[tag])
		if name, isFile := strings.CutPrefix(words[tag], "@"); isFile {
			if raw, err = c.readFile(name, letter.MaxText*2); err != nil {
				return nil, err
			}
		}
		text, err := letter.Canonicalize(raw)
		if err != nil {
			return nil, fmt.Errorf("the %s words: %w", tag, err)
		}
		out = append(out, letter.LangText{Lang: lang, Text: text})
	}
	return out, nil
}

func (c *call) words(p pairs, what string) (register.Words, error) {
	if len(p) == 0 {
		return nil, usage("%s", what)
	}
	w := register.Words{}
	for tag, s := range p {
		lang, err := letter.ParseLang(tag)
		if err != nil {
			return nil, usageError{err}
		}
		w[lang] = strings.Join(strings.Fields(s), " ")
	}
	return w, nil
}

// readFile reads a file of at most limit bytes; "-" is standard input.
func (c *call) readFile(name string, limit int64) ([]byte, error) {
	b, err := c.readUpTo(name, limit+1)
	if err == nil && int64(len(b)) > limit {
		return nil, fmt.Errorf("reading %s: it is larger than the %d KB that are taken; is it the right file?", name, limit>>10)
	}
	return b, err
}

// readUpTo reads at most limit bytes of a file, and leaves the rest.
func (c *call) readUpTo(name string, limit int64) ([]byte, error) {
	in := c.in
	if name != "-" {
		f, err := os.Open(filepath.Clean(name))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, limit))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return b, nil
}

func (c *call) oneRef() (letter.Ref, error) {
	if len(c.args) != 1 {
		return "", usage("want one reference, such as HC-2026-0012")
	}
	ref, err := letter.ParseRef(c.args[0])
	if err != nil {
		return "", usageError{err}
	}
	return ref, nil
}

// targets reads letters named as OFFICE-URI/REFERENCE or, for this register's
// own offices, NAME/REFERENCE.
func targets(ctx context.Context, r *office.Register, names []string) ([]register.Target, error) {
	all, err := r.Offices(ctx)
	if err != nil {
		return nil, err
	}
	var out []register.Target
	for _, name := range names {
		id, ref, ok := strings.Cut(name, "/")
		parsed, err := letter.ParseRef(ref)
		if !ok || err != nil {
			return nil, usage("%q: want OFFICE/REFERENCE, such as harbour/HC-2026-0012", name)
		}
		uri, known := "", false
		for _, o := range all {
			if o.ID == id {
				uri, known = o.URI, true
			}
		}
		if !known {
			return nil, fmt.Errorf("no office %q in this register; \"chancery office list\" names them", id)
		}
		out = append(out, register.Target{Office: register.Office(uri), Reference: parsed})
	}
	return out, nil
}
