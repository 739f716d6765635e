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

	"chancery.example/internal/layout"
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
	// Attachments travel inside the file; they are not printed.
	Attachments []File
	Form        Form
}

// Words are a few words in one language.
type Words struct {
	Language letter.Lang
	Text     string
}

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
}

// Set sets a letter.
func Set(l Letter) (Result, error) {
	if len(l.Content.Texts) == 0 {
		return Result{}, errors.New("setting a letter: it has no text")
	}
	return Result{}, errors.New("setting a letter: pages are not drawn yet")
}
