// Package together asks all registers of a reader's address book about one
// exhibit. They are never merged: each answers under its own name and policy, and
// what others say of the words stands beside.
package together

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/internal/book"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/photo"
	"chancery.example/internal/remote"
	"chancery.example/internal/server"
	"chancery.example/letter"
	"chancery.example/register"
)

// A Question is how the registers are asked.
type Question struct {
	Offline bool          // the mirrors as they are
	Fresh   time.Duration // how old the newest proof may be; 0: any age
	At      time.Time     // as the registers stood then; zero: now
	// From is the office from which the paper says it is; "" when nobody said.
	From     string
	As       check.ExhibitKind
	Pictures check.PictureReader
	PDFs     check.PDFReader
	Progress func(done, all uint64)
	// Shapes returns what reads pictures with the pages that a register issued; nil:
	// Pictures does for all.
	Shapes func(context.Context, *check.Snapshot, folder.Folder) (check.PictureReader, error)
}

// A Register is one register of the address book, ready to be asked under its own
// policy. err is why it cannot be.
type Register struct {
	entry     book.Entry
	source    *server.Source
	snap      *check.Snapshot
	now       time.Time
	refreshed error // why its mirror is not the newest
	evidence  []string
	err       error
}

// An Answer is one register's answer to one exhibit.
type Answer struct {
	Register  string         `json:"register"`
	Address   string         `json:"address"`
	Origin    string         `json:"origin,omitempty"`
	Trust     book.Trust     `json:"trust"`
	Since     time.Time      `json:"trust_since"`
	Refreshed string         `json:"not_refreshed,omitempty"` // why not
	Evidence  []string       `json:"evidence,omitempty"`      // that its log told two stories
	Error     string         `json:"error,omitempty"`
	Finding   *check.Finding `json:"finding"`

	snap *check.Snapshot
}

// A Voice is a statement of a register about the words, under its own name.
type Voice struct {
	Register  string              `json:"register"`
	Origin    string              `json:"origin"`
	Domain    string              `json:"domain"`
	Statement check.StatementView `json:"statement"`
}

// Answers is the answer of all registers of the book. They are never
// merged: each stands in answers, and what others say of the words in voices.
type Answers struct {
	Headline check.Headline    `json:"headline"`
	Match    check.Match       `json:"match"`
	Standing register.Standing `json:"standing"`
	From     string            `json:"headline_of,omitempty"` // the register whose answer it is
	Exit     int               `json:"exit"`
	Answers  []Answer          `json:"answers"`
	Voices   []Voice           `json:"voices"`
}

// Open refreshes the mirrors, unless told not to, and reads each register under
// its own policy. One that cannot be reached or read is named, and hides no other.
func Open(ctx context.Context, b *book.Book, k Question) []Register {
	all := make([]Register, len(b.Entries))
	for i, e := range b.Entries {
		all[i].entry = e
	}
	if !k.Offline {
		for i, r := range b.Refresh(ctx, b.Entries, remote.Options{Tries: 2}) {
			all[i].refreshed = r.Err
		}
	}
	for i := range all {
		a := &all[i]
		a.evidence = b.Evidence(a.entry)
		a.err = k.read(ctx, b, a)
		if len(a.evidence) > 0 {
			a.err = errors.New("its log told two stories, see the evidence: nothing that it says can be relied on")
		}
	}
	return all
}

func (k Question) read(ctx context.Context, b *book.Book, r *Register) error {
	p, err := b.Policy(r.entry)
	if err != nil {
		return err
	}
	if r.source, err = server.ReadFresh(ctx, b.FolderOf(r.entry), p, k.Fresh, k.Progress); err != nil {
		return err
	}
	if k.At.IsZero() {
		r.now = r.source.Now()
		r.snap, err = r.source.Snapshot(ctx)
		return err
	}
	r.now = k.At
	r.snap, err = r.source.AsOf(ctx, k.At)
	return err
}

// Ask asks every register about one exhibit.
func (k Question) Ask(ctx context.Context, all []Register, name string, raw []byte) Answers {
	out := Answers{Answers: []Answer{}, Voices: []Voice{}}
	complete := true
	for _, a := range all {
		x := Answer{
			Register: a.entry.Name, Address: a.entry.URL + a.entry.Folder, Trust: a.entry.Trust, Since: a.entry.Since,
			Evidence: a.evidence, snap: a.snap,
		}
		if a.refreshed != nil {
			x.Refreshed = a.refreshed.Error()
		}
		err := a.err
		if err == nil {
			x.Origin = a.snap.State().Origin()
			x.Finding, err = k.findIn(ctx, a, check.Exhibit{Name: name, Data: raw, As: k.As, Pictures: k.Pictures, PDFs: k.PDFs})
		}
		if err != nil {
			x.Error, complete = err.Error(), false
		}
		out.Answers = append(out.Answers, x)
	}
	out.voices()
	out.judge(k.From, complete)
	return out
}

