package paper

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"chancery.example/internal/office"
	"chancery.example/internal/parity"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// Texts are the texts of a letter side by side, paragraph by paragraph.
type Texts struct {
	Columns []Column
	Lines   []Line
}

// A Column is one language. Note is a message's key: what its text is worth beside
// the others; "" for the only one.
type Column struct {
	Lang letter.Lang
	Note string
}

// A Line holds the same paragraph of every text.
type Line struct {
	N     int
	Cells []Cell
}

// A Cell is one paragraph of one text; empty when that text has no such one.
type Cell struct {
	Lang  letter.Lang
	Words template.HTML
	Empty bool
	Finds []int // numbers of findings about what the paragraph lacks
}

// A Finding is a difference between two texts, with its number in the list.
type Finding struct {
	office.ParityFinding
	N       int
	Accepts bool // the reader may leave it as it is, with a reason
}

// Lay lays the texts of a letter out, with what was found marked in its place.
func Lay(c letter.Content, found []Finding) Texts {
	var out Texts
	var columns [][]Cell
	for _, x := range c.Texts {
		col := Column{Lang: x.Lang}
		switch {
		case len(c.Texts) == 1:
		case c.Prevailing == "":
			col.Note = "desk.letter.equal"
		case c.Prevailing == x.Lang:
			col.Note = "desk.letter.prevails"
		default:
			col.Note = "desk.letter.courtesy"
		}
		out.Columns = append(out.Columns, col)
		columns = append(columns, cells(x, found))
	}
	rows := 0
	for _, col := range columns {
		rows = max(rows, len(col))
	}
	for i := range rows {
		line := Line{N: i + 1}
		for j, col := range columns {
			if i < len(col) {
				line.Cells = append(line.Cells, col[i])
				continue
			}
			line.Cells = append(line.Cells, Cell{Lang: out.Columns[j].Lang, Empty: true})
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// A spot is a stretch of a text that a finding marks.
type spot struct{ from, to, number int }

// cells cuts a text into its paragraphs and marks what was found in them.
func cells(x letter.LangText, found []Finding) []Cell {
	text, at := x.Text.String(), 0
	var out []Cell
	for _, p := range x.Text.Paragraphs() {
		from := at + strings.Index(text[at:], p)
		to := from + len(p)
		at = to
		spots, lacks := within(found, x.Lang, from, to)
		out = append(out, Cell{Lang: x.Lang, Words: marked(text, from, to, spots), Finds: lacks})
	}
	return out
}

// within returns what is marked in a stretch of a text, in order and without
// overlaps, and the numbers of findings that miss something in it.
func within(found []Finding, lang letter.Lang, from, to int) (spots []spot, lacks []int) {
	for _, f := range found {
		for _, p := range f.Places {
			switch {
			case p.Lang != lang || p.Span.End <= from || p.Span.Start >= to:
			case p.Missing:
				if !slices.Contains(lacks, f.N) {
					lacks = append(lacks, f.N)
				}
			default:
				spots = append(spots, spot{max(p.Span.Start, from), min(p.Span.End, to), f.N})
			}
		}
	}
	slices.SortFunc(spots, func(a, b spot) int { return a.from - b.from })
	end := from
	spots = slices.DeleteFunc(spots, func(s spot) bool {
		if s.from < end {
			return true
		}
		end = s.to
		return false
	})
	return spots, lacks
}

// marked writes a stretch of a text. The number of a finding stands behind its
// words, isolated from their direction.
func marked(text string, from, to int, spots []spot) template.HTML {
	var b strings.Builder
	for _, s := range spots {
		b.WriteString(string(shared.Show(text[from:s.from])))
		fmt.Fprintf(&b, `<mark data-n="%d">%s</mark>`, s.number, shared.Show(text[s.from:s.to]))
		from = s.to
	}
	b.WriteString(string(shared.Show(text[from:to])))
	return template.HTML(b.String()) //nolint:gosec // Show escapes
}

// Found numbers the findings of a letter's texts.
func Found(v office.ParityView, accepts bool) (out []Finding, open int) {
	for i, f := range v.Findings {
		out = append(out, Finding{f, i + 1, accepts && f.Severity == parity.Blocking && f.Accepted == nil})
		if f.Blocks() {
			open++
		}
	}
	return out, open
}
