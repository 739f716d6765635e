package photo

import (
	"image"
	"math"
)

// What readers of pictures like.
const (
	letterHeight = 22         // pixels of a letter, on the middle
	leastHeight  = 16         // letters of this height to ...
	mostHeight   = 34         // ... this one are read as well as they are
	mostGrown    = 4.0        // letters are made larger by no more
	leastShrunk  = .4         // nor smaller
	maxRead      = 12_000_000 // pixels given to a reader
	lookSide     = 1600       // pixels of the copy on which lines and letters are measured
	mostTilt     = 12 * math.Pi / 180
	columnSide   = 600 // pixels of the copy on which columns are looked for
)

// whole is the picture's own outline.
func (p *Picture) whole() Quad {
	w, h := float64(p.Gray.Rect.Dx()), float64(p.Gray.Rect.Dy())
	return Quad{{0, 0}, {w, 0}, {w, h}, {0, h}}
}

// A sheet is a stretch of the picture that is to be laid flat.
type sheet struct {
	q    Quad
	w, h float64 // its size, in the pixels of Picture.Gray
	all  bool    // it is the whole picture: what lies around it is nothing
}

func (p *Picture) sheetOf(q Quad) sheet {
	return sheet{q,
		max(q.at(0).distance(q.at(1)), q.at(3).distance(q.at(2))),
		max(q.at(1).distance(q.at(2)), q.at(0).distance(q.at(3))), q == p.whole()}
}

// quarter turns the sheet by a quarter, against the clock.
func (s sheet) quarter() sheet {
	return sheet{Quad{s.q[1], s.q[2], s.q[3], s.q[0]}, s.h, s.w, s.all}
}

// at returns the sheet's size at f times that of the picture, and the way back.
func (s sheet) at(f, tilt float64) (w, h int, to homography) {
	w, h = max(MinSide, int(math.Round(s.w*f))), max(MinSide, int(math.Round(s.h*f)))
	to = onto(float64(w), float64(h), s.q)
	if tilt != 0 {
		to = to.after(turning(tilt, point{float64(w) / 2, float64(h) / 2}))
		wide, high := s.roomy(float64(w), float64(h), tilt)
		to = to.after(homography{1, 0, (float64(w) - wide) / 2, 0, 1, (float64(h) - high) / 2, 0, 0, 1})
		w, h = int(wide), int(high)
	}
	return w, h, to
}

// spare is how much of a side may be lost when a picture's lines are made level: what
// stands at its ends. A few lines of a page are long and low, and would lose most.
const spare = .1

// roomy is the size that holds a picture of which the lines are made level.
func (s sheet) roomy(w, h, tilt float64) (wide, high float64) {
	if !s.all {
		return w, h
	}
	sin, cos := math.Sincos(math.Abs(tilt))
	enough := func(now, needed float64) float64 {
		if needed <= (1+spare)*now {
			return now
		}
		return math.Round(needed)
	}
	return enough(w, cos*w+sin*h), enough(h, sin*w+cos*h)
}

// area is how many pixels the sheet has at the picture's own size.
func (s sheet) area(tilt float64) float64 {
	w, h := s.roomy(s.w, s.h, tilt)
	return w * h
}

// beyond reports whether the sheet's corners lie outside of the picture.
func (s sheet) beyond(tilt float64) bool { return s.area(tilt) > s.w*s.h }

// bare leaves nothing on a sheet where the picture ends.
func (p *Picture) bare(g *image.Gray, to homography) {
	w, h := float64(p.Gray.Rect.Dx())-1, float64(p.Gray.Rect.Dy())-1
	for y := range g.Rect.Dy() {
		at, by := to.apply(point{.5, float64(y) + .5}), point{to[0], to[3]}
		for x := range g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()] {
			if at.x < 1 || at.y < 1 || at.x > w || at.y > h {
				g.Pix[y*g.Stride+x] = ground
			}
			at = at.plus(by)
		}
	}
}

// view shows a stretch of the picture at about f times its size. A smaller one
// is made of means of pixels, not of some of them.
func (p *Picture) view(w, h int, to homography, f float64) *image.Gray {
	src, down := p.Gray, 1.0
	if f < .75 {
		src, down = shrink(p.Gray, int(float64(max(p.Gray.Rect.Dx(), p.Gray.Rect.Dy()))*f*1.4))
	}
	return warp(src, w, h, scaling(1/down).after(to))
}

// look measures a sheet on a small copy: its ink, whether its letters are light,
// and the size of the copy.
func (p *Picture) look(s sheet) (ink bitmap, light bool, f float64) {
	f = min(1, lookSide/max(s.w, s.h))
	w, h, to := s.at(f, 0)
	g := p.view(w, h, to, f)
	if light = negative(g); light {
		g = inverted(g)
	}
	return inkOf(evened(g)), light, f
}

// fitting returns by how much a sheet is to grow for letters of the height that
// readers like; height is that at f times the picture's size, tilt the angle by which it
// is turned.
func (s sheet) fitting(height int, f, tilt float64) float64 {
	switch now := float64(height) / f; {
	case now == 0, now >= leastHeight && now <= mostHeight:
		f = 1
	default:
		f = letterHeight / now
	}
	return min(max(leastShrunk, min(mostGrown, f)), math.Sqrt(maxRead/s.area(tilt)))
}

// page lays a sheet flat, without shadows, its lines level; turned by half when
// asked to.
func (p *Picture) page(name string, q Quad, upsideDown bool) Candidate {
	s := p.sheetOf(q)
	if upsideDown {
		s = s.quarter().quarter()
	}
	ink, light, f := p.look(s)
	if ink.sideways() {
		s = s.quarter()
		ink, light, f = p.look(s)
	}
	lean, _ := ink.tilt()
	grown := s.fitting(ink.height(), f, lean)
	w, h, to := s.at(grown, lean)
	g := p.view(w, h, to, grown)
	if light {
		g = inverted(g)
	}
	g = evened(g)
	if s.beyond(lean) {
		p.bare(g, to)
	}
	return p.candidate(name, g, to)
}

// plain is the whole picture as it is but for its size.
func (p *Picture) plain() Candidate {
	s := p.sheetOf(p.whole())
	ink, _, f := p.look(s)
	grown := s.fitting(ink.height(), f, 0)
	w, h, to := s.at(grown, 0)
	return p.candidate("plain", p.view(w, h, to, grown), to)
}

func (p *Picture) candidate(name string, g *image.Gray, to homography) Candidate {
	small, _ := shrink(g, columnSide)
	return Candidate{Name: name, Image: g, Columns: inkOf(soften(small, 1)).columns(), toPicture: scaling(p.scale).after(to), within: image.Rectangle{Max: p.Size}}
}

// Whole is the picture as it is; boxes of its words are places in Picture.Gray.
func (p *Picture) Whole() Candidate {
	scale := p.scale
	if scale == 0 {
		scale = 1
	}
	return Candidate{Name: "whole", Image: p.Gray, toPicture: scaling(scale), within: image.Rectangle{Max: p.Size}}
}
