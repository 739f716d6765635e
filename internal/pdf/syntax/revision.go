package syntax

import (
	"bytes"
	"maps"
	"slices"
)

// A Revision is what was appended to a file at one time, or its first form.
type Revision struct {
	Span    Span   // from the end of the one before to after its own %%EOF and end of line
	Marker  int    // where its %%EOF ends, before the end of line
	Trailer Dict   // of its own cross-reference section
	Tables  []Span // its cross-reference sections, each with its trailer
	Hybrid  bool   // two kinds of table, for old programs and new ones: they may show different things
	entries map[int]entry
}

// Numbers returns the numbers of the objects that the revision defines or frees.
func (r Revision) Numbers() []int { return slices.Sorted(maps.Keys(r.entries)) }

// Offset returns where the revision says that an object is written: its place in
// the file, or ok false for one that is packed into an object stream or freed.
func (r Revision) Offset(number int) (offset int, ok bool) {
	e := r.entries[number]
	return e.offset, e.kind == plainEntry
}

type entryKind int

const (
	freeEntry entryKind = iota
	plainEntry
	packedEntry
)

// An entry says where an object is.
type entry struct {
	kind       entryKind
	offset     int // plain: of the object; packed: the number of its object stream
	generation int // packed: always 0
	index      int // packed: its place in the stream
}

// A section is one cross-reference section as read.
type section struct {
	at      int
	span    Span // to the end of its trailer, or of its stream
	end     int  // of the %%EOF that belongs to it, 0 when none follows
	points  int  // what the startxref after it says
	hidden  Span // the stream of a hybrid table
	trailer Dict
	entries map[int]entry
}

// readRevisions follows the chain of cross-reference sections from the file's end
// and puts them in the order in which they were written.
func (f *File) readRevisions() error {
	at, err := f.lastSection()
	if err != nil {
		return err
	}
	var chain []section
	seen := map[int]bool{}
	for objects := 0; ; {
		if seen[at] || len(chain) >= f.limits.Revisions {
			return fault(at, "the chain of revisions has a loop, or more than %d links", f.limits.Revisions)
		}
		seen[at] = true
		s, err := f.section(at)
		if err != nil {
			return err
		}
		if objects += len(s.entries); objects > f.limits.Objects {
			return fault(at, "more than %d objects", f.limits.Objects)
		}
		chain = append(chain, s)
		prev, ok := s.trailer["Prev"]
		if !ok {
			break
		}
		n, ok := prev.(Integer)
		if !ok || n < 0 || int64(n) >= int64(len(f.data)) {
			return fault(at, "a /Prev that leads nowhere")
		}
		at = int(n)
	}
	slices.Reverse(chain)
	return f.order(chain)
}

// order makes revisions of the chain, oldest first. A linearised file has two
// sections for its first revision, the second one near its start.
func (f *File) order(chain []section) error {
	for i := 0; i < len(chain); i++ {
		s := chain[i]
		r := Revision{Trailer: s.trailer, Tables: []Span{s.span}, entries: s.entries, Marker: s.end}
		if s.hidden != (Span{}) {
			r.Hybrid, r.Tables = true, append(r.Tables, s.hidden)
		}
		if i == 0 && len(chain) > 1 && chain[1].at < s.at && f.linearised() {
			first := chain[1]
			maps.Copy(r.entries, first.entries)
			r.Tables, r.Trailer = append(r.Tables, first.span), first.trailer
			r.Marker = max(s.end, first.end)
			i++
		} else if s.end != 0 && s.points != s.at {
			return fault(s.span.End, "the startxref after a cross-reference section points to %d and not to it", s.points)
		}
		if r.Marker == 0 {
			return fault(s.span.End, "a revision does not end with startxref and %%%%EOF")
		}
		r.Span = Span{0, f.endOfLine(r.Marker)}
		if n := len(f.revisions); n > 0 {
			r.Span.Start = f.revisions[n-1].Span.End
		}
		if r.Span.Start >= r.Span.End || s.at < r.Span.Start {
			return fault(s.at, "revisions are not one after the other")
		}
		for number, e := range r.entries {
			if e.kind == plainEntry && e.offset >= r.Span.End {
				return fault(e.offset, "a revision has object %d beyond its own end", number)
			}
		}
		f.revisions = append(f.revisions, r)
	}
	return nil
}

