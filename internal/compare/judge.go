package compare

import "chancery.example/internal/fold"

// An Agreement says how far a copy agrees with a text of record.
type Agreement int

// The agreements, the nearest first.
const (
	// Same: every word of each agrees with a word of the other, in order.
	Same Agreement = iota
	// PartOf: every word of the copy stands on record, in order and with
	// nothing left out in between (or marked as left out); the record has more.
	PartOf
	// Altered: the copy is this text but for some words.
	Altered
	// Like: the copy shares passages with the text and is not it.
	Like
	// Unlike: nothing that means anything is shared.
	Unlike
)

// Thresholds of a copy that differs. An exact one needs none of them.
const (
	leastBits      = 20  // below, an agreement may be chance
	sureBits       = 40  // below, it is only probable, and must cover ...
	probablyCopy   = 0.8 // ... so much of the copy
	unmarkedBits   = 30  // a passage that nothing marks as borrowed needs more
	mostlyCopy     = 0.6 // of the copy's words agree: it is this text, altered
	mostlyRecord   = 0.8 // or nearly all of the record is in the copy ...
	andCopy        = 0.3 // ... which holds not too much else
	longExactWords = 8   // an unmarked one needs so many, and bits
)

// Judge decides how far the two sides of the alignment agree. Reading from text
// is exact, so that every difference is a real one. Of a scanned copy the words
// that could not be read for sure are left to Doubtful: the rest is judged.
func (c Candidate) Judge() Agreement {
	a := c.Alignment
	ofCopy, ofRecord := a.Coverage()
	if a.certain() == 0 && a.Agreed > 0 && (!a.Copy.Scanned() || ofCopy >= mostlyCopy && (c.Bits >= leastBits || c.Exact)) {
		doubtCopy, doubtRecord := a.doubtful()
		if a.Agreed+doubtCopy == len(a.Copy.Words) && a.AgreedRecord+doubtRecord == len(a.Record.Words) {
			return Same
		}
		return PartOf
	}
	switch {
	case ofRecord >= mostlyRecord && ofCopy >= mostlyRecord:
		return Altered
	case c.Bits < leastBits, c.Bits < sureBits && ofCopy < probablyCopy:
		return Unlike
	case ofCopy >= mostlyCopy, ofRecord >= mostlyRecord && ofCopy >= andCopy:
		return Altered
	}
	return Like
}

// certain counts the differences that are certain.
func (a *Alignment) certain() int {
	n := 0
	for _, d := range a.Differences {
		if d.Certainty == Certain {
			n++
		}
	}
	return n
}

// doubtful counts the words of both sides that somebody should look at.
func (a *Alignment) doubtful() (ofCopy, ofRecord int) {
	for _, d := range a.Differences {
		if d.Certainty == Doubtful {
			ofCopy += d.Copy.Len()
			ofRecord += d.Record.Len()
		}
	}
	return ofCopy, ofRecord
}

// Doubtful reports whether words of a scanned copy could not be read for sure, so
// that what Judge says leaves them out.
func (c Candidate) Doubtful() bool {
	n, m := c.Alignment.doubtful()
	return n+m > 0
}

// Edits is how many letters a copy is apart from the record where they are set
// against each other: what tells one revision from another. A moved stretch is
// one edit, and what was misread counts.
func (a *Alignment) Edits() float64 {
	halves := 0
	for _, ds := range [2][]Difference{a.Differences, a.Misread} {
		for _, d := range ds {
			if d.Kind == Moved {
				halves += costIndel
				continue
			}
			c, r := a.c.spelled(d.Copy), a.r.spelled(d.Record)
			if len(c)*len(r) > maxCells {
				halves += costIndel * max(len(c), len(r))
			} else {
				halves += max(edits(c, r), 1)
			}
		}
	}
	return float64(halves) / costIndel
}

// Covered returns the words of record from the first that the copy holds to the
// last.
func (a *Alignment) Covered() Range { return Range{a.first, a.last} }

// Borrowed returns the passages of the copy that stand word for word in the
// record and are long enough to have been taken from it.
func (c Candidate) Borrowed() []Range {
	var out []Range
	for _, p := range c.Alignment.Passages {
		run := Range{-1, -1}
		flush := func() {
			if run.From >= 0 && run.Len() >= longExactWords {
				out = append(out, run)
			}
		}
		last := pair{c: -2, r: -2}
		for _, x := range p.pairs {
			if x.agree && run.From >= 0 && x.c == last.c+1 && x.r == last.r+1 {
				run.To = x.c + 1
			} else {
				flush()
				run = Range{-1, -1}
				if x.agree {
					run = Range{x.c, x.c + 1}
				}
			}
			last = x
		}
		flush()
	}
	return out
}

// Phrase finds a phrase of any length, word for word, in a text of record.
func Phrase(phrase, record *fold.Folded) (*Alignment, bool) {
	a := alignPhrase(phrase, record)
	return a, a != nil
}

// alignPhrase finds the first place where all words of a phrase stand in a
// record; nil when there is none.
func alignPhrase(phrase, record *fold.Folded) *Alignment {
	phrase = phrase.AsCopyOf(record)
	p, r := phrase.Words, record.Words
	if len(p) == 0 {
		return nil
	}
	for at := range len(r) - len(p) + 1 {
		if !begins(p, r[at:]) {
			continue
		}
		a := &Alignment{Copy: phrase, Record: record, c: newSide(phrase), r: newSide(record)}
		ps := Passage{Copy: Range{0, len(p)}, Record: Range{at, at + len(p)}, Agreed: len(p)}
		for i := range p {
			ps.pairs = append(ps.pairs, pair{i, at + i, 1, 1, true, 0})
		}
		a.Passages = []Passage{ps}
		a.compare()
		return a
	}
	return nil
}

// Telling reports whether the words that agree are too many and too rare to be
// the same by chance, even where nothing marks them as somebody else's.
func (c Candidate) Telling() bool { return c.Bits >= unmarkedBits }

// begins reports whether the words of a phrase are the first ones of a record's.
func begins(phrase, record []fold.Word) bool {
	for i, w := range phrase {
		if !w.Agrees(record[i]) {
			return false
		}
	}
	return true
}
