package manuscript

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// docxFlags are the elements of a DOCX file that have to be settled first.
var docxFlags = map[string]What{
	"ins": TrackedChange, "del": TrackedChange, "moveFrom": TrackedChange, "moveTo": TrackedChange, "cellIns": TrackedChange, "cellDel": TrackedChange,
	"rPrChange": TrackedChange, "pPrChange": TrackedChange, "sectPrChange": TrackedChange, "tblPrChange": TrackedChange, "numberingChange": TrackedChange,
	"commentReference": Comment, "footnoteReference": Footnote, "endnoteReference": Footnote, "fldSimple": Field, "instrText": Field, "sdt": Field,
	"object": Embedded, "drawing": Embedded, "pict": Embedded, "altChunk": Embedded, "AlternateContent": Embedded, "sym": Embedded, "oMath": Embedded,
}

// A body is where in the file the reader is.
type body struct {
	w     *writer
	cells int // tables within tables
	begun bool
}

// cell separates the cells of a row.
func (b *body) cell() {
	if b.begun && strings.TrimSpace(b.w.line.String()) != "" {
		b.w.line.WriteString(" | ")
	}
	b.begun = true
}

// paragraph ends one; within a cell it is a space.
func (b *body) paragraph() {
	if b.cells > 0 {
		b.w.line.WriteByte(' ')
		return
	}
	b.w.end()
}

// write adds words, within what is still to be read.
func (b *body) write(s string) {
	if b.w.out.Len()+b.w.line.Len() <= maxText {
		b.w.line.WriteString(s)
	}
}

// docx reads the words of a DOCX file's document.
func (w *writer) docx(part []byte) error {
	b := &body{w: w}
	inText := false
	err := elements(part, func(e xml.StartElement) {
		name := e.Name.Local
		if what, ok := docxFlags[name]; ok {
			w.flag(what)
		}
		switch name {
		case "t":
			inText = true
		case "tab":
			b.write(" ")
		case "br", "cr":
			b.write("\n")
		case "noBreakHyphen":
			b.write("-")
		case "vanish", "webHidden", "specVanish":
			if v := attribute(e, "val"); v != "0" && v != "false" && v != "off" {
				w.flag(HiddenText)
			}
		case "numPr":
			if w.line.Len() == 0 {
				b.write("- ")
			}
		case "tbl":
			b.cells++
		case "tr":
			b.begun = false
		case "tc":
			b.cell()
		}
	}, func(name string) {
		switch name {
		case "t":
			inText = false
		case "p":
			b.paragraph()
		case "tr":
			w.row()
		case "tbl":
			b.cells--
			w.out.WriteByte('\n')
		}
	}, func(s string) {
		if inText {
			b.write(s)
		}
	})
	return tooLong(w, err)
}

// odtFlags are the elements of an ODT file that have to be settled first.
var odtFlags = map[string]What{
	"tracked-changes": TrackedChange, "change": TrackedChange, "change-start": TrackedChange, "annotation": Comment, "note": Footnote,
	"hidden-text": HiddenText, "hidden-paragraph": HiddenText, "conditional-text": HiddenText,
	"date": Field, "time": Field, "page-number": Field, "page-count": Field, "variable-get": Field, "variable-set": Field, "user-field-get": Field,
	"author-name": Field, "title": Field, "subject": Field, "file-name": Field, "placeholder": Field, "expression": Field, "text-input": Field,
	"sequence": Field, "reference-ref": Field, "bookmark-ref": Field, "chapter": Field, "drop-down": Field, "database-display": Field,
	"frame": Embedded, "image": Embedded, "object": Embedded, "object-ole": Embedded, "custom-shape": Embedded, "g": Embedded, "script": Embedded,
}

// odt reads the words of an ODT file's content.
func (w *writer) odt(part []byte) error {
	b := &body{w: w}
	inBody, paragraphs := false, 0
	err := elements(part, func(e xml.StartElement) {
		name := e.Name.Local
		if inBody {
			if what, ok := odtFlags[name]; ok {
				w.flag(what)
			}
		}
		switch name {
		case "body":
			inBody = true
		case "text-properties":
			if attribute(e, "display") == "none" {
				w.flag(HiddenText)
			}
		case "p", "h":
			paragraphs++
		case "s":
			n, err := strconv.Atoi(attribute(e, "c"))
			if err != nil {
				n = 1
			}
			b.write(strings.Repeat(" ", max(0, min(n, 80))))
		case "tab":
			b.write(" ")
		case "line-break":
			b.write("\n")
		case "list-item":
			b.write("- ")
		case "table":
			b.cells++
		case "table-row":
			b.begun = false
		case "table-cell":
			b.cell()
		}
	}, func(name string) {
		switch name {
		case "p", "h":
			paragraphs--
			b.paragraph()
		case "table-row":
			w.row()
		case "table":
			b.cells--
			w.out.WriteByte('\n')
		}
	}, func(s string) {
		if inBody && paragraphs > 0 {
			b.write(strings.Join(strings.FieldsFunc(" "+s+" ", isBreak), " "))
		}
	})
	return tooLong(w, err)
}

// isBreak: line ends in an ODT file's source are spaces.
func isBreak(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }

func tooLong(w *writer, err error) error {
	if err == nil && w.out.Len()+w.line.Len() > maxText {
		return fmt.Errorf("it has more than %d bytes of words", maxText)
	}
	return err
}
