package pades

import (
	"bytes"
	"errors"
	"slices"

	"chancery.example/internal/pdf/syntax"
)

// maxCompared bounds how many pairs of objects are compared; what is beyond is
// taken for different.
const maxCompared = 200_000

// changes says what the bytes after a revision change.
func (i *inspection) changes(signed int) ([]Change, error) {
	last := len(i.file.Revisions())
	stray, err := i.file.Stray()
	if err != nil {
		return nil, err
	}
	behind := i.file.Revisions()[signed-1].Span.End
	for _, s := range stray {
		part := i.data[max(s.Start, min(behind, s.End)):s.End]
		for _, word := range []string{"obj", "xref", "trailer"} {
			if bytes.Contains(part, []byte(word)) {
				return nil, errors.New("behind what was signed there is something that some programs take for content, and others do not")
			}
		}
	}
	d := differ{old: i.file.At(signed), new: i.file.At(last), equal: map[[2]syntax.Ref]bool{}, found: map[Change]bool{}}
	if signed < last {
		if err := d.documents(); err != nil {
			return nil, err
		}
	}
	var out []Change
	for _, c := range []Change{ChangedPages, ChangedAnnotations, ChangedForms, ChangedSignatures, ChangedValidation, ChangedOther} {
		if d.found[c] {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		out = []Change{ChangedNothing}
	}
	return out, nil
}

// A differ compares two revisions of a file from the catalogue on.
type differ struct {
	old, new *syntax.File
	equal    map[[2]syntax.Ref]bool // pairs that are being compared, or were
	compared int
	found    map[Change]bool
}

func (d *differ) documents() error {
	before, err := d.old.Root()
	if err != nil {
		return err
	}
	after, err := d.new.Root()
	if err != nil {
		return err
	}
	for _, k := range union(before, after) {
		switch k {
		case "Pages":
		case "AcroForm":
			if err := d.forms(before[k], after[k]); err != nil {
				return err
			}
		default:
			if !d.same(before[k], after[k]) {
				d.found[changeOf(k)] = true
			}
		}
	}
	if !d.same(d.old.Trailer()["Info"], d.new.Trailer()["Info"]) {
		d.found[ChangedOther] = true
	}
	return d.pages()
}

func changeOf(k syntax.Name) Change {
	switch k {
	case "DSS", "Extensions":
		return ChangedValidation
	case "Perms":
		return ChangedSignatures
	case "OCProperties", "OpenAction", "Names":
		return ChangedPages // layers and scripts can show anything
	}
	return ChangedOther
}

func union(a, b syntax.Dict) []syntax.Name {
	keys := append(a.Keys(), b.Keys()...)
	slices.Sort(keys)
	return slices.Compact(keys)
}

// pages compares what each page is drawn with, and what lies over it.
func (d *differ) pages() error {
	before, err := d.old.Pages()
	if err != nil {
		return err
	}
	after, err := d.new.Pages()
	if err != nil {
		return err
	}
	if len(before) != len(after) {
		d.found[ChangedPages] = true
		return nil
	}
	for n := range before {
		a, b := before[n], after[n]
		if a.MediaBox != b.MediaBox || a.CropBox != b.CropBox || a.Rotate != b.Rotate || !d.same(a.Resources, b.Resources) {
			d.found[ChangedPages] = true
		}
		for _, k := range union(a.Dict, b.Dict) {
			switch k {
			case "Parent", "Resources", "MediaBox", "CropBox", "Rotate":
			case "Annots":
				if err := d.annotations(a.Dict[k], b.Dict[k]); err != nil {
					return err
				}
			default:
				if !d.same(a.Dict[k], b.Dict[k]) {
					d.found[ChangedPages] = true
				}
			}
		}
	}
	return nil
}

// annotations compares what lies over a page. A new signature field that shows
// nothing is a signature; whatever shows something is more than that.
func (d *differ) annotations(before, after syntax.Object) error {
	old, err := d.old.Array(before)
	if err != nil {
		return err
	}
	now, err := d.new.Array(after)
	if err != nil {
		return err
	}
	for n, o := range now {
		if n < len(old) && d.same(old[n], o) {
			continue
		}
		a, err := d.new.Dict(o)
		if err != nil {
			return err
		}
		r, err := d.new.Rect(a["Rect"])
		switch {
		case a.Is("Subtype", "Widget") && a.Is("FT", "Sig") && err == nil && (r.X0 == r.X1 || r.Y0 == r.Y1):
			d.found[ChangedSignatures] = true
		case a.Is("Subtype", "Widget") && n < len(old):
			d.found[ChangedForms] = true
			if !d.same(d.entry(d.old, old[n], "AP"), a["AP"]) || !d.same(d.entry(d.old, old[n], "Rect"), a["Rect"]) {
				d.found[ChangedAnnotations] = true
			}
		default:
			d.found[ChangedAnnotations] = true
		}
	}
	if len(now) < len(old) {
		d.found[ChangedAnnotations] = true
	}
	return nil
}

func (d *differ) entry(f *syntax.File, o syntax.Object, key syntax.Name) syntax.Object {
	v, err := f.Dict(o)
	if err != nil {
		return nil
	}
	return v[key]
}

// forms compares the fields.
func (d *differ) forms(before, after syntax.Object) error {
	if d.same(before, after) {
		return nil
	}
	form, err := d.new.Dict(after)
	if err != nil {
		return err
	}
	fields, err := d.new.Array(form["Fields"])
	if err != nil {
		return err
	}
	was, err := d.old.Dict(before)
	if err != nil {
		return err
	}
	old, err := d.old.Array(was["Fields"])
	if err != nil {
		return err
	}
	for n, o := range fields {
		if n < len(old) && d.same(old[n], o) {
			continue
		}
		if f, err := d.new.Dict(o); err == nil && f.Is("FT", "Sig") {
			d.found[ChangedSignatures] = true
		} else {
			d.found[ChangedForms] = true
		}
	}
	for _, k := range union(was, form) {
		if k != "Fields" && k != "SigFlags" && !d.same(was[k], form[k]) || len(fields) < len(old) {
			d.found[ChangedForms] = true
		}
	}
	return nil
}

// same compares an object of the old revision with one of the new, and all that
// they lead to. Ways back to the page and the parent are not followed.
func (d *differ) same(a, b syntax.Object) bool {
	ra, aIsRef := a.(syntax.Ref)
	rb, bIsRef := b.(syntax.Ref)
	if aIsRef && bIsRef {
		if equal, known := d.equal[[2]syntax.Ref{ra, rb}]; known {
			return equal
		}
		d.equal[[2]syntax.Ref{ra, rb}] = true // for loops; put right below
	}
	if d.compared++; d.compared > maxCompared {
		return false
	}
	va, err := d.old.Resolve(a)
	vb, err2 := d.new.Resolve(b)
	equal := err == nil && err2 == nil && d.sameValue(va, vb)
	if aIsRef && bIsRef {
		d.equal[[2]syntax.Ref{ra, rb}] = equal
	}
	return equal
}

func (d *differ) sameValue(a, b syntax.Object) bool {
	switch a := a.(type) {
	case syntax.String:
		s, ok := b.(syntax.String)
		return ok && bytes.Equal(a.Value, s.Value)
	case syntax.Array:
		list, ok := b.(syntax.Array)
		if !ok || len(a) != len(list) {
			return false
		}
		for n := range a {
			if !d.same(a[n], list[n]) {
				return false
			}
		}
		return true
	case syntax.Dict:
		dict, ok := b.(syntax.Dict)
		return ok && d.sameDict(a, dict)
	case *syntax.Stream:
		s, ok := b.(*syntax.Stream)
		return ok && bytes.Equal(a.Raw, s.Raw) && d.sameDict(a.Dict, s.Dict)
	}
	return a == b
}

func (d *differ) sameDict(a, b syntax.Dict) bool {
	for _, k := range union(a, b) {
		if k == "Parent" || k == "P" {
			continue
		}
		if !d.same(a[k], b[k]) {
			return false
		}
	}
	return true
}
