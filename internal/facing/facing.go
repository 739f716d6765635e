package facing

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
)

// A Mark says what a piece of one side is to the other side.
type Mark string

// The marks.
const (
	Agrees    Mark = ""          // both sides have the words here
	Alone     Mark = "alone"     // the other side does not have the words
	Differs   Mark = "differs"   // the other side has other words in their place
	Moved     Mark = "moved"     // the other side has the words elsewhere
	Disagrees Mark = "disagrees" // another language of the same paper says something else
	Slip      Mark = "slip"      // the same words, but for what is taken for a slip of their reader
	Absent    Mark = "absent"    // no words: where those that are alone on the other side would stand
	Cut       Mark = "cut"       // words of record that the copy leaves out at an ellipsis of its own
	Around    Mark = "around"    // words of record beyond the copy, in a sentence that holds words of the copy
	Beyond    Mark = "beyond"    // the other words of record beyond the copy
)

// A Piece is a stretch of one side.
type Piece struct {
	Mark Mark
	Text string
	// Number is that of the difference that the piece belongs to, the same on both
	// sides, counted from 1 in the order of the alignment; 0 for none.
	Number int
	Look   bool // read from a picture and perhaps misread: somebody should look
}

// Pages are two texts laid out side by side. A side that has no pieces has no
// text.
type Pages struct{ Copy, Record []Piece }

// Empty reports whether there is nothing to show.
func (p Pages) Empty() bool { return len(p.Copy) == 0 && len(p.Record) == 0 }

// Lay lays out the two sides of an alignment.
func Lay(a *compare.Alignment) Pages {
	var copied, record []place
	for i, d := range a.Differences {
		here, there := marks(d.Kind)
		look := d.Certainty == compare.Doubtful
		copied = append(copied, place{words: d.Copy, piece: Piece{Mark: here, Number: i + 1, Look: look}, all: gap(a.Copy, d.Copy, a.Record, d.Record)})
		record = append(record, place{words: d.Record, piece: Piece{Mark: there, Number: i + 1, Look: look}, all: gap(a.Record, d.Record, a.Copy, d.Copy)})
	}
	for _, d := range a.Misread {
		copied = append(copied, place{words: d.Copy, piece: Piece{Mark: Slip}})
		record = append(record, place{words: d.Record, piece: Piece{Mark: Slip}})
	}
	record = append(record, beyond(a)...)
	return Pages{lay(a.Copy, copied), lay(a.Record, record)}
}

// Append puts further pages behind these, for papers that hold several texts.
// Their numbers go on after the given one.
func (p Pages) Append(more Pages, after int) Pages {
	renumbered := func(ps []Piece) []Piece {
		ps = slices.Clone(ps)
		for i := range ps {
			if ps[i].Number > 0 {
				ps[i].Number += after
			}
		}
		return ps
	}
	return Pages{slices.Concat(p.Copy, renumbered(more.Copy)), slices.Concat(p.Record, renumbered(more.Record))}
}

// Disagreeing returns the pages of a paper whose other language agrees with its
// record: what differs here, the languages disagree in.
func (p Pages) Disagreeing() Pages {
	out := p.Append(Pages{}, 0)
	for _, side := range [][]Piece{out.Copy, out.Record} {
		for i := range side {
			if m := side[i].Mark; m == Alone || m == Differs {
				side[i].Mark = Disagrees
			}
		}
	}
	return out
}

// gap is where words that only the other side has would stand here, if that is
// not right before the next word: right behind the last one, unless there they
// begin a line.
func gap(f *fold.Folded, r compare.Range, other *fold.Folded, there compare.Range) Stretch {
	if r.Len() > 0 || r.From == 0 || there.From == 0 || there.Len() == 0 {
		return Stretch{}
	}
	between := other.Exact[other.Words[there.From-1].End:other.Words[there.From].Start]
	if strings.Contains(between, "\n") {
		return Stretch{}
	}
	end := int(f.Words[r.From-1].End)
	return Stretch{end, end}
}

