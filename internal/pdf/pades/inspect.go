package pades

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/syntax"
)

// Inspect says what a file's own signatures show. It has one strict idea of what a
// signature covers - everything from the first byte to the end of its own revision,
// but for the digits of the signature itself - and of all else it says that it
// cannot tell. Programs that take more for a signature call forged files valid.
func Inspect(data []byte) Remark {
	f, err := syntax.Open(data, syntax.DefaultLimits)
	if err != nil {
		return Remark{Seal: SealUnclear, Signatures: traces(data), Why: err.Error()}
	}
	i := inspection{data: data, file: f}
	if err := i.collect(); err != nil {
		return Remark{Seal: SealUnclear, Signatures: max(len(i.found), traces(data)), Why: err.Error()}
	}
	return i.judge()
}

// Signature returns the remark as a reading of the file carries it; nil when there
// is no trace of a signature.
func (r Remark) Signature() *pdf.Signature {
	s := pdf.Signature{Count: r.Signatures, Bytes: r.Signed, Why: r.Why, Keys: r.Keys}
	switch r.Seal {
	case SealWhole:
		s.State = pdf.SignedWhole
	case SealExtended:
		s.State = pdf.SignedPart
	case SealBroken:
		s.State = pdf.SignedBroken
	case SealNone, SealCovert, SealUnclear:
		s.State, s.Keys = pdf.SignedOddly, nil
	}
	if r.Signatures == 0 {
		return nil
	}
	return &s
}

// traces counts what looks like signatures in the bytes of a file, wherever it is.
func traces(data []byte) int { return bytes.Count(data, []byte("/ByteRange")) }

// A find is a signature object with the revision that wrote it.
type find struct {
	ref      syntax.Ref
	revision int // from 1
	dict     syntax.Dict
	signed   int // bytes from the start, once it is verified
	key      string
	remark   Remark
}

// An inspection goes through all revisions of one file.
type inspection struct {
	data   []byte
	file   *syntax.File
	found  []find
	fields map[syntax.Ref]int // how often the newest revision's fields have it as their value
}

// collect reads every object of every revision and keeps the signatures.
func (i *inspection) collect() error {
	if i.file.Encrypted() {
		return errors.New("the file is encrypted")
	}
	for n, r := range i.file.Revisions() {
		view := i.file.At(n + 1)
		inUse := map[int]syntax.Ref{}
		for _, ref := range view.Refs() {
			inUse[ref.Number] = ref
		}
		for _, number := range r.Numbers() {
			ref, ok := inUse[number]
			if !ok {
				continue
			}
			o, err := view.Get(ref)
			if err != nil {
				return err
			}
			if err := i.search(o, ref, n+1, 0); err != nil {
				return err
			}
		}
	}
	return i.countFields()
}

// search looks for signatures in an object, and in what it holds directly.
func (i *inspection) search(o syntax.Object, ref syntax.Ref, revision, depth int) error {
	if d, ok := o.(syntax.Dict); ok && isSignature(d) {
		if depth > 0 {
			ref = syntax.Ref{}
		}
		if i.found = append(i.found, find{ref: ref, revision: revision, dict: d}); len(i.found) > 64 {
			return errors.New("more than 64 signatures")
		}
		return nil
	}
	for _, c := range syntax.Children(o) {
		if err := i.search(c, ref, revision, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// isSignature reports whether programs take a dictionary for a signature.
func isSignature(d syntax.Dict) bool {
	_, hasRange := d["ByteRange"]
	_, hasContents := d["Contents"]
	_, hasFilter := d["SubFilter"]
	return d.Is("Type", "Sig") && !isField(d) || d.Is("Type", "DocTimeStamp") || hasRange || hasContents && hasFilter
}

func isField(d syntax.Dict) bool {
	_, ok := d["FT"]
	return ok
}

// countFields counts the fields of the newest revision by their signature.
func (i *inspection) countFields() error {
	i.fields = map[syntax.Ref]int{}
	for _, ref := range i.file.Refs() {
		o, err := i.file.Get(ref)
		if err != nil {
			return err
		}
		d, ok := o.(syntax.Dict)
		if !ok || isSignature(d) {
			continue
		}
		if v, ok := d["V"].(syntax.Ref); ok {
			i.fields[v]++
		}
	}
	return nil
}

// judge verifies every signature and makes one remark of them: the gravest first.
func (i *inspection) judge() Remark {
	if len(i.found) == 0 {
		if n := traces(i.data); n > 0 {
			return Remark{Seal: SealUnclear, Signatures: n, Why: "there is a signature in the bytes of the file that no revision of it has"}
		}
		return Remark{Seal: SealNone}
	}
	if packed := i.inObjectStreams(); traces(i.data) > len(i.found)-packed {
		return i.about(SealUnclear, "there are more signatures in the bytes of the file than in its revisions")
	}
	seen := map[int]bool{}
	for n := range i.found {
		s := &i.found[n]
		err := i.verify(s)
		switch {
		case errors.Is(err, errBad):
			return i.about(SealBroken, reason(err))
		case err != nil:
			return i.about(SealUnclear, reason(err))
		case seen[s.signed]:
			return i.about(SealUnclear, "two signatures claim the same bytes")
		case i.fields[s.ref] > 1:
			return i.about(SealUnclear, "one signature is the value of several fields")
		}
		seen[s.signed] = true
	}
	return i.intact()
}

func (i *inspection) inObjectStreams() int {
	n := 0
	for _, s := range i.found {
		if _, plain := i.file.Revisions()[s.revision-1].Offset(s.ref.Number); !plain {
			n++
		}
	}
	return n
}

func (i *inspection) about(seal SealState, why string) Remark {
	return Remark{Seal: seal, Signatures: len(i.found), Why: why}
}

func reason(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), errForm.Error()+"\n"), errBad.Error()+"\n")
}

