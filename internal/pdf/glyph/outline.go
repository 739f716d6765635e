// Package glyph says what a drawing of a typeface that is embedded in a PDF looks like.
// Browsers draw a shadda and its vowel as one drawing, and their files do not say which;
// so what a span says of it is held against its outline. The file is foreign: its tables
// are read strictly, within limits, and nothing in it is run.
//
//	o, em, err := glyph.Read(file, 0x58a)
//	if err == nil && o.Shows('\u064e', em) {
package glyph

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Limits of what is read of a typeface.
const (
	MaxFile   = 16 << 20
	maxTables = 64
	maxPoints = 1000
	maxDepth  = 4
	maxParts  = 16 // of a drawing that is put together from others
)

// A Point of an outline, upwards from the baseline, in the typeface's own units.
type Point struct{ X, Y float64 }

// An Outline is the closed lines around a drawing's ink, curves as short straight lines.
type Outline [][]Point

// errOdd says that a typeface is not made as it should be.
var errOdd = errors.New("the embedded typeface cannot be read")

func odd(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errOdd, fmt.Sprintf(format, args...))
}

// Read reads the outline of a drawing in a TrueType file by its number, and how many of
// its units the typeface has to an em. A drawing without ink has no outline.
func Read(file []byte, number int) (o Outline, em int, err error) {
	f, err := open(file)
	if err != nil {
		return nil, 0, err
	}
	left := maxPoints
	o, err = f.outline(number, 0, &left)
	return o, f.em, err
}

// A file is a TrueType file's tables that outlines are in.
type file struct {
	glyf, loca []byte
	long       bool // how loca counts
	count, em  int
}

func open(raw []byte) (f file, err error) {
	if len(raw) < 12 || len(raw) > MaxFile {
		return f, odd("it has %d bytes", len(raw))
	}
	if v := binary.BigEndian.Uint32(raw); v != 0x00010000 && v != 0x74727565 {
		return f, odd("it is no TrueType file")
	}
	n := int(binary.BigEndian.Uint16(raw[4:]))
	if n > maxTables || len(raw) < 12+16*n {
		return f, odd("it has %d tables", n)
	}
	tables := map[string][]byte{}
	for i := range n {
		at := raw[12+16*i:]
		name, from, size := string(at[:4]), uint64(binary.BigEndian.Uint32(at[8:])), uint64(binary.BigEndian.Uint32(at[12:]))
		if _, twice := tables[name]; twice || from+size > uint64(len(raw)) {
			return f, odd("its table %q is there twice or cut off", name)
		}
		tables[name] = raw[from : from+size]
	}
	head, maxp := tables["head"], tables["maxp"]
	if len(head) < 54 || len(maxp) < 6 {
		return f, odd("a table is missing")
	}
	f = file{glyf: tables["glyf"], loca: tables["loca"], count: int(binary.BigEndian.Uint16(maxp[4:])), em: int(binary.BigEndian.Uint16(head[18:]))}
	if f.em < 16 || f.em > 16384 {
		return f, odd("its em has %d units", f.em)
	}
	switch binary.BigEndian.Uint16(head[50:]) {
	case 0:
	case 1:
		f.long = true
	default:
		return f, odd("it counts in an unknown way")
	}
	return f, nil
}

// data are the bytes of a drawing.
func (f file) data(number int) ([]byte, error) {
	if number < 0 || number >= f.count {
		return nil, odd("it has no drawing %d", number)
	}
	var from, to uint64
	switch size := 2; {
	case f.long:
		if len(f.loca) < 4*(number+2) {
			return nil, odd("a table is cut off")
		}
		from, to = uint64(binary.BigEndian.Uint32(f.loca[4*number:])), uint64(binary.BigEndian.Uint32(f.loca[4*number+4:]))
	case len(f.loca) < size*(number+2):
		return nil, odd("a table is cut off")
	default:
		from, to = 2*uint64(binary.BigEndian.Uint16(f.loca[size*number:])), 2*uint64(binary.BigEndian.Uint16(f.loca[size*number+2:]))
	}
	if from > to || to > uint64(len(f.glyf)) {
		return nil, odd("a drawing is cut off")
	}
	return f.glyf[from:to], nil
}

func (f file) outline(number, depth int, left *int) (Outline, error) {
	d, err := f.data(number)
	if err != nil || len(d) == 0 {
		return nil, err
	}
	r := &reader{d: d}
	contours := r.i16()
	r.skip(8) // the box
	if contours < 0 {
		if depth >= maxDepth {
			return nil, odd("drawings are put together from others too deep")
		}
		return f.together(r, depth, left)
	}
	return r.simple(contours, left)
}

// What follows a part of a drawing that is put together from others.
const (
	partWords  = 1 << 0 // its place in two bytes each
	partXY     = 1 << 1 // its place is a place
	partScale  = 1 << 3
	partMore   = 1 << 5
	partScales = 1 << 6
	partMatrix = 1 << 7
)

