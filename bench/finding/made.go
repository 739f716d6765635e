package main

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"
)

// A maker makes letters that are like real ones to an index. Openings and ends
// are those of real letters with other numbers, as letters share their formulas.
// What stands between walks from word to word as the real letters do: each word
// is one that follows the last somewhere in them. So words, pairs of words and
// with them most short grams are as frequent as in reality, while longer runs are
// new. Lengths are those of real letters. A letter depends on its number alone.
type maker struct {
	words   []string
	text    []int32 // all real letters, as words
	starts  []int32 // of each letter in text, with the end
	after   []int32 // places in text of the word before, by word
	offsets []int32 // of each word in after
}

const (
	copiedStart = 12 // words of the opening that are a real letter's
	copiedEnd   = 6
	newLine     = 1 // the word that ends a line
	mostWords   = 700
)

func newMaker(docs []doc) *maker {
	m := &maker{words: []string{"", "\n"}}
	ids := map[string]int32{"\n": newLine}
	for _, d := range docs {
		if strings.HasPrefix(d.Name, "udhr-ar/") {
			continue
		}
		m.starts = append(m.starts, int32(len(m.text))) //nolint:gosec // some 30 million words
		for l := range strings.Lines(d.Text) {
			for _, w := range strings.Fields(l) {
				id, ok := ids[w]
				if !ok {
					id = int32(len(m.words)) //nolint:gosec // fewer than words
					w = strings.Clone(w)
					ids[w] = id
					m.words = append(m.words, w)
				}
				m.text = append(m.text, id)
			}
			m.text = append(m.text, newLine)
		}
	}
	m.starts = append(m.starts, int32(len(m.text))) //nolint:gosec // as above
	m.sort()
	return m
}

// sort lists for each word the places where it stands.
func (m *maker) sort() {
	m.offsets = make([]int32, len(m.words)+1)
	for _, w := range m.text {
		m.offsets[w+1]++
	}
	for i := range m.words {
		m.offsets[i+1] += m.offsets[i]
	}
	m.after = make([]int32, len(m.text))
	next := append([]int32(nil), m.offsets...)
	for i, w := range m.text {
		m.after[next[w]] = int32(i)
		next[w]++
	}
}

// letter returns the synthetic letter of a number.
func (m *maker) letter(id int) string {
	rng := rand.New(rand.NewPCG(uint64(id), 1_000_000)) //nolint:gosec // the same letter every time
	pick := func() []int32 {
		i := rng.IntN(len(m.starts) - 1)
		return m.text[m.starts[i]:m.starts[i+1]]
	}
	model, end := pick(), pick()
	length := min(max(len(model), 40), mostWords)
	var b strings.Builder
	b.Grow(length * 7)
	last := int32(newLine)
	for _, w := range model[:min(copiedStart, len(model))] {
		m.write(&b, rng, w)
		last = w
	}
	for range length - copiedStart - copiedEnd {
		from, to := m.offsets[last], m.offsets[last+1]
		at := m.after[from+rng.Int32N(to-from)] + 1
		if int(at) >= len(m.text) {
			at = 0
		}
		last = m.text[at]
		m.write(&b, rng, last)
	}
	for _, w := range end[max(0, len(end)-copiedEnd):] {
		m.write(&b, rng, w)
	}
	return strings.TrimSpace(b.String())
}

// write adds a word; the digits of numbers are new.
func (m *maker) write(b *strings.Builder, rng *rand.Rand, w int32) {
	if w == newLine {
		b.WriteByte('\n')
		return
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	for _, r := range m.words[w] {
		if unicode.IsDigit(r) {
			r = '0' + rng.Int32N(10)
		}
		b.WriteRune(r)
	}
}

func madeName(id int) string { return "made/" + strconv.Itoa(id) }

// withMade follows the documents with synthetic ones until there are enough. It
// keeps the real ones' words for that, as numbers.
func withMade(docs iter.Seq2[doc, error], enough int) iter.Seq2[doc, error] {
	return func(yield func(doc, error) bool) {
		var all []doc
		for d, err := range docs {
			if err != nil || !yield(d, err) {
				return
			}
			all = append(all, d)
		}
		if len(all) >= enough {
			return
		}
		if len(all) == 0 {
			yield(doc{}, fmt.Errorf("there are no real letters to make others like them"))
			return
		}
		n, m := len(all), newMaker(all)
		all = nil //nolint:ineffassign,wastedassign // the texts are not held for the rest of the run
		for id := n; id < enough; id++ {
			if !yield(doc{ID: id, Name: madeName(id), Family: madeName(id), Text: m.letter(id)}, nil) {
				return
			}
		}
	}
}
