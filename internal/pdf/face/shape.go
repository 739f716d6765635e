package face

import (
	"fmt"
	"slices"
	"unicode"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
	"golang.org/x/text/unicode/norm"
)

// A MissingError names a character that no typeface has.
type MissingError struct {
	Rune  rune
	Index int // of the characters that were to be set
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("no typeface of ours has %q (%U): letters can be set in Latin, Greek, Cyrillic and Arabic script; write it with other characters, or issue a PDF that was made elsewhere", e.Rune, e.Rune)
}

// Choose names the typeface for each character of a word: first is asked before
// the others. Signs and figures keep to the letters beside them, and marks to
// their letter. The error is a [*MissingError].
func Choose(word []rune, w Weight, first Family) ([]*Face, error) {
	all, err := load()
	if err != nil {
		return nil, err
	}
	order := []*Face{all[first][w]}
	for f := range all {
		if Family(f) != first {
			order = append(order, all[f][w])
		}
	}
	out := make([]*Face, len(word))
	var near *Face // of the letters before, or of the first that comes
	if i := slices.IndexFunc(word, unicode.IsLetter); i >= 0 {
		near = order[max(0, slices.IndexFunc(order, func(f *Face) bool { return f.draws(word[i : i+1]) }))]
	}
	for i := 0; i < len(word); {
		n := i + 1
		for n < len(word) && (unicode.Is(unicode.M, word[n]) || Invisible(word[n])) {
			n++
		}
		candidates := order
		if near != nil && !unicode.IsLetter(word[i]) {
			candidates = append([]*Face{near}, order...)
		}
		at := slices.IndexFunc(candidates, func(f *Face) bool { return f.draws(word[i:n]) })
		if at < 0 && n > i+1 { // a mark on a letter of another script: each as it can be
			n = i + 1
			at = slices.IndexFunc(candidates, func(f *Face) bool { return f.draws(word[i:n]) })
		}
		if at < 0 {
			return nil, &MissingError{word[i], i}
		}
		for ; i < n; i++ {
			out[i] = candidates[at]
		}
		near = out[i-1]
	}
	return out, nil
}

// Invisible reports whether a character is a joiner or direction mark, which
// changes how others are drawn and has no ink.
func Invisible(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x206F || r == 0x061C || r == 0xFEFF
}

// draws reports whether the face has all these characters, at the least in parts.
func (f *Face) draws(cluster []rune) bool {
	for _, r := range cluster {
		if Invisible(r) || f.Has(r) {
			continue
		}
		parts := []rune(norm.NFD.String(string(r)))
		if len(parts) < 2 || slices.ContainsFunc(parts, func(p rune) bool { return !f.Has(p) }) {
			return false
		}
	}
	return true
}

// A Run is a stretch of a word in one face and direction.
type Run struct {
	Face     *Face
	Text     []rune // the whole word: neighbours have a say in how letters join
	From, To int    // the stretch
	RTL      bool
	Language string
}

// A Cluster is the smallest stretch of letters that is drawn by itself: a letter
// with its marks, or a ligature.
type Cluster struct {
	From, To int     // in the text of the run
	Pieces   []Piece // left to right
	Advance  int     // to the next cluster, as set
	Ink      Box     // from the cluster's origin
}

// A Piece is a glyph at its place in a cluster.
type Piece struct{ Glyph, X, Y int }

// A Shaper turns letters into clusters. It is for one user at a time.
type Shaper struct {
	buffer *harfbuzz.Buffer
	fonts  map[*Face]*harfbuzz.Font
	drawn  map[drawing]font.GlyphOutline
}

// A drawing is a glyph of a typeface.
type drawing struct {
	face  *Face
	glyph int
}

// NewShaper returns a shaper.
func NewShaper() *Shaper {
	return &Shaper{buffer: harfbuzz.NewBuffer(), fonts: map[*Face]*harfbuzz.Font{}, drawn: map[drawing]font.GlyphOutline{}}
}

