package pades

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"chancery.example/internal/pdf/syntax"
)

const (
	rangeMark    = "/ByteRange["
	contentsMark = "/Contents"
	rangeWidth   = 10 // digits of each number, and of a file at most
)

// addField puts in the signature field, its signature with the space for it, and
// what belongs to the document: the form, the permission, data for the long term.
// It returns the signature's number.
func (w *writer) addField(o Options, room int) (int, error) {
	pages, err := w.file.Pages()
	if err != nil {
		return 0, fmt.Errorf("sealing a PDF: %w", err)
	}
	frame := o.Frame
	if len(pages) == 0 || frame != nil && (frame.Page < 1 || frame.Page > len(pages)) {
		return 0, fmt.Errorf("sealing a PDF: there are %d pages, and the seal's frame is on none of them", len(pages))
	}
	page := pages[0]
	if frame != nil {
		page = pages[frame.Page-1]
	}
	signature := w.add(raw{bytes: signatureTemplate(o, room)})
	widget := syntax.Dict{
		"Type": syntax.Name("Annot"), "Subtype": syntax.Name("Widget"), "FT": syntax.Name("Sig"),
		"T": text("Seal"), "TU": text("Electronic seal"), "F": syntax.Integer(4 + 128), // printed, locked
		"Rect": rect(syntax.Rect{}), "P": page.Ref, "V": made(signature),
	}
	if frame != nil {
		w.appearance(widget, page, *frame)
	}
	field := w.add(widget)
	if err := w.onPage(page, field); err != nil {
		return 0, err
	}
	catalogue, err := w.file.Root()
	if err != nil {
		return 0, fmt.Errorf("sealing a PDF: %w", err)
	}
	root := with(catalogue, syntax.Dict{
		"AcroForm": syntax.Dict{"Fields": syntax.Array{made(field)}, "SigFlags": syntax.Integer(3)},
		"Perms":    syntax.Dict{"DocMDP": made(signature)},
	})
	delete(root, "Version") // the header says it
	if d := w.longTerm(o.LongTerm); d != nil {
		root["DSS"] = d
	}
	w.objects[0] = root
	return signature, w.tag(root, field, page)
}

// with returns a copy of a dictionary with other entries laid over it.
func with(d, over syntax.Dict) syntax.Dict {
	out := syntax.Dict{}
	for k, v := range d {
		out[k] = v
	}
	for k, v := range over {
		out[k] = v
	}
	return out
}

func rect(r syntax.Rect) syntax.Array {
	return syntax.Array{syntax.Real(r.X0), syntax.Real(r.Y0), syntax.Real(r.X1), syntax.Real(r.Y1)}
}

// text writes words as PDF has them: ASCII, else UTF-16 with a mark.
func text(s string) syntax.String {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
		return syntax.String{Value: []byte(s)}
	}
	out := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return syntax.String{Value: out}
}

// signatureTemplate is the signature with nothing in it yet. The permission is
// "no changes"; there is no name in it: names are what certificates are for, and
// nobody should believe those either.
func signatureTemplate(o Options, room int) string {
	var w writer
	var b strings.Builder
	b.WriteString("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached")
	fmt.Fprintf(&b, "/M(%s)", pdfTime(o.At))
	if o.Reason != "" {
		fmt.Fprintf(&b, "/Reason %s", w.object(nil, text(o.Reason)))
	}
	b.WriteString("/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]")
	b.WriteString(rangeMark + strings.Repeat(" ", 1+3*(rangeWidth+1)) + "]")
	b.WriteString(contentsMark + "<" + strings.Repeat("0", 2*room) + ">>>")
	return b.String()
}

func pdfTime(t time.Time) string { return t.UTC().Format("D:20060102150405") + "Z" }

// fillRange writes which bytes are signed: all but the gap of the signature.
func fillRange(out []byte, object, room int) (syntax.Span, error) {
	at := bytes.Index(out[object:], []byte(rangeMark))
	contents := bytes.Index(out[object:], []byte(contentsMark+"<"))
	if at < 0 || contents < at || len(out) > maxPDF {
		return syntax.Span{}, errors.New("sealing a PDF: the sealed file would be too large")
	}
	gap := syntax.Span{Start: object + contents + len(contentsMark)}
	gap.End = gap.Start + 2*room + 2
	numbers := fmt.Sprintf("0 %d %d %d", gap.Start, gap.End, len(out)-gap.End)
	copy(out[object+at+len(rangeMark):], numbers)
	return gap, nil
}

// appearance gives the field its place and a thin frame.
func (w *writer) appearance(widget syntax.Dict, page syntax.Page, frame Frame) {
	const point = 72 / 25.4
	width, height := frame.Box.Width*point, frame.Box.Height*point
	x, y := page.CropBox.X0+frame.Box.X*point, page.CropBox.Y1-frame.Box.Y*point
	widget["Rect"] = rect(syntax.Rect{X0: x, Y0: y - height, X1: x + width, Y1: y})
	drawing := fmt.Sprintf("q 0.45 G 0.5 w 0.25 0.25 %.2f %.2f re S Q", width-0.5, height-0.5)
	form := w.add(&syntax.Stream{Raw: []byte(drawing), Dict: syntax.Dict{
		"Type": syntax.Name("XObject"), "Subtype": syntax.Name("Form"),
		"BBox": rect(syntax.Rect{X1: width, Y1: height}), "Resources": syntax.Dict{},
	}})
	widget["AP"] = syntax.Dict{"N": made(form)}
}

