package photo

import (
	"image"
	"image/color"
)

// grey returns the picture's light, each pixel the mean of step x step of them.
func grey(m image.Image, step int) *image.Gray {
	b := m.Bounds()
	w, h := b.Dx()/step, b.Dy()/step
	out := image.NewGray(image.Rect(0, 0, w, h))
	line := make([]uint8, b.Dx())
	sums := make([]int, w)
	for y := range h {
		clear(sums)
		for dy := range step {
			lightOf(line, m, b.Min.Y+y*step+dy)
			for x := range w {
				for _, v := range line[x*step : (x+1)*step] {
					sums[x] += int(v)
				}
			}
		}
		row := out.Pix[y*out.Stride:]
		for x, s := range sums {
			row[x] = uint8(s / (step * step)) //nolint:gosec // a mean of bytes
		}
	}
	return out
}

// lightOf fills line with the light of one row. Whatever is transparent stands
// on white, as on a page.
func lightOf(line []uint8, m image.Image, y int) {
	b := m.Bounds()
	switch m := m.(type) {
	case *image.Gray:
		copy(line, m.Pix[m.PixOffset(b.Min.X, y):])
		return
	case *image.YCbCr:
		copy(line, m.Y[m.YOffset(b.Min.X, y):])
		return
	case *image.Paletted:
		lights := make([]uint8, 256)
		for i, c := range m.Palette {
			lights[i] = light(c)
		}
		for x, i := range m.Pix[m.PixOffset(b.Min.X, y):][:len(line)] {
			line[x] = lights[i]
		}
		return
	case *image.NRGBA:
		four(line, m.Pix[m.PixOffset(b.Min.X, y):], false)
		return
	case *image.RGBA:
		four(line, m.Pix[m.PixOffset(b.Min.X, y):], true)
		return
	}
	for x := range line {
		line[x] = light(m.At(b.Min.X+x, y))
	}
}

// four reads pixels of red, green, blue and alpha.
func four(line, pix []uint8, premultiplied bool) {
	for x := range line {
		p := pix[4*x : 4*x+4]
		v := (299*uint32(p[0]) + 587*uint32(p[1]) + 114*uint32(p[2]) + 500) / 1000
		if a := uint32(p[3]); a < 255 {
			if !premultiplied {
				v = v * a / 255
			}
			v = min(255, v+255-a)
		}
		line[x] = uint8(v)
	}
}

func light(c color.Color) uint8 {
	r, g, b, a := c.RGBA()
	v := (299*r+587*g+114*b)/1000 + 0xffff - a
	return uint8(min(v, 0xffff) >> 8)
}

// shrink returns the picture at no more than side pixels a side, and how many
// pixels became one.
func shrink(g *image.Gray, side int) (*image.Gray, float64) {
	step := (max(g.Rect.Dx(), g.Rect.Dy()) + side - 1) / side
	if step <= 1 {
		return g, 1
	}
	return grey(g, step), float64(step)
}

// soften blurs with the kernel 1 4 6 4 1 in both directions, times over.
func soften(g *image.Gray, times int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	a, b := image.NewGray(image.Rect(0, 0, w, h)), image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		copy(a.Pix[y*w:(y+1)*w], g.Pix[y*g.Stride:])
	}
	at := func(i, n int) int { return max(0, min(n-1, i)) }
	for range times {
		inParts(h, func(from, to int) {
			for y := from; y < to; y++ {
				row, soft := a.Pix[y*w:(y+1)*w], b.Pix[y*w:(y+1)*w]
				for x := range w {
					s := int(row[at(x-2, w)]) + 4*int(row[at(x-1, w)]) + 6*int(row[x]) + 4*int(row[at(x+1, w)]) + int(row[at(x+2, w)])
					soft[x] = uint8((s + 8) / 16) //nolint:gosec // a mean of bytes
				}
			}
		})
		inParts(h, func(from, to int) {
			for y := from; y < to; y++ {
				r0, r1, r2, r3, r4 := at(y-2, h)*w, at(y-1, h)*w, y*w, at(y+1, h)*w, at(y+2, h)*w
				for x := range w {
					s := int(b.Pix[r0+x]) + 4*int(b.Pix[r1+x]) + 6*int(b.Pix[r2+x]) + 4*int(b.Pix[r3+x]) + int(b.Pix[r4+x])
					a.Pix[y*w+x] = uint8((s + 8) / 16) //nolint:gosec // a mean of bytes
				}
			}
		})
	}
	return a
}
