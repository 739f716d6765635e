package shapes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/photo"
)

// The pages of a form are kept as a mark and numbers in the form of
// binary.AppendUvarint: how many pages; of each its width and height and how many
// words; of each word its line, its place, width and height, and how many bytes its text
// has, which follow. Lengths are in thousandths of a millimetre. A place left or above
// of the page is on its edge.

const geometryMark = "chancery pages 1\n"

const perMM = 1000

func thousandths(v float64) uint64 { return uint64(max(0, math.Round(v*perMM))) }

// appendPages writes pages behind b.
func appendPages(b []byte, pages []layout.Page) []byte {
	b = append(b, geometryMark...)
	b = binary.AppendUvarint(b, uint64(len(pages)))
	for _, p := range pages {
		for _, v := range []uint64{thousandths(p.Width), thousandths(p.Height), uint64(len(p.Words))} {
			b = binary.AppendUvarint(b, v)
		}
		for _, w := range p.Words {
			for _, v := range []uint64{uint64(max(0, w.Line)), thousandths(w.Box.X), thousandths(w.Box.Y), thousandths(w.Box.Width), thousandths(w.Box.Height), uint64(len(w.Text))} {
				b = binary.AppendUvarint(b, v)
			}
			b = append(b, w.Text...)
		}
	}
	return b
}

var errGeometry = errors.New("what was learnt of pages is damaged")

// A cursor reads numbers.
type cursor struct {
	rest []byte
	bad  bool
}

// next is the next number, of at most so much.
func (c *cursor) next(most uint64) int {
	v, n := binary.Uvarint(c.rest)
	if n <= 0 || v > most || c.bad {
		c.bad = true
		return 0
	}
	c.rest = c.rest[n:]
	return int(v) //nolint:gosec // at most most
}

func (c *cursor) mm() float64 { return float64(c.next(maxLength)) / perMM }

// text is the next n bytes.
func (c *cursor) text(n int) string {
	if n > len(c.rest) || c.bad {
		c.bad = true
		return ""
	}
	s := string(c.rest[:n])
	c.rest = c.rest[n:]
	return s
}

// Limits of what is kept.
const (
	maxLength = 20_000 * perMM
	maxText   = 4096 // bytes of a word
)

// parsePages reads what appendPages wrote: that and nothing behind it.
func parsePages(raw []byte) ([]layout.Page, error) {
	if len(raw) > maxGeometry || len(raw) < len(geometryMark) || string(raw[:len(geometryMark)]) != geometryMark {
		return nil, errGeometry
	}
	c := &cursor{rest: raw[len(geometryMark):]}
	var pages []layout.Page
	for range c.next(pdf.MaxPages) {
		p := layout.Page{Width: c.mm(), Height: c.mm()}
		n := c.next(uint64(len(c.rest))) // a word takes more than a byte
		for range n {
			w := layout.Word{Line: c.next(pdf.MaxWords), Box: layout.Box{X: c.mm(), Y: c.mm(), Width: c.mm(), Height: c.mm()}}
			w.Text = c.text(c.next(maxText))
			if c.bad || w.Text == "" || !utf8.ValidString(w.Text) || photo.Legible(w.Text) != w.Text {
				return nil, errGeometry
			}
			p.Words = append(p.Words, w)
		}
		if c.bad || p.Width <= 0 || p.Height <= 0 {
			return nil, errGeometry
		}
		pages = append(pages, p)
	}
	if c.bad || len(c.rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes are left", errGeometry, len(c.rest))
	}
	return pages, nil
}