// Shape returns the clusters of a run from left to right as they stand on the
// page.
func (s *Shaper) Shape(r Run) []Cluster {
	b := s.buffer
	b.Clear()
	b.Flags = harfbuzz.RemoveDefaultIgnorables | harfbuzz.DoNotinsertDottedCircle
	b.AddRunes(r.Text, r.From, r.To-r.From)
	b.Props = harfbuzz.SegmentProperties{Language: language.NewLanguage(r.Language), Script: script(r.Text[r.From:r.To]), Direction: harfbuzz.LeftToRight}
	if r.RTL {
		b.Props.Direction = harfbuzz.RightToLeft
	}
	b.Shape(s.of(r.Face), nil)
	return clusters(r, b)
}

func (s *Shaper) of(f *Face) *harfbuzz.Font {
	out := s.fonts[f]
	if out == nil {
		out = harfbuzz.NewFont(font.NewFace(f.font))
		s.fonts[f] = out
	}
	return out
}

// script is that of the first letter that has one.
func script(text []rune) language.Script {
	for _, r := range text {
		if s := language.LookupScript(r); s.Strong() {
			return s
		}
	}
	return language.Latin
}

func clusters(r Run, b *harfbuzz.Buffer) []Cluster {
	starts := []int{r.To}
	for _, g := range b.Info {
		starts = append(starts, g.Cluster)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	var out []Cluster
	for i := 0; i < len(b.Info); {
		c := Cluster{From: b.Info[i].Cluster}
		at, _ := slices.BinarySearch(starts, c.From)
		if c.To = starts[at+1]; at == 0 {
			c.From = r.From // what is invisible goes with its neighbour
		}
		for same := b.Info[i].Cluster; i < len(b.Info) && b.Info[i].Cluster == same; i++ {
			p := Piece{int(b.Info[i].Glyph), c.Advance + int(b.Pos[i].XOffset), int(b.Pos[i].YOffset)}
			c.Pieces = append(c.Pieces, p)
			c.Ink = c.Ink.With(r.Face.ink(p.Glyph).Moved(p.X, p.Y))
			c.Advance += int(b.Pos[i].XAdvance)
		}
		out = append(out, c)
	}
	return out
}

// A Pen draws outlines, as golang.org/x/image/vector does.
type Pen interface {
	MoveTo(x, y float32)
	LineTo(x, y float32)
	QuadTo(x1, y1, x2, y2 float32)
	CubeTo(x1, y1, x2, y2, x3, y3 float32)
	ClosePath()
}

// Draw draws the glyphs of a cluster that stands at x on a baseline at y, downwards
// as in pictures; scale is how long a thousandth of an em is.
func (s *Shaper) Draw(pen Pen, f *Face, c Cluster, x, y, scale float32) {
	for _, p := range c.Pieces {
		outline, ok := s.drawn[drawing{f, p.Glyph}]
		if !ok {
			outline, _ = s.of(f).Face().GlyphDataOutline(font.GID(p.Glyph)) //nolint:gosec // of a font's own glyphs
			s.drawn[drawing{f, p.Glyph}] = outline
		}
		left, base := x+float32(p.X)*scale, y-float32(p.Y)*scale
		open := false
		for _, segment := range outline.Segments {
			var a [6]float32
			for i, q := range segment.ArgsSlice() {
				a[2*i], a[2*i+1] = left+q.X*scale, base-q.Y*scale
			}
			switch segment.Op {
			case ot.SegmentOpMoveTo:
				if open {
					pen.ClosePath()
				}
				pen.MoveTo(a[0], a[1])
				open = true
			case ot.SegmentOpLineTo:
				pen.LineTo(a[0], a[1])
			case ot.SegmentOpQuadTo:
				pen.QuadTo(a[0], a[1], a[2], a[3])
			case ot.SegmentOpCubeTo:
				pen.CubeTo(a[0], a[1], a[2], a[3], a[4], a[5])
			}
		}
		if open {
			pen.ClosePath()
		}
	}
}
