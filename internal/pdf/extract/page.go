package extract

import (
	"fmt"
	"image"
	"math"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"chancery.example/internal/pdf"
)

// points is how many points a millimetre has; PDFs measure in points.
const points = 72 / 25.4

// maxDrawn is how many pixels one page is drawn with at most.
const maxDrawn = 16_000_000

// A sheet is one page of an open file.
type sheet struct {
	*document
	page          requests.Page
	width, height float64 // as people look at it, in mm
	scale         float64 // pixels of its picture to a mm
	at            affine  // from the page's own coordinates to pixels
}

// An affine map of the plane.
type affine struct{ a, b, c, d, e, f float64 }

func (m affine) apply(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

// sheet loads a page, to be drawn with so many dots per inch, or fewer when it is
// large.
func (d *document) sheet(i int, dpi float64) (*sheet, error) {
	loaded, err := d.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: d.ref, Index: i})
	if err != nil {
		return nil, fmt.Errorf("loading page %d: %w", i+1, err)
	}
	s := &sheet{document: d, page: requests.Page{ByReference: &loaded.Page}}
	size, err := d.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: d.ref, Index: i})
	if err != nil || !(size.Width > 0 && size.Height > 0 && size.Width < 1e6 && size.Height < 1e6) {
		return nil, fmt.Errorf("page %d has no size", i+1)
	}
	s.width, s.height = size.Width/points, size.Height/points
	s.scale = min(dpi/25.4, math.Sqrt(maxDrawn/(s.width*s.height)), 8000/max(s.width, s.height))
	return s, s.measure()
}

// measure finds out how the page's own coordinates lie in its picture.
func (s *sheet) measure() error {
	const fine = 256 // parts of a pixel
	w, h := s.pixels()
	place := func(x, y float64) (float64, float64, error) {
		p, err := s.FPDF_PageToDevice(&requests.FPDF_PageToDevice{Page: s.page, SizeX: w * fine, SizeY: h * fine, PageX: x, PageY: y})
		if err != nil {
			return 0, 0, fmt.Errorf("measuring a page: %w", err)
		}
		return float64(p.DeviceX) / fine, float64(p.DeviceY) / fine, nil
	}
	const far = 1000
	x0, y0, err := place(0, 0)
	if err != nil {
		return err
	}
	x1, y1, err := place(far, 0)
	if err != nil {
		return err
	}
	x2, y2, err := place(0, far)
	s.at = affine{(x1 - x0) / far, (y1 - y0) / far, (x2 - x0) / far, (y2 - y0) / far, x0, y0}
	return err
}

// pixels is the size of the page's picture.
func (s *sheet) pixels() (w, h int) {
	return max(1, int(math.Ceil(s.width*s.scale))), max(1, int(math.Ceil(s.height*s.scale)))
}

// draw draws the page in grey, with or without what is laid over its content.
func (s *sheet) draw(over bool) (*image.Gray, error) {
	w, h := s.pixels()
	q := &requests.RenderPageInPixels{Page: s.page, Width: w, Height: h, ImageFormat: requests.RenderImageFormatGrayscale, Document: &s.ref}
	if over {
		q.RenderFlags, q.RenderForm = enums.FPDF_RENDER_FLAG_ANNOT, true
	}
	got, err := s.RenderPageInPixels(q)
	if err != nil {
		return nil, fmt.Errorf("drawing a page: %w", err)
	}
	defer got.Cleanup()
	from, ok := got.Result.RenderedImage.(*image.Gray)
	if !ok {
		return nil, fmt.Errorf("drawing a page: the picture is a %T", got.Result.RenderedImage)
	}
	b := from.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy())) // the other is pdfium's memory
	for y := range b.Dy() {
		copy(out.Pix[y*out.Stride:][:b.Dx()], from.Pix[y*from.Stride:][:b.Dx()])
	}
	return out, nil
}

// maxObjects is how many parts of a page are looked at one by one, and how deep
// they may lie in each other.
const (
	maxObjects = 200_000
	maxDepth   = 12
)

// hideText makes all text of the page's content invisible, and reports whether it
// found all.
func (s *sheet) hideText() (bool, error) {
	n, err := s.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: s.page})
	if err != nil {
		return false, fmt.Errorf("counting the parts of a page: %w", err)
	}
	left := maxObjects
	for i := range n.Count {
		o, err := s.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: s.page, Index: i})
		if err != nil || !s.hide(o.PageObject, 0, &left) {
			return false, nil //nolint:nilerr // not all was found: that is said
		}
	}
	return true, nil
}

func (s *sheet) hide(o references.FPDF_PAGEOBJECT, depth int, left *int) bool {
	if *left--; *left < 0 || depth > maxDepth {
		return false
	}
	kind, err := s.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return false
	}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_TEXT:
		_, err := s.FPDFPageObj_SetIsActive(&requests.FPDFPageObj_SetIsActive{PageObject: o, Active: false})
		return err == nil
	case enums.FPDF_PAGEOBJ_FORM:
		n, err := s.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
		if err != nil {
			return false
		}
		for i := range n.Count {
			in, err := s.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)})
			if err != nil || !s.hide(in.PageObject, depth+1, left) {
				return false
			}
		}
	case enums.FPDF_PAGEOBJ_UNKNOWN, enums.FPDF_PAGEOBJ_PATH, enums.FPDF_PAGEOBJ_IMAGE, enums.FPDF_PAGEOBJ_SHADING:
	}
	return true
}

// close gives the page's memory back.
func (s *sheet) close() {
	_, _ = s.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: *s.page.ByReference})
}

// fineness is with how many dots per inch the pages of a file are drawn so that
// all of them together have not more pixels than may be.
func (d *document) fineness() float64 {
	area := 0.0
	for i := range d.pages {
		if size, err := d.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: d.ref, Index: i}); err == nil {
			area += min(maxDrawn, max(0, size.Width)*max(0, size.Height)/72/72*pdf.DPI*pdf.DPI)
		}
	}
	return pdf.DPI * min(1, math.Sqrt(pdf.MaxPixels/max(1, area)))
}