// marks are what a kind of difference makes of the words of the copy and of the
// record.
func marks(k compare.DifferenceKind) (ofCopy, ofRecord Mark) {
	switch k {
	case compare.OnlyInCopy:
		return Alone, Absent
	case compare.OnlyOnRecord:
		return Absent, Alone
	case compare.Moved:
		return Moved, Moved
	case compare.Replaced:
	}
	return Differs, Differs
}

// A place is a stretch of words and the piece that it becomes.
type place struct {
	words compare.Range
	piece Piece
	all   Stretch // the bytes of the piece, where they are more than those of its words
}

func (p place) bounds(f *fold.Folded) (from, to int) {
	if p.all != (Stretch{}) {
		return p.all.From, p.all.To
	}
	return Bounds(f, p.words)
}

// lay cuts a text into the pieces of the given places and those that agree. What
// stands between two words of a piece belongs to it; what stands between two
// pieces belongs to neither.
func lay(f *fold.Folded, places []place) []Piece {
	slices.SortStableFunc(places, func(x, y place) int { return x.words.From - y.words.From })
	l := layer{text: f.Exact}
	word := 0
	for _, p := range places {
		p.words.From, p.words.To = max(p.words.From, word), max(p.words.To, word) // no word twice
		if p.words.Len() == 0 && p.piece.Mark != Absent {
			continue
		}
		from, to := p.bounds(f)
		l.agreed(from)
		l.add(p.piece, max(to, l.at))
		word = p.words.To
	}
	l.agreed(len(f.Exact))
	return l.out
}

// layer is a text that has been cut up to some byte.
type layer struct {
	text string
	at   int
	out  []Piece
}

func (l *layer) agreed(to int) {
	if to > l.at {
		l.add(Piece{}, to)
	}
}

// add appends the text up to a byte, to the last piece when the two are one.
func (l *layer) add(p Piece, to int) {
	p.Text = l.text[l.at:to]
	l.at = to
	if n := len(l.out); n > 0 && p.Mark != Absent && l.out[n-1].is(p) {
		l.out[n-1].Text += p.Text
		return
	}
	l.out = append(l.out, p)
}

func (p Piece) is(o Piece) bool { return p.Mark == o.Mark && p.Number == o.Number && p.Look == o.Look }

// Bounds returns the bytes of a stretch of words of a text; of an empty one, the
// place where words would stand.
func Bounds(f *fold.Folded, r compare.Range) (from, to int) {
	switch {
	case r.Len() > 0:
		return int(f.Words[r.From].Start), int(f.Words[r.To-1].End)
	case r.From < len(f.Words):
		return int(f.Words[r.From].Start), int(f.Words[r.From].Start)
	}
	return len(f.Exact), len(f.Exact)
}

// beyond returns the words of record that the copy neither holds nor is said to
// differ in: what stands around a part, what is beyond it, and what the copy
// says it leaves out.
func beyond(a *compare.Alignment) []place {
	held := heldWords(a)
	ws := a.Record.Words
	var out []place
	add := func(word int, m Mark) {
		if n := len(out); n > 0 && out[n-1].words.To == word && out[n-1].piece.Mark == m {
			out[n-1].words.To++
			return
		}
		out = append(out, place{words: compare.Range{From: word, To: word + 1}, piece: Piece{Mark: m}})
	}
	word := 0
	for _, s := range Sentences(a.Record.Exact) {
		from := word
		for word < len(ws) && int(ws[word].Start) < s.To {
			word++
		}
		switch in := held[from:word]; {
		case len(in) == 0:
		case !slices.Contains(in, isHeld) && !slices.Contains(in, leftOut):
			p := place{compare.Range{From: from, To: word}, Piece{Mark: Beyond}, s}
			if n := len(out); n > 0 && out[n-1].all.To == s.From {
				p.words.From, p.all.From = out[n-1].words.From, out[n-1].all.From
				out = out[:n-1]
			}
			out = append(out, p)
		default:
			for i, h := range in {
				switch h {
				case notHeld:
					add(from+i, Around)
				case leftOut:
					add(from+i, Cut)
				case isHeld:
				}
			}
		}
	}
	return out
}