// linearised reports whether the file's first object says so.
func (f *File) linearised() bool {
	head := f.data[:min(len(f.data), 1024)]
	return bytes.Contains(head, []byte("/Linearized"))
}

// endOfLine returns the position after one end of line, if there is one.
func (f *File) endOfLine(at int) int {
	for _, eol := range []string{"\r\n", "\n", "\r"} {
		if bytes.HasPrefix(f.data[at:], []byte(eol)) {
			return at + len(eol)
		}
	}
	return at
}

// lastSection reads the last startxref of the file.
func (f *File) lastSection() (int, error) {
	from := max(0, len(f.data)-(4<<10))
	i := bytes.LastIndex(f.data[from:], []byte("startxref"))
	if i < 0 {
		return 0, fault(len(f.data), "no startxref near the end of the file")
	}
	s := section{}
	if !f.marker(from+i, &s) {
		return 0, fault(from+i, "startxref is not followed by a number and %%%%EOF")
	}
	if s.points >= from+i {
		return 0, fault(from+i, "startxref points behind itself")
	}
	return s.points, nil
}

// marker reads "startxref N %%EOF".
func (f *File) marker(at int, s *section) bool {
	p := f.parser(at)
	if !p.keyword("startxref") {
		return false
	}
	n, ok := p.whole()
	if !ok {
		return false
	}
	for p.pos < len(p.data) && isSpace(p.data[p.pos]) {
		p.pos++
	}
	if !bytes.HasPrefix(p.data[p.pos:], []byte("%%EOF")) {
		return false
	}
	s.points, s.end = n, p.pos+len("%%EOF")
	return true
}

// section reads the cross-reference section at a position: a table or a stream.
func (f *File) section(at int) (section, error) {
	s := section{at: at, entries: map[int]entry{}}
	p := f.parser(at)
	var err error
	if p.keyword("xref") {
		err = f.classic(p, &s)
	} else {
		err = f.tableStream(p, at, &s)
	}
	if err != nil {
		return section{}, err
	}
	f.marker(s.span.End, &s)
	return s, nil
}

// classic reads a cross-reference table with its trailer.
func (f *File) classic(p *parser, s *section) error {
	for !p.keyword("trailer") {
		first, ok := p.whole()
		count, ok2 := p.whole()
		if !ok || !ok2 || count > f.limits.Objects || first > f.limits.Objects*10 {
			return fault(p.pos, "a cross-reference table that cannot be read")
		}
		for p.pos < len(p.data) && isSpace(p.data[p.pos]) {
			p.pos++
		}
		for i := range count {
			e, ok := tableEntry(p.data[p.pos:])
			if !ok {
				return fault(p.pos, "an entry of the cross-reference table is not 20 bytes as the format wants them")
			}
			p.pos += 20
			if _, twice := s.entries[first+i]; twice {
				return fault(p.pos, "object %d is twice in one cross-reference table", first+i)
			}
			s.entries[first+i] = e
		}
	}
	o, err := p.object()
	if err != nil {
		return err
	}
	d, ok := o.(Dict)
	if !ok {
		return fault(p.pos, "the trailer is no dictionary")
	}
	s.trailer, s.span = d, Span{s.at, p.pos}
	if second, ok := d["XRefStm"]; ok {
		return f.hybrid(second, s)
	}
	return nil
}

// hybrid adds the stream that a table names for programs that know streams: it has
// the objects that the table calls free.
func (f *File) hybrid(second Object, s *section) error {
	at, ok := second.(Integer)
	if !ok || at < 0 || int64(at) >= int64(len(f.data)) {
		return fault(s.at, "a /XRefStm that leads nowhere")
	}
	hidden := section{at: int(at), entries: map[int]entry{}}
	if err := f.tableStream(f.parser(int(at)), int(at), &hidden); err != nil {
		return err
	}
	for n, e := range hidden.entries {
		if have, ok := s.entries[n]; !ok || have.kind == freeEntry {
			s.entries[n] = e
		}
	}
	s.hidden = hidden.span
	return nil
}

