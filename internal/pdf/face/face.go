// Package face holds the typefaces that letters are set in, knows which of them
// has a character, turns letters into drawn clusters (joined, as Arabic is, with
// their marks in place) and cuts what a document draws out of a typeface, to be
// embedded in the document.
//
//	s := face.NewShaper()
//	faces, err := face.Choose([]rune("لجنة (IZ)"), face.Regular, face.Naskh)
//	clusters := s.Shape(face.Run{Face: faces[0], Text: text, To: 4, RTL: true, Language: "ar"})
//	c := face.NewCutter(faces[0])
//	code, err := c.Add(clusters[0], "ل")
//
// All measures are in thousandths of an em. The files are in fonts, with what
// they are and how they were cut.
package face

import (
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
)

// A Weight is how heavy letters are drawn.
type Weight int

// The weights.
const (
	Regular Weight = iota
	Bold
)

// A Family is a typeface in all its weights.
type Family int

// The families: Noto Serif for Latin, Greek and Cyrillic letters, Noto Naskh
// Arabic for Arabic ones.
const (
	Serif Family = iota
	Naskh
	families = iota
)

// Em is the size in which everything here is measured.
const Em = 1000

// A Face is one typeface in one weight. It is never changed, and can be used from
// several places at once.
type Face struct {
	name   string
	font   *font.Font
	tables map[string][]byte // head, hhea, hmtx, glyf, loca, maxp
	long   bool              // how loca counts
	// Ascent and Descent are the typeface's own, both counted upwards.
	Ascent, Descent int

	outlines sync.Map // []Segment by glyph; a face has some thousands
}

//go:embed fonts/*.ttf
var files embed.FS

var load = sync.OnceValues(func() ([families][2]*Face, error) {
	var out [families][2]*Face
	for family, names := range [families][2]string{Serif: {"NotoSerif-Regular", "NotoSerif-Bold"}, Naskh: {"NotoNaskhArabic-Regular", "NotoNaskhArabic-Bold"}} {
		for weight, name := range names {
			f, err := open(name)
			if err != nil {
				return out, err
			}
			out[family][weight] = f
		}
	}
	return out, nil
})

// Get returns a typeface.
func Get(f Family, w Weight) (*Face, error) {
	all, err := load()
	if err != nil {
		return nil, err
	}
	return all[f][w], nil
}

func open(name string) (*Face, error) {
	raw, err := files.ReadFile("fonts/" + name + ".ttf")
	if err != nil {
		return nil, fmt.Errorf("reading the typeface %s: %w", name, err)
	}
	loader, err := ot.NewLoader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("reading the typeface %s: %w", name, err)
	}
	f := &Face{name: name, tables: map[string][]byte{}}
	if f.font, err = font.NewFont(loader); err != nil {
		return nil, fmt.Errorf("reading the typeface %s: %w", name, err)
	}
	for tag, least := range map[string]int{"head": 54, "hhea": 36, "hmtx": 4, "glyf": 10, "loca": 4, "maxp": 32} {
		table, err := loader.RawTable(ot.MustNewTag(tag))
		if err != nil {
			return nil, fmt.Errorf("reading the typeface %s: %w", name, err)
		}
		if len(table) < least {
			return nil, fmt.Errorf("reading the typeface %s: its table %s is too short", name, tag)
		}
		f.tables[tag] = table
	}
	head, hhea := f.tables["head"], f.tables["hhea"]
	if n := binary.BigEndian.Uint16(head[18:]); n != Em {
		return nil, fmt.Errorf("reading the typeface %s: its em has %d units: want %d", name, n, Em)
	}
	f.long = binary.BigEndian.Uint16(head[50:]) == 1
	f.Ascent, f.Descent = signed(hhea[4:]), signed(hhea[6:])
	return f, nil
}

func signed(b []byte) int { return int(int16(binary.BigEndian.Uint16(b))) } //nolint:gosec // two bytes of a font are a signed number

// Arabic reports whether the face is one for Arabic letters.
func (f *Face) Arabic() bool { return strings.HasPrefix(f.name, "NotoNaskh") }

// Has reports whether the typeface draws a character.
func (f *Face) Has(r rune) bool {
	_, ok := f.font.NominalGlyph(r)
	return ok
}

// Space is how wide a space is.
func (f *Face) Space() int {
	g, _ := f.font.NominalGlyph(' ')
	return f.advance(int(g))
}

// advance is a glyph's width in the table hmtx.
func (f *Face) advance(glyph int) int {
	n := int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	at := 4 * min(glyph, n-1)
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][at:]))
}

// outline is a glyph's record in the table glyf; empty for one without ink.
func (f *Face) outline(glyph int) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.long {
		if 4*glyph+8 > len(loca) {
			return nil
		}
		from, to = int(binary.BigEndian.Uint32(loca[4*glyph:])), int(binary.BigEndian.Uint32(loca[4*glyph+4:]))
	} else {
		if 2*glyph+4 > len(loca) {
			return nil
		}
		from, to = 2*int(binary.BigEndian.Uint16(loca[2*glyph:])), 2*int(binary.BigEndian.Uint16(loca[2*glyph+2:]))
	}
	if from+10 > to || to > len(glyf) {
		return nil
	}
	return glyf[from:to]
}

// A Box is the ink of letters, upwards from the baseline and to the right.
type Box struct{ Left, Bottom, Right, Top int }

// Empty reports whether there is no ink.
func (b Box) Empty() bool { return b.Left >= b.Right || b.Bottom >= b.Top }

// Moved returns the box elsewhere.
func (b Box) Moved(x, y int) Box { return Box{b.Left + x, b.Bottom + y, b.Right + x, b.Top + y} }

// With returns the box around two.
func (b Box) With(c Box) Box {
	switch {
	case b.Empty():
		return c
	case c.Empty():
		return b
	}
	return Box{min(b.Left, c.Left), min(b.Bottom, c.Bottom), max(b.Right, c.Right), max(b.Top, c.Top)}
}

// ink is the box around a glyph.
func (f *Face) ink(glyph int) Box {
	g := f.outline(glyph)
	if g == nil {
		return Box{}
	}
	return Box{signed(g[2:]), signed(g[4:]), signed(g[6:]), signed(g[8:])}
}

// SpaceCluster is a space as it is drawn.
func (f *Face) SpaceCluster() Cluster {
	g, _ := f.font.NominalGlyph(' ')
	return Cluster{Pieces: []Piece{{Glyph: int(g)}}, Advance: f.advance(int(g))}
}

// Name is the PostScript name of the face.
func (f *Face) Name() string { return f.name }
