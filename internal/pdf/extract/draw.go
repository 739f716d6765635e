package extract

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strconv"
	"strings"

	"chancery.example/internal/pdf"
)

// Limits of pages that are drawn.
const (
	MaxDrawn     = 8        // pages of one file
	MaxDrawnSide = 3600     // pixels: A4 with 300 dots to the inch
	mostDrawn    = 32 << 20 // pixels of all of them together
	maxDrawnDPI  = 300      // a small page is not blown up
)

// Draw draws pages of a PDF in grey, as people see them, the longer side of each so
// many pixels long. Pages count from 1, in their order. The errors are those of Read.
func (r *Reader) Draw(ctx context.Context, data []byte, pages []int, side int) ([]*image.Gray, error) {
	if err := drawable(pages, side); err != nil {
		return nil, err
	}
	raw, err := r.send(ctx, data, order{look: lookNot, draw: pages, side: side})
	if err != nil {
		return nil, err
	}
	return parseDrawn(raw, pages, side)
}

// drawable refuses orders that are beyond the limits.
func drawable(pages []int, side int) error {
	if len(pages) == 0 || len(pages) > MaxDrawn || side < 1 || side > MaxDrawnSide || len(pages)*side*side > mostDrawn {
		return fmt.Errorf("drawing %d pages of a PDF with %d pixels to a side: at most %d pages, %d pixels to a side, and %d of all", len(pages), side, MaxDrawn, MaxDrawnSide, mostDrawn)
	}
	for i, p := range pages {
		if p < 1 || p > pdf.MaxPages || i > 0 && p <= pages[i-1] {
			return fmt.Errorf("drawing the pages %v of a PDF: want them in order, from 1 to %d", pages, pdf.MaxPages)
		}
	}
	return nil
}

// parseDrawn reads what the child printed: the pages that were asked for.
func parseDrawn(raw []byte, pages []int, side int) ([]*image.Gray, error) {
	a, err := decodeAnswer(raw)
	if err != nil {
		return nil, err
	}
	if a.Reading != nil || len(a.Pictures) != len(pages) {
		return nil, gaveUp(fmt.Errorf("the answer holds %d pictures of %d", len(a.Pictures), len(pages)))
	}
	var out []*image.Gray
	for i, page := range pages {
		p := a.Pictures[i]
		if p.Page != page || p.W <= 0 || p.H <= 0 || p.W > side+1 || p.H > side+1 || len(p.Pix) != p.W*p.H {
			return nil, gaveUp(fmt.Errorf("a picture of page %d has %d x %d pixels in %d bytes", p.Page, p.W, p.H, len(p.Pix)))
		}
		out = append(out, &image.Gray{Pix: p.Pix, Stride: p.W, Rect: image.Rect(0, 0, p.W, p.H)})
	}
	return out, nil
}

// drawn draws pages of an open file.
func (d *document) drawn(pages []int, side int) ([]picture, error) {
	var out []picture
	for _, n := range pages {
		if n > d.pages {
			return nil, problem(pdf.NoContent, "it has no page %d", n)
		}
		g, err := d.drawnPage(n-1, side)
		if err != nil {
			return nil, err
		}
		out = append(out, picture{Page: n, W: g.Rect.Dx(), H: g.Rect.Dy(), Pix: g.Pix})
	}
	return out, nil
}

func (d *document) drawnPage(i, side int) (*image.Gray, error) {
	s, err := d.sheet(i, maxDrawnDPI)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.scale = min(s.scale, float64(side)/max(s.width, s.height))
	return s.draw(true)
}

// drawing writes what is to be drawn as an argument: "SIDE:PAGE,PAGE", or "-".
func (o order) drawing() string {
	if len(o.draw) == 0 {
		return "-"
	}
	var pages []string
	for _, p := range o.draw {
		pages = append(pages, strconv.Itoa(p))
	}
	return strconv.Itoa(o.side) + ":" + strings.Join(pages, ",")
}

func parseDrawing(s string) (side int, pages []int, err error) {
	if s == "-" {
		return 0, nil, nil
	}
	first, list, ok := strings.Cut(s, ":")
	if side, err = strconv.Atoi(first); err != nil || !ok || len(list) > 100 {
		return 0, nil, errors.New("no pages to draw")
	}
	for p := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(p)
		if err != nil {
			return 0, nil, fmt.Errorf("page %q: %w", p, err)
		}
		pages = append(pages, n)
	}
	return side, pages, drawable(pages, side)
}