func (k Question) findIn(ctx context.Context, a Register, e check.Exhibit) (*check.Finding, error) {
	if k.Shapes != nil && photo.FormatOf(e.Data) != "" {
		var err error
		if e.Pictures, err = k.Shapes(ctx, a.snap, a.source.Folder()); err != nil {
			return nil, fmt.Errorf("checking: %w", err)
		}
	}
	f, err := a.snap.Examine(ctx, e, a.now)
	if unread := a.snap.Unread(err, a.now); unread != nil {
		return unread, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checking: %w", err)
	}
	if a.entry.Trust == book.ByFirstUse {
		f.Evidence = append(f.Evidence, check.FirstUseChip(a.entry.Since))
	}
	return &f, nil
}

// voices gathers what registers say of the words, letter for letter, by their own
// salt or by a leaf that another register shows.
func (t *Answers) voices() {
	var leaves []letter.Hash
	words := ""
	for _, a := range t.Answers {
		if a.Finding != nil {
			leaves = append(leaves, a.snap.Leaves(*a.Finding)...)
			words = a.Finding.Text
		}
	}
	for _, a := range t.Answers {
		if a.Finding == nil {
			continue
		}
		for _, s := range a.snap.Voices(words, leaves) {
			o, _ := a.snap.State().OfficeByID(s.Office)
			t.Voices = append(t.Voices, Voice{a.Register, a.Origin, o.Domain, s})
		}
	}
}

// judge finds the headline.
func (t *Answers) judge(from string, complete bool) {
	var fs []check.Finding
	var of []int
	letters, known := false, from == ""
	for i, a := range t.Answers {
		if a.Finding == nil {
			continue
		}
		fs, of = append(fs, *a.Finding), append(of, i)
		letters = letters || len(a.snap.State().Letters()) > 0
		known = known || knows(a.snap, from)
	}
	if slices.ContainsFunc(fs, func(f check.Finding) bool { return f.ExhibitKind == check.KindReport }) {
		t.Exit = check.ExitReport
		return
	}
	best, match, standing := together(fs, letters, known, complete)
	if best >= 0 {
		t.From = t.Answers[of[best]].Register
	} else if i := slices.IndexFunc(fs, func(f check.Finding) bool { return f.Match != nil && *f.Match == check.Unreadable }); i >= 0 {
		match, standing = check.Unreadable, register.CannotCheck
	}
	v := check.VerdictOf(match, standing)
	t.Match, t.Standing, t.Exit = match, standing, v.Exit
	t.Headline = check.Headline{Code: v.Code, Text: v.Headline}
}

// knows reports whether a register has an office, by its short name, URI or
// domain.
func knows(s *check.Snapshot, office string) bool {
	return slices.ContainsFunc(s.State().Offices(), func(o register.OfficeView) bool {
		return o.ID == office || string(o.Office) == office || o.Domain == office
	})
}

// together is the answer of several registers: which of their findings is the
// headline's, -1 when none has the words, and what the headline says.
//
// The nearest words win, then the graver standing. When no register has them, the
// answer is that they are not on record, if all registers could be asked and one
// of them keeps letters; that nobody keeps a register, if none does, or none knows
// the office that the paper names; and else that it could not be checked.
func together(fs []check.Finding, keepsLetters, officeKnown, allAsked bool) (headline int, match check.Match, standing register.Standing) {
	headline = -1
	for i, f := range fs {
		if f.Match == nil || f.Standing == nil || nearness(*f.Match) == 0 {
			continue
		}
		if headline < 0 || nearness(*f.Match) > nearness(*fs[headline].Match) ||
			nearness(*f.Match) == nearness(*fs[headline].Match) && f.Standing.Graver(*fs[headline].Standing) {
			headline = i
		}
	}
	switch {
	case headline >= 0 && officeKnown:
		return headline, *fs[headline].Match, *fs[headline].Standing
	case !officeKnown:
		return -1, check.None, register.NoRegister
	case !allAsked, slices.ContainsFunc(fs, func(f check.Finding) bool { return f.Standing != nil && *f.Standing == register.CannotCheck }):
		return -1, check.None, register.CannotCheck
	case !keepsLetters:
		return -1, check.None, register.NoRegister
	}
	return -1, check.None, register.NotOnRecord
}

// nearness orders matches; 0 is no match.
func nearness(m check.Match) int {
	order := []check.Match{check.OtherLanguage, check.TranslationDiffers, check.Altered, check.Most, check.Part, check.SameText, check.ExactFile}
	return slices.Index(order, m) + 1
}
