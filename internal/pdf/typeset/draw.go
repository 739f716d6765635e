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

// layouts says where every word stands.
func (d *document) layouts(pages []page) []layout.Page {
	var out []layout.Page
	for _, p := range pages {
		l := layout.Page{Width: inMM(d.sheet.width), Height: inMM(d.sheet.height)}
		for i, r := range p.all() {
			for _, w := range r.words {
				l.Words = append(l.Words, laid(w, r.baseline, i+1)...)
			}
		}
		out = append(out, l)
	}
	return out
}

// laid is where a word stands: in one place, or in several, where a word of two
// directions ("guard،" in Arabic) parts around others.
func laid(w placed, baseline, line int) []layout.Word {
	var out []layout.Word
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
		l := layout.Word{
			Text: w.text[from:to], Box: box(w.runs[i:end], w.at[i:end], baseline), Baseline: inMM(baseline), Line: line,
			Part: w.part, Language: string(w.language),
		}
		if w.part == layout.Body {
			l.From, l.To = w.from+from, w.from+to
		}
		out = append(out, l)
		i = end
	}
	return out
}

// box is the ink of runs on the page.
func box(runs []run, at []int, baseline int) layout.Box {
	var ink face.Box // in thousandths of a point
	for i, r := range runs {
		units := 0
		for _, c := range r.clusters {
			x := sideMargin + at[i] + scaled(units, r.size)
			if !c.Ink.Empty() {
				ink = ink.With(face.Box{
					Left: x + scaled(c.Ink.Left, r.size), Right: x + scaled(c.Ink.Right, r.size),
					Bottom: scaled(c.Ink.Bottom, r.size) - baseline, Top: scaled(c.Ink.Top, r.size) - baseline,
				})
			}
			units += c.Advance
		}
	}
	if ink.Empty() {
		return layout.Box{X: inMM(sideMargin + at[0]), Y: inMM(baseline)}
	}
	return layout.Box{X: inMM(ink.Left), Y: inMM(-ink.Top), Width: inMM(ink.Right - ink.Left), Height: inMM(ink.Top - ink.Bottom)}
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
		c.mark(section.child(p.rows[i].kind, p.rows[i].block), n, p.rows[i].kind, p.rows[i:end])
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
	left := sideMargin
	if p.voice.rtl {
		left = c.sheet.width - sideMargin - c.sheet.symbolSide()
	}
	top := c.sheet.height - lowMargin - c.sheet.symbolSide()
	for y, line := range c.sheet.symbol {
		for x := 0; x < len(line); x++ {
			from := x
			for x < len(line) && line[x] {
				x++
			}
			if x > from {
				c.printf("%s %s %s %s re\n", number(left+from*module), c.up(top+(y+1)*module), number((x-from)*module), number(module))
			}
		}
	}
	c.WriteString("f\n") // once: renderers leave seams between shapes that are filled apart
}

// rows draws words in the order in which they are read, with a space between them
// that programs find even where a line ends.
func (c *canvas) rows(rows []row) {
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
