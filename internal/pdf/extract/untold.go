package extract

import (
	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// maxMarks are looked at of one part of a page.
const maxMarks = 64

// untell has pdfium forget what the page's parts say of their letters (/ActualText): it
// would give those words in place of the letters that are drawn, and all of them the
// place of the first. Where not all parts are looked at, those remain.
func (s *sheet) untell() {
	n, err := s.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: s.page})
	if err != nil {
		return
	}
	left := maxObjects
	for i := range n.Count {
		if o, err := s.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: s.page, Index: i}); err == nil {
			s.untellIn(o.PageObject, 0, &left)
		}
	}
}

func (s *sheet) untellIn(o references.FPDF_PAGEOBJECT, depth int, left *int) {
	if *left--; *left < 0 || depth > maxDepth {
		return
	}
	kind, err := s.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o})
	if err != nil {
		return
	}
	switch kind.Type {
	case enums.FPDF_PAGEOBJ_TEXT:
		s.unmark(o)
	case enums.FPDF_PAGEOBJ_FORM:
		n, err := s.FPDFFormObj_CountObjects(&requests.FPDFFormObj_CountObjects{PageObject: o})
		if err != nil {
			return
		}
		for i := range n.Count {
			if in, err := s.FPDFFormObj_GetObject(&requests.FPDFFormObj_GetObject{PageObject: o, Index: uint64(i)}); err == nil {
				s.untellIn(in.PageObject, depth+1, left)
			}
		}
	case enums.FPDF_PAGEOBJ_UNKNOWN, enums.FPDF_PAGEOBJ_PATH, enums.FPDF_PAGEOBJ_IMAGE, enums.FPDF_PAGEOBJ_SHADING:
	}
}

func (s *sheet) unmark(o references.FPDF_PAGEOBJECT) {
	n, err := s.FPDFPageObj_CountMarks(&requests.FPDFPageObj_CountMarks{PageObject: o})
	if err != nil {
		return
	}
	for i := range min(n.Count, maxMarks) {
		if m, err := s.FPDFPageObj_GetMark(&requests.FPDFPageObj_GetMark{PageObject: o, Index: uint64(i)}); err == nil {
			_, _ = s.FPDFPageObjMark_RemoveParam(&requests.FPDFPageObjMark_RemoveParam{PageObject: o, PageObjectMark: m.Mark, Key: "ActualText"}) // most have none
		}
	}
}
