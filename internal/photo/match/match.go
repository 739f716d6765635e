// Package match holds a photo against the registered page that it shows, word by
// word, without reading any.
//
// Where the page is and how it lies there is known by the widths of its words
// (internal/photo/find). The page is rendered at the photo's own resolution, blurred
// as the photo is, and every word held against its own place ([Matcher.Match]).
//
// A word is [Same] only when what else might stand there would look different.
// Numbers are set in their other spellings too, and held against the photo in turn:
// when blur hides which it is, the word is [Unsure]. What is in the photo and not on
// the page is [Extra], with its place. So a photo needs to be read only where
// something differs (internal/photo/explain).
//
// Everything here works on plain pixels, and is a function of what it is given.
package match

import (
	"context"
	"image"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/find"
)

// Render shows a registered page: dark on light, perMM pixels to the
// millimetre from its upper left corner.
type Render func(ctx context.Context, k find.Key, perMM float64) (*image.Gray, error)

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

// Doubtful is how sure anybody is of a word of which cannot be said what it is: less
// than photo.Sure.
const Doubtful = .45

// An Extra is a word of the photo where the registered page has none.
type Extra struct {
	Box   image.Rectangle // in the picture
	After int             // the page's word after which it stands; -1 before all
	Line  int             // of the photo, from 0
}

// A Result is a registered page that a photo shows.
type Result struct {
	Key   find.Key
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

	c     *comparison
	looks []*likeness
}

// A Matcher holds photos against registered pages. Its methods may run beside
// each other.
type Matcher struct {
	Index  *find.Index
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

// Faint reports whether nothing stands at a word's place.
func (r Result) Faint(word int) bool {
	return r.looks[word] != nil && r.looks[word].fitting.ink < faint*r.c.black
}
