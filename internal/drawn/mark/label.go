package mark

import (
	"cmp"
	"image"
	"slices"
	"strconv"
)

// A Label is a number in the margin of a page, or several where there are too many for
// one each; a line leads from it to each place that it is about.
type Label struct {
	Numbers []int // ascending
	Kind    Kind  // of the first
	Right   bool  // it stands in the right margin, else in the left one
	Y       int   // its middle
	To      []image.Point
}

// Text is what a label says: a number, the first and last of a row of them, or the
// first and that there are more.
func (l Label) Text() string {
	first, last := l.Numbers[0], l.Numbers[len(l.Numbers)-1]
	switch {
	case first == last:
		return strconv.Itoa(first)
	case last-first == len(l.Numbers)-1:
		return strconv.Itoa(first) + "–" + strconv.Itoa(last)
	}
	return strconv.Itoa(first) + "…"
}

// Labels puts the number of each difference into the margin that is nearer to its first
// place, as high as its upper edge, so that lines lead between those of the text, and no two closer than pitch. Marks are on a page of that size.
func Labels(size image.Point, marks []Mark, pitch int) []Label {
	var sides [2][]Label
	seen := map[int]bool{}
	for _, m := range marks {
		if seen[m.Number] || m.Number < 1 { // a difference over several lines has one number
			continue
		}
		seen[m.Number] = true
		r := m.Spot.Box
		l := Label{Numbers: []int{m.Number}, Kind: m.Kind, To: []image.Point{{r.Min.X, r.Min.Y}}, Y: r.Min.Y}
		if l.Right = r.Min.X+r.Max.X > size.X; l.Right {
			l.To[0].X = r.Max.X
		}
		sides[one(l.Right)] = append(sides[one(l.Right)], l)
	}
	return append(stacked(sides[0], size.Y, pitch), stacked(sides[1], size.Y, pitch)...)
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// stacked moves the labels of one margin apart, as little as need be, and joins
// neighbours where there is no room for all.
func stacked(ls []Label, high, pitch int) []Label {
	pitch = max(1, pitch)
	slices.SortStableFunc(ls, func(a, b Label) int { return cmp.Or(a.Y-b.Y, a.Numbers[0]-b.Numbers[0]) })
	ls = joined(ls, max(1, high/pitch))
	least := pitch / 2
	for i := range ls {
		ls[i].Y = max(ls[i].Y, least)
		least = ls[i].Y + pitch
	}
	most := high - pitch/2
	for i := range slices.Backward(ls) {
		ls[i].Y = max(min(ls[i].Y, most), min(pitch/2, high/2))
		most = ls[i].Y - pitch
	}
	return ls
}

// joined leaves at most so many labels, each of about as many numbers as the others.
func joined(ls []Label, most int) []Label {
	if len(ls) <= most {
		return ls
	}
	out := make([]Label, 0, most)
	for i := range most {
		part := ls[i*len(ls)/most : (i+1)*len(ls)/most]
		l := part[0]
		for _, x := range part[1:] {
			l.Numbers, l.To = append(l.Numbers, x.Numbers...), append(l.To, x.To...)
		}
		l.Y = part[len(part)/2].Y
		slices.Sort(l.Numbers)
		out = append(out, l)
	}
	return out
}
