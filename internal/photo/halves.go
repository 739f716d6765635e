package photo

import (
	"image"
	"slices"
)

// What parts the lines of a candidate into halves.
const (
	leastTall  = 600 // pixels: less is read as quickly in one piece
	leastHalf  = .3  // of the ink
	mostSpecks = 500 // a row with one dark pixel of so many holds specks and no letters
	leastGap   = 4   // rows without letters
	wideGap    = 1.6 // times the middle gap: a paragraph ends there
)

// Halves parts a candidate where no line of text runs, so that two readers can read it
// at the same time: of the empty stretches that leave either half a good part of the
// ink, the widest. joined says that the text goes on from one to the other. There is one
// part where the lines cannot be told apart so, or may stand in columns.
func (c Candidate) Halves() (parts []image.Rectangle, joined bool) {
	all := c.Image.Rect
	if c.Columns || all.Dy() < leastTall {
		return []image.Rectangle{all}, false
	}
	ink := inkOf(c.Image)
	rows, sum := make([]int, ink.h), 0
	for y := range rows {
		if rows[y] = ink.inked(y); rows[y]*mostSpecks < ink.w {
			rows[y] = 0
		}
		sum += rows[y]
	}
	var gaps []int // how wide they are
	best, at, above, empty := 0, 0, 0, 0
	for y, n := range rows {
		if n == 0 {
			empty++
			continue
		}
		if empty >= leastGap && above > 0 {
			gaps = append(gaps, empty)
			if share := float64(above) / float64(sum); share >= leastHalf && share <= 1-leastHalf && empty > best {
				best, at = empty, y-empty/2
			}
		}
		above, empty = above+n, 0
	}
	if best == 0 {
		return []image.Rectangle{all}, false
	}
	slices.Sort(gaps)
	top, low := all, all
	top.Max.Y, low.Min.Y = all.Min.Y+at, all.Min.Y+at
	return []image.Rectangle{top, low}, float64(best) < wideGap*float64(gaps[len(gaps)/2])
}
