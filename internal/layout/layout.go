// Package layout says where the words of a page stand: what typesetting knows of
// the page that it made, what reading a PDF finds on one, and what a photo of the
// page is held against.
//
// Everything is in millimetres from the upper left corner of the page as people
// look at it. The package holds data; who makes it answers for it.
package layout

// A Page is one side of a sheet of paper.
type Page struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Words  []Word  `json:"words"` // in reading order
}

// A Box is a rectangle on a page.
type Box struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// A Word is a stretch of letters without a space between them, with the place of
// its ink.
type Word struct {
	Text     string  `json:"text"` // in logical order, as it was written
	Box      Box     `json:"box"`  // around its ink
	Baseline float64 `json:"baseline"`
	Line     int     `json:"line"` // of the page, from 1
	Part     Part    `json:"part"`
	// Language is that of the text to which the word belongs, "" for what stands
	// around it.
	Language string `json:"language,omitempty"`
	// From and To are the bytes of the word in the canonical text of Language, when
	// Part is Body; a word broken at a line's end is two Words.
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
}

// A Part is what a word of a page is a word of.
type Part string

// The parts of a page.
const (
	Body   Part = "body"   // the letter's text, word for word
	Head   Part = "head"   // letterhead, reference, date, addressees as typeset around the text
	Notice Part = "notice" // that this is a draft, or a numbered copy
	Foot   Part = "foot"   // page numbers, the paper code's letters
)
