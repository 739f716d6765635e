package match

import (
	"image"
	"slices"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/plane"
)

// extra are the words of the photo that stand where the page has none, and how many
// stand outside the page. What the page shows there besides words - a rule, a crest,
// a code - is its own.
func (f found) extra(p *photo.Picture, c *comparison, words []Word) (out []Extra, beside int) {
	back, ok := plane.Inverse(f.Sheet.ToPicture)
	if !ok {
		return nil, 0
	}
	onPage, ok := plane.Inverse(f.Lie.Plane)
	if !ok {
		return nil, 0
	}
	places := make([]image.Rectangle, len(words)) // of words of the page, on the sheet
	for i, w := range c.page.Words {
		if words[i].Verdict == Unseen {
			continue
		}
		places[i] = plane.Around(plane.Through(back, plane.Places(c.lie, c.offs[i], plane.Corners(w.Box))))
	}
	answered := map[int]int{}
	for page, w := range f.Answers {
		answered[w] = page
	}
	least := c.leastInk(p.Gray, words)
	after := -1
	outside := map[int]int{} // words of a line
	for _, n := range f.Order {
		if page, ok := answered[n]; ok {
			after = page
			continue
		}
		w := f.Words[n]
		if float64(w.Box.Dy()) < .5*f.Height || covered(w.Box, f.inRow(w.Line, places, words)) {
			continue
		}
		q, on := plane.Through(f.Sheet.ToPicture, plane.CornersOf(w.Box)), plane.Through(onPage, plane.CornersOf(w.Box))
		if c.edge(plane.Bounds(on)) || darkness(p.Gray, q, letterInk) < least {
			continue
		}
		switch {
		case !c.holds(plane.Apply(onPage, plane.Centre(w.Box)), 0):
			outside[w.Line]++
		case !c.draws(on):
			out = append(out, Extra{Box: plane.InPicture(p, q), After: after, Line: w.Line})
		}
	}
	for _, n := range outside {
		if n > 1 { // one alone is a speck
			beside += n
		}
	}
	return append(out, f.strokes(p, c, onPage, places, least)...), beside
}

// inRow leaves those places out that nothing takes in a line of the photo: of words that
// are something else, in other lines of the page than it shows.
func (f found) inRow(line int, places []image.Rectangle, words []Word) []image.Rectangle {
	rows := map[int]bool{} // of the page, that the line shows
	for i, w := range f.Answers {
		if f.Words[w].Line == line && words[i].Verdict == Same {
			rows[f.Page.Words[i].Line] = true
		}
	}
	if len(rows) == 0 {
		return places
	}
	out := slices.Clone(places)
	for i := range out {
		if words[i].Verdict == Other && !rows[f.Page.Words[i].Line] {
			out[i] = image.Rectangle{}
		}
	}
	return out
}

// strokes are pieces of ink that are too large for letters, where the page has
// nothing: what somebody wrote or stamped on it.
func (f found) strokes(p *photo.Picture, c *comparison, onPage [9]float64, places []image.Rectangle, least float64) (out []Extra) {
	for _, r := range f.Sheet.Pieces {
		w, h := float64(r.Dx())/f.Height, float64(r.Dy())/f.Height
		if h <= 3.5 && w <= 30 || min(w, h) < .8 || covered(r, places) {
			continue // letters, a crease, or words
		}
		on, q := plane.Through(onPage, plane.CornersOf(r)), plane.Through(f.Sheet.ToPicture, plane.CornersOf(r))
		if slices.ContainsFunc(on[:], func(c2 plane.Point) bool { return !c.holds(c2, -1) }) || c.draws(on) || darkness(p.Gray, q, strokeInk) < least {
			continue
		}
		x := Extra{Box: plane.InPicture(p, q), After: -1}
		for i, word := range c.page.Words {
			if plane.Middle(word.Box).Y < plane.Bounds(on)[1] {
				x.After = i
			}
		}
		out = append(out, x)
	}
	return out
}

