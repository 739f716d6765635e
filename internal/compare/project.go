package compare

import "slices"

// project turns couples of letters into pairs of words: two words are partners
// when most letters of the shorter one stand in the other. The record's words
// are the measure; where the copy runs them together or tears them apart,
// several words stand for one.
func (a *Alignment) project(cs []couple) []pair {
	var out []pair
	var last overlap
	flush := func() {
		if last.letters == 0 || !a.partners(last) {
			return
		}
		if n := len(out); n > 0 && (out[n-1].c+out[n-1].cn > last.c || out[n-1].r+out[n-1].rn > last.r) {
			p := &out[n-1] // shares a word with the pair before
			p.cn, p.rn = last.c+1-p.c, last.r+1-p.r
			return
		}
		out = append(out, pair{c: last.c, r: last.r, cn: 1, rn: 1})
	}
	for _, x := range cs {
		o := overlap{int(a.c.word[x.c]), int(a.r.word[x.r]), 1}
		if o.c == last.c && o.r == last.r && last.letters > 0 {
			last.letters++
			continue
		}
		flush()
		last = o
	}
	flush()
	return a.judged(out)
}

// An overlap is how many letters of one word are set against letters of another.
type overlap struct{ c, r, letters int }

func (a *Alignment) partners(o overlap) bool {
	w, v := a.Copy.Words[o.c], a.Record.Words[o.r]
	shorter := min(int(w.To-w.From), int(v.To-v.From))
	return o.letters*10 >= shorter*leastOverlap && (o.letters > 1 || shorter == 1)
}

// judged says of each pair whether its words are the same. Several words for one
// that hold the same word on both sides are taken apart again.
func (a *Alignment) judged(ps []pair) []pair {
	out := make([]pair, 0, len(ps))
	for _, p := range ps {
		if p.cn == 1 && p.rn == 1 {
			p.agree = a.Copy.Words[p.c].Agrees(a.Record.Words[p.r])
			out = append(out, p)
			continue
		}
		if p.cn+p.rn <= farthestReach && !slices.Equal(a.c.spelled(p.copy()), a.r.spelled(p.record())) {
			if apart := a.gap(p.copy(), p.record()); slices.ContainsFunc(apart, func(x pair) bool { return x.agree }) {
				out = append(out, apart...)
				continue
			}
		}
		out = append(out, p)
	}
	return out
}
