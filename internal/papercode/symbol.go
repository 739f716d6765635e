//go:build !js

package papercode

import (
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"

	"github.com/skip2/go-qrcode"
)

// Sizes on paper (MUST-7): what photos of paper can be read with.
const (
	ModuleMM     = 0.7 // the side of a module at the least, in millimetres
	QuietModules = 4   // empty modules all around
)

// maxModules is the side of the largest symbol that is drawn (MUST-7), 25 by QR's own
// numbers: 87.5 mm with its quiet zone, two fifths of a sheet.
const maxModules = 117

// Matrix draws text as a QR code of level M: true is ink, rows from the top, and
// no quiet zone around it, which whoever prints it leaves empty.
func Matrix(text string) ([][]bool, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("drawing a QR code of %d bytes: %w", len(text), err)
	}
	q.DisableBorder = true
	m := q.Bitmap()
	if len(m) > maxModules {
		return nil, fmt.Errorf("drawing a QR code of %d bytes: it takes %d modules a side, and paper has room for %d", len(text), len(m), maxModules)
	}
	return m, nil
}

// SideMM is the side of a symbol on paper in millimetres, quiet zone included.
func SideMM(m [][]bool) float64 { return float64(len(m)+2*QuietModules) * ModuleMM }

// SVG writes a symbol as an element to stand in a page: one path of ink on white,
// as large as it has to be printed. label names it for who cannot see it, and is
// escaped.
func SVG(m [][]bool, label string) string {
	var b strings.Builder
	n, mm := len(m)+2*QuietModules, strconv.FormatFloat(SideMM(m), 'f', 1, 64)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%smm" height="%smm" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`,
		mm, mm, n, n, escape.Replace(label), n, n)
	for y, row := range m {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+QuietModules, y+QuietModules, x-from, x-from)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// Image draws a symbol with its quiet zone, each module as a square of so many
// pixels.
func Image(m [][]bool, pixels int) *image.Gray {
	side := (len(m) + 2*QuietModules) * pixels
	g := image.NewGray(image.Rect(0, 0, side, side))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for y, row := range m {
		for x, ink := range row {
			if !ink {
				continue
			}
			for dy := range pixels {
				for dx := range pixels {
					g.SetGray((x+QuietModules)*pixels+dx, (y+QuietModules)*pixels+dy, color.Gray{})
				}
			}
		}
	}
	return g
}
