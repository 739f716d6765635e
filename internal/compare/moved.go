package compare

import (
	"cmp"
	"slices"
)

// move lists the words of a passage that stands elsewhere on record: they are
// not missing there, and not added here. A passage whose place on record is
// taken is a repetition, and stays what is only in the copy.
func (a *Alignment) move(p Passage) {
	from := slices.IndexFunc(a.Differences, func(d Difference) bool {
		return d.Kind != Moved && d.Copy.From <= p.Copy.From && p.Copy.To <= d.Copy.To
	})
	if from < 0 || !a.leftOut(p.Record) {
		return
	}
	d := a.Differences[from]
	before := Difference{Copy: Range{d.Copy.From, p.Copy.From}, Record: d.Record}
	after := Difference{Copy: Range{p.Copy.To, d.Copy.To}, Record: Range{d.Record.To, d.Record.To}}
	cut := []Difference{}
	if before.Copy.Len()+before.Record.Len() > 0 {
		cut = append(cut, before)
	}
	cut = append(cut, a.runs(p)...)
	if after.Copy.Len() > 0 {
		cut = append(cut, after)
	}
	a.Differences = slices.Replace(a.Differences, from, from+1, cut...)
	a.found(p.Record)
	a.moved = append(a.moved, p.Record)
	slices.SortStableFunc(a.Differences, func(x, y Difference) int { return cmp.Compare(x.Copy.From, y.Copy.From) })
}

// leftOut reports whether a stretch of the record is missing from its place, or
// beyond what the copy holds in order.
func (a *Alignment) leftOut(r Range) bool {
	if slices.ContainsFunc(a.moved, func(m Range) bool { return m.From < r.To && r.From < m.To }) {
		return false
	}
	if r.To <= a.first || r.From >= a.last {
		return true
	}
	return slices.ContainsFunc(a.Differences, func(d Difference) bool {
		return d.Kind != Moved && d.Record.From <= r.From && r.To <= d.Record.To
	})
}

// runs are the differences of a moved passage: one for each run of words that
// agree, and one for each that does not.
func (a *Alignment) runs(p Passage) []Difference {
	var out []Difference
	c, r := p.Copy.From, p.Record.From
	for _, x := range append(slices.Clone(p.pairs), pair{c: p.Copy.To, r: p.Record.To}) {
		if x.c > c || x.r > r {
			out = append(out, Difference{Copy: Range{c, x.c}, Record: Range{r, x.r}})
		}
		a.weigh(x)
		n := len(out)
		switch {
		case x.cn == 0: // the end
		case !x.agree:
			out = append(out, Difference{Copy: x.copy(), Record: x.record()})
		case n > 0 && out[n-1].Kind == Moved && out[n-1].Copy.To == x.c && out[n-1].Record.To == x.r:
			out[n-1].Copy.To, out[n-1].Record.To = x.c+x.cn, x.r+x.rn
		default:
			out = append(out, Difference{Kind: Moved, Copy: x.copy(), Record: x.record()})
		}
		c, r = x.c+x.cn, x.r+x.rn
	}
	return out
}

// found takes a stretch of the record out of what is left out.
func (a *Alignment) found(r Range) {
	var out []Difference
	for _, d := range a.Differences {
		if d.Kind == Moved || d.Record.From > r.From || d.Record.To < r.To || d.Record.Len() == 0 {
			out = append(out, d)
			continue
		}
		before := Difference{Copy: d.Copy, Record: Range{d.Record.From, r.From}}
		after := Difference{Copy: Range{d.Copy.To, d.Copy.To}, Record: Range{r.To, d.Record.To}}
		if before.Copy.Len()+before.Record.Len() > 0 {
			out = append(out, before)
		}
		if after.Record.Len() > 0 {
			out = append(out, after)
		}
	}
	a.Differences = out
}
