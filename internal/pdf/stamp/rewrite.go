package stamp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"chancery.example/internal/pdf/syntax"
)

// rewrite reads a file with pdfcpu - without its package api, whose dependencies make
// every start of this program longer -, adds the stamp, and writes it in one revision
// with what is needed of it alone.
func rewrite(data []byte, o order) ([]byte, error) {
	model.ConfigPath = "disable" // no files of this user's
	conf := model.NewDefaultConfiguration()
	conf.Offline, conf.Optimize, conf.OptimizeBeforeWriting, conf.OptimizeResourceDicts = true, false, false, false
	conf.WriteObjectStream, conf.WriteXRefStream = false, false
	conf.Limits.MaxStreamBytes, conf.Limits.MaxDecodeBytes = 64<<20, 64<<20
	conf.Limits.MaxObjectCount, conf.Limits.MaxXRefEntries, conf.Limits.MaxRecursionDepth = 100_000, 100_000, 64
	ctx, err := pdfcpu.Read(bytes.NewReader(data), conf)
	if err != nil {
		return nil, err //nolint:wrapcheck // said by who asks
	}
	if ctx.Encrypt != nil || ctx.E != nil {
		return nil, problem(Encrypted, 0, "it is encrypted: save it without a password and without restrictions")
	}
	w := writer{ctx, o}
	if err := w.refuse(); err != nil {
		return nil, err
	}
	if err := ctx.EnsurePageCount(); err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	if ctx.PageCount != len(o.Sheets) {
		return nil, problem(Changed, 0, "programs do not agree on how many pages it has: %s", anew)
	}
	typeface, err := w.font()
	if err != nil {
		return nil, err
	}
	for i, s := range o.Sheets {
		if err := w.page(i+1, s, *typeface); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	ctx.Write.Writer = bufio.NewWriter(&out)
	if err := errors.Join(pdfcpu.WriteContext(ctx), ctx.Write.Flush()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// A writer changes one file.
type writer struct {
	*model.Context
	order order
}

// refuse refuses what a stamp would break, or what is not settled.
func (w writer) refuse() error {
	root, err := w.Catalog()
	if err != nil {
		return err //nolint:wrapcheck // said by who asks
	}
	if _, ok := root.Find("Perms"); ok {
		return problem(Signed, 0, "it carries a signature, which a stamp would break: take the file from before it was signed; the office's seal comes after the stamp")
	}
	o, ok := root.Find("AcroForm")
	if !ok {
		return nil
	}
	form, err := w.DereferenceDict(o)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	if _, ok := form.Find("XFA"); ok {
		return problem(XFA, 0, "it is a form (XFA), which programs show as they please: %s", anew)
	}
	fields, _ := form.Find("Fields")
	all, err := w.DereferenceArray(fields)
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	signed, err := w.signed(all, 0)
	switch {
	case err != nil:
		return err
	case signed:
		return problem(Signed, 0, "it carries a signature, or a field for one, which a stamp would break: take the file from before it was signed; the office's seal comes after the stamp")
	case len(all) > 0:
		return problem(Form, 0, "it has %d fields to fill in, so that it does not say the same to everybody: %s", len(all), anew)
	}
	root.Delete("AcroForm") // of no field
	return nil
}

// signed reports whether a field of a form is for a signature.
func (w writer) signed(fields types.Array, depth int) (bool, error) {
	if depth > 16 {
		return false, fmt.Errorf("its form has fields in fields in fields")
	}
	for _, f := range fields {
		d, err := w.DereferenceDict(f)
		if err != nil {
			return false, err //nolint:wrapcheck // said by who asks
		}
		if n := d.NameEntry("FT"); n != nil && *n == "Sig" {
			return true, nil
		}
		kids, _ := d.Find("Kids")
		below, err := w.DereferenceArray(kids)
		if err != nil {
			return false, err //nolint:wrapcheck // as above
		}
		if yes, err := w.signed(below, depth+1); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

// stream adds content.
func (w writer) stream(content []byte) (*types.IndirectRef, error) {
	d, err := w.NewStreamDictForBuf(content)
	if err != nil {
		return nil, err //nolint:wrapcheck // said by who asks
	}
	if err := d.Encode(); err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	return w.IndRefForNewObject(*d) //nolint:wrapcheck // as above
}

// page puts the stamp on a page: what it draws itself is bracketed, so that nothing
// of its state is left for the stamp.
func (w writer) page(n int, s sheet, typeface types.IndirectRef) error {
	d, _, above, err := w.PageDict(n, false)
	if err != nil {
		return err //nolint:wrapcheck // said by who asks
	}
	matrix, err := w.upright(n, d, above, s)
	if err != nil {
		return err
	}
	contents, err := w.contents(d)
	if err != nil {
		return err
	}
	open, left, err := w.nesting(n, d)
	if err != nil {
		return err
	}
	before, err := w.stream([]byte(strings.Repeat("q\n", open)))
	if err != nil {
		return err
	}
	after, err := w.stream([]byte(strings.Repeat("\nQ", left) + "\nq " + matrix + " cm\n" + s.Content + "Q\n"))
	if err != nil {
		return err
	}
	all := append(append(types.Array{*before}, contents...), *after)
	resources := types.Dict{}
	for k, v := range above.Resources {
		resources[k] = v
	}
	fonts := types.Dict{}
	if o, ok := resources.Find("Font"); ok {
		old, err := w.DereferenceDict(o)
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		for k, v := range old {
			fonts[k] = v
		}
	}
	if _, taken := fonts.Find(fontName); taken {
		return problem(Signed, 0, "it has the stamp of a letter already: take the file from before it was stamped")
	}
	fonts[fontName] = typeface
	resources["Font"] = fonts
	d["Contents"], d["Resources"] = all, resources
	return nil
}

// nesting is how often a page's state has to be saved before its content, and
// restored after it, so that nothing is left of it: some programs leave states open,
// or close more than they opened.
func (w writer) nesting(n int, d types.Dict) (open, left int, err error) {
	raw, err := w.PageContent(d, n)
	if errors.Is(err, model.ErrNoContent) {
		return 1, 1, nil
	}
	if err != nil {
		return 0, 0, err //nolint:wrapcheck // said by who asks
	}
	depth, lowest := 0, 0
	err = syntax.Content(raw, func(o syntax.Operation) error {
		switch o.Operator {
		case "q":
			depth++
		case "Q":
			depth--
			lowest = min(lowest, depth)
		}
		return nil
	})
	if err != nil || depth-lowest > 1000 || lowest < -1000 {
		return 0, 0, problem(Unwritten, 0, "what page %d draws is not understood: %s", n, anew)
	}
	return 1 - lowest, 1 - lowest + depth, nil
}

// contents are the streams that a page draws.
func (w writer) contents(d types.Dict) (types.Array, error) {
	o, ok := d.Find("Contents")
	if !ok {
		return nil, nil
	}
	v, err := w.Dereference(o)
	if err != nil {
		return nil, err //nolint:wrapcheck // said by who asks
	}
	if a, ok := v.(types.Array); ok {
		return a, nil
	}
	if _, ok := o.(types.IndirectRef); !ok || v == nil {
		return nil, nil
	}
	return types.Array{o}, nil
}

// upright is the matrix from the page as people see it, its lower left corner first,
// to the page's own coordinates. The page must measure what its picture measured.
func (w writer) upright(n int, d types.Dict, above *model.InheritedPageAttrs, s sheet) (string, error) {
	media, crop := above.MediaBox, above.CropBox
	if media == nil {
		return "", problem(Unwritten, 0, "page %d has no size: %s", n, anew)
	}
	b := *media
	if crop != nil {
		b = types.Rectangle{LL: types.Point{X: max(b.LL.X, crop.LL.X), Y: max(b.LL.Y, crop.LL.Y)}, UR: types.Point{X: min(b.UR.X, crop.UR.X), Y: min(b.UR.Y, crop.UR.Y)}}
	}
	width, height := b.UR.X-b.LL.X, b.UR.Y-b.LL.Y
	turn := ((above.Rotate % 360) + 360) % 360
	if turn%180 == 90 {
		width, height = height, width
	}
	_, scaled := d.Find("UserUnit")
	if scaled || turn%90 != 0 || math.Abs(width-s.Width) > 1 || math.Abs(height-s.Height) > 1 {
		return "", problem(Unwritten, 0, "programs do not agree on how large page %d is, or how it is turned: %s", n, anew)
	}
	switch turn {
	case 90:
		return fmt.Sprintf("0 1 -1 0 %.3f %.3f", b.UR.X, b.LL.Y), nil
	case 180:
		return fmt.Sprintf("-1 0 0 -1 %.3f %.3f", b.UR.X, b.UR.Y), nil
	case 270:
		return fmt.Sprintf("0 -1 1 0 %.3f %.3f", b.LL.X, b.UR.Y), nil
	}
	return fmt.Sprintf("1 0 0 1 %.3f %.3f", b.LL.X, b.LL.Y), nil
}

// font adds the typeface of the stamp.
func (w writer) font() (*types.IndirectRef, error) {
	f := w.order.Font
	var parts [3]*types.IndirectRef
	for i, data := range [][]byte{f.Program, f.Glyphs, f.ToUnicode} {
		d, err := w.NewStreamDictForBuf(data)
		if err != nil {
			return nil, err //nolint:wrapcheck // said by who asks
		}
		if i == 0 {
			d.InsertInt("Length1", len(data))
		}
		if err := d.Encode(); err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
		if parts[i], err = w.IndRefForNewObject(*d); err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
	}
	const symbolic = 4
	descriptor, err := w.IndRefForNewObject(types.Dict{
		"Type": types.Name("FontDescriptor"), "FontName": types.Name(f.Name), "Flags": types.Integer(symbolic), "FontBBox": numbers(f.Box),
		"ItalicAngle": types.Integer(0), "Ascent": types.Integer(f.Ascent), "Descent": types.Integer(f.Descent), "CapHeight": types.Integer(714), "StemV": types.Integer(90), "FontFile2": *parts[0],
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	inner, err := w.IndRefForNewObject(types.Dict{
		"Type": types.Name("Font"), "Subtype": types.Name("CIDFontType2"), "BaseFont": types.Name(f.Name),
		"CIDSystemInfo":  types.Dict{"Registry": types.StringLiteral("Adobe"), "Ordering": types.StringLiteral("Identity"), "Supplement": types.Integer(0)},
		"FontDescriptor": *descriptor, "DW": types.Integer(0), "W": types.Array{types.Integer(1), numbers(f.Widths[1:])}, "CIDToGIDMap": *parts[1],
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	return w.IndRefForNewObject(types.Dict{ //nolint:wrapcheck // as above
		"Type": types.Name("Font"), "Subtype": types.Name("Type0"), "BaseFont": types.Name(f.Name), "Encoding": types.Name("Identity-H"),
		"DescendantFonts": types.Array{*inner}, "ToUnicode": *parts[2],
	})
}

func numbers(ns []int) types.Array {
	var out types.Array
	for _, n := range ns {
		out = append(out, types.Integer(n))
	}
	return out
}
