package extract

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/pdf/lines"
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
		m, err := s.FPDFPageObj_GetMark(&requests.FPDFPageObj_GetMark{PageObject: o, Index: uint64(i)})
		if err != nil {
			continue
		}
		if says, err := s.FPDFPageObjMark_GetParamBlobValue(&requests.FPDFPageObjMark_GetParamBlobValue{PageObjectMark: m.Mark, Key: "ActualText"}); err == nil {
			_, _ = s.FPDFPageObjMark_SetBlobParam(&requests.FPDFPageObjMark_SetBlobParam{Document: s.ref, PageObject: o, PageObjectMark: m.Mark, Key: saidKey, Value: says.Value})
		}
		_, _ = s.FPDFPageObjMark_RemoveParam(&requests.FPDFPageObjMark_RemoveParam{PageObject: o, PageObjectMark: m.Mark, Key: "ActualText"}) // most have none
	}
}

// saidKey is where what a part says is kept.
const saidKey = "ChancerySaid"

// told are the letters that a drawing stands for which by itself says nothing (its font
// has U+0000 for it, as browsers write it): the shadda and the vowel that its span says
// besides one letter. Of no other drawing is a span's word taken. Whether it looks like
// these is for who reads the page as a picture, or knows its typeface, to say.
func (s *sheet) told(text references.FPDF_TEXTPAGE, g lines.Letter) []lines.Letter {
	g.R = '\ufffd'
	for _, r := range marksOf(s.said(text, g.Index)) {
		m := g
		m.R = r
		if g.R == '\ufffd' {
			g = m
			continue
		}
		return []lines.Letter{g, m}
	}
	return []lines.Letter{g}
}

// said is what the span says in which a letter is drawn; nil when none says anything.
func (s *sheet) said(text references.FPDF_TEXTPAGE, index int) []byte {
	o, err := s.FPDFText_GetTextObject(&requests.FPDFText_GetTextObject{TextPage: text, Index: index})
	if err != nil {
		return nil
	}
	n, err := s.FPDFPageObj_CountMarks(&requests.FPDFPageObj_CountMarks{PageObject: o.TextObject})
	if err != nil {
		return nil
	}
	for i := range min(n.Count, maxMarks) {
		m, err := s.FPDFPageObj_GetMark(&requests.FPDFPageObj_GetMark{PageObject: o.TextObject, Index: uint64(i)})
		if err != nil {
			continue
		}
		if says, err := s.FPDFPageObjMark_GetParamBlobValue(&requests.FPDFPageObjMark_GetParamBlobValue{PageObjectMark: m.Mark, Key: saidKey}); err == nil {
			return says.Value
		}
	}
	return nil
}

// marksOf are the shadda and the vowel of a span that says one letter with these two
// marks, in UTF-16; nil for all else.
func marksOf(says []byte) []rune {
	wide, ok := bytes.CutPrefix(says, []byte{0xfe, 0xff})
	if !ok || len(wide) > 12 {
		return nil
	}
	var units []uint16
	for ; len(wide) > 1; wide = wide[2:] {
		units = append(units, binary.BigEndian.Uint16(wide))
	}
	rs := []rune(norm.NFD.String(string(utf16.Decode(units))))
	if len(rs) != 3 || unicode.IsMark(rs[0]) || !unicode.Is(unicode.Arabic, rs[0]) || rs[2] != shadda || rs[1] < '\u064b' || rs[1] > '\u0650' {
		return nil
	}
	return rs[1:]
}

const shadda = '\u0651'
