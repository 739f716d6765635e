package extract

import (
	"bytes"
	"compress/zlib"
	"image"
	"io"
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/lines"
)

// box is a place of a page's picture in mm.
func (s *sheet) box(r image.Rectangle) *layout.Box {
	return &layout.Box{X: float64(r.Min.X) / s.scale, Y: float64(r.Min.Y) / s.scale, Width: float64(r.Dx()) / s.scale, Height: float64(r.Dy()) / s.scale}
}

// ofHidden are the remarks about the words of a page that nobody sees, one for
// each way of hiding them.
func (s *sheet) ofHidden(page int, text references.FPDF_TEXTPAGE, ws []lines.Word, bare *image.Gray) []pdf.Remark {
	says, where, count := map[pdf.RemarkKind][]string{}, map[pdf.RemarkKind]lines.Rect{}, map[pdf.RemarkKind]int{}
	for _, w := range ws {
		all := w.Text(true)
		if all == "" || !w.Hidden && w.Text(false) == all {
			continue
		}
		why := w.Why
		switch {
		case why != "":
		case w.Tells() && w.Box.Height() < least*s.scale:
			why = pdf.Tiny
		default:
			why = s.why(text, w, bare)
		}
		if count[why] == 0 {
			where[why] = w.Box
		}
		says[why], where[why] = append(says[why], all), where[why].Union(w.Box)
		count[why]++
	}
	var out []pdf.Remark
	for _, k := range pdf.Remarks() {
		if n := count[k]; n > 0 {
			out = append(out, pdf.Remark{Kind: k, Page: page, Count: n, Text: pdf.Quoted(strings.Join(says[k], " ")), Box: s.box(where[k].Over())})
		}
	}
	return out
}

// why finds out what hides a word.
func (s *sheet) why(text references.FPDF_TEXTPAGE, w lines.Word, bare *image.Gray) pdf.RemarkKind {
	hidden := w.Letters[0]
	for _, g := range w.Letters {
		if g.Hidden {
			hidden = g
			break
		}
	}
	o, err := s.FPDFText_GetTextObject(&requests.FPDFText_GetTextObject{TextPage: text, Index: hidden.Index})
	if err != nil {
		return pdf.Covered
	}
	if m, err := s.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o.TextObject}); err == nil &&
		(m.TextRenderMode == enums.FPDF_TEXTRENDERMODE_INVISIBLE || m.TextRenderMode == enums.FPDF_TEXTRENDERMODE_CLIP) {
		return pdf.Invisible
	}
	if s.marked(o.TextObject, "OC") {
		return pdf.Layers
	}
	at := hidden.Box.Over()
	mid := image.Pt((at.Min.X+at.Max.X)/2, (at.Min.Y+at.Max.Y)/2)
	if c, err := s.FPDFPageObj_GetFillColor(&requests.FPDFPageObj_GetFillColor{PageObject: o.TextObject}); err == nil && mid.In(bare.Rect) {
		f := c.FillColor
		grey := (299*int(f.R) + 587*int(f.G) + 114*int(f.B)) / 1000
		if f.A < contrast || !apart(uint8(min(255, max(0, grey))), bare.GrayAt(mid.X, mid.Y).Y) {
			return pdf.SameColour
		}
	}
	if c, err := s.FPDFPageObj_GetClipPath(&requests.FPDFPageObj_GetClipPath{PageObject: o.TextObject}); err == nil {
		if n, err := s.FPDFClipPath_CountPaths(&requests.FPDFClipPath_CountPaths{ClipPath: c.ClipPath}); err == nil && n.Count > 0 {
			return pdf.Clipped
		}
	}
	return pdf.Covered
}

// marked reports whether a part of a page stands within a mark.
func (s *sheet) marked(o references.FPDF_PAGEOBJECT, name string) bool {
	n, err := s.FPDFPageObj_CountMarks(&requests.FPDFPageObj_CountMarks{PageObject: o})
	if err != nil {
		return false
	}
	for i := range min(n.Count, 64) {
		m, err := s.FPDFPageObj_GetMark(&requests.FPDFPageObj_GetMark{PageObject: o, Index: uint64(i)})
		if err != nil {
			continue
		}
		if got, err := s.FPDFPageObjMark_GetName(&requests.FPDFPageObjMark_GetName{PageObjectMark: m.Mark}); err == nil && got.Name == name {
			return true
		}
	}
	return false
}