// A holding says what a word of record is to the copy.
type holding int8

const (
	notHeld holding = iota
	isHeld          // the copy has it, or is said to differ in it
	leftOut         // at an ellipsis of the copy
)

func heldWords(a *compare.Alignment) []holding {
	held := make([]holding, len(a.Record.Words))
	set := func(r compare.Range, h holding) {
		for i := max(0, r.From); i < min(r.To, len(held)); i++ {
			held[i] = h
		}
	}
	set(a.Covered(), isHeld)
	for _, r := range a.Omitted {
		set(r, leftOut)
	}
	for _, d := range a.Differences {
		set(d.Record, isHeld)
	}
	return held
}

// Excerpts returns those stretches of a record's page in which words of the copy
// stand, in their full sentences, in order: the page without what is beyond
// them. Each begins and ends with a word.
func Excerpts(page []Piece) [][]Piece {
	var out [][]Piece
	var cur []Piece
	flush := func() {
		if cur = trim(cur); len(cur) > 0 {
			out = append(out, cur)
		}
		cur = nil
	}
	for _, p := range page {
		if p.Mark == Beyond {
			flush()
			continue
		}
		cur = append(cur, p)
	}
	flush()
	return out
}

// trim takes the space from both ends, and all of what holds no word.
func trim(ps []Piece) []Piece {
	ps = slices.Clone(ps)
	if !slices.ContainsFunc(ps, func(p Piece) bool { return strings.ContainsFunc(p.Text, wordRune) }) {
		return nil
	}
	for len(ps) > 0 {
		if ps[0].Text = strings.TrimLeftFunc(ps[0].Text, unicode.IsSpace); ps[0].Text != "" || ps[0].Mark == Absent {
			break
		}
		ps = ps[1:]
	}
	for last := len(ps) - 1; last >= 0; last = len(ps) - 1 {
		if ps[last].Text = strings.TrimRightFunc(ps[last].Text, unicode.IsSpace); ps[last].Text != "" || ps[last].Mark == Absent {
			break
		}
		ps = ps[:last]
	}
	return ps
}

// Core returns where the words of a piece begin and end, without the space and
// the punctuation in front of them and the space behind; 0, 0 for none. Marks
// that open, such as quotation marks, belong to the words.
func (p Piece) Core() (from, to int) {
	if !strings.ContainsFunc(p.Text, wordRune) {
		return 0, 0
	}
	from = strings.IndexFunc(p.Text, func(r rune) bool {
		return wordRune(r) || unicode.In(r, unicode.Ps, unicode.Pi, unicode.Sc, unicode.Sm) || r == '"' || r == '\''
	})
	return from, len(strings.TrimRightFunc(p.Text, unicode.IsSpace))
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// Text returns the words of a page.
func Text(page []Piece) string {
	var b strings.Builder
	for _, p := range page {
		b.WriteString(p.Text)
	}
	return b.String()
}

// A Span is a stretch of a text in code points.
type Span struct{ Offset, Length int }

// Spans returns where stretches of words stand in a text; of an empty stretch,
// where words would stand.
func Spans(f *fold.Folded, stretches []compare.Range) []Span {
	starts := make([]int, len(f.Words)+1)
	ends := make([]int, len(f.Words))
	points, at := 0, 0
	to := func(i int) int {
		points += utf8.RuneCountInString(f.Exact[at:i])
		at = i
		return points
	}
	for i, w := range f.Words {
		starts[i], ends[i] = to(int(w.Start)), to(int(w.End))
	}
	starts[len(f.Words)] = to(len(f.Exact))
	out := make([]Span, 0, len(stretches))
	for _, r := range stretches {
		s := Span{Offset: starts[min(r.From, len(f.Words))]}
		if r.Len() > 0 {
			s.Length = ends[r.To-1] - s.Offset
		}
		out = append(out, s)
	}
	return out
}
