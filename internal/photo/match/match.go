// Package match tells which registered page a photo shows, and what differs,
// without reading a word of it.
//
// A register knows where the words of its letters stand (internal/layout). In a
// photo the pieces of ink make lines, and lines fall into words of which nothing
// is known but how wide they are. Runs of such widths find the page among
// thousands ([Index]); from words of photo and page that answer each other comes
// how the page lies in the photo, curl included; and then every word of the page
// is held against its own place in the photo ([Matcher.Match]). It works for
// every script, for nothing is read.
//
// A word is [Same] only when what else might stand there would look different.
// Numbers, dates and negations are set in their other spellings too, and held
// against the photo in turn: when blur hides which it is, the word is [Unsure].
// What is in the photo and not on the page is [Extra], with its place. So a
// photo needs to be read only where something differs; [Reader] has that done, and
// gives the whole as a photo.Reading.
//
// Everything here works on plain pixels, and is a function of what it is given.
package match

import (
	"context"
	"image"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// A Key names a registered page.
type Key struct {
	File string `json:"file"` // SHA-256 of the issued file, in hexadecimal
	Page int    `json:"page"` // of the file, from 0
}

// Render shows a registered page: dark on light, perMM pixels to the
// millimetre from its upper left corner.
type Render func(ctx context.Context, k Key, perMM float64) (*image.Gray, error)

// SetWord sets one word alone in the face of the letters, dark on white, at a size
// in pixels; what is around its ink does not matter.
type SetWord func(text string, size float64) (*image.Gray, error)

// A Verdict says what the photo shows at the place of a registered word.
type Verdict string

// The verdicts.
const (
	Same   Verdict = "same"
	Other  Verdict = "other"  // something else stands there, or nothing
	Unsure Verdict = "unsure" // too little can be seen to say
	Unseen Verdict = "unseen" // its place is not in the photo
)

// A Word is a word of the registered page, as the photo shows it.
type Word struct {
	Verdict    Verdict
	Confidence float32         // that it is the same, 0 to 1
	Box        image.Rectangle // in the picture, upright; empty when unseen
	Likely     string          // the spelling that looks likelier than the registered one, if another does
}

// An Extra is a word of the photo where the registered page has none.
type Extra struct {
	Box   image.Rectangle // in the picture
	After int             // the page's word after which it stands; -1 before all
	Line  int             // of the photo, from 0
	quad  [4]point        // in the working picture
}

// A Result is a registered page that a photo shows.
type Result struct {
	Key   Key
	Page  layout.Page
	Size  image.Point // of the picture
	Lies  photo.Lie   // how the page lies in the picture
	Words []Word      // one for each word of Page
	Extra []Extra
	// Beside is how many words of the picture stand outside the page.
	Beside int
	// Matched is how many words of the photo found theirs on the page, of how many.
	Matched, Of int
	// Blur is the spread of the photo's light, in millimetres of the page.
	Blur float64

	p     *photo.Picture
	c     *comparison
	looks []*likeness
}

// A Matcher holds photos against registered pages. Its methods may run beside
// each other.
type Matcher struct {
	Index  *Index
	Render Render
	Set    SetWord // nil: numbers and negations are told apart only where the photo is sharp
}

// Match returns the registered page that a picture shows; false when it shows
// none, or too little of one to tell. Its error is that of ctx or of Render.
func (m *Matcher) Match(ctx context.Context, p *photo.Picture) (Result, bool, error) {
	rs, err := m.candidates(ctx, p)
	if err != nil || len(rs) == 0 {
		return Result{}, false, err
	}
	return rs[0], true, nil
}
