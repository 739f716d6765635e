package syntax

// A pack is an object stream, unpacked.
type pack struct {
	content []byte
	number  []int
	offset  []int
}

// packed reads an object out of an object stream.
func (f *File) packed(number int, e entry) (Object, error) {
	p, err := f.pack(e.offset)
	if err != nil {
		return nil, err
	}
	if e.index < 0 || e.index >= len(p.number) || p.number[e.index] != number {
		return nil, fault(-1, "the cross-reference stream says that object %d is in object stream %d at place %d, and it is not", number, e.offset, e.index)
	}
	r := parser{data: p.content, pos: p.offset[e.index], depth: f.limits.Depth, refs: true}
	return r.object()
}

// pack unpacks an object stream, once for each place where one is written.
func (f *File) pack(number int) (pack, error) {
	e := f.table[number]
	if e.kind != plainEntry {
		return pack{}, fault(-1, "object stream %d is not in the file, or is packed itself", number)
	}
	if p, ok := f.shared.packs[e.offset]; ok {
		return p, nil
	}
	o, err := f.Get(Ref{number, e.generation})
	if err != nil {
		return pack{}, err
	}
	s, ok := o.(*Stream)
	if !ok || !s.Dict.Is("Type", "ObjStm") {
		return pack{}, fault(e.offset, "object %d is no object stream", number)
	}
	count, ok := s.Dict["N"].(Integer)
	first, ok2 := s.Dict["First"].(Integer)
	content, err := f.Data(s)
	if err != nil {
		return pack{}, err
	}
	if !ok || !ok2 || count < 0 || first < 0 || int64(count) > int64(f.limits.Objects) || int64(first) > int64(len(content)) {
		return pack{}, fault(e.offset, "object stream %d has a wrong /N or /First", number)
	}
	p := pack{content: content}
	head := parser{data: content[:first]}
	for range int(count) {
		n, ok := head.whole()
		at, ok2 := head.whole()
		if !ok || !ok2 || at > len(content)-int(first) {
			return pack{}, fault(e.offset, "object stream %d does not say where its objects are", number)
		}
		p.number, p.offset = append(p.number, n), append(p.offset, at+int(first))
	}
	f.shared.packs[e.offset] = p
	return p, nil
}
