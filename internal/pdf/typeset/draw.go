package typeset

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/face"
)

// all returns the rows of a page as they are read.
func (p page) all() []row { return slices.Concat(p.notice, p.rows, p.foot) }

// layouts says where every word stands, and every glyph.
func (d *document) layouts(pages []page) (out []layout.Page, glyphs [][]Glyph) {
	for _, p := range pages {
		l := layout.Page{Width: inMM(d.sheet.width), Height: inMM(d.sheet.height)}
		var g []Glyph
		for i, r := range p.all() {
			for _, w := range r.words {
				l.Words, g = laid(l.Words, g, w, r.baseline, i+1)
			}
		}
		out, glyphs = append(out, l), append(glyphs, g)
	}
	return out, glyphs
}

// laid adds where a word stands: in one place, or in several, where a word of two
// directions ("guard،" in Arabic) parts around others.
func laid(words []layout.Word, glyphs []Glyph, w placed, baseline, line int) ([]layout.Word, []Glyph) {
	for i := 0; i < len(w.runs); {
		left, right := w.at[i], w.at[i]+w.runs[i].width
		end := i + 1
		for end < len(w.runs) && (w.at[end] == right || w.at[end]+w.runs[end].width == left) {
			left, right = min(left, w.at[end]), max(right, w.at[end]+w.runs[end].width)
			end++
		}
		from, to := w.runs[i].from, len(w.text)
		if i == 0 {
			from = 0
		}
		if end < len(w.runs) {
			to = w.runs[end].from
		}
		l := layout.Word{Text: w.text[from:to], Baseline: inMM(baseline), Line: line, Part: w.part, Language: string(w.language)}
		if w.part == layout.Body {
			l.From, l.To = w.from+from, w.from+to
		}
		var ink face.Box
		for j := i; j < end; j++ {
			glyphs, ink = drawn(glyphs, ink, w.runs[j], w.at[j], baseline, len(words))
		}
		if l.Box = onPage(ink); ink.Empty() {
			l.Box = layout.Box{X: inMM(sideMargin + w.at[i]), Y: inMM(baseline)}
		}
		words = append(words, l)
		i = end
	}
	return words, glyphs
}

// drawn adds the glyphs of a run, and their ink to that of the word, in thousandths
// of a point upwards from the top of the page.
func drawn(glyphs []Glyph, word face.Box, r run, at, baseline, index int) ([]Glyph, face.Box) {
	units := 0
	for i, c := range r.clusters {
		x := sideMargin + at + scaled(units, r.size)
		units += c.Advance
		g := Glyph{Word: index, Text: r.sources[i], X: inMM(x), Width: inMM(scaled(c.Advance, r.size)), Baseline: inMM(baseline), Size: inMM(r.size)}
		if !c.Ink.Empty() {
			ink := face.Box{
				Left: x + scaled(c.Ink.Left, r.size), Right: x + scaled(c.Ink.Right, r.size),
				Bottom: scaled(c.Ink.Bottom, r.size) - baseline, Top: scaled(c.Ink.Top, r.size) - baseline,
			}
			g.Ink, word = onPage(ink), word.With(ink)
		}
		glyphs = append(glyphs, g)
	}
	return glyphs, word
}

func onPage(b face.Box) layout.Box {
	return layout.Box{X: inMM(b.Left), Y: inMM(-b.Top), Width: inMM(b.Right - b.Left), Height: inMM(b.Top - b.Bottom)}
}

// A canvas is the content of a page that is being drawn.
type canvas struct {
	*document
	bytes.Buffer
	marked int // marked contents so far
	font   string
}

func (c *canvas) printf(format string, args ...any) { fmt.Fprintf(&c.Buffer, format, args...) }

// number writes a length in points.
func number(length int) string {
	s := strconv.FormatFloat(float64(length)/point, 'f', 3, 64)
	s = string(bytes.TrimRight([]byte(s), "0"))
	return string(bytes.TrimSuffix([]byte(s), []byte(".")))
}

// up turns a place from the top into one from the bottom.
func (c *canvas) up(y int) string { return number(c.sheet.height - y) }

// draw draws a page and hangs what it says into the tree. What repeats on every
// page is an artifact, but for the notice on the first page of each language.
func (d *document) draw(p page, n int, section *element) []byte {
	c := &canvas{document: d}
	c.notice(p, n, section)
	for i := 0; i < len(p.rows); {
		end := i
		for end < len(p.rows) && p.rows[end].block == p.rows[i].block {
			end++
		}
		e := section.child(p.rows[i].kind, p.rows[i].block)
		e.alternative = p.rows[i].alternative
		c.mark(e, n, p.rows[i].kind, p.rows[i:end])
		if r := p.rows[end-1]; r.rule {
			c.rule(r.baseline + r.descent)
		}
		i = end
	}
	c.foot(p)
	return c.Bytes()
}

// mark draws rows as marked content of an element.
func (c *canvas) mark(e *element, page int, kind string, rows []row) {
	c.printf("/%s <</MCID %d>> BDC\n", kind, c.marked)
	e.kids = append(e.kids, kid{page: page, mark: c.marked})
	c.marked++
	c.rows(rows)
	c.WriteString("EMC\n")
}

