package lint

import (
	"math"

	"chancery.example/internal/pdf/syntax"
)

// A colour is red, green and blue from 0 to 1, if it is known.
type colour struct {
	red, green, blue float64
	known            bool
}

// colours does what sets colours.
func (d *drawer) colours(o syntax.Operation, n []float64) bool {
	at, which := &d.fill, 0
	switch o.Operator {
	case "G", "RG", "K", "CS", "SC", "SCN":
		at, which = &d.stroke, 1
	}
	switch o.Operator {
	case "g", "G", "rg", "RG", "k", "K":
		if len(n) == 0 {
			return false
		}
		*at, d.spaces[which] = mixed(n), len(n)
	case "cs", "CS":
		d.spaces[which] = d.components(name(o.Operands))
		*at = colour{known: d.spaces[which] > 0}
		if d.spaces[which] == 4 {
			*at = mixed([]float64{0, 0, 0, 1})
		}
	case "sc", "SC", "scn", "SCN":
		*at = colour{}
		if len(n) > 0 && len(n) == d.spaces[which] {
			*at = mixed(n)
		}
	default:
		return false
	}
	return true
}

// components returns how many numbers make a colour of a space, 0 for one whose
// colours cannot be told from the numbers.
func (d *drawer) components(key syntax.Name) int {
	switch key {
	case "DeviceGray":
		return 1
	case "DeviceRGB":
		return 3
	case "DeviceCMYK":
		return 4
	}
	o, err := d.file.Resolve(d.resource("ColorSpace", key))
	if err != nil {
		return 0
	}
	a, _ := o.(syntax.Array)
	if len(a) < 2 {
		return 0
	}
	switch kind, _ := a[0].(syntax.Name); kind {
	case "CalGray":
		return 1
	case "CalRGB":
		return 3
	case "ICCBased":
		profile, err := d.file.Dict(a[1])
		n, _ := profile["N"].(syntax.Integer)
		if err == nil && (n == 1 || n == 3 || n == 4) {
			return int(n)
		}
	}
	return 0
}

// mixed makes a colour of one, three or four numbers.
func mixed(n []float64) colour {
	switch len(n) {
	case 1:
		return colour{n[0], n[0], n[0], true}
	case 3:
		return colour{n[0], n[1], n[2], true}
	case 4:
		return colour{(1 - n[0]) * (1 - n[3]), (1 - n[1]) * (1 - n[3]), (1 - n[2]) * (1 - n[3]), true}
	}
	return colour{}
}

// contrast is WCAG's ratio of two colours, from 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance()+0.05, b.luminance()+0.05
	return max(x, y) / min(x, y)
}

func (c colour) luminance() float64 {
	linear := func(v float64) float64 {
		v = min(max(v, 0), 1)
		if v <= 0.03928 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.red) + 0.7152*linear(c.green) + 0.0722*linear(c.blue)
}
