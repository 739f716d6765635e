package syntax

import (
	"bytes"
	"maps"
	"slices"
)

// A File is a PDF as of one of its revisions. It is not for use by many at once.
type File struct {
	data      []byte
	limits    Limits
	revisions []Revision
	shown     int // how many revisions count
	table     map[int]entry
	trailer   Dict
	shared    *shared
	opening   map[int]bool // objects that are being read, to stop at loops
}

// shared is what all views of a file have in common.
type shared struct {
	inflated int // bytes so far
	packs    map[int]pack
	spans    map[int]Span // of objects by their offset
}

// Open reads the structure of a file: header, cross-reference sections, revisions.
// Objects are read when they are asked for.
func Open(data []byte, limits Limits) (*File, error) {
	switch {
	case len(data) > limits.Bytes:
		return nil, fault(-1, "a file of %d bytes: at most %d are read", len(data), limits.Bytes)
	case !bytes.HasPrefix(data, []byte("%PDF-")):
		return nil, fault(0, "the file does not begin with %%PDF-")
	}
	f := &File{data: data, limits: limits, shared: &shared{packs: map[int]pack{}, spans: map[int]Span{}}, opening: map[int]bool{}}
	if err := f.readRevisions(); err != nil {
		return nil, err
	}
	return f.At(len(f.revisions)), nil
}

// At returns the file as its first n revisions have it.
func (f *File) At(n int) *File {
	n = max(1, min(n, len(f.revisions)))
	out := &File{data: f.data, limits: f.limits, revisions: f.revisions, shown: n, shared: f.shared, opening: map[int]bool{}}
	out.table = map[int]entry{}
	for _, r := range f.revisions[:n] {
		maps.Copy(out.table, r.entries)
	}
	out.trailer = f.revisions[n-1].Trailer
	return out
}

// Revisions returns all revisions, oldest first.
func (f *File) Revisions() []Revision { return f.revisions }

// Bytes returns the file.
func (f *File) Bytes() []byte { return f.data }

// Trailer returns the trailer of the newest revision that is shown.
func (f *File) Trailer() Dict { return f.trailer }

// Encrypted reports whether the file is encrypted: its strings and streams cannot
// be read here.
func (f *File) Encrypted() bool {
	_, ok := f.trailer["Encrypt"]
	return ok
}

// Tail is what stands after the last revision, its end of line not counted.
func (f *File) Tail() Span {
	return Span{f.revisions[len(f.revisions)-1].Span.End, len(f.data)}
}

// Refs returns all objects that are in use, in order.
func (f *File) Refs() []Ref {
	var out []Ref
	for _, n := range slices.Sorted(maps.Keys(f.table)) {
		if e := f.table[n]; e.kind != freeEntry {
			out = append(out, Ref{n, e.generation})
		}
	}
	return out
}

// Resolve follows references until there is a value. An object that is not there
// is null, as the format says.
func (f *File) Resolve(o Object) (Object, error) {
	for range f.limits.Depth {
		r, ok := o.(Ref)
		if !ok {
			if o == nil {
				return Null{}, nil
			}
			return o, nil
		}
		var err error
		if o, err = f.Get(r); err != nil {
			return nil, err
		}
	}
	return nil, fault(-1, "references lead from one to the next without end")
}

// Get reads one object. One that is not in use is null.
func (f *File) Get(r Ref) (Object, error) {
	e, ok := f.table[r.Number]
	if !ok || e.kind == freeEntry || e.generation != r.Generation {
		return Null{}, nil
	}
	if f.opening[r.Number] || len(f.opening) > f.limits.Depth {
		return nil, fault(e.offset, "object %d is needed to read itself", r.Number)
	}
	f.opening[r.Number] = true
	defer delete(f.opening, r.Number)
	if e.kind == packedEntry {
		return f.packed(r.Number, e)
	}
	o, _, err := f.objectAt(r, e.offset)
	return o, err
}

// Dict resolves an object that must be a dictionary, or a stream's.
func (f *File) Dict(o Object) (Dict, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case Dict:
		return v, nil
	case *Stream:
		return v.Dict, nil
	case Null:
		return Dict{}, nil
	}
	return nil, fault(-1, "a %T stands where a dictionary should be", v)
}

// Array resolves an object that must be an array; none is an empty one.
func (f *File) Array(o Object) (Array, error) {
	v, err := f.Resolve(o)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case Array:
		return v, nil
	case Null:
		return nil, nil
	}
	return nil, fault(-1, "a %T stands where an array should be", v)
}

// Root returns the document catalogue.
func (f *File) Root() (Dict, error) {
	d, err := f.Dict(f.trailer["Root"])
	if err != nil {
		return nil, err
	}
	if !d.Is("Type", "Catalog") {
		return nil, fault(-1, "the trailer's /Root is no catalogue")
	}
	return d, nil
}

// objectAt reads "N G obj ... endobj" and returns the object and where it stands.
func (f *File) objectAt(r Ref, offset int) (Object, Span, error) {
	p := f.parser(offset)
	number, ok := p.whole()
	generation, ok2 := p.whole()
	if !ok || !ok2 || !p.keyword("obj") || number != r.Number || generation != r.Generation {
		return nil, Span{}, fault(offset, "the cross-reference table says that object %d %d is here, and it is not", r.Number, r.Generation)
	}
	o, err := p.object()
	if err != nil {
		return nil, Span{}, err
	}
	if d, ok := o.(Dict); ok && p.keyword("stream") {
		if o, err = f.stream(p, d); err != nil {
			return nil, Span{}, err
		}
	}
	if !p.keyword("endobj") {
		return nil, Span{}, fault(p.pos, "object %d does not end with endobj", r.Number)
	}
	s := Span{offset, p.pos}
	f.shared.spans[offset] = s
	return o, s, nil
}

func (f *File) parser(at int) *parser {
	return &parser{data: f.data, pos: at, depth: f.limits.Depth, refs: true, spans: true}
}

// stream reads the bytes after the word stream. Their length must be right: many
// programs look for the end themselves when it is not, each in its own way.
func (f *File) stream(p *parser, d Dict) (Object, error) {
	at := p.pos
	switch {
	case bytes.HasPrefix(p.data[p.pos:], []byte("\r\n")):
		p.pos += 2
	case bytes.HasPrefix(p.data[p.pos:], []byte("\n")):
		p.pos++
	default:
		return nil, fault(p.pos, "the word stream is not followed by an end of line")
	}
	length, err := f.Resolve(d["Length"])
	if err != nil {
		return nil, err
	}
	n, ok := length.(Integer)
	if !ok || n < 0 || int64(n) > int64(len(p.data)-p.pos) {
		return nil, fault(at, "a stream's /Length is missing, or more than the file has")
	}
	raw := p.data[p.pos : p.pos+int(n) : p.pos+int(n)]
	p.pos += int(n)
	for _, eol := range []string{"\r\n", "\n", "\r", ""} {
		if bytes.HasPrefix(p.data[p.pos:], []byte(eol+"endstream")) {
			p.pos += len(eol) + len("endstream")
			return &Stream{d, raw}, nil
		}
	}
	return nil, fault(at, "a stream does not end where its /Length of %d says", n)
}