// laidOver is the remark about annotations and fields that change how a page
// looks; nil when they do not.
func (s *sheet) laidOver(page int, full *image.Gray) (*pdf.Remark, error) {
	n, err := s.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: s.page})
	if err != nil || n.Count == 0 {
		return nil, nil //nolint:nilerr // none that could be drawn
	}
	without, err := s.draw(false)
	if err != nil {
		return nil, err
	}
	where, pixels := changed(full, without)
	if pixels < 4 {
		return nil, nil
	}
	kind := pdf.Fields
	for i := range min(n.Count, 1000) {
		a, err := s.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: s.page, Index: i})
		if err != nil {
			continue
		}
		if t, err := s.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a.Annotation}); err == nil && t.Subtype != enums.FPDF_ANNOT_SUBTYPE_WIDGET {
			kind = pdf.Annotations
		}
		_, _ = s.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation})
	}
	return &pdf.Remark{Kind: kind, Page: page, Count: n.Count, Box: s.box(where)}, nil
}

// names are words of the format that tell what a file does beside showing pages.
var names = []struct {
	name string
	kind pdf.RemarkKind
}{
	{"/OCProperties", pdf.Layers}, {"/JavaScript", pdf.Scripts}, {"/JS", pdf.Scripts}, {"/XFA", pdf.XFA},
	{"/EmbeddedFiles", pdf.Attachments}, {"/EmbeddedFile", pdf.Attachments}, {"/ActualText", pdf.Replaced},
	{"/Launch", pdf.Actions}, {"/SubmitForm", pdf.Actions}, {"/ImportData", pdf.Actions}, {"/GoToR", pdf.Actions}, {"/GoToE", pdf.Actions},
	{"/URI", pdf.Actions}, {"/OpenAction", pdf.Actions}, {"/RichMedia", pdf.Scripts}, {"/Rendition", pdf.Scripts},
}

// ofFile are the remarks about the file as a whole.
func (d *document) ofFile(data []byte) []pdf.Remark {
	count := map[pdf.RemarkKind]int{}
	for _, part := range append(unpacked(data), packed(data)...) {
		for _, n := range names {
			count[n.kind] += named(part, n.name)
		}
	}
	if a, err := d.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: d.ref}); err == nil {
		count[pdf.Attachments] = max(count[pdf.Attachments], a.AttachmentCount)
	}
	if r, err := d.FPDF_GetSecurityHandlerRevision(&requests.FPDF_GetSecurityHandlerRevision{Document: d.ref}); err == nil && r.SecurityHandlerRevision > 0 {
		count[pdf.Encrypted] = 1
	}
	if v, err := d.FPDF_DocumentHasValidCrossReferenceTable(&requests.FPDF_DocumentHasValidCrossReferenceTable{Document: d.ref}); err == nil && !v.DocumentHasValidCrossReferenceTable {
		count[pdf.Repaired] = 1
	}
	ends := bytes.Count(data, []byte("%%EOF"))
	if bytes.Contains(data[:min(len(data), 1024)], []byte("/Linearized")) {
		ends--
	}
	count[pdf.Additions] = max(0, ends-1)
	if i := bytes.LastIndex(data, []byte("%%EOF")); i >= 0 {
		after := data[i+len("%%EOF"):]
		count[pdf.Trailing] = len(bytes.TrimSpace(after))
		if objects(after) { // programs that look for objects themselves may show them
			count[pdf.Repaired] = 1
		}
	}
	count[pdf.Leading] = max(0, bytes.Index(data, []byte("%PDF-")))
	var out []pdf.Remark
	for _, k := range pdf.Remarks() {
		if n := count[k]; n > 0 {
			out = append(out, pdf.Remark{Kind: k, Count: n})
		}
	}
	return out
}

// objects reports whether bytes behind the end of a file hold objects, or say where
// some are: a program that takes the tables at their word does not see them, one
// that mends files does.
func objects(after []byte) bool {
	return bytes.Contains(after, []byte("endobj")) || bytes.Contains(after, []byte("trailer")) || bytes.Contains(after, []byte("startxref"))
}

// named counts a name in a part of a file.
func named(data []byte, name string) int {
	n := 0
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(name))
		if i < 0 {
			return n
		}
		at += i + len(name)
		if at == len(data) || !isNameByte(data[at]) {
			n++
		}
	}
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
}

// What is unpacked of a file to look for names in it.
const (
	maxUnpacked = 4 << 20
	maxParts    = 64
)

// packed unpacks the parts of a file that hold objects.
func packed(data []byte) [][]byte {
	var out [][]byte
	left := maxUnpacked
	for at := 0; len(out) < maxParts && left > 0; {
		i := bytes.Index(data[at:], []byte("/ObjStm"))
		if i < 0 {
			break
		}
		at += i
		from := bytes.Index(data[at:], []byte("stream"))
		if from < 0 {
			break
		}
		at += from + len("stream")
		raw := bytes.TrimLeft(data[at:], "\r\n")
		z, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil {
			continue
		}
		part, _ := io.ReadAll(io.LimitReader(z, int64(left))) // as much of it as there is
		left -= len(part)
		out = append(out, part)
	}
	return out
}
