package photo

import (
	"image"
	"sync"
)

// ground is how light paper is after its shadows are gone.
const ground = 250

// evened returns the picture divided by its background: paper becomes equally
// light everywhere. The background of a place is the light that the lightest
// sixth of the pixels around it reach.
func evened(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	cell := max(8, min(40, max(w, h)/64))
	cw, ch := (w+cell-1)/cell, (h+cell-1)/cell
	base := make([]int, cw*ch)
	for cy := range ch {
		for cx := range cw {
			base[cy*cw+cx] = lightest(g, image.Rect(cx*cell, cy*cell, min(w, (cx+1)*cell), min(h, (cy+1)*cell)))
		}
	}
	base = means(wide(base, cw, ch), cw, ch)
	// Where each column lies between the cells is the same for all rows.
	left, right, share := make([]int, w), make([]int, w), make([]int, w)
	for x := range w {
		left[x], right[x], share[x] = between(x, cell, cw)
	}
	out, lit := image.NewGray(image.Rect(0, 0, w, h)), lit()
	inParts(h, func(from, to int) {
		line := make([]int, cw) // the background along a row, 256 times
		for y := from; y < to; y++ {
			cy0, cy1, fy := between(y, cell, ch)
			for cx := range line {
				line[cx] = base[cy0*cw+cx]*(256-fy) + base[cy1*cw+cx]*fy
			}
			row, even := g.Pix[y*g.Stride:y*g.Stride+w], out.Pix[y*out.Stride:y*out.Stride+w]
			for x, v := range row {
				b := (line[left[x]]*(256-share[x]) + line[right[x]]*share[x]) >> 16
				even[x] = lit[b&255][v]
			}
		}
	})
	return out
}

// lit is the light of a pixel on a background, both 0 to 255, once the background is
// ground.
var lit = sync.OnceValue(func() *[256][256]uint8 {
	var out [256][256]uint8
	for b := range out {
		for v := range out[b] {
			out[b][v] = uint8(min(255, v*ground/max(1, b)))
		}
	}
	return &out
})

// between returns the cells around a pixel and how near it is to the second, of
// 256.
func between(at, cell, n int) (lo, hi, share int) {
	p := (2*at + 1 - cell) * 128 / cell // in 256ths of a cell, from the middle of the first
	if p < 0 {
		return 0, 0, 0
	}
	lo = min(p/256, n-1)
	return lo, min(lo+1, n-1), p % 256
}

// lightest is the light that a sixth of a cell's pixels reach.
func lightest(g *image.Gray, r image.Rectangle) int {
	var counts [256]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range g.Pix[y*g.Stride+r.Min.X : y*g.Stride+r.Max.X] {
			counts[v]++
		}
	}
	left := r.Dx() * r.Dy() / 6
	for v := 255; v > 0; v-- {
		if left -= counts[v]; left < 0 {
			return v
		}
	}
	return 0
}

// wide gives each cell the most of its neighbourhood, for cells full of ink.
func wide(base []int, w, h int) []int {
	return around(base, w, h, func(a, b int) int { return max(a, b) }, func(sum, _ int) int { return sum })
}

// means smooths the cells.
func means(base []int, w, h int) []int {
	return around(base, w, h, func(a, b int) int { return a + b }, func(sum, n int) int { return sum / n })
}

// around folds each cell with its eight neighbours.
func around(base []int, w, h int, join func(a, b int) int, end func(sum, n int) int) []int {
	out := make([]int, len(base))
	for y := range h {
		for x := range w {
			sum, n := 0, 0
			for yy := max(0, y-1); yy <= min(h-1, y+1); yy++ {
				for xx := max(0, x-1); xx <= min(w-1, x+1); xx++ {
					sum, n = join(sum, base[yy*w+xx]), n+1
				}
			}
			out[y*w+x] = end(sum, n)
		}
	}
	return out
}

// otsu returns the light that parts dark from light best (Otsu, "A Threshold
// Selection Method from Gray-Level Histograms", 1979).
func otsu(g *image.Gray) int {
	var counts [256]int
	for y := range g.Rect.Dy() {
		for _, v := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			counts[v]++
		}
	}
	total, all := 0, 0
	for v, n := range counts {
		total += n
		all += v * n
	}
	best, at := -1.0, 128
	below, sum := 0, 0
	for v, n := range counts {
		if below += n; below == 0 || below == total {
			continue
		}
		sum += v * n
		m0, m1 := float64(sum)/float64(below), float64(all-sum)/float64(total-below)
		if d := float64(below) * float64(total-below) * (m0 - m1) * (m0 - m1); d > best {
			best, at = d, v
		}
	}
	return at
}

// inverted returns light letters on dark ground as dark ones on light.
func inverted(g *image.Gray) *image.Gray {
	out := image.NewGray(g.Rect)
	for i, v := range g.Pix {
		out.Pix[i] = 255 - v
	}
	return out
}

// negative reports whether a picture shows light letters on dark ground. Each
// stretch of it that holds both dark and light votes: letters are what there is
// less of.
func negative(g *image.Gray) bool {
	const cell = 32
	darker, lighter := 0, 0
	for y := 0; y+cell <= g.Rect.Dy(); y += cell {
		for x := 0; x+cell <= g.Rect.Dx(); x += cell {
			switch below, ok := darkOf(g, x, y, cell); {
			case !ok:
			case below*10 > cell*cell*6:
				darker++
			case below*10 < cell*cell*4:
				lighter++
			}
		}
	}
	return darker > 2*lighter
}

// darkOf counts the pixels of a cell that are nearer to its darkest than to its
// lightest; false when it is all of one light.
func darkOf(g *image.Gray, x, y, cell int) (int, bool) {
	const contrast = 50
	lo, hi := 255, 0
	for yy := y; yy < y+cell; yy++ {
		for _, v := range g.Pix[yy*g.Stride+x : yy*g.Stride+x+cell] {
			lo, hi = min(lo, int(v)), max(hi, int(v))
		}
	}
	below := 0
	for yy := y; yy < y+cell; yy++ {
		for _, v := range g.Pix[yy*g.Stride+x : yy*g.Stride+x+cell] {
			if int(v)*2 < lo+hi {
				below++
			}
		}
	}
	return below, hi-lo >= contrast
}
