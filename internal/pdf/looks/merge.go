package looks

import (
	"image"
	"slices"
	"strings"

	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// sure is from which confidence a word of a picture that differs from the text
// layer is said to differ.
const sure = 0.8

// A merger lays the words of pictures over those of a version.
type merger struct {
	views   map[int]view
	version pdf.Version
	known   Known // what words are known to look like
	remarks []pdf.Remark
	text    strings.Builder
	words   photo.Words
	line    int
}

// merge returns the version as the pictures show it, and whether its text layer
// says something else.
func (m *merger) merge(pages int) (pdf.Version, bool) {
	differs := false
	for page := 1; page <= pages; page++ {
		var layer photo.Words
		for _, w := range m.version.Words {
			if w.Page == page {
				layer = append(layer, w)
			}
		}
		v, ok := m.views[page]
		if !ok {
			for _, w := range layer {
				m.put(w, m.version.Text[w.From:w.To])
			}
			continue
		}
		differs = m.page(page, layer, v) || differs
	}
	return pdf.Version{Text: m.text.String(), Words: m.words}, differs
}

// put writes a word of the layer, or what stands in its place.
func (m *merger) put(w photo.Word, s string) {
	if s == "" {
		return
	}
	switch last := len(m.words) - 1; {
	case last < 0:
		m.line = 1
	case m.words[last].Page != w.Page:
		m.line++
		m.text.WriteString("\n\n")
	case !sameLine(m.words[last].Box, w.Box):
		m.line++
		m.text.WriteString("\n")
		if w.Box.Min.Y-m.words[last].Box.Max.Y > w.Box.Dy() {
			m.text.WriteString("\n")
		}
	default:
		m.text.WriteString(" ")
	}
	from := m.text.Len()
	m.text.WriteString(s)
	m.words = append(m.words, photo.Word{From: from, To: m.text.Len(), Line: m.line, Page: w.Page, Confidence: w.Confidence, Box: w.Box})
}

func sameLine(a, b image.Rectangle) bool {
	return min(a.Max.Y, b.Max.Y)-max(a.Min.Y, b.Min.Y) > min(a.Dy(), b.Dy())/3
}

// A place is words of layer and picture that stand in the same place.
type place struct{ layer, seen []int }

// A piece is one word of a merged page.
type piece struct {
	word photo.Word
	text string
}

// putIn puts a word before the first one that stands below it, or after it in its
// line.
func putIn(out []piece, p piece) []piece {
	at := slices.IndexFunc(out, func(o piece) bool {
		return o.word.Box.Min.Y > p.word.Box.Max.Y || sameLine(o.word.Box, p.word.Box) && o.word.Box.Min.X > p.word.Box.Min.X
	})
	if at < 0 {
		at = len(out)
	}
	return slices.Insert(out, at, p)
}

// page merges one page.
func (m *merger) page(page int, layer photo.Words, v view) bool {
	groups, loose := pair(layer, v)
	proofs := letterShapes(m.version.Text, layer, v, groups)
	proofs.known = m.known
	var out []piece
	var says, shows []string
	var where image.Rectangle
	for _, g := range groups {
		a, b := m.said(layer, g.layer), v.said(g.seen)
		box := layer[g.layer[0]].Box
		for _, i := range g.layer {
			box = box.Union(layer[i].Box)
		}
		if plain(a) == plain(b) || proofs.confirmAll(m.version.Text, layer, g.layer, b) {
			for _, i := range g.layer {
				out = append(out, piece{layer[i], m.version.Text[layer[i].From:layer[i].To]})
			}
			continue
		}
		if len(g.seen) == 0 { // ink that no reader of pictures could read
			for _, i := range g.layer {
				w := layer[i]
				w.Confidence = .5
				out = append(out, piece{w, m.version.Text[w.From:w.To]})
			}
			continue
		}
		least := float32(1)
		for _, i := range g.seen {
			w := v.read.Words[i]
			least = min(least, w.Confidence)
			out = append(out, piece{photo.Word{Page: page, Confidence: w.Confidence, Box: box}, v.read.Text[w.From:w.To]})
		}
		if least >= sure {
			says, shows, where = append(says, a), append(shows, b), where.Union(box)
		}
	}
	if len(says) > 0 {
		m.remarks = append(m.remarks, pdf.Remark{
			Kind: pdf.Mismatch, Page: page, Count: len(says), Text: pdf.Quoted(strings.Join(says, " ")), Shown: pdf.Quoted(strings.Join(shows, " ")),
			Box: inMM(where),
		})
	}
	// Words that only the picture has go where their line is.
	for _, i := range loose {
		w := v.read.Words[i]
		s := v.read.Text[w.From:w.To]
		if w.Confidence >= photo.Sure && plain(s) != "" {
			out = putIn(out, piece{photo.Word{Page: page, Confidence: w.Confidence, Box: v.at(w.Box)}, s})
		}
	}
	for _, p := range out {
		m.put(p.word, p.text)
	}
	return len(says) > 0
}

func (m *merger) said(ws photo.Words, at []int) string {
	var out []string
	for _, i := range at {
		out = append(out, m.version.Text[ws[i].From:ws[i].To])
	}
	return strings.Join(out, " ")
}

func (v view) said(at []int) string {
	var out []string
	for _, i := range at {
		out = append(out, v.read.Text[v.read.Words[i].From:v.read.Words[i].To])
	}
	return strings.Join(out, " ")
}

// pair finds which words of the picture stand where which words of the layer do;
// loose are those of the picture that stand where the layer has none.
func pair(layer photo.Words, v view) (groups []place, loose []int) {
	of := make([]int, len(layer)) // the group of each word of the layer
	for i := range of {
		of[i] = i
	}
	find := func(i int) int {
		for of[i] != i {
			i = of[i]
		}
		return i
	}
	on := make([][]int, len(layer))
	for j, w := range v.read.Words {
		box, hit := v.at(w.Box), -1
		for i := range layer {
			if !overlap(box, layer[i].Box) {
				continue
			}
			if hit < 0 {
				hit = find(i)
				on[hit] = append(on[hit], j)
				continue
			}
			if k := find(i); k != hit {
				lo, hi := min(k, hit), max(k, hit)
				of[hi] = lo
				on[lo], on[hi] = merged(on[lo], on[hi]), nil
				hit = lo
			}
		}
		if hit < 0 {
			loose = append(loose, j)
		}
	}
	at := map[int]int{}
	for i := range layer {
		k := find(i)
		n, ok := at[k]
		if !ok {
			n = len(groups)
			at[k] = n
			groups = append(groups, place{seen: on[k]})
		}
		groups[n].layer = append(groups[n].layer, i)
	}
	return groups, loose
}

func merged(a, b []int) []int {
	var out []int
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0] < b[0] {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

// overlap reports whether two words stand in the same place, on the same line.
func overlap(a, b image.Rectangle) bool {
	x, y := min(a.Max.X, b.Max.X)-max(a.Min.X, b.Min.X), min(a.Max.Y, b.Max.Y)-max(a.Min.Y, b.Min.Y)
	return 3*x >= min(a.Dx(), b.Dx()) && x > 0 && 3*y >= min(a.Dy(), b.Dy()) && y > 0
}
