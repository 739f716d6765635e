package lint

import (
	"math"

	"chancery.example/internal/pdf/syntax"
)

// words does what sets text.
func (d *drawer) words(o syntax.Operation, n []float64) bool {
	switch o.Operator {
	case "BT":
		d.text, d.textLine = unit, unit
	case "ET":
	case "Tf":
		size, ok := syntax.Number(last(o.Operands))
		if len(o.Operands) != 2 || !ok {
			return false
		}
		d.size = size
		d.state.font = d.checker.font(d.resource("Font", name(o.Operands[:1])))
	case "Td", "TD", "Tm", "T*":
		return d.move(o.Operator, n)
	case "Tj", "'", "\"", "TJ":
		return d.show(o)
	case "Tc", "Tw", "Tz", "TL", "Ts", "Tr":
		if len(n) != 1 {
			return false
		}
		d.set(o.Operator, n[0])
	default:
		return false
	}
	return true
}

func last(operands []syntax.Object) syntax.Object {
	if len(operands) == 0 {
		return nil
	}
	return operands[len(operands)-1]
}

func (d *drawer) set(operator string, v float64) {
	switch operator {
	case "Tc":
		d.char = v
	case "Tw":
		d.word = v
	case "Tz":
		d.scale = v / 100
	case "TL":
		d.leading = v
	case "Ts":
		d.rise = v
	case "Tr":
		d.mode = int(v)
	}
}

// move goes to another place.
func (d *drawer) move(operator string, n []float64) bool {
	switch {
	case operator == "Tm" && len(n) == 6:
		d.textLine = matrix(n)
	case operator == "Td" && len(n) == 2:
		d.textLine = matrix{1, 0, 0, 1, n[0], n[1]}.then(d.textLine)
	case operator == "TD" && len(n) == 2:
		d.leading = -n[1]
		d.textLine = matrix{1, 0, 0, 1, n[0], n[1]}.then(d.textLine)
	case operator == "T*" && len(n) == 0:
		d.textLine = matrix{1, 0, 0, 1, 0, -d.leading}.then(d.textLine)
	default:
		return false
	}
	d.text = d.textLine
	return true
}

// show draws strings.
func (d *drawer) show(o syntax.Operation) bool {
	operands := o.Operands
	switch o.Operator {
	case "'", "\"":
		if o.Operator == "\"" {
			if n := numbers(operands[:max(0, len(operands)-1)]); len(n) == 2 {
				d.word, d.char = n[0], n[1]
			}
		}
		d.move("T*", nil)
	}
	var parts syntax.Array
	switch v := last(operands).(type) {
	case syntax.String:
		parts = syntax.Array{v}
	case syntax.Array:
		parts = v
	}
	if parts == nil || d.state.font == nil {
		return false
	}
	for _, p := range parts {
		switch p := p.(type) {
		case syntax.String:
			d.one(p.Value)
		default:
			shift, ok := syntax.Number(p)
			if !ok {
				return false
			}
			d.advance(-shift / 1000 * d.size * d.scale)
		}
	}
	return true
}

func (d *drawer) advance(x float64) { d.text = matrix{1, 0, 0, 1, x, 0}.then(d.text) }

// one draws one string and notes its place. The ink of letters is taken to reach
// from a fifth of their size under the line to seven tenths over it.
func (d *drawer) one(codes []byte) {
	f := d.state.font
	at := d.text.then(d.ctm)
	width, glyphs, blank := 0.0, 0, true
	for len(codes) > 0 {
		code, n := int(codes[0]), 1
		if f.wide && len(codes) > 1 {
			code, n = code<<8|int(codes[1]), 2
		}
		codes = codes[n:]
		w, ok := f.widths[code]
		if !ok {
			w = f.without
		}
		step := w/1000*d.size + d.char
		space := !f.wide && code == ' '
		if space {
			step += d.word
		}
		if !space && f.mapping[code] != " " && f.mapping[code] != "\u00a0" {
			blank = false
		}
		if m := d.telling(); m == nil && f.mapping[code] == unnamed {
			d.refuse(OddMapping, "a drawing is used of which its font does not say what it is", "embed the font with its letters (ToUnicode), so that the words can be read")
		} else if m != nil {
			m.tell(f, code, matrix{1, 0, 0, 1, width, 0}.then(at), step*d.scale, d.size)
		}
		width += step * d.scale
		glyphs++
	}
	d.advance(width)
	if blank || glyphs == 0 {
		return
	}
	over := syntax.Rect{X0: min(0, width), X1: max(0, width), Y0: d.rise - d.size*0.2, Y1: d.rise + d.size*0.7}
	if over.Y0 > over.Y1 {
		over.Y0, over.Y1 = over.Y1, over.Y0
	}
	high := math.Hypot(at[2], at[3]) * math.Abs(d.size)
	broad := math.Hypot(at[0], at[1]) * math.Abs(d.size*d.scale)
	paint := d.fill
	if d.mode == 1 {
		paint = d.stroke
	}
	d.sheet.words = append(d.sheet.words, word{
		box: at.box(over), clip: d.clip, colour: paint, mode: d.mode, size: min(high, broad*2), glyphs: glyphs,
		order: len(d.sheet.inks) + len(d.sheet.words),
	})
}
