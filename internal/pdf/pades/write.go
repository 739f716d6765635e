package pades

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"chancery.example/internal/pdf/syntax"
)

// A writer writes a file anew, with the objects that the trailer leads to and no
// others, in one revision. Numbers are given in the order in which objects are met,
// so that the same file is always written in the same way.
type writer struct {
	file    *syntax.File
	numbers map[syntax.Ref]int
	objects []syntax.Object // by number, from 1
}

// copyOf takes over a file's objects. The catalogue becomes object 1.
func copyOf(f *syntax.File) (*writer, error) {
	w := &writer{file: f, numbers: map[syntax.Ref]int{}}
	root, ok := f.Trailer()["Root"].(syntax.Ref)
	if !ok {
		return nil, fmt.Errorf("sealing a PDF: its trailer does not lead to a catalogue")
	}
	queue := []syntax.Ref{root}
	if info, ok := f.Trailer()["Info"].(syntax.Ref); ok {
		queue = append(queue, info)
	}
	for i := 0; i < len(queue); i++ {
		r := queue[i]
		if w.numbers[r] != 0 {
			continue
		}
		o, err := f.Get(r)
		if err != nil {
			return nil, fmt.Errorf("sealing a PDF: %w", err)
		}
		w.numbers[r] = w.add(o)
		queue = append(queue, references(o)...)
	}
	return w, nil
}

// add takes in an object and returns its number.
func (w *writer) add(o syntax.Object) int {
	w.objects = append(w.objects, o)
	return len(w.objects)
}

// references returns the references that an object holds. The length of a stream is
// left out: it is written in place.
func references(o syntax.Object) []syntax.Ref {
	var out []syntax.Ref
	if s, ok := o.(*syntax.Stream); ok {
		d := syntax.Dict{}
		for k, v := range s.Dict {
			if k != "Length" {
				d[k] = v
			}
		}
		o = d
	}
	for _, c := range syntax.Children(o) {
		if r, ok := c.(syntax.Ref); ok {
			out = append(out, r)
		} else {
			out = append(out, references(c)...)
		}
	}
	return out
}

// A made is a reference to an object that the writer made, by its new number. It
// is told from the file's own references by its generation, which no file has.
const madeGeneration = -1

func made(number int) syntax.Ref {
	return syntax.Ref{Number: number, Generation: madeGeneration}
}

// raw is bytes that are written as they are.
type raw struct {
	syntax.Object
	bytes string
}

// bytes writes the file. at returns where each object begins.
func (w *writer) bytes(version string) (out []byte, at []int) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n", version)
	at = make([]int, len(w.objects)+1)
	for i, o := range w.objects {
		at[i+1] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n", i+1)
		b.Write(w.object(nil, o))
		b.WriteString("\nendobj\n")
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at))
	for _, offset := range at[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	trailer := syntax.Dict{"Size": syntax.Integer(len(at)), "Root": made(1)}
	if info, ok := w.file.Trailer()["Info"].(syntax.Ref); ok {
		trailer["Info"] = made(w.numbers[info])
	}
	trailer["ID"] = w.identifier(b.Bytes())
	b.WriteString("trailer\n")
	b.Write(w.object(nil, trailer))
	fmt.Fprintf(&b, "\nstartxref\n%d\n%%%%EOF\n", table)
	return b.Bytes(), at
}

// identifier keeps the first name of the document and gives this form of it its own.
func (w *writer) identifier(content []byte) syntax.Array {
	digest := sha256.Sum256(content)
	own := syntax.String{Value: digest[:16], Hex: true}
	if a, ok := w.file.Trailer()["ID"].(syntax.Array); ok && len(a) == 2 {
		if first, ok := a[0].(syntax.String); ok && len(first.Value) == 16 {
			return syntax.Array{syntax.String{Value: first.Value, Hex: true}, own}
		}
	}
	return syntax.Array{own, own}
}

// object appends an object as it is written in a file.
func (w *writer) object(b []byte, o syntax.Object) []byte {
	switch o := o.(type) {
	case raw:
		return append(b, o.bytes...)
	case syntax.Bool:
		return strconv.AppendBool(b, bool(o))
	case syntax.Integer:
		return strconv.AppendInt(b, int64(o), 10)
	case syntax.Real:
		return strconv.AppendFloat(b, float64(o), 'f', -1, 64)
	case syntax.Name:
		return name(b, o)
	case syntax.String:
		return append(hex.AppendEncode(append(b, '<'), o.Value), '>')
	case syntax.Ref:
		return w.reference(b, o)
	case syntax.Array:
		b = append(b, '[')
		for i, c := range o {
			if i > 0 {
				b = append(b, ' ')
			}
			b = w.object(b, c)
		}
		return append(b, ']')
	case syntax.Dict:
		b = append(b, "<<"...)
		for _, k := range o.Keys() {
			b = append(name(b, k), ' ')
			b = w.object(b, o[k])
		}
		return append(b, ">>"...)
	case *syntax.Stream:
		d := syntax.Dict{}
		for k, v := range o.Dict {
			d[k] = v
		}
		d["Length"] = syntax.Integer(len(o.Raw))
		b = append(w.object(b, d), "stream\n"...)
		return append(append(b, o.Raw...), "\nendstream"...)
	}
	return append(b, "null"...)
}

// reference writes a reference to what was taken over or made; one to an object
// that the file does not have is null, as it was.
func (w *writer) reference(b []byte, r syntax.Ref) []byte {
	number := r.Number
	if r.Generation != madeGeneration {
		if number = w.numbers[r]; number == 0 {
			return append(b, "null"...)
		}
	}
	return fmt.Appendf(b, "%d 0 R", number)
}

func name(b []byte, n syntax.Name) []byte {
	b = append(b, '/')
	for _, c := range []byte(n) {
		if c <= ' ' || c > '~' || slices.Contains([]byte("#()<>[]{}/%"), c) {
			b = fmt.Appendf(b, "#%02X", c)
		} else {
			b = append(b, c)
		}
	}
	return b
}
