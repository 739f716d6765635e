// Package typeset sets letters as PDF: English, Arabic and other languages of
// the embedded typefaces, a page run for each language, one after the other.
//
//	result, err := typeset.Set(typeset.Letter{
//		Content: revision.Content(),
//		Office:  []typeset.Words{{Language: "en", Text: "Harbour Commission"}, {Language: "ar", Text: "هيئة الميناء"}},
//		Domain:  "harbour.example",
//		Code:    "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012",
//	})
//
// What it promises:
//
//   - A text is set word for word, in its own lines and paragraphs. What stands
//     around it (letterhead, reference, date, addressees, signature block,
//     enclosures) is left out where the text says it already, because a canonical
//     text is everything from letterhead to signature block.
//   - The same letter gives the same bytes: no clock, no randomness, no fonts of
//     the machine.
//   - Result.Pages holds every word with its place, and with its bytes in the
//     text; each word of each text is there once, in order.
//   - A character that no typeface has is an error that names it and where it
//     stands, never an empty box.
//   - Other programs get the words back out of the file, Arabic too.
//
// It has no network, no files and no clock; sealing the file, and finding out
// what it shows, are other packages.
package typeset

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"chancery.example/internal/around"
	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/face"
	"chancery.example/letter"
)

// A Letter is what is set: the content of a revision and what stands on the
// paper beside it.
type Letter struct {
	// Content holds the texts, which are set in their order, the prevailing one
	// first, and what is set around them unless they say it.
	Content letter.Content
	Office  []Words // its name, as a letterhead, in each language that it has
	Domain  string  // the office's, printed in words
	Date    []Words // in each language; none: no date is printed around the text
	Notices []Words // that this is a draft or a copy: all of them stand on every page
	Code    string  // address of the paper code; "": none is printed
	// Opening is the draft-opening code of a copy (papercode.md MUST-10), drawn once
	// at the letter's end; "": none.
	Opening string
	// Attachments travel inside the file; they are not printed.
	Attachments []File
	Form        Form
}

// Words are a few words in one language.
type Words = around.Phrase

// A File is attached to a letter: other programs list it as a file of its own.
type File struct {
	Name        string // with an extension, without folders
	MediaType   string
	Description string
	Data        []byte
}

// A Form is the size of the paper.
type Form string

// The forms of paper. The zero Form is A4.
const (
	A4       Form = "a4"
	USLetter Form = "letter"
)

// A Result is a letter as it was set.
type Result struct {
	PDF   []byte
	Pages []layout.Page
	// Glyphs are what is drawn of the words of each page, in the words' order.
	Glyphs [][]Glyph
}

// A Glyph is a letter with its marks, or a ligature, at its place on a page, in
// millimetres.
type Glyph struct {
	Word     int     // of the page, from 0
	Text     string  // the letters that it is drawn for
	X        float64 // where it begins, from the page's left side
	Width    float64 // to where the next one begins
	Baseline float64
	Size     float64 // of the em
	Ink      layout.Box
}

// Set sets a letter. An error about a text is a [*letter.TextError] with line and
// character.
func Set(l Letter) (Result, error) {
	d, err := newDocument(l)
	if err != nil {
		return Result{}, fmt.Errorf("setting a letter: %w", err)
	}
	pages, err := d.paginate(l)
	if err != nil {
		return Result{}, fmt.Errorf("setting %s: %w", l.Content.Reference, err)
	}
	var out Result
	out.Pages, out.Glyphs = d.layouts(pages)
	if out.PDF, err = d.file(l, pages); err != nil {
		return Result{}, fmt.Errorf("setting %s: %w", l.Content.Reference, err)
	}
	return out, nil
}

// A document is a letter on its way to paper.
type document struct {
	sheet   sheet
	column  int // width of the text
	shaper  *face.Shaper
	shaped  map[string][]run
	faces   []*face.Face // in the order of their use
	cutters map[*face.Face]*face.Cutter
}

func newDocument(l Letter) (*document, error) {
	if len(l.Content.Texts) == 0 {
		return nil, errors.New("it has no text")
	}
	for _, t := range l.Content.Texts {
		if t.Text.IsZero() {
			return nil, fmt.Errorf("its text in %s is empty", t.Lang)
		}
	}
	if err := attachable(l.Attachments); err != nil {
		return nil, err
	}
	s, err := newSheet(l)
	if err != nil {
		return nil, err
	}
	return &document{
		sheet: s, column: s.width - 2*sideMargin, shaper: face.NewShaper(),
		shaped: map[string][]run{}, cutters: map[*face.Face]*face.Cutter{},
	}, nil
}

// attachable refuses attachments that other programs could not tell apart or
// would write elsewhere than they are told.
func attachable(files []File) error {
	seen := map[string]bool{}
	for _, f := range files {
		switch {
		case f.Name == "" || f.Name != path.Base(f.Name) || strings.ContainsAny(f.Name, "\\:"):
			return fmt.Errorf("an attachment is called %q: give it a name without folders", f.Name)
		case seen[strings.ToLower(f.Name)]:
			return fmt.Errorf("two attachments are called %q", f.Name)
		case !mediaType.MatchString(f.MediaType):
			return fmt.Errorf("the attachment %s is of the type %q: want one such as application/cbor", f.Name, f.MediaType)
		}
		seen[strings.ToLower(f.Name)] = true
	}
	return nil
}

var mediaType = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}$`)

// inOrder returns the texts, the prevailing one first.
func inOrder(c letter.Content) []letter.LangText {
	texts := slices.Clone(c.Texts)
	slices.SortStableFunc(texts, func(a, b letter.LangText) int {
		first := func(t letter.LangText) int {
			if t.Lang == c.Prevailing {
				return 0
			}
			return 1
		}
		return first(a) - first(b)
	})
	return texts
}

// located says in which text, on which line, a character stands that cannot be set.
func located(err error, t letter.LangText) error {
	var p *placeError
	if errors.As(err, &p) && p.body {
		err = p.in(t.Text.String())
	}
	return fmt.Errorf("the text in %s: %w", t.Lang, err)
}
