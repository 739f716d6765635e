package around

import (
	"slices"
	"strings"
	"time"

	"chancery.example/internal/fold"
	"chancery.example/letter"
)

// What is looked at on a paper.
const (
	anchor  = 5   // words of a text in a row by which its place is known
	beyond  = 40  // how many words at the ends of a text may have been changed
	maxDays = 366 // that may be the day of a letter
)

// Find returns the stretches of a paper that are the words around the texts of a
// letter: each word for word, at most once for each language, in order, and only
// before the first words of the text, after its last, or under its own letterhead.
// Lists are there whole or not at all: who leaves an addressee out, or adds one, has
// other words. What stands between and beside is never part of it.
//
// The day on a letter is not on record. One from first to last, which are those on
// which it was recorded and issued, is taken for it.
func Find(copied *fold.Folded, p Paper, first, last time.Time) []letter.Span {
	f := finder{copied: copied.Words, taken: make([]bool, len(copied.Words)), sure: copied.Confidence}
	places := make([]place, 0, len(p.Content.Texts))
	for _, t := range p.Content.Texts {
		places = append(places, f.place(t, Of(p, t).Own))
	}
	for i, t := range p.Content.Texts {
		w := Of(p, t)
		from, to := f.room(places, i)
		if at := places[i].begin; at >= 0 {
			at = f.takeBefore(from, at, listed(w.Labels.To, w.Addressees))
			at = f.takeDay(from, at, p, t, first, last)
			at = f.takeBefore(from, at, w.Reference)
			at = f.takeBefore(from, at, w.Domain)
			f.takeBefore(from, at, w.Name)
		}
		if at := places[i].end; at >= 0 {
			for _, phrase := range []string{strings.Join(w.Signature, "\n"), listed(w.Labels.Enclosures, w.Enclosures), listed(w.Labels.Copies, w.Copies), w.Prevails} {
				at = f.takeAfter(at, to, phrase)
			}
			if to == len(f.copied) { // no other text behind it
				f.takeAfter(at, to, w.Opening)
			}
		}
	}
	return f.spans()
}

func listed(label string, items []string) string {
	if len(items) == 0 {
		return ""
	}
	return label + " " + strings.Join(items, "\n")
}

func words(s string) []fold.Word { return fold.Record(s).Words }

// A finder takes words of a paper.
type finder struct {
	copied []fold.Word
	taken  []bool
	sure   []float32 // how surely each was read from a picture; nil: they came as text
}

// A place is where a text stands on a paper; -1: not found.
type place struct {
	begin, end int
	under      int // words of its own letterhead, before begin
}

// place finds a text by its first and last words. Those may have been changed: then
// the ones that follow, or stand before, are its place.
func (f *finder) place(t letter.LangText, own bool) place {
	text, p := words(t.Text.String()), place{begin: -1, end: -1}
	if own {
		p.under = len(words(t.Text.Paragraphs()[0]))
	}
	n := min(anchor, len(text)-p.under)
	for o := p.under; n > 0 && p.begin < 0 && o < p.under+beyond && o+n <= len(text); o++ {
		p.begin = f.find(text[o:o+n], 0, len(f.copied))
	}
	n = min(anchor, len(text))
	for o := len(text); n > 0 && p.end < 0 && o > len(text)-beyond && o >= n; o-- {
		if at := f.findLast(text[o-n:o], 0, len(f.copied)); at >= 0 {
			p.end = at + n
		}
	}
	return p
}

// room returns the stretch of the paper in which a text stands, up to the texts
// before and after it.
func (f *finder) room(places []place, i int) (from, to int) {
	to = len(f.copied)
	for j, o := range places {
		if j == i {
			continue
		}
		if o.end >= 0 && o.end <= places[i].begin {
			from = max(from, o.end)
		}
		if o.begin >= 0 && o.begin-o.under >= places[i].end {
			to = min(to, o.begin)
		}
	}
	return from, to
}