// together reads a drawing that is put together from others.
func (f file) together(r *reader, depth int, left *int) (out Outline, err error) {
	for range maxParts {
		flags, number := r.u16(), r.u16()
		var dx, dy float64
		if flags&partWords != 0 {
			dx, dy = float64(r.i16()), float64(r.i16())
		} else {
			dx, dy = float64(r.i8()), float64(r.i8())
		}
		a, b, c, d := 1.0, 0.0, 0.0, 1.0
		switch {
		case flags&partScale != 0:
			a = r.f2dot14()
			d = a
		case flags&partScales != 0:
			a, d = r.f2dot14(), r.f2dot14()
		case flags&partMatrix != 0:
			a, b, c, d = r.f2dot14(), r.f2dot14(), r.f2dot14(), r.f2dot14()
		}
		if r.short || flags&partXY == 0 {
			return nil, odd("a drawing is put together in a way that is not known")
		}
		part, err := f.outline(number, depth+1, left)
		if err != nil {
			return nil, err
		}
		for _, line := range part {
			for i, p := range line {
				line[i] = Point{a*p.X + c*p.Y + dx, b*p.X + d*p.Y + dy}
			}
			out = append(out, line)
		}
		if flags&partMore == 0 {
			return out, nil
		}
	}
	return nil, odd("a drawing has too many parts")
}

// What is said of a point.
const (
	pointOn     = 1 << 0
	pointXByte  = 1 << 1
	pointYByte  = 1 << 2
	pointRepeat = 1 << 3
	pointXSame  = 1 << 4 // or, of one byte: it counts upwards
	pointYSame  = 1 << 5
)

// simple reads a drawing of so many closed lines.
func (r *reader) simple(contours int, left *int) (Outline, error) {
	ends := make([]int, 0, min(contours, maxPoints))
	for range contours {
		end := r.u16()
		if r.short || len(ends) > 0 && end < ends[len(ends)-1] {
			return nil, odd("a drawing is cut off")
		}
		ends = append(ends, end)
	}
	r.skip(r.u16()) // how it is fitted to pixels
	n := 0
	if len(ends) > 0 {
		n = ends[len(ends)-1] + 1
	}
	if *left -= n; *left < 0 {
		return nil, odd("a drawing has too many points")
	}
	flags := make([]int, 0, n)
	for len(flags) < n {
		flag, times := r.u8(), 1
		if flag&pointRepeat != 0 {
			times += r.u8()
		}
		if r.short || len(flags)+times > n {
			return nil, odd("a drawing is cut off")
		}
		for range times {
			flags = append(flags, flag)
		}
	}
	xs := r.coordinates(flags, pointXByte, pointXSame)
	ys := r.coordinates(flags, pointYByte, pointYSame)
	if r.short {
		return nil, odd("a drawing is cut off")
	}
	var out Outline
	from := 0
	for _, end := range ends {
		if line := smooth(flags[from:end+1], xs[from:end+1], ys[from:end+1]); len(line) > 2 {
			out = append(out, line)
		}
		from = end + 1
	}
	return out, nil
}

func (r *reader) coordinates(flags []int, isByte, isSame int) []float64 {
	out, at := make([]float64, len(flags)), 0.0
	for i, flag := range flags {
		switch {
		case flag&isByte != 0 && flag&isSame != 0:
			at += float64(r.u8())
		case flag&isByte != 0:
			at -= float64(r.u8())
		case flag&isSame == 0:
			at += float64(r.i16())
		}
		out[i] = at
	}
	return out
}

// steps are the straight lines that stand for a curve.
const steps = 6

// smooth makes straight lines of points on a line and points that curves bend to.
func smooth(flags []int, xs, ys []float64) (out []Point) {
	n := len(flags)
	at := func(i int) Point { return Point{xs[i%n], ys[i%n]} }
	middle := func(a, b Point) Point { return Point{(a.X + b.X) / 2, (a.Y + b.Y) / 2} }
	if n == 0 {
		return nil
	}
	first, begin := 0, Point{}
	for first < n && flags[first]&pointOn == 0 {
		first++
	}
	if first == n { // it bends everywhere
		first, begin = 0, middle(at(n-1), at(0))
	} else {
		begin = at(first)
		first++
	}
	out = append(out, begin)
	last := begin
	bend, bends := Point{}, false
	curve := func(to Point) {
		for s := 1; s <= steps; s++ {
			t := float64(s) / steps
			u := 1 - t
			out = append(out, Point{u*u*last.X + 2*u*t*bend.X + t*t*to.X, u*u*last.Y + 2*u*t*bend.Y + t*t*to.Y})
		}
		last = to
	}
	for i := range n {
		p, on := at(first+i), flags[(first+i)%n]&pointOn != 0
		switch {
		case on && bends:
			curve(p)
			bends = false
		case on:
			out = append(out, p)
			last = p
		case bends:
			curve(middle(bend, p))
			bend = p
		default:
			bend, bends = p, true
		}
	}
	if bends {
		curve(begin)
	}
	return out
}

// A reader reads numbers from bytes, and notes when there are no more.
type reader struct {
	d     []byte
	short bool
}

func (r *reader) skip(n int) {
	if n > len(r.d) {
		r.short, n = true, len(r.d)
	}
	r.d = r.d[n:]
}

func (r *reader) u8() int {
	if len(r.d) < 1 {
		r.short = true
		return 0
	}
	v := int(r.d[0])
	r.d = r.d[1:]
	return v
}

func (r *reader) u16() int         { return r.u8()<<8 | r.u8() }
func (r *reader) i8() int          { return int(int8(r.u8())) }   //nolint:gosec // the same eight bits
func (r *reader) i16() int         { return int(int16(r.u16())) } //nolint:gosec // the same sixteen bits
func (r *reader) f2dot14() float64 { return float64(r.i16()) / (1 << 14) }