// onPage puts the field on its page.
func (w *writer) onPage(page syntax.Page, field int) error {
	have, err := w.file.Array(page.Dict["Annots"])
	if err != nil {
		return fmt.Errorf("sealing a PDF: %w", err)
	}
	all := append(append(syntax.Array{}, have...), made(field))
	over := syntax.Dict{"Annots": all, "Tabs": syntax.Name("S")}
	if r, ok := page.Dict["Annots"].(syntax.Ref); ok {
		w.objects[w.numbers[r]-1] = all
		delete(over, "Annots")
	}
	w.objects[w.numbers[page.Ref]-1] = with(page.Dict, over)
	return nil
}

// longTerm adds the document security store. It has no VRI, whose name would be
// the digest of the signature that is yet to be made: readers take the store's
// lists for all signatures of a file, and here there is one.
func (w *writer) longTerm(l LongTerm) syntax.Object {
	d := syntax.Dict{}
	for key, list := range map[syntax.Name][][]byte{"Certs": l.Certificates, "CRLs": l.CRLs, "OCSPs": l.OCSPs} {
		if len(list) > 0 {
			d[key] = syntax.Array{}
		}
	}
	if len(d) == 0 {
		return nil
	}
	for _, key := range d.Keys() { // in a fixed order
		list := map[syntax.Name][][]byte{"Certs": l.Certificates, "CRLs": l.CRLs, "OCSPs": l.OCSPs}[key]
		var refs syntax.Array
		for _, der := range list {
			refs = append(refs, made(w.add(&syntax.Stream{Raw: der, Dict: syntax.Dict{}})))
		}
		d[key] = refs
	}
	d["Type"] = syntax.Name("DSS")
	return made(w.add(d))
}

// tag gives the field its place in the structure of a tagged document, by which
// people who do not see the page find it.
func (w *writer) tag(root syntax.Dict, field int, page syntax.Page) error {
	ref, ok := root["StructTreeRoot"].(syntax.Ref)
	if !ok {
		return nil
	}
	tree, err := w.file.Dict(ref)
	if err != nil {
		return fmt.Errorf("sealing a PDF: %w", err)
	}
	parents, err := w.file.Dict(tree["ParentTree"])
	if err != nil {
		return fmt.Errorf("sealing a PDF: %w", err)
	}
	kids, err := w.file.Resolve(tree["K"])
	if err != nil {
		return fmt.Errorf("sealing a PDF: %w", err)
	}
	next, ok := tree["ParentTreeNextKey"].(syntax.Integer)
	nums, ok2 := parents["Nums"].(syntax.Array)
	top, err := w.document(tree["K"], kids)
	if !ok || !ok2 || err != nil || top == (syntax.Ref{}) {
		return nil // a structure of another shape stays as it is
	}
	element := w.add(syntax.Dict{
		"Type": syntax.Name("StructElem"), "S": syntax.Name("Form"), "P": top, "Pg": page.Ref, "Alt": text("Electronic seal"),
		"K": syntax.Dict{"Type": syntax.Name("OBJR"), "Obj": made(field), "Pg": page.Ref},
	})
	document, err := w.file.Dict(top)
	if err != nil {
		return fmt.Errorf("sealing a PDF: %w", err)
	}
	inside, err := w.file.Resolve(document["K"])
	if err != nil {
		return fmt.Errorf("sealing a PDF: %w", err)
	}
	list, ok := inside.(syntax.Array)
	if !ok {
		list = syntax.Array{document["K"]}
	}
	w.objects[w.numbers[top]-1] = with(document, syntax.Dict{"K": append(append(syntax.Array{}, list...), made(element))})
	grown := with(parents, syntax.Dict{"Nums": append(append(syntax.Array{}, nums...), next, made(element))})
	over := syntax.Dict{"ParentTreeNextKey": next + 1}
	if r, ok := tree["ParentTree"].(syntax.Ref); ok {
		w.objects[w.numbers[r]-1] = grown // in its own place: nothing is left behind without use
	} else {
		over["ParentTree"] = grown
	}
	w.objects[w.numbers[ref]-1] = with(tree, over)
	w.objects[field-1] = with(asDict(w.objects[field-1]), syntax.Dict{"StructParent": next})
	return nil
}

func asDict(o syntax.Object) syntax.Dict {
	d, _ := o.(syntax.Dict)
	return d
}

// document returns the one element at the top of the structure, if there is one.
func (w *writer) document(o, resolved syntax.Object) (syntax.Ref, error) {
	if r, ok := o.(syntax.Ref); ok {
		if _, isArray := resolved.(syntax.Array); !isArray {
			return r, nil
		}
	}
	if a, ok := resolved.(syntax.Array); ok && len(a) == 1 {
		r, _ := a[0].(syntax.Ref)
		return r, nil
	}
	return syntax.Ref{}, nil
}
