package pdf

import (
	"encoding/hex"
	"fmt"
	"image"
	"math"
	"strings"

	"chancery.example/internal/layout"
	"chancery.example/internal/photo"
)

// Limits of what a reading may hold.
const (
	maxRemarks  = 200
	maxVersions = 2
	maxSide     = 20_000 // of a page, in mm and in pixels
	MaxQuoted   = 400    // bytes of the words that a remark quotes
)

// First returns the likeliest version, the zero Version when there is none.
func (r Reading) First() Version {
	if len(r.Versions) == 0 {
		return Version{}
	}
	return r.Versions[0]
}

// Doubts reports whether people may see other words than those of the versions:
// because of what stands beside them, or because it is not known what the pages
// show.
func (r Reading) Doubts() bool {
	if !r.Seen.Sure() {
		return true
	}
	for _, m := range r.Remarks {
		if m.Kind.Doubts() && m.Kind != PictureOnly { // its words were read
			return true
		}
	}
	return false
}

// Quoted cuts words short for a remark.
func Quoted(s string) string {
	s = photo.LegibleLine(s)
	for len(s) > MaxQuoted {
		s = strings.ToValidUTF8(s[:MaxQuoted], "")
		s = photo.LegibleLine(s)
	}
	return s
}

// Has reports whether a reading has a remark of a kind.
func (r Reading) Has(k RemarkKind) bool {
	for _, m := range r.Remarks {
		if m.Kind == k {
			return true
		}
	}
	return false
}

// Check reports what a reading must never be, wherever it came from. What read the
// file had foreign bytes in its hands, so its answer is foreign.
func (r Reading) Check() error {
	switch {
	case len(r.Pages) == 0 || len(r.Pages) > MaxPages:
		return fmt.Errorf("the reading has %d pages", len(r.Pages))
	case len(r.Looks) != len(r.Pages):
		return fmt.Errorf("the reading has %d looks of %d pages", len(r.Looks), len(r.Pages))
	case len(r.Versions) == 0 || len(r.Versions) > maxVersions:
		return fmt.Errorf("the reading has %d versions", len(r.Versions))
	case len(r.Layer) > MaxText:
		return fmt.Errorf("the text layer has %d bytes", len(r.Layer))
	case r.Seen != SeenInk && r.Seen != SeenPicture && r.Seen != SeenPart && r.Seen != SeenIssued:
		return fmt.Errorf("how far it was seen is %q", r.Seen)
	case len(r.Remarks) > maxRemarks:
		return fmt.Errorf("the reading has %d remarks", len(r.Remarks))
	}
	if s := r.Signature; s != nil && (!s.State.known() || s.Count < 0 || s.Bytes < 0 || len(s.Why) > 1000 || !s.namesKeys()) {
		return fmt.Errorf("what is said of its signatures is %.200q", fmt.Sprint(*s))
	}
	for i, l := range r.Looks {
		if b, err := hex.DecodeString(l); l != "" && (err != nil || len(b) != 32) {
			return fmt.Errorf("page %d looks like %q", i+1, l)
		}
	}
	words := 0
	for i, p := range r.Pages {
		words += len(p.Words)
		if err := checkPage(p); err != nil || words > MaxWords {
			return fmt.Errorf("page %d, %d words: %w", i+1, words, err)
		}
	}
	for _, v := range r.Versions {
		if err := v.check(len(r.Pages)); err != nil {
			return err
		}
	}
	for _, m := range r.Remarks {
		if err := m.check(len(r.Pages)); err != nil {
			return err
		}
	}
	return nil
}

func checkPage(p layout.Page) error {
	if !(p.Width > 0 && p.Width <= maxSide && p.Height > 0 && p.Height <= maxSide) {
		return fmt.Errorf("it measures %g x %g mm", p.Width, p.Height)
	}
	for i, w := range p.Words {
		if photo.Legible(w.Text) != w.Text || w.Text == "" || len(w.Text) > MaxText || w.Line < 1 || !sane(w.Box) {
			return fmt.Errorf("word %d is %.50q in line %d at %v", i, w.Text, w.Line, w.Box)
		}
	}
	return nil
}

func sane(b layout.Box) bool {
	for _, v := range [...]float64{b.X, b.Y, b.Width, b.Height} {
		if math.IsNaN(v) || math.Abs(v) > 2*maxSide {
			return false
		}
	}
	return b.Width >= 0 && b.Height >= 0
}

// check holds a version to what photo.Reading.Check asks of a picture's words,
// page by page.
func (v Version) check(pages int) error {
	if len(v.Text) > MaxText || len(v.Words) > MaxWords {
		return fmt.Errorf("a version has %d bytes in %d words", len(v.Text), len(v.Words))
	}
	page := 1
	for i, w := range v.Words {
		if w.Page < page || w.Page > pages {
			return fmt.Errorf("word %d stands on page %d after %d of %d", i, w.Page, page, pages)
		}
		page = w.Page
	}
	if len(v.Words) == 0 && v.Text == "" {
		return nil
	}
	all := photo.Reading{Text: v.Text, Words: v.Words, Size: image.Pt(photo.MaxSide, photo.MaxSide)}
	if err := all.Check(); err != nil {
		return fmt.Errorf("a version: %w", err)
	}
	return nil
}

func (m Remark) check(pages int) error {
	known := false
	for _, k := range Remarks() {
		known = known || k == m.Kind
	}
	switch {
	case !known:
		return fmt.Errorf("a remark is about %.40q", m.Kind)
	case m.Page < 0 || m.Page > pages || m.Count < 0:
		return fmt.Errorf("a remark is about page %d, %d times", m.Page, m.Count)
	case len(m.Text) > MaxQuoted || len(m.Shown) > MaxQuoted || photo.LegibleLine(m.Text) != m.Text || photo.LegibleLine(m.Shown) != m.Shown:
		return fmt.Errorf("a remark quotes %.50q and %.50q", m.Text, m.Shown)
	case m.Box != nil && !sane(*m.Box):
		return fmt.Errorf("a remark is about %v", *m.Box)
	}
	return nil
}

func (s SignatureState) known() bool {
	switch s {
	case SignedWhole, SignedPart, SignedBroken, SignedOddly:
		return true
	}
	return false
}

// Sound reports whether a signature is one that fits the bytes it is over.
func (s *Signature) Sound() bool {
	return s != nil && (s.State == SignedWhole || s.State == SignedPart)
}

// namesKeys reports whether the keys of a signature are what they should be:
// digests, so many as there are signatures at most, and none of one that is not
// sound.
func (s *Signature) namesKeys() bool {
	for _, k := range s.Keys {
		if b, err := hex.DecodeString(k); err != nil || len(b) != 32 {
			return false
		}
	}
	return len(s.Keys) == 0 || len(s.Keys) <= s.Count && s.Sound()
}
