// Package pdf is what is known of a PDF by reading it. Packages below it write
// letters (typeset), seal them (pades) and find out what a page really shows
// (extract). This package is data alone, so that who asks about a PDF - a check,
// on a server or in a browser - needs none of the programs that read one.
package pdf

import (
	"fmt"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// DPI is how finely pages are drawn to be looked at, and the measure of places
// on them: boxes of words are in pixels of the page drawn so.
const DPI = 150

// Limits of what is read. A file that passes them is refused, not read in part.
const (
	MaxBytes  = 25 << 20
	MaxPages  = 200
	MaxPixels = 100_000_000 // of all pages drawn
	MaxWords  = 200_000
	MaxText   = 4 << 20 // bytes
)

// A Reading is what a PDF shows, and what it does beside.
type Reading struct {
	Pages []layout.Page `json:"pages"` // with the words as they are seen
	// Looks has, for each page, the SHA-256 of its picture in hexadecimal digits:
	// two files whose looks are the same show the same.
	Looks []string `json:"looks"`
	// Versions are what people see of it as text, the likeliest first. They differ
	// in the order of letters alone: PDFs have Arabic in either order, and only who
	// knows the text can tell.
	Versions []Version `json:"versions"`
	Layer    string    `json:"layer,omitempty"` // what its text layer says to programs, where that is something else
	Seen     Seen      `json:"seen"`
	Remarks  []Remark  `json:"remarks,omitempty"`
	Ends     []int     `json:"ends,omitempty"` // where its revisions end, in bytes; a revision is the file up to there
	// Signature is what can be said of the file's own signatures; nil when it has
	// none. It never decides anything.
	Signature *Signature `json:"signature,omitempty"`
}

// A Version is a text with the places of its words: photo.Word.Page counts pages
// from 1, boxes are pixels of the page at DPI.
type Version struct {
	Text  string      `json:"text"`
	Words photo.Words `json:"words"`
}

// Seen says how far it is known that the pages show the words of a reading.
type Seen string

// How far pages were looked at.
const (
	// SeenInk: there is ink where the text layer has words and nowhere else; which
	// letters it draws is the file's own word.
	SeenInk Seen = "ink"
	// SeenPicture: the pages were read as pictures, and the picture's words are
	// what the reading holds.
	SeenPicture Seen = "picture"
	// SeenIssued: the pages look, to the pixel, like those of a PDF that the register
	// names, and what that one shows is what the reading holds. Only who has the
	// register can say so.
	SeenIssued Seen = "issued"
	// SeenPart: there is more to see than could be read.
	SeenPart Seen = "part"
)

// Sure reports whether it is known that the pages show the words of the reading.
func (s Seen) Sure() bool { return s == SeenPicture || s == SeenIssued }

// A Remark is one thing about a PDF that a reader should know.
type Remark struct {
	Kind  RemarkKind  `json:"kind"`
	Page  int         `json:"page,omitempty"` // from 1; 0: it is about the file
	Box   *layout.Box `json:"box,omitempty"`  // where on the page
	Count int         `json:"count,omitempty"`
	Text  string      `json:"text,omitempty"`  // the words it is about, as programs read them; cut when long
	Shown string      `json:"shown,omitempty"` // what the page shows there instead
}

// A RemarkKind says what a remark is about.
type RemarkKind string

// Words that programs read and people do not see, or see otherwise.
const (
	Invisible  RemarkKind = "invisible_text" // drawn without ink
	SameColour RemarkKind = "same_colour"    // in the colour of what is behind it
	Covered    RemarkKind = "covered_text"   // something is drawn over it
	Tiny       RemarkKind = "tiny_text"
	OffPage    RemarkKind = "off_page_text"
	Clipped    RemarkKind = "clipped_text"
	Mismatch   RemarkKind = "layer_differs" // the picture has other words than the text layer
	Replaced   RemarkKind = "replaced_text" // programs are told other words than are drawn (ActualText)
	OddMapping RemarkKind = "odd_mapping"   // letters of a font are said to be others than their own names say
)

// What a page shows beside the text of its own content, or may show elsewhere.
const (
	PictureOnly RemarkKind = "picture_of_text" // ink without a text layer
	Annotations RemarkKind = "annotations"     // drawn over the page
	Fields      RemarkKind = "form_fields"
	Layers      RemarkKind = "layers" // shown or not as a program pleases
	Scripts     RemarkKind = "scripts"
	Actions     RemarkKind = "actions" // starts programs, opens addresses or sends data
	Attachments RemarkKind = "attachments"
	XFA         RemarkKind = "xfa" // a form that other programs draw in another way
)

// How the file is made.
const (
	Additions RemarkKind = "later_additions" // several revisions
	Trailing  RemarkKind = "trailing_bytes"  // after the end
	Leading   RemarkKind = "leading_bytes"   // before the beginning
	Repaired  RemarkKind = "repaired"        // its tables are wrong: programs may see different files in it
	Encrypted RemarkKind = "encrypted"       // without a password to open it
	PagesLeft RemarkKind = "pages_not_looked_at"
)

// Doubts reports whether a remark of a kind takes the certainty from an answer:
// people may see other words than were compared.
func (k RemarkKind) Doubts() bool {
	switch k {
	case Attachments, Actions, Additions, Trailing, Leading, Encrypted:
		return false
	case Invisible, SameColour, Covered, Tiny, OffPage, Clipped, Mismatch, Replaced, OddMapping,
		PictureOnly, Annotations, Fields, Layers, Scripts, XFA, Repaired, PagesLeft:
	}
	return true
}

// Remarks lists all kinds.
func Remarks() []RemarkKind {
	return []RemarkKind{
		Invisible, SameColour, Covered, Tiny, OffPage, Clipped, Mismatch, Replaced, OddMapping,
		PictureOnly, Annotations, Fields, Layers, Scripts, Actions, Attachments, XFA,
		Additions, Trailing, Leading, Repaired, Encrypted, PagesLeft,
	}
}

// A Signature is what our own strict reading says of the signatures in a file. It
// names nobody: a certificate can bear any name.
type Signature struct {
	Count int            `json:"count"`
	State SignatureState `json:"state"`
	Bytes int            `json:"bytes,omitempty"` // of the file that the last sound one covers, from its beginning
	Why   string         `json:"why,omitempty"`   // what is unusual, for those who know the format
	// Keys are the SHA-256 of the public keys of sound signatures, in hexadecimal
	// digits: to be held against a key that is known, never shown as somebody.
	Keys []string `json:"keys,omitempty"`
}

// A SignatureState says how the signatures and the file fit.
type SignatureState string

// The states.
const (
	SignedWhole  SignatureState = "whole"       // sound, over the whole file
	SignedPart   SignatureState = "part"        // sound, over an earlier revision
	SignedBroken SignatureState = "broken"      // does not fit the bytes
	SignedOddly  SignatureState = "cannot_tell" // made in a way that programs read differently
)

// A Problem says why a PDF could not be read.
type Problem string

// The problems.
const (
	NotPDF    Problem = "not_pdf"
	TooLarge  Problem = "too_large" // bytes, pages, pixels or words
	Locked    Problem = "locked"    // by a password
	Broken    Problem = "broken"
	TooSlow   Problem = "too_slow"
	Failed    Problem = "failed" // the reader ended without an answer
	NoReader  Problem = "no_reader"
	NoContent Problem = "no_pages"
)

// KnownProblem reports whether p is one of the problems.
func KnownProblem(p Problem) bool {
	switch p {
	case NotPDF, TooLarge, Locked, Broken, TooSlow, Failed, NoReader, NoContent:
		return true
	}
	return false
}

// An Error says why a PDF could not be read and what to do.
type Error struct {
	Problem Problem
	Advice  string
}

func (e *Error) Error() string { return fmt.Sprintf("reading a PDF: %s", e.Advice) }
