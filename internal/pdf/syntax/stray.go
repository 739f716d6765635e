package syntax

import (
	"bytes"
	"slices"
)

// Stray returns the stretches of the file that belong to no object of any
// revision, no cross-reference section and no marker, and are not white space or
// comments of a line: what a program finds that searches a file for objects.
// Objects that cannot be read are an error.
func (f *File) Stray() ([]Span, error) {
	known := []Span{{0, f.headEnd()}}
	for i, r := range f.revisions {
		known = append(known, r.Tables...)
		view := f.At(i + 1)
		for _, n := range r.Numbers() {
			e := r.entries[n]
			if e.kind != plainEntry {
				continue
			}
			s, ok := f.shared.spans[e.offset]
			if !ok {
				var err error
				if _, s, err = view.objectAt(Ref{n, e.generation}, e.offset); err != nil {
					return nil, err
				}
			}
			known = append(known, s)
		}
		known = append(known, f.markers(r)...)
	}
	slices.SortFunc(known, func(a, b Span) int { return a.Start - b.Start })
	var out []Span
	at := 0
	for _, s := range append(known, Span{len(f.data), len(f.data)}) {
		if s.Start > at && !f.blank(Span{at, s.Start}) {
			out = append(out, Span{at, s.Start})
		}
		at = max(at, s.End)
	}
	return out, nil
}

// headEnd returns the end of the header: its line and the comment of bytes over
// 127 that may follow.
func (f *File) headEnd() int {
	end := 0
	for range 2 {
		if end < len(f.data) && f.data[end] == '%' {
			n := bytes.IndexAny(f.data[end:min(len(f.data), end+256)], "\r\n")
			if n < 0 {
				return end
			}
			end = f.endOfLine(end + n)
		}
	}
	return end
}

// markers returns the places of a revision's startxref and %%EOF, one for each of
// its sections.
func (f *File) markers(r Revision) []Span {
	var out []Span
	for _, t := range r.Tables {
		var s section
		if f.marker(t.End, &s) {
			out = append(out, Span{t.End, s.end})
		}
	}
	return out
}

// blank reports whether a stretch is white space alone.
func (f *File) blank(s Span) bool {
	return !slices.ContainsFunc(f.data[s.Start:s.End], func(c byte) bool { return !isSpace(c) })
}