// intact makes the remark when all signatures are: the first one's bytes are what
// was signed, and all behind them came later, other signatures included.
func (i *inspection) intact() Remark {
	first := i.found[0]
	r := first.remark
	r.Signatures, r.Signed = len(i.found), first.signed
	for _, s := range i.found {
		if s.key != "" && !slices.Contains(r.Keys, s.key) {
			r.Keys = append(r.Keys, s.key)
		}
	}
	if first.signed == len(i.data) && len(i.found) == 1 {
		r.Seal = SealWhole
		if r.Why = covert(i.file); r.Why != "" {
			r.Seal = SealCovert
		}
		return r
	}
	r.Seal = SealExtended
	changed, err := i.changes(first.revision)
	if err != nil {
		return i.about(SealUnclear, err.Error())
	}
	r.Changed = changed
	return r
}

// verify holds one signature to the bytes that it says it is over.
func (i *inspection) verify(s *find) error {
	gap, end, err := i.covered(*s)
	if err != nil {
		return err
	}
	contents, _ := s.dict["Contents"].(syntax.String)
	der, err := trimmed(contents.Value)
	if err != nil {
		return err
	}
	if digits := i.data[gap.Start+1 : gap.End-1]; !plainHex(digits) {
		return formFault("a signature is not written in digits to base 16 alone, in one case")
	}
	over := func(h crypto.Hash) []byte { return sum(h, i.data[:gap.Start], i.data[gap.End:end]) }
	if s.dict.Is("SubFilter", "ETSI.RFC3161") {
		t, err := parseTimestamp(der)
		if err != nil {
			return err
		}
		if !bytes.Equal(t.imprint, over(t.hash)) {
			return badFault("the signed bytes were changed")
		}
		s.signed, s.remark.Stamped = end, t.at
		return nil
	}
	if !s.dict.Is("SubFilter", "ETSI.CAdES.detached") && !s.dict.Is("SubFilter", "adbe.pkcs7.detached") {
		return formFault("the signature's /SubFilter is not one that is judged here")
	}
	c, err := parseSigned(der)
	if err != nil {
		return err
	}
	if c.content != nil {
		return formFault("the signature brings its own content along")
	}
	if err := c.verify(over(c.hash), oidData); err != nil {
		return err
	}
	fingerprint := sha256.Sum256(c.signer.Raw)
	s.signed, s.remark.Certificate = end, hex.EncodeToString(fingerprint[:])
	key := sha256.Sum256(c.signer.RawSubjectPublicKeyInfo)
	s.key = hex.EncodeToString(key[:])
	return s.stamp(c)
}

// stamp notes the timestamp over a signature. One that is not good makes the whole
// doubtful: it is the one part of a signature that nobody signed.
func (s *find) stamp(c *signed) error {
	token, ok := c.unsigned[oidTimestamp.String()]
	if !ok {
		return nil
	}
	t, err := parseTimestamp(token)
	if err != nil {
		return formFault("the timestamp over the signature: " + reason(err))
	}
	if !bytes.Equal(t.imprint, sum(t.hash, c.signature)) {
		return formFault("the timestamp is over another signature")
	}
	s.remark.Stamped = t.at
	return nil
}

