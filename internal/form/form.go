// Package form makes the form of a letter: the PDF that an office issues it as.
//
//	pdf, err := form.Make(ctx, form.Order{Letter: typeset.Letter{Content: revision.Content(), ...}, Seal: seal})
//
// What it promises: every word of every text of the letter stands in the file, once
// and in order, and nothing else but what is set around them; the file hides nothing
// from who looks at it; and it is sealed last, so that what was looked at is what is
// sealed. What it returns is not changed any more: its digest goes into the entry of
// the log that officers approve.
//
// It knows no office, no clock and no keys; internal/office gives it those.
package form

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"chancery.example/internal/kind"
	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

// An Order is what a form is made of.
type Order struct {
	// Letter is what is set.
	Letter typeset.Letter
	// Given is a PDF that was made elsewhere and is to be the form; nil: one is set.
	// Letter is then what its words were confirmed to be.
	Given []byte
	// Seal puts the office's seal on the finished file; nil: it gets none.
	Seal func(ctx context.Context, pdf []byte) ([]byte, error)
}

// MaxBytes is how large a form may be: what a register's folder keeps of one
// (folder.md MUST-18).
const MaxBytes = 16 << 20

// Make sets a letter as a PDF, compares what was set with its words, and seals it.
func Make(ctx context.Context, o Order) ([]byte, error) {
	out := o.Given
	if out == nil {
		set, err := typeset.Set(o.Letter)
		if err != nil {
			return nil, kind.Invalid.Errorf("making the PDF of %s: %w", o.Letter.Content.Reference, err)
		}
		for _, t := range o.Letter.Content.Texts {
			if err := WordForWord(t, set.Pages); err != nil {
				return nil, fmt.Errorf("making the PDF of %s: %w", o.Letter.Content.Reference, err)
			}
		}
		out = set.PDF
	}
	var allowed lint.Allowed
	for _, a := range o.Letter.Attachments {
		if o.Given == nil {
			allowed.Attachments = append(allowed.Attachments, a.Name)
		}
	}
	err := lint.Error(lint.Check(out, allowed))
	if err != nil {
		return nil, kind.Invalid.Errorf("making the PDF of %s: %w", o.Letter.Content.Reference, err)
	}
	if o.Seal != nil {
		if out, err = o.Seal(ctx, out); err != nil {
			return nil, fmt.Errorf("making the PDF of %s: %w", o.Letter.Content.Reference, err)
		}
	}
	if len(out) > MaxBytes {
		return nil, kind.Invalid.Errorf("making the PDF of %s: it has %d bytes, more than %d", o.Letter.Content.Reference, len(out), MaxBytes)
	}
	return out, nil
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