func (c *canvas) notice(p page, n int, section *element) {
	if len(p.notice) == 0 {
		return
	}
	c.printf("/Artifact BMC\nq 1 .945 .8 rg .45 .3 0 RG .8 w %s %s %s %s re B Q\nEMC\n",
		number(sideMargin), c.up(noticeTop+p.box), number(c.column), number(p.box))
	for i := 0; i < len(p.notice); {
		end := i
		for end < len(p.notice) && p.notice[end].voice == p.notice[i].voice {
			end++
		}
		if p.first {
			e := section.child("P", -1-i)
			e.language = p.notice[i].voice.language
			c.mark(e, n, "P", p.notice[i:end])
		} else {
			c.WriteString("/Artifact <</Type /Pagination /Subtype /Header>> BDC\n")
			c.rows(p.notice[i:end])
			c.WriteString("EMC\n")
		}
		i = end
	}
}

// rule is a thick line over a thin one.
func (c *canvas) rule(bottom int) {
	left, right := number(sideMargin), number(c.sheet.width-sideMargin)
	y := bottom - point
	c.printf("/Artifact BMC\nq 1.2 w %s %s m %s %s l S .4 w %s %s m %s %s l S Q\nEMC\n",
		left, c.up(y-1900), right, c.up(y-1900), left, c.up(y), right, c.up(y))
}

// foot draws the code and the rows beside it, under a thin line.
func (c *canvas) foot(p page) {
	c.WriteString("/Artifact <</Type /Pagination /Subtype /Footer>> BDC\n")
	defer c.WriteString("EMC\n")
	c.rows(p.foot)
	if c.sheet.symbol == nil {
		return
	}
	c.symbol(c.sheet.symbol, p.voice, c.sheet.height-lowMargin)
}

// symbol draws a QR code at the margin where lines begin, standing on bottom.
func (c *canvas) symbol(symbol [][]bool, v voice, bottom int) {
	side := len(symbol) * module
	left := sideMargin
	if v.rtl {
		left = c.sheet.width - sideMargin - side
	}
	for y, line := range symbol {
		for x := 0; x < len(line); x++ {
			from := x
			for x < len(line) && line[x] {
				x++
			}
			if x > from {
				c.printf("%s %s %s %s re\n", number(left+from*module), c.up(bottom-side+(y+1)*module), number((x-from)*module), number(module))
			}
		}
	}
	c.WriteString("f\n") // once: renderers leave seams between shapes that are filled apart
}

// rows draws words in the order in which they are read, with a space between them
// that programs find even where a line ends.
func (c *canvas) rows(rows []row) {
	for _, r := range rows {
		if r.symbol != nil {
			c.symbol(r.symbol, r.voice, r.baseline)
			return
		}
	}
	c.WriteString("BT\n")
	c.font = ""
	for i, r := range rows {
		for _, w := range r.words {
			if w.spaced >= 0 {
				c.space(w.word, w.spaced, r.baseline)
			}
			for j, part := range w.runs {
				c.run(part, w.at[j], r.baseline)
			}
		}
		if i+1 < len(rows) && len(r.words) > 0 && len(rows[i+1].words) > 0 {
			if next := rows[i+1].words[0]; next.space > 0 {
				c.space(next.word, r.end(), r.baseline)
			}
		}
	}
	c.WriteString("ET\n")
}

// end is where a space behind a row stands.
func (r row) end() int {
	last := r.words[len(r.words)-1]
	left, right := last.at[0], last.at[0]
	for i, p := range last.runs {
		left, right = min(left, last.at[i]), max(right, last.at[i]+p.width)
	}
	if r.voice.rtl {
		return left - last.space
	}
	return right
}

// space draws the space before a word.
func (c *canvas) space(w word, x, baseline int) {
	f, err := face.Get(w.voice.first, w.style.weight)
	if err != nil {
		return // it was there when the word was shaped
	}
	c.run(run{face: f, size: w.style.sizeOf(f), clusters: []face.Cluster{f.SpaceCluster()}, sources: []string{" "}}, x, baseline)
}

// run draws clusters.
func (c *canvas) run(r run, x, baseline int) {
	cutter := c.cutter(r.face)
	if font := fmt.Sprintf("/%s %s Tf\n", r.face.Name(), number(r.size)); font != c.font {
		c.WriteString(font)
		c.font = font
	}
	c.printf("1 0 0 1 %s %s Tm [<", number(sideMargin+x), c.up(baseline))
	for i, cl := range r.clusters {
		code, advance := cutter.Add(cl, extractable(r.sources[i], r.level%2 == 1))
		c.printf("%04X", code)
		if kern := advance - cl.Advance; kern != 0 && i < len(r.clusters)-1 {
			c.printf("> %d <", kern)
		}
	}
	c.WriteString(">] TJ\n")
}

// extractable is what other programs are told that a cluster says: its letters,
// without the marks of direction, which would only bring them out of step. Words
// that run from right to left are drawn from left to right, as everybody draws
// them, and programs turn them round letter by letter; so the letters of a cluster
// are named in that order too.
func extractable(s string, rtl bool) string {
	runes := []rune(s)
	runes = slices.DeleteFunc(runes, func(r rune) bool { return face.Invisible(r) && r != '\u200c' && r != '\u200d' })
	if rtl {
		slices.Reverse(runes)
	}
	return string(runes)
}

func (d *document) cutter(f *face.Face) *face.Cutter {
	c := d.cutters[f]
	if c == nil {
		c = face.NewCutter(f)
		d.cutters[f] = c
		d.faces = append(d.faces, f)
	}
	return c
}
