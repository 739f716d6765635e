package typeset

import (
	"slices"
	"strings"

	"chancery.example/internal/pdf/face"
)

// A line is a row of words at their places.
type line struct {
	words           []placed // as they are read
	ascent, descent int      // room above and below the baseline; both positive
	symbol          [][]bool // a QR code instead of words
	alternative     string   // what it is, in words
}

// A placed word knows how far right of the column's left side its runs begin.
type placed struct {
	word
	at     []int // of each run
	spaced int   // where the space before it begins; -1 without one
}

// An alignment is the side of the column on which lines stand.
type alignment int

const (
	atStart alignment = iota // left, or right in languages written from there
	centred
	atEnd
	justified
)

// arrange places the words of one line in a column.
func arrange(v voice, st style, words []word, width int, a alignment) line {
	var out line
	var items []uint8 // levels of runs and the spaces between them
	var widths []int
	slack := width - natural(words)
	gaps := 0
	for i := range words {
		if i > 0 && words[i].space > 0 {
			gaps++
		}
	}
	stretch := 0
	if a == justified && gaps > 0 {
		stretch = slack / gaps
	}
	for i, w := range words {
		p := placed{word: w, at: make([]int, len(w.runs)), spaced: -1}
		if i > 0 && w.space > 0 {
			p.spaced = len(items)
			items, widths = append(items, w.level), append(widths, w.space+stretch)
		}
		for j, r := range w.runs {
			p.at[j] = len(items)
			items, widths = append(items, r.level), append(widths, r.width)
		}
		out.words = append(out.words, p)
	}
	x := 0
	switch left := v.rtl == (a == atEnd); {
	case a == centred:
		x = slack / 2
	case a == justified && gaps > 0: // the rest of the division stands at the line's end
		if v.rtl {
			x = slack - stretch*gaps
		}
	case !left:
		x = slack
	}
	at := make([]int, len(items))
	for _, i := range visual(items) {
		at[i] = x
		x += widths[i]
	}
	for i := range out.words {
		p := &out.words[i]
		if p.spaced >= 0 {
			p.spaced = at[p.spaced]
		}
		for j := range p.at {
			p.at[j] = at[p.at[j]]
		}
	}
	out.room(v, st)
	return out
}

// room gives the line its height: the style's, and more where ink needs it, so
// that no two lines ever touch.
func (l *line) room(v voice, st style) {
	const share = 74 // of the leading above the baseline, in hundredths
	lead := st.leading(v)
	l.ascent = lead * share / 100
	l.descent = lead - l.ascent
	const clear = point / 2
	for _, w := range l.words {
		l.ascent, l.descent = max(l.ascent, w.top+clear), max(l.descent, -w.low+clear)
	}
}

// beside puts the words of another line on this one.
func (l line) beside(m line) line {
	return line{words: slices.Concat(l.words, m.words), ascent: max(l.ascent, m.ascent), descent: max(l.descent, m.descent)}
}

// moved puts a line elsewhere in the column.
func (l line) moved(by int) line {
	for i := range l.words {
		w := &l.words[i]
		if w.spaced >= 0 {
			w.spaced += by
		}
		for j := range w.at {
			w.at[j] += by
		}
	}
	return l
}

// natural is the width of words with plain spaces between them.
func natural(words []word) int {
	n := 0
	for i, w := range words {
		if i > 0 {
			n += w.space
		}
		n += w.width
	}
	return n
}

// set breaks words into lines of a column. Words are never hyphenated; one that is
// longer than a line is broken where it may be. A line of the text that takes
// several lines of the page is justified.
func (d *document) set(v voice, st style, words []word, width int, a alignment) []line {
	var fitting []word
	for _, w := range words {
		fitting = append(fitting, d.fit(w, width)...)
	}
	rows := balance(fitting, width)
	var out []line
	for i, row := range rows {
		how := a
		if a == justified && (i == len(rows)-1 || tooLoose(row, width)) {
			how = atStart
		}
		out = append(out, arrange(v, st, row, width, how))
	}
	return out
}

