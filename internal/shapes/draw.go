package shapes

import (
	"context"
	"encoding/hex"
	"fmt"
	"image"
	"sync"

	"chancery.example/internal/kind"
	"chancery.example/internal/photo/find"
	"chancery.example/letter"
)

// Pages are drawn finely and kept coarser: programs set letters on whole pixels, which
// moves them by parts of what a photo shows.
const (
	drawnSide = 3508 // pixels of the longer side: of A4, 300 dots to the inch
	keptSide  = 2104 // of A4, seven to the millimetre: no photo is compared at more
)

// mostDrawn is how many pages are held in memory as they are drawn; each takes 3 MB.
const mostDrawn = 12

// pictures are pages as they were drawn, those that were asked for last.
type pictures struct {
	mu   sync.Mutex
	keys []find.Key // the latest last
	of   map[find.Key]*image.Gray
}

func (p *pictures) get(k find.Key) (*image.Gray, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, ok := p.of[k]
	if ok {
		p.touch(k)
	}
	return g, ok
}

func (p *pictures) touch(k find.Key) {
	for i, x := range p.keys {
		if x == k {
			p.keys = append(p.keys[:i], p.keys[i+1:]...)
			break
		}
	}
	p.keys = append(p.keys, k)
}

func (p *pictures) put(k find.Key, g *image.Gray) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil {
		p.of = map[find.Key]*image.Gray{}
	}
	p.of[k] = g
	p.touch(k)
	if len(p.keys) > mostDrawn {
		delete(p.of, p.keys[0])
		p.keys = p.keys[1:]
	}
}

// forget drops the pages of a file.
func (p *pictures) forget(file string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.keys[:0]
	for _, k := range p.keys {
		if k.File == file {
			delete(p.of, k)
			continue
		}
		kept = append(kept, k)
	}
	p.keys = kept
}

// Render shows a page of a known form, so many pixels to the millimetre. It is a
// match.Render.
func (r *Reader) Render(ctx context.Context, k find.Key, perMM float64) (*image.Gray, error) {
	l, ok := r.find(k.File)
	if !ok {
		return nil, kind.NotFound.Errorf("drawing page %d of files/%s.pdf: it is not known by its shape", k.Page+1, k.File)
	}
	g, err := r.Drawn(ctx, l.Digest, k.Page)
	if err != nil {
		return nil, err
	}
	p := r.pagesOf(l)[k.Page]
	return resized(g, max(1, int(p.Width*perMM+.5)), max(1, int(p.Height*perMM+.5))), nil
}

// Drawn returns a page of a known form, from 0, as it is kept.
func (r *Reader) Drawn(ctx context.Context, digest letter.Hash, page int) (*image.Gray, error) {
	k := find.Key{File: digest.String(), Page: page}
	l, ok := r.find(k.File)
	if !ok || page < 0 || page >= len(r.pagesOf(l)) {
		return nil, kind.NotFound.Errorf("drawing page %d of files/%s.pdf: it is not known by its shape", page+1, k.File)
	}
	if g, ok := r.pictures.get(k); ok {
		return g, nil
	}
	g, ok := r.shelf.picture(k.File, k.Page)
	if !ok {
		var err error
		if g, err = r.draw(ctx, l, k); err != nil {
			return nil, err
		}
	}
	r.pictures.put(k, g)
	return g, nil
}

// find returns the form of a digest.
func (r *Reader) find(file string) (learning, bool) {
	raw, err := hex.DecodeString(file)
	if err != nil || len(raw) != len(letter.Hash{}) {
		return learning{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range r.shelves {
		if f := h.forms[letter.Hash(raw)]; f != nil {
			return learning{f, h}, true
		}
	}
	return learning{}, false
}

// draw has a page drawn and keeps it.
func (r *Reader) draw(ctx context.Context, l learning, k find.Key) (*image.Gray, error) {
	data, err := l.of.folder.Form(l.Digest)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was tried
	}
	got, err := r.opts.PDFs.Draw(ctx, data, []int{k.Page + 1}, drawnSide)
	if err != nil {
		return nil, fmt.Errorf("drawing page %d of %s: %w", k.Page+1, l.Name(), err)
	}
	g := got[0]
	if f := float64(keptSide) / float64(max(g.Rect.Dx(), g.Rect.Dy())); f < 1 {
		g = resized(g, max(1, int(float64(g.Rect.Dx())*f+.5)), max(1, int(float64(g.Rect.Dy())*f+.5)))
	}
	if err := r.shelf.keepPicture(k.File, k.Page, g); err != nil {
		r.opts.Note(fmt.Sprintf("drawn pages cannot be kept, so that they are drawn again: %v", err))
	}
	return g, nil
}

// resized is a picture in another size: each pixel the mean of those that it covers.
func resized(g *image.Gray, w, h int) *image.Gray {
	gw, gh := g.Rect.Dx(), g.Rect.Dy()
	if gw == w && gh == h {
		return g
	}
	across, down := shares(gw, w), shares(gh, h)
	out := image.NewGray(image.Rect(0, 0, w, h))
	row := make([]float32, gw)
	for y := range h {
		clear(row)
		for _, s := range down[y] {
			for x, v := range g.Pix[s.at*g.Stride : s.at*g.Stride+gw] {
				row[x] += s.part * float32(v)
			}
		}
		for x := range w {
			v := float32(.5)
			for _, s := range across[x] {
				v += s.part * row[s.at]
			}
			out.Pix[y*out.Stride+x] = uint8(min(255, v))
		}
	}
	return out
}

// A share is how much of one pixel belongs to another.
type share struct {
	at   int
	part float32
}

// shares says of which of n pixels each of m is made: of those under it, or, where it is
// smaller, of the two nearest.
func shares(n, m int) [][]share {
	out := make([][]share, m)
	f := float64(n) / float64(m)
	for i := range out {
		from, to := float64(i)*f, float64(i+1)*f
		if f < 1 {
			mid := (from+to)/2 - .5
			from, to = mid, mid+1
		}
		for at := int(max(0, from)); at < n && float64(at) < to; at++ {
			if over := min(to, float64(at+1)) - max(from, float64(at)); over > 1e-6 {
				out[i] = append(out[i], share{at, float32(over / (to - from))})
			}
		}
		sum := float32(0)
		for _, s := range out[i] {
			sum += s.part
		}
		for k := range out[i] { // at the edges
			out[i][k].part /= sum
		}
	}
	return out
}
