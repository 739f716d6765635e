package compare

import (
	"slices"
	"strings"
	"unicode"

	"chancery.example/internal/fold"
)

// compare lists the differences along the passages that stand in the same
// order in both texts. Passages that stand in another order are moved.
func (a *Alignment) compare() {
	order, rest := a.monotone()
	c, r := 0, 0
	begun := false
	for _, p := range order {
		for _, x := range p.pairs {
			if !begun {
				r = x.r // what stands on record in front of a part is no difference, unless nearly all is there
				a.first, begun = x.r, true
			}
			a.unpaired(Range{c, x.c}, Range{r, x.r})
			a.paired(x)
			c, r = x.c+x.cn, x.r+x.rn
		}
	}
	a.unpaired(Range{c, len(a.Copy.Words)}, Range{r, r})
	a.last = r
	for _, p := range rest {
		a.move(p)
	}
	a.settle()
	a.ends()
}

// paired counts a pair as agreeing, or lists it.
func (a *Alignment) paired(x pair) {
	a.weigh(x)
	if x.agree && !a.open(x.copy()) {
		a.account(x.copy(), x.record())
		return
	}
	a.differ(x.copy(), x.record())
}

// open reports whether a stretch of a scanned copy has a word of which nobody knows
// whether it stands there.
func (a *Alignment) open(r Range) bool {
	return a.Copy.Open != nil && slices.Contains(a.Copy.Open[r.From:r.To], true)
}

// account counts words that agree, or that were only misread.
func (a *Alignment) account(c, r Range) {
	a.Agreed += c.Len()
	a.AgreedRecord += r.Len()
}

// weigh adds a pair to what is covered of both sides, by letters, so that words
// that are the same but for a letter or a space count nearly whole.
func (a *Alignment) weigh(x pair) {
	like := float64(x.like)
	if x.agree {
		like = 1
	}
	if like >= leastLike {
		a.weight += like * weightOf(a.Copy, x.copy())
		a.weightRecord += like * weightOf(a.Record, x.record())
	}
}

// leastLike is how much of two words must be the same for them to be each other,
// misspelled.
const leastLike = 0.5

// weightOf is how many letters a stretch has, with one more for each word, so
// that a sign weighs too.
func weightOf(f *fold.Folded, r Range) float64 {
	if r.Len() == 0 {
		return 0
	}
	return float64(f.Words[r.To-1].To-f.Words[r.From].From) + float64(r.Len())
}

// monotone picks the passages with the most agreeing words that follow each
// other in both texts, and returns the others beside them.
func (a *Alignment) monotone() (order, rest []Passage) {
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
	picked := make([]bool, len(ps))
	for ; best >= 0; best = from[best] {
		picked[best] = true
	}
	for i, p := range ps {
		if picked[i] {
			order = append(order, p)
		} else {
			rest = append(rest, p)
		}
	}
	return order, rest
}

// unpaired notes words without a partner. Words that the copy leaves out at an
// ellipsis are no difference: the author marked the omission.
func (a *Alignment) unpaired(c, r Range) {
	if c.Len() == 0 && r.Len() > 0 && c.From < len(a.Copy.Words) && a.Copy.Words[c.From].Gap {
		a.Omitted = append(a.Omitted, r)
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

// settle drops differences that are none (a hyphen at a line's end; of a scanned
// copy, what was only misread), says what the others are, and adds up the cost.
func (a *Alignment) settle() {
	kept := a.Differences[:0]
	noise := a.noise()
	for _, d := range a.Differences {
		if d.Kind == Moved {
			a.Cost++ // one move, however many words
			if noise != nil {
				d.Certainty = noise.certainty(d)
			}
			kept = append(kept, d)
			continue
		}
		if a.onlyJoined(d) && !a.open(d.Copy) {
			a.account(d.Copy, d.Record)
			continue
		}
		a.describe(&d)
		if noise != nil {
			if d.Certainty = noise.certainty(d); d.Certainty == Misread {
				a.account(d.Copy, d.Record)
				a.Misread = append(a.Misread, d)
				continue
			}
		}
		a.Cost += max(d.Copy.Len(), d.Record.Len())
		kept = append(kept, d)
	}
	a.Differences = kept
}

// describe says what a difference consists of.
func (a *Alignment) describe(d *Difference) {
	switch {
	case d.Record.Len() == 0:
		d.Kind = OnlyInCopy
	case d.Copy.Len() == 0:
		d.Kind = OnlyOnRecord
	default:
		d.Kind = Replaced
	}
	d.Critical = anyCritical(a.Copy, d.Copy) || anyCritical(a.Record, d.Record)
}

// nearlyAll is how much of the record a copy must hold for what is missing at
// its ends to be left out and not just beyond the part.
const nearlyAll = 0.8

// ends lists what an altered copy leaves out at the record's ends, where dates
// and signatures live. A copy that agrees in all it says is a part.
func (a *Alignment) ends() {
	_, ofRecord := a.Coverage()
	if len(a.Differences) == 0 || ofRecord < nearlyAll || a.Copy.Scanned() {
		return
	}
	var before, after []Difference
	if !a.Differences[0].begins() {
		before = a.missing(0, Range{0, a.first})
	}
	after = a.missing(len(a.Copy.Words), Range{a.last, len(a.Record.Words)})
	a.Differences = slices.Concat(before, a.Differences, after)
}

// missing lists what a stretch of the record holds that has not moved elsewhere.
func (a *Alignment) missing(at int, r Range) []Difference {
	var out []Difference
	add := func(r Range) {
		if r.Len() > 0 {
			d := Difference{Copy: Range{at, at}, Record: r}
			a.describe(&d)
			a.Cost += r.Len()
			out = append(out, d)
		}
	}
	slices.SortFunc(a.moved, func(x, y Range) int { return x.From - y.From })
	for _, m := range a.moved {
		if r.From <= m.From && m.To <= r.To {
			add(Range{r.From, m.From})
			r.From = m.To
		}
	}
	add(r)
	return out
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
