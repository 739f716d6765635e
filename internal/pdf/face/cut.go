package face

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	ot "github.com/go-text/typesetting/font/opentype"
)

// A Cutter collects what a document draws in one face and cuts it out. A cluster
// of several pieces becomes one glyph, so that each code of the document stands
// for one thing on the page and for the letters that it was written with: other
// programs get the words back by looking codes up, and have nothing to guess.
type Cutter struct {
	face   *Face
	codes  map[string]uint16 // by drawing and letters
	drawn  map[string]uint16 // glyphs of the cut face, by drawing
	whole  map[int]uint16    // glyphs of the cut face, by those that they are
	glyphs []glyph
	cut    Cut
	full   bool
}

// A glyph of the cut face.
type glyph struct {
	outline []byte
	advance int
}

// A Cut is a face as a document embeds it.
type Cut struct {
	Name    string
	Program []byte // TrueType
	Codes   []Code // by code; code 0 stands for nothing
	Box     Box
	// Ascent and Descent are the face's own.
	Ascent, Descent int
}

// A Code is what one code of the document stands for.
type Code struct {
	Glyph   uint16 // of Program
	Advance int
	Text    string
}

// NewCutter begins to cut a face.
func NewCutter(f *Face) *Cutter {
	c := &Cutter{face: f, codes: map[string]uint16{}, drawn: map[string]uint16{}, whole: map[int]uint16{}}
	c.cut = Cut{Name: f.name, Codes: make([]Code, 1), Ascent: f.Ascent, Descent: f.Descent}
	c.keep(0)
	return c
}

// Add takes a cluster that was written with text, and returns its code and how
// far the code moves on; what the cluster itself moves on more or less is
// kerning. Every cluster without ink and advance may be left out.
func (c *Cutter) Add(cl Cluster, text string) (code uint16, advance int) {
	drawing := make([]byte, 0, 8)
	alone := len(cl.Pieces) == 1 && cl.Pieces[0].X == 0 && cl.Pieces[0].Y == 0
	if alone {
		advance = c.face.advance(cl.Pieces[0].Glyph)
	} else {
		advance = max(cl.Advance, 0)
	}
	for _, p := range cl.Pieces {
		drawing = binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(drawing, int64(p.Glyph)), int64(p.X)), int64(p.Y))
	}
	drawing = binary.AppendVarint(drawing, int64(advance))
	key := string(drawing) + "\x00" + text
	if code, ok := c.codes[key]; ok {
		return code, advance
	}
	glyph, ok := c.drawn[string(drawing)]
	if !ok {
		if alone {
			glyph = c.keep(cl.Pieces[0].Glyph)
		} else {
			glyph = c.compose(cl, advance)
		}
		c.drawn[string(drawing)] = glyph
	}
	if len(c.cut.Codes) > 0xFFFE || len(c.glyphs) > 0xFFF0 {
		c.full = true
		return 0, advance
	}
	code = uint16(len(c.cut.Codes)) //nolint:gosec // held below 65,535 above
	c.cut.Codes = append(c.cut.Codes, Code{glyph, advance, text})
	c.codes[key] = code
	return code, advance
}

// keep takes a glyph over as it is, and those that it is made of.
func (c *Cutter) keep(id int) uint16 {
	if n, ok := c.whole[id]; ok {
		return n
	}
	n := uint16(len(c.glyphs)) //nolint:gosec // a face has fewer than 65,536 glyphs
	c.whole[id] = n
	g := glyph{outline: slices.Clone(c.face.outline(id)), advance: c.face.advance(id)}
	c.glyphs = append(c.glyphs, g)
	eachComponent(g.outline, func(at int) {
		part := int(binary.BigEndian.Uint16(g.outline[at:]))
		binary.BigEndian.PutUint16(g.outline[at:], c.keep(part))
	})
	return n
}

// Flags of a component in the table glyf.
const (
	wordArguments = 1 << iota
	argumentsAreXY
	_
	oneScale
	_
	more
	twoScales
	fourScales
)

// eachComponent calls f with where the number of each component of an outline
// stands.
func eachComponent(outline []byte, f func(at int)) {
	if len(outline) < 10 || signed(outline) >= 0 {
		return
	}
	for at := 10; at+4 <= len(outline); {
		flags := binary.BigEndian.Uint16(outline[at:])
		f(at + 2)
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&oneScale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&fourScales != 0:
			at += 8
		}
		if flags&more == 0 {
			return
		}
	}
}