// holds reports whether a place is on the page, so many millimetres within its edge.
func (c *comparison) holds(at plane.Point, within float64) bool {
	return at.X >= within && at.Y >= within && at.X <= c.page.Width-within && at.Y <= c.page.Height-within
}

// draws reports whether the page itself shows something beside its words in a place.
func (c *comparison) draws(on [4]plane.Point) bool {
	const dark, share, near = 160, 12, .4 // light; of the place, one part in so many; millimetres around words
	b := plane.Bounds(on)
	var words [][4]float64
	for _, w := range c.page.Words {
		x := [4]float64{w.Box.X - near, w.Box.Y - near, w.Box.X + w.Box.Width + near, w.Box.Y + w.Box.Height + near}
		if x[0] < b[2] && b[0] < x[2] && x[1] < b[3] && b[1] < x[3] {
			words = append(words, x)
		}
	}
	r := image.Rect(int(b[0]*c.perMM), int(b[1]*c.perMM), int(b[2]*c.perMM)+1, int(b[3]*c.perMM)+1)
	n := 0
	for y := max(0, r.Min.Y); y < min(r.Max.Y, c.render.Rect.Dy()); y++ {
		for x := max(0, r.Min.X); x < min(r.Max.X, c.render.Rect.Dx()); x++ {
			if c.render.Pix[y*c.render.Stride+x] > dark {
				continue
			}
			px, py := (float64(x)+.5)/c.perMM, (float64(y)+.5)/c.perMM
			if !slices.ContainsFunc(words, func(w [4]float64) bool { return px >= w[0] && px <= w[2] && py >= w[1] && py <= w[3] }) {
				n++
			}
		}
	}
	return share*n > r.Dx()*r.Dy()
}

// edge reports whether a stretch of the page is a sliver at its edge: what shows
// there is the paper's own.
func (c *comparison) edge(b [4]float64) bool {
	const margin, sliver = 3.0, 1.3 // in millimetres
	return (b[2] < margin || b[0] > c.page.Width-margin) && b[2]-b[0] < sliver ||
		(b[3] < margin || b[1] > c.page.Height-margin) && b[3]-b[1] < sliver
}

// leastInk is how dark a place has to be to be a word: half as dark as the faintest
// of the page's words. Specks and stains are not.
func (c *comparison) leastInk(g *image.Gray, words []Word) float64 {
	var all []float64
	for i, w := range words {
		if w.Verdict == Same || w.Verdict == Unsure {
			all = append(all, darkness(g, plane.Places(c.lie, c.offs[i], plane.Corners(c.page.Words[i].Box)), letterInk))
		}
	}
	if len(all) == 0 {
		return .4 * c.black
	}
	slices.Sort(all)
	return .5 * all[len(all)/20]
}

// Of a place, how many parts of a hundred are ink at the least: where letters are, and
// where somebody drew a line.
const (
	letterInk = 5
	strokeInk = 1
)

// darkness is how much darker the ink at a place of the picture is than its paper; share
// is how much of it has to be ink, in hundredths.
func darkness(g *image.Gray, q [4]plane.Point, share int) float64 {
	r := plane.Around(q).Inset(-2).Intersect(g.Rect)
	var counts [256]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range g.Pix[y*g.Stride+r.Min.X : y*g.Stride+r.Max.X] {
			counts[v]++
		}
	}
	n := r.Dx() * r.Dy()
	at := func(part int) float64 {
		sum := 0
		for v, k := range counts {
			if sum += k; sum*100 > n*part {
				return float64(v)
			}
		}
		return 0
	}
	return at(90) - at(share)
}

// covered reports whether most of a box is in others.
func covered(b image.Rectangle, others []image.Rectangle) bool {
	area := 0
	for _, o := range others {
		r := o.Intersect(b)
		area += r.Dx() * r.Dy()
	}
	return 2*area > b.Dx()*b.Dy()
}
