package manuscript

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// odtFlags are the elements of an ODT file that have to be settled first.
var odtFlags = map[string]What{
	"tracked-changes": TrackedChange, "change": TrackedChange, "change-start": TrackedChange, "annotation": Comment, "note": Footnote,
	"hidden-text": HiddenText, "hidden-paragraph": HiddenText, "conditional-text": HiddenText,
	"date": Field, "time": Field, "page-number": Field, "page-count": Field, "variable-get": Field, "variable-set": Field, "user-field-get": Field,
	"author-name": Field, "title": Field, "subject": Field, "file-name": Field, "placeholder": Field, "expression": Field, "text-input": Field,
	"sequence": Field, "reference-ref": Field, "bookmark-ref": Field, "note-ref": Field, "chapter": Field, "drop-down": Field, "database-display": Field,
	"creation-date": Field, "creation-time": Field, "modification-date": Field, "modification-time": Field, "print-date": Field, "print-time": Field,
	"sender-firstname": Field, "sender-lastname": Field, "author-initials": Field, "initial-creator": Field, "creator": Field, "description": Field,
	"keywords": Field, "page-continuation": Field, "page-variable-get": Field, "user-field-input": Field, "variable-input": Field, "meta-field": Field,
	"dde-connection": Field, "table-of-content": Field, "alphabetical-index": Field, "numbered-paragraph": Field,
	"frame": Embedded, "image": Embedded, "object": Embedded, "object-ole": Embedded, "custom-shape": Embedded, "g": Embedded, "script": Embedded,
	"control": Embedded, "section-source": Embedded, "rect": Embedded, "line": Embedded, "text-box": Embedded, "ruby": Embedded,
}

// An odtList is a list that the reader is in.
type odtList struct {
	style string
	fresh bool // its item has no words yet
}

// An odtReader is where in an ODT file's content the reader is.
type odtReader struct {
	body
	odtStyles
	bodies     int // elements called body: words are within
	paragraphs int
	lists      []odtList
	counts     map[string]*count
	hidden     []bool // of the elements that have a style, one in the other
	styled     []bool // of all elements: whether they are among those
}

// odt reads the words of an ODT file's content, by its styles and lists.
func (w *writer) odt(parts map[string][]byte) error {
	r := &odtReader{body: body{w: w}, counts: map[string]*count{}}
	r.odtStyles = odtStyles{styles: map[string]*odtStyle{}, lists: map[string]*[levels]level{}}
	if p := parts["styles.xml"]; p != nil {
		said, err := r.margins(p)
		if err != nil {
			return err
		}
		if said {
			w.flag(HeaderFooter)
		}
	}
	return tooLong(w, elements(parts["content.xml"], r.begin, r.end, r.text))
}

// styledBy are the elements that have a style of words, and its family.
var styledBy = map[string]string{"p": "paragraph", "h": "paragraph", "span": "text", "section": "section", "table-row": "table-row", "a": "text"}

func (r *odtReader) begin(e xml.StartElement) {
	name := e.Name.Local
	if name == "body" {
		r.bodies++
	}
	if r.bodies == 0 {
		r.odtStyles.begin(e)
		r.styled = append(r.styled, false)
		return
	}
	if what, ok := odtFlags[name]; ok {
		r.w.flag(what)
	}
	family := styledBy[name]
	if r.styled = append(r.styled, family != ""); family != "" {
		above := len(r.hidden) > 0 && r.hidden[len(r.hidden)-1]
		v := attribute(e, "visibility")
		r.hidden = append(r.hidden, above || r.hides(family, attribute(e, "style-name")) || attribute(e, "display") == "none" || v == "collapse" || v == "filter")
	}
	switch name {
	case "p", "h":
		r.paragraphs++
		r.label(e)
	case "s":
		n, err := strconv.Atoi(attribute(e, "c"))
		if err != nil {
			n = 1
		}
		r.write(strings.Repeat(" ", max(0, min(n, 80))))
	case "tab":
		r.write(" ")
	case "line-break":
		r.write("\n")
	case "list":
		r.list(e)
	case "list-item":
		r.item(e)
	case "table":
		r.tables++
	case "table-row":
		r.row()
	case "table-cell":
		r.cell()
	}
}

// list begins a list: counted anew, unless it says that it goes on.
func (r *odtReader) list(e xml.StartElement) {
	l := odtList{style: attribute(e, "style-name")}
	if n := len(r.lists); n > 0 && l.style == "" {
		l.style = r.lists[n-1].style
	}
	if len(r.lists) == 0 && attribute(e, "continue-numbering") != "true" && attribute(e, "continue-list") == "" {
		delete(r.counts, l.style)
	}
	r.lists = append(r.lists, l)
}

func (r *odtReader) item(e xml.StartElement) {
	n := len(r.lists)
	if n == 0 {
		return
	}
	r.lists[n-1].fresh = true
	if from, err := strconv.Atoi(attribute(e, "start-value")); err == nil && n <= levels {
		c := r.counting(r.lists[n-1].style)
		c.at[n-1], c.used[n-1] = from-1, true
	}
}

func (r *odtReader) counting(style string) *count {
	c := r.counts[style]
	if c == nil {
		c = &count{}
		r.counts[style] = c
	}
	return c
}

// label writes the number of an item before its first words, or that of a heading.
func (r *odtReader) label(e xml.StartElement) {
	style, depth := "", 0
	switch n := len(r.lists); {
	case n > 0:
		if !r.lists[n-1].fresh {
			return
		}
		r.lists[n-1].fresh = false
		if style, depth = r.lists[n-1].style, n-1; style == "" {
			if st := r.find("paragraph", attribute(e, "style-name"), func(st *odtStyle) bool { return st.list != "" }); st != nil {
				style = st.list
			}
		}
	case e.Name.Local == "h" && attribute(e, "is-list-header") != "true":
		style, depth = outline, depthOf(attribute(e, "outline-level"))-1
	}
	all := r.odtStyles.lists[style]
	if all == nil || depth < 0 || depth >= levels {
		return
	}
	label, ok := r.counting(style).next(all, depth)
	if !ok {
		r.w.flag(Field)
	}
	r.write(label)
}

func (r *odtReader) end(name string) {
	if n := len(r.styled); n > 0 {
		if r.styled[n-1] {
			r.hidden = r.hidden[:len(r.hidden)-1]
		}
		r.styled = r.styled[:n-1]
	}
	if r.bodies == 0 {
		return
	}
	switch name {
	case "body":
		r.bodies--
	case "p", "h":
		r.paragraphs--
		r.paragraph()
	case "list":
		r.lists = r.lists[:len(r.lists)-1]
	case "table-row":
		r.endRow()
	case "table":
		r.endTable()
	}
}

func (r *odtReader) text(s string) {
	if r.bodies == 0 || r.paragraphs == 0 {
		return
	}
	if r.hidden[len(r.hidden)-1] && strings.TrimSpace(s) != "" {
		r.w.flag(HiddenText)
	}
	r.write(strings.Join(strings.FieldsFunc(" "+s+" ", isBreak), " "))
}

// isBreak: line ends in an ODT file's source are spaces.
func isBreak(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }
