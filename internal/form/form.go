// Package form makes the form of a letter: the PDF that an office issues it as.
//
//	m := form.New(extract.New(extract.Options{}))
//	pdf, err := m.Make(ctx, form.Order{Letter: typeset.Letter{Content: revision.Content(), ...}, Seal: seal})
//
// What it promises: every word of every text of the letter stands in the file, once
// and in order, and nothing else but what is set around them; the file hides nothing
// from who looks at it; and it is sealed last. That is not believed of what made the
// file: once it is sealed, a child process that reaches nothing reads its pages as
// anybody's program would (internal/pdf/extract), and what they show is held against
// the letter, word by word. What does not read back is not a form. What it returns is
// not changed any more: its digest goes into the entry of the log that officers
// approve.
//
// A PDF that was made elsewhere becomes a form in the same way ([Maker.Look], then
// [Maker.Make]): read, held against the letter, stamped with the paper code, looked
// through, sealed, and read once more.
//
// It knows no office, no clock and no keys; internal/office gives it those.
package form

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"time"
	"unicode"

	"chancery.example/internal/kind"
	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/pdf/stamp"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

// An Order is what a form is made of.
type Order struct {
	// Letter is what is set.
	Letter typeset.Letter
	// Given is a PDF that was made elsewhere and is to be the form; nil: one is set.
	// It shows the words of Letter in all its languages, and gets its code.
	Given []byte
	// First and Last are the days between which a date that stands around the text of
	// a PDF made elsewhere may lie; one that is set bears its own.
	First, Last time.Time
	// Seal puts the office's seal on the finished file; nil: it gets none.
	Seal func(ctx context.Context, pdf []byte) ([]byte, error)
}

// MaxBytes is how large a form may be: what a register's folder keeps of one
// (folder.md MUST-18).
const MaxBytes = 16 << 20

// A Reader finds out what PDFs show, elsewhere: extract.Reader.
type Reader interface {
	Expect() // says that a PDF is going to be read
	Read(ctx context.Context, data []byte) (pdf.Reading, error)
	Pages(ctx context.Context, data []byte) (pdf.Reading, []*image.Gray, error)
}

// A Maker makes forms. The zero Maker makes none: what cannot be read back is no form.
type Maker struct {
	reader Reader
	stamp  func(context.Context, []byte, stamp.Options) ([]byte, error)
}

// New returns a Maker that has PDFs read by a reader.
func New(r Reader) Maker {
	return Maker{r, stamp.New(stamp.Config{Pages: r.Pages}).Stamp}
}

// Make sets a letter as a PDF, or stamps the one that was given, seals it, and holds
// what it shows against the letter.
func (m Maker) Make(ctx context.Context, o Order) ([]byte, error) {
	out, err := m.make(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("making the PDF of %s: %w", o.Letter.Content.Reference, err)
	}
	return out, nil
}

func (m Maker) make(ctx context.Context, o Order) ([]byte, error) {
	if m.reader != nil {
		m.reader.Expect()
	}
	out, set, err := m.unsealed(ctx, o)
	if err != nil {
		return nil, err
	}
	if no := lint.Check(out, o.allowed()); len(no) > 0 {
		return nil, obstructed{kind.Invalid.Wrap(lint.Error(no)), ofLint(no)[0].Name}
	}
	if o.Seal != nil {
		if out, err = o.Seal(ctx, out); err != nil {
			return nil, err
		}
	}
	if len(out) > MaxBytes {
		return nil, kind.Invalid.Errorf("it has %d bytes, more than %d", len(out), MaxBytes)
	}
	r, s, err := m.read(ctx, out)
	if err != nil {
		return nil, err
	}
	if o.Given == nil {
		s.Wrong = append(s.Wrong, placed(set, r.Pages)...)
	} else {
		s.hold(r, o)
	}
	return out, s.Err()
}

// unsealed is the file before it is sealed, with the pages that were set.
func (m Maker) unsealed(ctx context.Context, o Order) ([]byte, []layout.Page, error) {
	if o.Given != nil {
		out, err := m.stamped(ctx, o)
		return out, nil, err
	}
	set, err := typeset.Set(o.Letter)
	if err != nil {
		return nil, nil, kind.Invalid.Wrap(err)
	}
	for _, t := range o.Letter.Content.Texts {
		if err := WordForWord(t, set.Pages); err != nil {
			return nil, nil, err
		}
	}
	return set.PDF, set.Pages, nil
}

// stamped is the given file with the letter's code.
func (m Maker) stamped(ctx context.Context, o Order) ([]byte, error) {
	if m.stamp == nil {
		return nil, errNoReader
	}
	out, err := m.stamp(ctx, o.Given, stamp.Options{Code: o.Letter.Code, Domain: o.Letter.Domain})
	var no *stamp.Error
	if errors.As(err, &no) {
		return nil, obstructed{kind.Invalid.Wrap(err), ofStamp(no).Name}
	}
	return out, err
}

// allowed is what the file may have beside its pages: nothing, if it is foreign.
func (o Order) allowed() (a lint.Allowed) {
	for _, f := range o.Letter.Attachments {
		if o.Given == nil {
			a.Attachments = append(a.Attachments, f.Name)
		}
	}
	return a
}

// WordForWord sees that pages hold a text: each of its words once and in order, with
// nothing but space between them.
func WordForWord(t letter.LangText, pages []layout.Page) error {
	text, at := t.Text.String(), 0
	for n, p := range pages {
		for _, w := range p.Words {
			if w.Part != layout.Body || w.Language != string(t.Lang) {
				continue
			}
			if w.From < at || w.To < w.From || w.To > len(text) {
				return fmt.Errorf("the %s word %q on page %d is out of its place in the text", t.Lang, w.Text, n+1)
			}
			if left := strings.TrimFunc(text[at:w.From], unseen); left != "" {
				return fmt.Errorf("the pages leave out %q of the %s text, before %q on page %d", left, t.Lang, w.Text, n+1)
			}
			if strings.Map(visible, text[w.From:w.To]) != strings.Map(visible, w.Text) {
				return fmt.Errorf("page %d has %q where the %s text says %q", n+1, w.Text, t.Lang, text[w.From:w.To])
			}
			at = w.To
		}
	}
	if left := strings.TrimFunc(text[at:], unseen); left != "" {
		return errors.New("the pages leave out the end of the " + string(t.Lang) + " text: " + left)
	}
	return nil
}

// unseen reports whether a character leaves no ink: space, and marks of direction.
func unseen(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

func visible(r rune) rune {
	if unseen(r) {
		return -1
	}
	return r
}
