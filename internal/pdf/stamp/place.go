package stamp

import (
	"image"

	"chancery.example/internal/papercode"
)

// Measures of the stamp, in mm.
const (
	edge     = 5.0  // what printers leave empty
	foot     = 48.0 // how high the foot of a page is, where the letters stand
	around   = 1.5  // empty around the letters
	size     = 2.6  // of the letters, some 7.4 points
	leading  = 3.4  // from one row to the next
	leftmost = 12.0 // where rows begin, unless the page's own do further to the right
	farthest = 30.0
)

// A box on a page, in mm from its upper left corner.
type box struct{ x, y, w, h float64 }

// placed is where the stamp goes on one page.
type placed struct {
	page   sight
	rows   box
	lines  []string
	first  string // a word that every page must show afterwards
	symbol *box   // with its quiet zone; nil: there is no room
}

// pixels are the places in the page's picture that may look otherwise afterwards.
func (p placed) pixels() []image.Rectangle {
	out := []image.Rectangle{p.page.pixels(p.rows)}
	if p.symbol != nil {
		out = append(out, p.page.pixels(*p.symbol))
	}
	return out
}

// A sight is a page as people see it.
type sight struct {
	picture       *image.Gray
	width, height float64 // mm
}

// pixels is a place in pixels, not cut at the edges.
func (s sight) pixels(b box) image.Rectangle {
	kx, ky := float64(s.picture.Rect.Dx())/s.width, float64(s.picture.Rect.Dy())/s.height
	return image.Rect(int(b.x*kx)-1, int(b.y*ky)-1, int((b.x+b.w)*kx)+2, int((b.y+b.h)*ky)+2)
}

// place finds room on a page: for all in one block at the foot if there is, else for
// the letters at the foot and for the QR code in the lower half.
func (k *ink) place(page int, s sight) (placed, error) {
	if s.width < 60 || s.height < 60 || s.width > 2000 || s.height > 2000 {
		return placed{}, problem(NoRoom, page, "it measures %.0f mm by %.0f mm, and letters are on sheets between 60 mm and 2,000 mm", s.width, s.height)
	}
	room := newRoom(s)
	left := min(max(room.left(), leftmost), farthest)
	side := k.side()
	beside := k.wrap(s.width - left - side - 1 - edge)
	if beside != nil {
		block := box{w: side + 1 + k.width(beside) + around, h: max(side, rowsHigh(beside))}
		if at, ok := room.lowest(block, s.height-foot, left-quiet, left-quiet); ok {
			symbol := box{at.x, at.y + at.h - side, side, side}
			rows := box{at.x + side + 1, at.y + at.h - rowsHigh(beside), k.width(beside) + 2*around, rowsHigh(beside)}
			return placed{page: s, rows: rows, lines: beside, first: beside[0], symbol: &symbol}, nil
		}
	}
	lines := k.wrap(s.width - left - edge - around)
	if lines == nil {
		return placed{}, problem(NoRoom, page, "it is too narrow for the paper code in letters")
	}
	rows := box{w: k.width(lines) + 2*around, h: rowsHigh(lines)}
	at, ok := room.lowest(rows, s.height-foot, left-around, s.width-edge-rows.w)
	if !ok {
		return placed{}, problem(NoRoom, page, "its foot has no room for the paper code in letters: leave a strip of %.0f mm by %.0f mm empty in the lowest %.0f mm", rows.w, rows.h, foot)
	}
	p := placed{page: s, rows: at, lines: lines, first: lines[0]}
	room.take(at)
	if at, ok := room.lowest(box{w: side, h: side}, s.height/2, edge, s.width-edge-side); ok {
		p.symbol = &at
	}
	return p, nil
}

func rowsHigh(lines []string) float64 { return float64(len(lines))*leading + 2*around }

// quiet is the width of a symbol's quiet zone.
const quiet = papercode.QuietModules * papercode.ModuleMM

// A room knows where a page has ink, so that any rectangle is asked about at once.
type room struct {
	sight
	sums  [][]int // of the pixels above and to the left
	taken []image.Rectangle
}

// paper is how light paper is drawn at least.
const paper = 250

func newRoom(s sight) *room {
	r := &room{sight: s}
	w, h := s.picture.Rect.Dx(), s.picture.Rect.Dy()
	r.sums = make([][]int, h+1)
	r.sums[0] = make([]int, w+1)
	for y := range h {
		r.sums[y+1] = make([]int, w+1)
		row := 0
		for x := range w {
			if s.picture.Pix[y*s.picture.Stride+x] < paper {
				row++
			}
			r.sums[y+1][x+1] = r.sums[y][x+1] + row
		}
	}
	return r
}

// take has a place count as inked.
func (r *room) take(b box) { r.taken = append(r.taken, r.pixels(b)) }

// empty reports whether there is no ink in a place, which is wholly on the page.
func (r *room) empty(b box) bool {
	in := r.pixels(b)
	if !in.In(r.picture.Rect) {
		return false
	}
	for _, t := range r.taken {
		if t.Overlaps(in) {
			return false
		}
	}
	return r.sums[in.Max.Y][in.Max.X]-r.sums[in.Min.Y][in.Max.X]-r.sums[in.Max.Y][in.Min.X]+r.sums[in.Min.Y][in.Min.X] == 0
}

// lowest finds the lowest empty place of a size that does not begin above top, and
// between two places across, the leftmost.
func (r *room) lowest(b box, top, from, to float64) (box, bool) {
	const step = 0.5
	for b.y = r.height - edge - b.h; b.y >= top; b.y -= step {
		for b.x = max(from, edge); b.x <= max(to, from); b.x += step {
			if r.empty(b) {
				return b, true
			}
		}
	}
	return box{}, false
}

// left is where the page's ink begins.
func (r *room) left() float64 {
	w, h := r.picture.Rect.Dx(), r.picture.Rect.Dy()
	for x := range w {
		if r.sums[h][x+1] > 0 {
			return float64(x) * r.width / float64(w)
		}
	}
	return 0
}

// sameBut reports whether two pictures differ in some places only.
func sameBut(a, b *image.Gray, places []image.Rectangle) bool {
	if a.Rect != b.Rect {
		return false
	}
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			p, q := int(a.Pix[y*a.Stride+x]), int(b.Pix[y*b.Stride+x])
			if p-q > 2 || q-p > 2 {
				in := false
				for _, r := range places {
					in = in || image.Pt(x, y).In(r)
				}
				if !in {
					return false
				}
			}
		}
	}
	return true
}
