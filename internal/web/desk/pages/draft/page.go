// Package draft is the desk's form of a letter's words: a new letter, or a change
// of one that is not issued.
package draft

import (
	_ "embed"

	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("draft", source)

// A View is the form as it was filled in, and what is wrong with it.
type View struct {
	New        bool
	Reference  string
	Type       letter.Type
	Types      []letter.Type
	Prevailing letter.Lang
	Texts      []Text
	More       bool // a further language may be added
	MoreLang   string
	MoreText   string
	MoreFile   File
	Addressees string // one on a line
	Copied     string // likewise
	Kind       letter.SignatureKind
	Kinds      []letter.SignatureKind
	Lines      string // of the signature block
	Enclosures []Enclosure
	Why        string // of the change
	Seen       string // names the words that the form began with
	TextsOnly  bool   // the reader changes texts alone, those that are Open
	Wrong      []Wrong
}

// A Text is one language in the form.
type Text struct {
	Lang  letter.Lang
	Words string
	Open  bool // the reader may change it
	File  File // that was chosen for its words
}

// A File is one whose words were wanted for a text.
type File struct {
	Name    string
	Taken   bool   // its words are in the form
	Open    []Open // what its writer has to settle first
	Further int    // so many more
}

// An Open is one thing to be settled in a file: a message under "desk.unsettled",
// and the words before it; "" at the beginning.
type Open struct{ Key, After string }

// Files are those whose words are in the form, to be read before they are saved.
func (v View) Files() (names []string) {
	for _, t := range v.Texts {
		if t.File.Taken {
			names = append(names, t.File.Name)
		}
	}
	if v.MoreFile.Taken {
		names = append(names, v.MoreFile.Name)
	}
	return names
}

// An Enclosure is a paper that goes with the letter already.
type Enclosure struct {
	Title  string
	Digest letter.Hash
}

// A Wrong is something that is wrong with a field: a message under "desk.wrong",
// and what the program says of it, in English.
type Wrong struct{ Field, Key, Why string }

// Of returns what is wrong with a field; nil when nothing is.
func (v View) Of(field string) *Wrong {
	for i := range v.Wrong {
		if v.Wrong[i].Field == field {
			return &v.Wrong[i]
		}
	}
	return nil
}