// takeBefore takes a phrase that stands between two words, the last time that it does
// so, and returns where it begins; without it, to.
func (f *finder) takeBefore(from, to int, phrase string) int {
	want := words(phrase)
	for i := to - 1; i >= from; i-- {
		if n := f.read(i, to, want); n > 0 {
			f.take(i, n)
			return i
		}
	}
	return to
}

// takeAfter is takeBefore for what stands behind: the first time, and where it ends.
func (f *finder) takeAfter(from, to int, phrase string) int {
	want := words(phrase)
	for i := from; i < to; i++ {
		if n := f.read(i, to, want); n > 0 {
			return f.take(i, n)
		}
	}
	return from
}

// takeDay takes the date, when it is one that the letter may have.
func (f *finder) takeDay(from, to int, p Paper, t letter.LangText, first, last time.Time) int {
	if f.findLast(words(LabelsOf(t.Lang).Date), from, to) < 0 {
		return to
	}
	day := first.UTC().Truncate(24 * time.Hour)
	for n := 0; n < maxDays && !day.After(last); n++ {
		p.Date = Day(day, []letter.LangText{t})
		if at := f.takeBefore(from, to, Of(p, t).Date); at < to {
			return at
		}
		day = day.AddDate(0, 0, 1)
	}
	return to
}

func (f *finder) take(at, n int) int {
	for i := at; i < at+n; i++ {
		f.taken[i] = true
	}
	return at + n
}

// find returns where words stand in a row, none of them taken; -1: nowhere.
func (f *finder) find(want []fold.Word, from, to int) int {
	for i := from; len(want) > 0 && i+len(want) <= to; i++ {
		if f.at(i, want) {
			return i
		}
	}
	return -1
}

func (f *finder) findLast(want []fold.Word, from, to int) int {
	for i := to - len(want); len(want) > 0 && i >= from; i-- {
		if f.at(i, want) {
			return i
		}
	}
	return -1
}

func (f *finder) at(i int, want []fold.Word) bool {
	for j, w := range want {
		if f.taken[i+j] || !f.copied[i+j].Agrees(w) || f.copied[i+j].Confused {
			return false
		}
	}
	return true
}

// read returns how many words of the paper, from one on, are these; 0: they are others.
// A reader of pictures joins and divides words, and where it was not sure of a word
// that may be nearly the right one (letter.md MUST-16).
func (f *finder) read(i, to int, want []fold.Word) int {
	if f.sure == nil {
		if i+len(want) <= to && len(want) > 0 && f.at(i, want) {
			return len(want)
		}
		return 0
	}
	from := i
	for j := 0; j < len(want); {
		if i >= to || f.taken[i] || f.copied[i].Confused {
			return 0
		}
		got, n, m := f.copied[i].Key, 1, 1
		for got != "" && !f.copied[i].Agrees(want[j]) {
			is := keys(want[j : j+m])
			if got == is && !f.confused(i, n) {
				break
			}
			switch {
			case len(got) < len(is) && strings.HasPrefix(is, got) && i+n < to && !f.taken[i+n]:
				got, n = got+f.copied[i+n].Key, n+1
				continue
			case len(is) < len(got) && strings.HasPrefix(got, is) && j+m < len(want):
				m++
				continue
			case n == 1 && m == 1 && f.sure[i] < surely && near(got, is):
			default:
				return 0
			}
			break
		}
		i, j = i+n, j+m
	}
	return i - from
}

func keys(ws []fold.Word) (s string) {
	for _, w := range ws {
		s += w.Key
	}
	return s
}

func (f *finder) confused(i, n int) bool {
	return slices.ContainsFunc(f.copied[i:i+n], func(w fold.Word) bool { return w.Confused })
}

// spans returns what was taken, in bytes of the paper.
func (f *finder) spans() (out []letter.Span) {
	for i := 0; i < len(f.taken); i++ {
		from := i
		for i < len(f.taken) && f.taken[i] {
			i++
		}
		if i > from {
			out = append(out, letter.Span{Start: int(f.copied[from].Start), End: int(f.copied[i-1].End)})
		}
	}
	return out
}