// tooLoose reports whether a justified row would have holes: spaces of more than
// three times their width.
func tooLoose(row []word, width int) bool {
	slack, spaces := width-natural(row), 0
	for _, w := range row[1:] {
		spaces += w.space
	}
	return slack > 2*spaces
}

// balance breaks words into rows so that the sum of what the rows lack, squared,
// is least: all lines of a paragraph are considered together.
func balance(words []word, width int) [][]word {
	n := len(words)
	if n == 0 {
		return nil
	}
	cost, from := make([]int64, n+1), make([]int, n+1)
	for end := 1; end <= n; end++ {
		cost[end] = -1
		sum := 0
		for start := end - 1; start >= 0; start-- {
			sum += words[start].width
			if start < end-1 {
				sum += words[start+1].space
			}
			if sum > width && start < end-1 {
				break
			}
			lack := int64(max(width-sum, 0)) * 1000 / int64(width)
			if end == n {
				lack = lastLack(lack)
			}
			if c := cost[start] + lack*lack + 1; cost[end] < 0 || c < cost[end] {
				cost[end], from[end] = c, start
			}
		}
	}
	var rows [][]word
	for end := n; end > 0; end = from[end] {
		rows = append(rows, words[from[end]:end])
	}
	slices.Reverse(rows)
	return rows
}

// lastLack is what the last row counts for: it may be short, but not so short that
// it looks forgotten.
func lastLack(lack int64) int64 {
	const short = 850 // of a thousand parts empty
	if lack > short {
		return lack - short
	}
	return 0
}

// fit breaks a word that is wider than a line into pieces that are not. A piece
// ends behind a hyphen or slash where there is one in its second half, else behind
// any cluster; pieces are shaped anew, so that letters do not join across lines.
func (d *document) fit(w word, width int) []word {
	if w.width <= width {
		return []word{w}
	}
	var out []word
	runes, clusters := []rune(w.text), w.clusters()
	for offset := 0; len(clusters) > 0; {
		n := len(clusters)
		for sum, i := 0, 0; i < len(clusters); i++ {
			if sum += clusters[i].width; sum > width {
				n = max(i, 1)
				break
			}
		}
		if n < len(clusters) {
			n = hyphenated(runes, clusters[:n])
		}
		from := clusters[0].from
		p := d.part(w, runes[from:clusters[n-1].to], from, offset)
		// Alone, its last letter may be wider than it was joined to the next.
		for n > 1 && p.width > width {
			n--
			p = d.part(w, runes[from:clusters[n-1].to], from, offset)
		}
		if len(out) > 0 {
			p.space = 0
		}
		out = append(out, p)
		offset += len(p.text)
		clusters = clusters[n:]
	}
	return out
}

// A breakable stretch of a word is a cluster in the order of reading.
type breakable struct{ from, to, width int }

func (w word) clusters() []breakable {
	var out []breakable
	for _, r := range w.runs {
		inOrder := slices.SortedFunc(slices.Values(r.clusters), func(a, b face.Cluster) int { return a.From - b.From })
		for _, c := range inOrder {
			from := 0
			if len(out) > 0 {
				from = out[len(out)-1].to // with what shows nothing in between
			}
			out = append(out, breakable{from, c.To, scaled(c.Advance, r.size)})
		}
	}
	if n := len(out); n > 0 {
		out[n-1].to = len(w.depth)
	}
	return out
}

// hyphenated is how many of the clusters of a row come before its last hyphen or
// slash, when that stands in its second half; else all.
func hyphenated(runes []rune, row []breakable) int {
	for n := len(row); n > len(row)/2 && n > 0; n-- {
		if strings.ContainsRune("-/\u2010\u2013\u2014", runes[row[n-1].to-1]) {
			return n
		}
	}
	return len(row)
}

// part is a piece of a word, shaped by itself. All its characters have faces: the
// whole word was shaped.
func (d *document) part(w word, runes []rune, from, offset int) word {
	p := w
	p.text, p.depth = string(runes), w.depth[from:from+len(runes)]
	if w.to > 0 {
		p.from = w.from + offset
		p.to = p.from + len(p.text)
	}
	p.runs, _ = d.shape(w.voice, w.style, runes, p.depth)
	p.measure()
	return p
}