// compose makes one glyph of the pieces of a cluster.
func (c *Cutter) compose(cl Cluster, advance int) uint16 {
	var inked []Piece
	for _, p := range cl.Pieces {
		if c.face.outline(p.Glyph) != nil {
			inked = append(inked, p)
		}
	}
	g := glyph{advance: advance}
	if len(inked) > 0 {
		g.outline = []byte{0xFF, 0xFF}
		for _, v := range []int{cl.Ink.Left, cl.Ink.Bottom, cl.Ink.Right, cl.Ink.Top} {
			g.outline = binary.BigEndian.AppendUint16(g.outline, uint16(int16(v))) //nolint:gosec // places in a face are signed numbers of 16 bits
		}
	}
	for i, p := range inked {
		flags := uint16(wordArguments | argumentsAreXY)
		if i < len(inked)-1 {
			flags |= more
		}
		g.outline = binary.BigEndian.AppendUint16(g.outline, flags)
		g.outline = binary.BigEndian.AppendUint16(g.outline, c.keep(p.Glyph))
		g.outline = binary.BigEndian.AppendUint16(g.outline, uint16(int16(p.X))) //nolint:gosec // places in a face are signed numbers of 16 bits
		g.outline = binary.BigEndian.AppendUint16(g.outline, uint16(int16(p.Y))) //nolint:gosec // places in a face are signed numbers of 16 bits
	}
	n := uint16(len(c.glyphs)) //nolint:gosec // held below 65,535 in Add
	c.glyphs = append(c.glyphs, g)
	return n
}

// Cut cuts out what was added.
func (c *Cutter) Cut() (Cut, error) {
	if c.full {
		return Cut{}, errors.New("the letter draws more than 65,000 different signs in one typeface: split it")
	}
	out := c.cut
	var glyf, loca, hmtx []byte
	for _, g := range c.glyphs {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf))) //nolint:gosec // the sum of what a face holds
		left := 0
		if g.outline != nil {
			left = signed(g.outline[2:])
			out.Box = out.Box.With(Box{left, signed(g.outline[4:]), signed(g.outline[6:]), signed(g.outline[8:])})
		}
		glyf = append(glyf, g.outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(g.advance)) //nolint:gosec // not negative, and narrower than a page
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(int16(left)))
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf))) //nolint:gosec // as above
	tables := []ot.Table{{Content: glyf, Tag: ot.MustNewTag("glyf")}, {Content: loca, Tag: ot.MustNewTag("loca")}, {Content: hmtx, Tag: ot.MustNewTag("hmtx")}}
	for _, name := range []string{"head", "hhea", "maxp"} {
		tables = append(tables, ot.Table{Content: c.header(name, out.Box), Tag: ot.MustNewTag(name)})
	}
	slices.SortFunc(tables, func(a, b ot.Table) int { return cmp.Compare(a.Tag, b.Tag) })
	out.Program = writeTrueType(tables)
	return out, nil
}

// header is a table of the face, for the glyphs that are left.
func (c *Cutter) header(name string, b Box) []byte {
	t := slices.Clone(c.face.tables[name])
	n := uint16(len(c.glyphs)) //nolint:gosec // held below 65,535 in Add
	switch name {
	case "head":
		binary.BigEndian.PutUint32(t[8:], 0) // the checksum, which nobody looks at in an embedded face
		for i, v := range []int{b.Left, b.Bottom, b.Right, b.Top} {
			binary.BigEndian.PutUint16(t[36+2*i:], uint16(int16(v))) //nolint:gosec // from outlines
		}
		binary.BigEndian.PutUint16(t[50:], 1) // loca counts in four bytes
	case "hhea":
		binary.BigEndian.PutUint16(t[34:], n)
	case "maxp":
		binary.BigEndian.PutUint16(t[4:], n)
		points, contours, components := c.most()
		binary.BigEndian.PutUint16(t[10:], points)
		binary.BigEndian.PutUint16(t[12:], contours)
		binary.BigEndian.PutUint16(t[28:], components)
		binary.BigEndian.PutUint16(t[30:], maxDepth)
	}
	return t
}

// maxDepth is how deeply glyphs are made of glyphs: a cluster, of a letter with a
// mark, of outlines, and one to spare.
const maxDepth = 4

// most is what the table maxp says of glyphs that are made of others: a bound, not
// the exact number.
func (c *Cutter) most() (points, contours, components uint16) {
	maxp := c.face.tables["maxp"]
	alone := [2]uint16{binary.BigEndian.Uint16(maxp[6:]), binary.BigEndian.Uint16(maxp[8:])}
	components = binary.BigEndian.Uint16(maxp[28:])
	for _, g := range c.glyphs {
		n := uint16(0)
		eachComponent(g.outline, func(int) { n++ })
		components = max(components, n)
	}
	bound := func(v uint16) uint16 { return uint16(min(int(v)*int(max(components, 1)), 0xFFFF)) } //nolint:gosec // just bounded
	return bound(alone[0]), bound(alone[1]), components
}

// writeTrueType writes tables, in order of their tags, as a file.
func writeTrueType(tables []ot.Table) []byte {
	for i := range tables {
		for len(tables[i].Content)%4 != 0 {
			tables[i].Content = append(tables[i].Content, 0)
		}
	}
	return ot.WriteTTF(tables)
}

// ToUnicode is the table that says which letters each code stands for.
func (c Cut) ToUnicode() []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // in one block, by the specification
	for from := 1; from < len(c.Codes); from += most {
		to := min(from+most, len(c.Codes))
		fmt.Fprintf(&b, "%d beginbfchar\n", to-from)
		for code := from; code < to; code++ {
			fmt.Fprintf(&b, "<%04X> <%s>\n", code, hex16(c.Codes[code].Text))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}

func hex16(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}