// tableEntry reads one entry of 20 bytes.
func tableEntry(b []byte) (entry, bool) {
	if len(b) < 20 || b[10] != ' ' || b[16] != ' ' || !isSpace(b[18]) || b[19] != '\n' && b[19] != '\r' {
		return entry{}, false
	}
	offset, ok := digits(b[:10])
	generation, ok2 := digits(b[11:16])
	kind := freeEntry
	if b[17] == 'n' {
		kind = plainEntry
	}
	return entry{kind: kind, offset: offset, generation: generation}, ok && ok2 && (b[17] == 'n' || b[17] == 'f')
}

func digits(b []byte) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// tableStream reads a cross-reference stream.
func (f *File) tableStream(p *parser, at int, s *section) error {
	number, ok := p.whole()
	generation, ok2 := p.whole()
	if !ok || !ok2 {
		return fault(at, "neither a cross-reference table nor a stream")
	}
	// Nothing can be resolved yet, so that its length must stand in it.
	o, span, err := f.objectAt(Ref{number, generation}, at)
	if err != nil {
		return err
	}
	st, ok := o.(*Stream)
	if !ok || !st.Dict.Is("Type", "XRef") {
		return fault(at, "object %d is no cross-reference stream", number)
	}
	s.trailer, s.span = st.Dict, span
	content, err := f.Data(st)
	if err != nil {
		return err
	}
	return f.streamEntries(st.Dict, content, s)
}

// streamEntries reads the rows of a cross-reference stream.
func (f *File) streamEntries(d Dict, content []byte, s *section) error {
	widths, ok := whole3(d["W"])
	size, ok2 := d["Size"].(Integer)
	row := widths[0] + widths[1] + widths[2]
	if !ok || !ok2 || row == 0 || widths[1] == 0 {
		return fault(s.at, "a cross-reference stream without /W or /Size")
	}
	index, ok := d["Index"].(Array)
	if !ok {
		index = Array{Integer(0), size}
	}
	for ; len(index) >= 2; index = index[2:] {
		first, ok := index[0].(Integer)
		count, ok2 := index[1].(Integer)
		if !ok || !ok2 || first < 0 || count < 0 || int64(first) > int64(f.limits.Objects)*10 || int64(count) > int64(len(content)/row) {
			return fault(s.at, "a cross-reference stream whose /Index does not fit it")
		}
		for i := range int(count) {
			e, ok := streamEntry(content[:row], widths)
			if _, twice := s.entries[int(first)+i]; twice || !ok {
				return fault(s.at, "a cross-reference stream has object %d twice, or in a way that is not known", int(first)+i)
			}
			s.entries[int(first)+i] = e
			content = content[row:]
		}
	}
	if len(index) != 0 || len(content) != 0 {
		return fault(s.at, "a cross-reference stream has more rows than its /Index")
	}
	return nil
}

func whole3(o Object) (out [3]int, ok bool) {
	a, _ := o.(Array)
	if len(a) != 3 {
		return out, false
	}
	for i := range out {
		n, ok := a[i].(Integer)
		if !ok || n < 0 || n > 7 {
			return out, false
		}
		out[i] = int(n)
	}
	return out, true
}

func streamEntry(row []byte, widths [3]int) (entry, bool) {
	var field [3]int
	for i, w := range widths {
		for _, c := range row[:w] {
			field[i] = field[i]<<8 | int(c)
		}
		row = row[w:]
	}
	if widths[0] == 0 {
		field[0] = 1
	}
	switch field[0] {
	case 0:
		return entry{kind: freeEntry, generation: field[2]}, true
	case 1:
		return entry{kind: plainEntry, offset: field[1], generation: field[2]}, true
	case 2:
		return entry{kind: packedEntry, offset: field[1], index: field[2]}, true
	}
	return entry{}, false
}
