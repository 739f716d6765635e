package compare

import (
	"strings"
	"unicode"

	"chancery.example/internal/fold"
)

// compare lists the differences along the passages that stand in the same
// order in both texts; words of the others count as words of one side only.
func (a *Alignment) compare() {
	c, r := 0, 0
	begun := false
	n := 0
	for _, p := range a.monotone() {
		for _, x := range p.pairs {
			if !begun {
				r = x.r // what stands on record in front of a part is no difference
				begun = true
			}
			a.between(Range{c, x.c}, Range{r, x.r})
			if x.agree {
				n++
			} else {
				a.differ(Range{x.c, x.c + 1}, Range{x.r, x.r + 1})
			}
			c, r = x.c+1, x.r+1
		}
	}
	a.between(Range{c, len(a.Copy.Words)}, Range{r, r})
	a.Agreed, a.AgreedRecord = n, n
	a.settle()
}

// monotone picks the passages with the most agreeing words that follow each
// other in both texts.
func (a *Alignment) monotone() []Passage {
	ps := a.Passages
	score, from := make([]int, len(ps)), make([]int, len(ps))
	best := -1
	for i, p := range ps {
		score[i], from[i] = p.Agreed, -1
		for j := range i {
			if ps[j].Copy.To <= p.Copy.From && ps[j].Record.To <= p.Record.From && score[j]+p.Agreed > score[i] {
				score[i], from[i] = score[j]+p.Agreed, j
			}
		}
		if best < 0 || score[i] > score[best] {
			best = i
		}
	}
	var out []Passage
	for ; best >= 0; best = from[best] {
		out = append(out, ps[best])
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// between notes words without a partner. Words that the copy leaves out at an
// ellipsis are no difference: the author marked the omission.
func (a *Alignment) between(c, r Range) {
	if c.Len() == 0 && r.Len() > 0 && c.From < len(a.Copy.Words) && a.Copy.Words[c.From].Gap {
		return
	}
	a.differ(c, r)
}

// differ appends a difference or lengthens the last one when nothing that
// agrees stands between.
func (a *Alignment) differ(c, r Range) {
	if c.Len() == 0 && r.Len() == 0 {
		return
	}
	if n := len(a.Differences); n > 0 {
		d := &a.Differences[n-1]
		if d.Copy.To == c.From && d.Record.To == r.From {
			d.Copy.To, d.Record.To = c.To, r.To
			return
		}
	}
	a.Differences = append(a.Differences, Difference{Copy: c, Record: r})
}

// settle drops differences that are none (a hyphen at a line's end), says what
// the others are, and adds up the cost.
func (a *Alignment) settle() {
	kept := a.Differences[:0]
	for _, d := range a.Differences {
		if a.onlyJoined(d) {
			a.Agreed += d.Copy.Len()
			a.AgreedRecord += d.Record.Len()
			continue
		}
		switch {
		case d.Record.Len() == 0:
			d.Kind = OnlyInCopy
		case d.Copy.Len() == 0:
			d.Kind = OnlyOnRecord
		default:
			d.Kind = Replaced
		}
		d.Critical = anyCritical(a.Copy, d.Copy) || anyCritical(a.Record, d.Record)
		a.Cost += max(d.Copy.Len(), d.Record.Len())
		kept = append(kept, d)
	}
	a.Differences = kept
}

// onlyJoined reports whether both sides of a difference spell the same, and
// are divided differently only where a hyphen or full stop stands.
func (a *Alignment) onlyJoined(d Difference) bool {
	if d.Copy.Len() == 0 || d.Record.Len() == 0 {
		return false
	}
	c, r := a.Copy.Words[d.Copy.From:d.Copy.To], a.Record.Words[d.Record.From:d.Record.To]
	cs, cb := spelled(c)
	rs, rb := spelled(r)
	if cs != rs {
		return false
	}
	for at, soft := range cb {
		if _, both := rb[at]; !both && !soft {
			return false
		}
	}
	for at, soft := range rb {
		if _, both := cb[at]; !both && !soft {
			return false
		}
	}
	return true
}

// spelled joins words and says where one ends and the next begins, and whether
// that boundary may be left out: never between two digits.
func spelled(ws []fold.Word) (string, map[int]bool) {
	var b strings.Builder
	bounds := map[int]bool{}
	for i, w := range ws {
		if i > 0 {
			last, first := rune(ws[i-1].Key[len(ws[i-1].Key)-1]), rune(w.Key[0])
			bounds[b.Len()] = w.Soft && !(unicode.IsDigit(last) && unicode.IsDigit(first)) && !w.Confused
		}
		b.WriteString(w.Key)
		if w.Confused {
			b.WriteByte(0) // never the same as the word it looks like
		}
	}
	return b.String(), bounds
}
