package compare

import (
	"slices"
	"strings"
	"unicode"

	"chancery.example/internal/fold"
)

// How sure the reader of a picture must have been of a word, from 0 to 1, for it
// to count. They were set on real readings (docs/benchmarks/finding.md); a reader
// that is sure of what is there is right, and of specks it is not.
const (
	surely     = 0.93 // a small change, a figure
	quiteSure  = 0.85 // a word that is quite another one, or that was put in
	fairlySure = 0.75 // likewise, when other letters of the register hold the word
	unsure     = 0.50 // below, what was put in is a speck
)

// Likenesses of what was read and what is on record, from 0 to 1.
const (
	slightly = 0.75 // differ: at least so much is the same
	partly   = 0.6
	wordLong = 4 // letters of a word that specks seldom make

	around   = 8    // words on each side
	readable = 0.75 // of them
)

// noise weighs whether a difference of a scanned copy is one, or was misread.
// What was read with confidence is taken as read; numbers, dates, names and
// negations are never put down to noise, but shown for somebody to look at.
type noise struct{ a *Alignment }

func (a *Alignment) noise() *noise {
	if !a.Copy.Scanned() {
		return nil
	}
	return &noise{a}
}

// certainty decides about one difference. Where little around it could be read,
// nothing is certain.
func (n *noise) certainty(d Difference) Certainty {
	c := n.byItself(d)
	if c == Misread && n.a.open(d.Copy) {
		return Doubtful
	}
	if c == Certain && n.clear(d.Copy) < readable {
		return Doubtful
	}
	return c
}

