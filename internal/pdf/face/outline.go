package face

import (
	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
)

// An Op says how an outline goes on.
type Op int

// The ops: to a place without a line, straight, or in a curve of the second degree.
const (
	MoveTo Op = iota
	LineTo
	QuadTo
)

// A Segment is one step of an outline, upwards from the baseline.
type Segment struct {
	Op     Op
	Points [2][2]float32 // of a curve its middle and its end
}

// Of is how many points a segment has.
func (s Segment) Of() int {
	if s.Op == QuadTo {
		return 2
	}
	return 1
}

// Outline is how a glyph is drawn, for who fills it and leaves it as it is; nothing of one
// without ink. What was asked for once is kept: words are drawn in many spellings, of the
// same few glyphs.
func (f *Face) Outline(glyph int) []Segment {
	if known, ok := f.outlines.Load(glyph); ok {
		out, _ := known.([]Segment)
		return out
	}
	out := f.drawn(glyph)
	f.outlines.Store(glyph, out)
	return out
}

func (f *Face) drawn(glyph int) []Segment {
	got, ok := font.NewFace(f.font).GlyphDataOutline(font.GID(glyph)) //nolint:gosec // a number of a glyph of this face
	if !ok {
		return nil
	}
	out := make([]Segment, 0, len(got.Segments))
	for _, s := range got.Segments {
		n := Segment{Points: [2][2]float32{{s.Args[0].X, s.Args[0].Y}, {s.Args[1].X, s.Args[1].Y}}}
		switch s.Op {
		case ot.SegmentOpMoveTo:
			n.Op = MoveTo
		case ot.SegmentOpLineTo:
			n.Op = LineTo
		case ot.SegmentOpQuadTo:
			n.Op = QuadTo
		case ot.SegmentOpCubeTo: // no TrueType outline has one
			return nil
		}
		out = append(out, n)
	}
	return out
}
