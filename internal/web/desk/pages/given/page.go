// Package given is the part of the desk's pages that shows a PDF made elsewhere beside the
// letter that it is to be the form of, as it was read, and what differs. Who has read it
// says yes with the form that follows.
//
//	var Page = shared.MustDeskPage[View]("submit", source+given.Part) // {{template "given" .Given}}
package given

import (
	_ "embed"

	"chancery.example/internal/form"
	"chancery.example/letter"
)

// Part defines the templates "given" and, for the form, "givenback", which brings the
// file and what was confirmed of it back.
//
//go:embed part.tmpl
var Part string

// Style is the part's style sheet.
//
//go:embed part.css
var Style string

// A View is a PDF that was made elsewhere, as it was read.
type View struct {
	Name     string
	Pages    int
	Fits     bool   // it shows the letter and nothing else
	Text     string // what its pages show
	Texts    []Text
	Pictures []int    // pages with a picture, in which no words are read
	Wrong    []string // what else is in the way, as the desk tells what it refuses
	Data     string   // the file, in base64, to come back with the yes
	Digest   string   // of what was read
}

// A Text is one text of the letter, and where the PDF says something else.
type Text struct {
	Lang        letter.Lang
	Words       string
	Differences []form.Difference
}