// covered returns the gap in what a signature covers and the end of it, if that is
// all of the file up to the end of the signature's own revision.
func (i *inspection) covered(s find) (gap syntax.Span, end int, err error) {
	o, err := i.file.At(s.revision).Resolve(s.dict["ByteRange"])
	if err != nil {
		return gap, 0, formFault(err.Error())
	}
	a, _ := o.(syntax.Array)
	var n [4]int
	for k := range n {
		v, ok := syntax.Object(nil), len(a) == 4
		if ok {
			v = a[k]
		}
		whole, ok := v.(syntax.Integer)
		if !ok || whole < 0 || int64(whole) > int64(len(i.data)) {
			return gap, 0, formFault("a signature does not say with four numbers which bytes it is over")
		}
		n[k] = int(whole)
	}
	gap, end = syntax.Span{Start: n[1], End: n[2]}, n[2]+n[3]
	contents, ok := s.dict["Contents"].(syntax.String)
	revision := i.file.Revisions()[s.revision-1]
	switch {
	case n[0] != 0 || n[1] <= 0 || n[2] <= n[1] || end > len(i.data):
		return gap, 0, formFault("a signature is not over the file from its first byte")
	case !ok || !contents.Hex || contents.Span != gap:
		return gap, 0, formFault("what a signature leaves out is not just the signature itself")
	case end != revision.Marker && end != revision.Span.End:
		return gap, 0, formFault("a signature does not end where its own revision ends")
	case gap.Start < revision.Span.Start:
		return gap, 0, formFault("a signature is in another revision than it says")
	}
	if offset, plain := revision.Offset(s.ref.Number); !plain || offset > gap.Start {
		return gap, 0, formFault("a signature is not an object by itself")
	}
	return gap, end, nil
}

// plainHex reports whether there is but one way to have written these digits.
func plainHex(digits []byte) bool {
	lower, upper := false, false
	for _, c := range digits {
		switch {
		case c >= '0' && c <= '9':
		case c >= 'a' && c <= 'f':
			lower = true
		case c >= 'A' && c <= 'F':
			upper = true
		default:
			return false
		}
	}
	return len(digits)%2 == 0 && !(lower && upper)
}

// trimmed cuts the zeros off that fill the space for a signature.
func trimmed(padded []byte) ([]byte, error) {
	n, err := derLength(padded)
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(padded[n:], "\x00")) != 0 {
		return nil, formFault("something stands behind the signature in its own place")
	}
	return padded[:n], nil
}

// derLength returns how long the one value is with which the bytes begin.
func derLength(b []byte) (int, error) {
	if len(b) < 2 || b[0] != 0x30 {
		return 0, formFault("there is no signature where one should be")
	}
	size := int(b[1])
	n := 2
	if size >= 0x80 {
		count := size & 0x7f
		if count == 0 || count > 4 || len(b) < 2+count {
			return 0, formFault("the signature is not in DER")
		}
		size = 0
		for _, c := range b[2 : 2+count] {
			size = size<<8 | int(c)
		}
		n += count
	}
	if size > len(b)-n {
		return 0, formFault("the signature is cut off")
	}
	return n + size, nil
}

// covert says what a sealed file holds that is not shown, or lies over what is:
// with it a file is made ready to be changed after somebody signed it.
func covert(f *syntax.File) string {
	reached := map[syntax.Ref]bool{}
	var queue []syntax.Object
	queue = append(queue, f.Trailer())
	for len(queue) > 0 {
		o := queue[0]
		queue = queue[1:]
		if r, ok := o.(syntax.Ref); ok {
			if reached[r] {
				continue
			}
			reached[r] = true
			o, _ = f.Get(r) // all were read before
		}
		queue = append(queue, syntax.Children(o)...)
	}
	for _, r := range f.Refs() {
		o, _ := f.Get(r)
		if reached[r] {
			if covers(o) {
				return fmt.Sprintf("something is laid over a page (object %d)", r.Number)
			}
			continue
		}
		if shows(o) {
			return fmt.Sprintf("object %d is in the file and no page uses it", r.Number)
		}
	}
	if stray, err := f.Stray(); err != nil || len(stray) > 0 {
		return "there are bytes in the file that belong to no object"
	}
	return ""
}

// covers reports whether an object is or holds something that programs draw over a
// page, other than fields and links.
func covers(o syntax.Object) bool {
	if d, ok := o.(syntax.Dict); ok {
		_, place := d["Rect"]
		sub, _ := d["Subtype"].(syntax.Name)
		if place && sub != "" && sub != "Widget" && sub != "Link" && sub != "Popup" {
			return true
		}
	}
	return slices.ContainsFunc(syntax.Children(o), covers)
}

// shows reports whether an object without use could be used to show something.
func shows(o syntax.Object) bool {
	switch o := o.(type) {
	case *syntax.Stream:
		kind, _ := o.Dict["Type"].(syntax.Name)
		return kind != "XRef" && kind != "ObjStm" && kind != "Metadata"
	case syntax.Dict:
		return o.Is("Type", "Page") || o.Is("Type", "Pages") || o.Is("Type", "Catalog") || o.Is("Type", "Font") || o.Is("Type", "Annot")
	}
	return false
}
