package stamp

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"

	"chancery.example/internal/papercode"
	"chancery.example/internal/pdf/face"
)

// ink is what is drawn on each page.
type ink struct {
	symbol [][]bool
	domain string
	code   string
	face   *face.Face
	shaper *face.Shaper
	cutter *face.Cutter
}

func newInk(o Options) (*ink, error) {
	k := &ink{domain: o.Domain, code: o.Code, shaper: face.NewShaper()}
	var err error
	if k.symbol, err = papercode.Matrix(o.Code); err != nil {
		return nil, fmt.Errorf("stamping a PDF: %w", err)
	}
	if k.face, err = face.Get(face.Serif, face.Regular); err != nil {
		return nil, fmt.Errorf("stamping a PDF: %w", err)
	}
	for _, r := range o.Code {
		if !k.face.Has(r) {
			return nil, fmt.Errorf("stamping a PDF: the typeface has no %q", r)
		}
	}
	k.cutter = face.NewCutter(k.face)
	return k, nil
}

// side is that of the symbol with its quiet zone, in mm.
func (k *ink) side() float64 { return papercode.SideMM(k.symbol) }

// wrap is the code in rows that are not wider than so many mm: one, if there is
// room, which readers know as a line of the code alone (letter.md MUST-13, RM-6). nil
// where not even the domain in it stands in one row.
func (k *ink) wrap(width float64) []string {
	if width < 40 || k.width([]string{"https://" + k.domain}) > width {
		return nil
	}
	var out []string
	for rest := k.code; rest != ""; {
		n := len(rest)
		for n > 1 && k.width([]string{rest[:n]}) > width {
			n--
		}
		out = append(out, rest[:n])
		rest = rest[n:]
	}
	return out
}

// width is that of the widest row, in mm.
func (k *ink) width(rows []string) float64 {
	widest := 0
	for _, r := range rows {
		n := 0
		for _, c := range k.shape(r) {
			n += c.Advance
		}
		widest = max(widest, n)
	}
	return float64(widest) * size / face.Em
}

// shape is a row as clusters, one for each letter: ASCII alone stands in a code.
func (k *ink) shape(row string) (out []face.Cluster) {
	return k.shaper.Shape(face.Run{Face: k.face, Text: []rune(row), To: len([]rune(row)), Language: "en"})
}

// fontName is how content names the typeface; no program that writes PDFs does.
const fontName = "ChanceryStamp"

// points in a millimetre.
const points = 72 / 25.4

// content draws the stamp of a page, in points from the lower left corner of the page
// as people see it.
func (k *ink) content(p placed) string {
	var b strings.Builder
	up := func(y float64) float64 { return (p.page.height - y) * points }
	b.WriteString("/Artifact BMC\n0 g\n")
	if p.symbol != nil {
		const m = papercode.ModuleMM
		for y, row := range k.symbol {
			for x := 0; x < len(row); x++ {
				from := x
				for x < len(row) && row[x] {
					x++
				}
				if x > from {
					fmt.Fprintf(&b, "%.3f %.3f %.3f %.3f re\n", (p.symbol.x+quiet+float64(from)*m)*points, up(p.symbol.y+quiet+float64(y+1)*m), float64(x-from)*m*points, m*points)
				}
			}
		}
		b.WriteString("f\n")
	}
	fmt.Fprintf(&b, "BT\n/%s %.3f Tf\n", fontName, size*points)
	for i, row := range p.lines {
		fmt.Fprintf(&b, "1 0 0 1 %.3f %.3f Tm [<", (p.rows.x+around)*points, up(p.rows.y+around+float64(i)*leading+0.8*leading))
		letters := []rune(row)
		for _, c := range k.shape(row) {
			code, advance := k.cutter.Add(c, string(letters[c.From:c.To]))
			fmt.Fprintf(&b, "%04X", code)
			if kern := advance - c.Advance; kern != 0 {
				fmt.Fprintf(&b, "> %d <", kern)
			}
		}
		b.WriteString(">] TJ\n")
	}
	b.WriteString("ET\nEMC\n")
	return b.String()
}

// order is what the child is told, on one line.
func (k *ink) order(places []placed) ([]byte, error) {
	var o order
	for _, p := range places {
		o.Sheets = append(o.Sheets, sheet{Width: p.page.width * points, Height: p.page.height * points, Content: k.content(p)})
	}
	cut, err := k.cutter.Cut()
	if err != nil {
		return nil, fmt.Errorf("stamping a PDF: %w", err)
	}
	o.Font = font{
		Name: "CHSTMP+" + cut.Name, Program: cut.Program, Box: []int{cut.Box.Left, cut.Box.Bottom, cut.Box.Right, cut.Box.Top},
		Ascent: cut.Ascent, Descent: cut.Descent, ToUnicode: cut.ToUnicode(),
	}
	for _, c := range cut.Codes {
		o.Font.Widths = append(o.Font.Widths, c.Advance)
		o.Font.Glyphs = binary.BigEndian.AppendUint16(o.Font.Glyphs, c.Glyph)
	}
	raw, err := json.Marshal(o)
	if err != nil || bytes.ContainsRune(raw, '\n') {
		return nil, fmt.Errorf("stamping a PDF: %w", err)
	}
	return raw, nil
}