// clear is how many of the words around a stretch of the copy, and of a long
// stretch itself, were read with some confidence.
func (n *noise) clear(r Range) float64 {
	all, sure := 0, 0
	for i := max(0, r.From-around); i < min(len(n.a.Copy.Words), r.To+around); i++ {
		if i >= r.From && i < r.To && r.Len() <= around/2 {
			continue
		}
		all++
		if n.a.Copy.Confidence[i] >= fairlySure {
			sure++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(sure) / float64(all)
}

func (n *noise) byItself(d Difference) Certainty {
	switch d.Kind {
	case OnlyInCopy:
		return n.added(d)
	case OnlyOnRecord:
		return n.missing(d)
	case Moved:
		if _, _, _, all := n.read(d.Copy); all {
			return Certain
		}
		return Doubtful
	case Replaced:
	}
	return n.replaced(d)
}

// added: words that only the copy has. Specks, lines and shadows are read as
// words too, but without confidence.
func (n *noise) added(d Difference) Certainty {
	most := Misread
	for i := d.Copy.From; i < d.Copy.To; i++ {
		w, sure := n.a.Copy.Words[i], n.a.Copy.Confidence[i]
		letters := w.To - w.From
		switch {
		case letters == 0 && sure < surely: // a sign
			most = min(most, n.unlessSpeck(i, sure))
		case sure >= quiteSure && (n.known(w) && letters > 1 || letters >= wordLong):
			return Certain
		case sure >= surely, sure >= unsure && critical(n.a.Copy, i), criticalWords[w.Key] && letters >= 2 && sure >= unsure/2:
			most = Doubtful
		}
	}
	return most
}

func (n *noise) unlessSpeck(i int, sure float32) Certainty {
	if sure < fairlySure || !strings.ContainsAny(n.a.Copy.Words[i].Key, "%$€£¥+−") {
		return Misread
	}
	return Doubtful
}

// missing: words that only the record has. Where the words around were read with
// confidence, they are not there; where something was seen, it was not read.
func (n *noise) missing(d Difference) Certainty {
	if !d.Critical && n.a.Record.Words[d.Record.From].To-n.a.Record.Words[d.Record.To-1].From <= 1 && n.something(d.Copy.From) {
		return Misread // "|" for "I"
	}
	if n.sureAt(d.Copy.From-1) >= surely && n.sureAt(d.Copy.From) >= surely && !n.something(d.Copy.From) {
		return Certain
	}
	return Doubtful
}

// sureAt is the confidence of a word of the copy; of what is beyond its ends
// nothing is known.
func (n *noise) sureAt(i int) float32 {
	if i < 0 || i >= len(n.a.Copy.Words) {
		return 0
	}
	return n.a.Copy.Confidence[i]
}

// something reports whether anything but punctuation was seen before word i of
// the copy.
func (n *noise) something(i int) bool {
	ws := n.a.Copy.Words
	from, to := 0, len(n.a.Copy.Exact)
	if i > 0 {
		from = int(ws[i-1].End)
	}
	if i < len(ws) {
		to = int(ws[i].Start)
	}
	return from < to && strings.ContainsAny(n.a.Copy.Exact[from:to], "|!/\\[]{}_~^*=")
}

// replaced: other words than the record's. Only those read with some confidence
// say anything.
func (n *noise) replaced(d Difference) Certainty {
	read, sure, known, all := n.read(d.Copy)
	want := n.a.r.spelled(d.Record)
	if len(read) == 0 {
		return n.unread(d, want)
	}
	if string(read) == string(want) { // divided or accented differently, or with specks beside
		if strings.ContainsFunc(string(want), unicode.IsDigit) && d.Copy.Len() == d.Record.Len() {
			return Doubtful // a separator inside a number
		}
		return Misread
	}
	if len(read)*len(want) > maxCells {
		return Doubtful
	}
	if !all && (!known || len(read) < wordLong) || (!all || len(read)*3 < len(want)*2) && within(read, want) >= partly {
		return Doubtful // a part of what stands there
	}
	apart := edits(read, want)
	switch like := 1 - float32(apart)/float32(2*max(len(read), len(want))); {
	case strings.ContainsFunc(string(read)+string(want), unicode.IsDigit):
		if sure >= surely && apart > costAlike {
			return Certain
		}
		return Doubtful
	case like >= slightly:
		return n.slight(d, known, sure >= surely && apart > costAlike)
	case sure >= quiteSure, known && len(read) >= wordLong && like < partly:
		return Certain
	}
	return Doubtful
}

// read returns the letters of those words of a stretch that were read with some
// confidence, the least of it, whether other letters hold them all, and whether
// they are all of the stretch.
func (n *noise) read(r Range) (letters []rune, sure float32, known, all bool) {
	sure, known, all = 1, true, true
	for i := r.From; i < r.To; i++ {
		c := n.a.Copy.Confidence[i]
		if c < fairlySure {
			all = false
			continue
		}
		letters = append(letters, n.a.c.spelled(Range{i, i + 1})...)
		sure, known = min(sure, c), known && n.known(n.a.Copy.Words[i])
	}
	return letters, sure, known, all
}

// within says how well letters fit some part of others, from 0 to 1.
func within(part, whole []rune) float32 {
	row := make([]int32, len(whole)+1) // the part may begin anywhere
	for i, a := range part {
		last := row[0]
		row[0] = int32(costIndel * (i + 1))
		for j, b := range whole {
			last, row[j+1] = row[j+1], min(last+substitute(a, b), row[j+1]+costIndel, row[j]+costIndel)
		}
	}
	return 1 - float32(slices.Min(row))/float32(costIndel*len(part))
}

// slight: a word that differs in a letter. An alteration makes another word; a
// reader's mistake seldom does, and seldom is its reader sure.
func (n *noise) slight(d Difference, another, sure bool) Certainty {
	switch {
	case another && sure:
		return Certain
	case another, sure, d.Critical:
		return Doubtful
	}
	return Misread
}

// unread: nothing was read with confidence. A word that is nearly the record's
// is the record's, unless it matters.
func (n *noise) unread(d Difference, want []rune) Certainty {
	got := n.a.c.spelled(d.Copy)
	if !d.Critical && !n.another(d) && len(got)*len(want) <= maxCells && float32(edits(got, want)) <= 2*(1-partly)*float32(max(len(got), len(want))) {
		return Misread
	}
	return Doubtful
}

// another reports whether one word was read, if not for sure, for one other that
// letters hold too.
func (n *noise) another(d Difference) bool {
	return d.Copy.Len() == 1 && d.Record.Len() == 1 && n.a.Copy.Confidence[d.Copy.From] >= unsure && n.known(n.a.Copy.Words[d.Copy.From])
}

// known reports whether other texts of the register hold a word.
func (n *noise) known(w fold.Word) bool {
	return n.a.words == nil || n.a.words.Knows(w.Key, Own{})
}
