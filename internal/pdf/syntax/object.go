package syntax

import (
	"maps"
	"slices"
)

// An Object is one value of a file: Null, Bool, Integer, Real, String, Name,
// Array, Dict, *Stream or Ref.
type Object interface{ object() }

// Null is the value that says that there is none.
type Null struct{}

// Bool is true or false.
type Bool bool

// Integer is a whole number.
type Integer int64

// Real is a number with a decimal point.
type Real float64

// Name is a name, its escapes undone.
type Name string

// A String is a row of bytes, with the place where it is written. The place of a
// string in an object stream is the empty span.
type String struct {
	Value []byte
	Span  Span // with its brackets
	Hex   bool // written as <...>
}

// Array is a row of objects.
type Array []Object

// Dict is a dictionary. A key is in it once: a file with a key twice is refused.
type Dict map[Name]Object

// A Stream is a dictionary with bytes, as they are in the file.
type Stream struct {
	Dict Dict
	Raw  []byte // still encoded; File.Data decodes
}

// A Ref names an object of the file by number and generation.
type Ref struct{ Number, Generation int }

// A Span is a stretch of the file's bytes: [Start, End).
type Span struct{ Start, End int }

// Len returns how many bytes a span has.
func (s Span) Len() int { return s.End - s.Start }

func (Null) object()    {}
func (Bool) object()    {}
func (Integer) object() {}
func (Real) object()    {}
func (Name) object()    {}
func (String) object()  {}
func (Array) object()   {}
func (Dict) object()    {}
func (*Stream) object() {}
func (Ref) object()     {}

// Keys returns the keys in order.
func (d Dict) Keys() []Name { return slices.Sorted(maps.Keys(d)) }

// Is reports whether a key has a name as its value.
func (d Dict) Is(key, value Name) bool {
	n, ok := d[key].(Name)
	return ok && n == value
}

// Number returns the value of an integer or a real.
func Number(o Object) (float64, bool) {
	switch o := o.(type) {
	case Integer:
		return float64(o), true
	case Real:
		return float64(o), true
	}
	return 0, false
}

// Children returns what an object holds directly, in a fixed order.
func Children(o Object) []Object {
	switch o := o.(type) {
	case Array:
		return o
	case Dict:
		out := make([]Object, 0, len(o))
		for _, k := range o.Keys() {
			out = append(out, o[k])
		}
		return out
	case *Stream:
		return Children(o.Dict)
	}
	return nil
}
