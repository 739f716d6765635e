package manuscript

import (
	"encoding/xml"
	"strings"
)

// docxFlags are the elements of a DOCX file that have to be settled first.
var docxFlags = map[string]What{
	"ins": TrackedChange, "del": TrackedChange, "moveFrom": TrackedChange, "moveTo": TrackedChange, "cellIns": TrackedChange, "cellDel": TrackedChange,
	"cellMerge": TrackedChange, "rPrChange": TrackedChange, "pPrChange": TrackedChange, "sectPrChange": TrackedChange, "tblPrChange": TrackedChange,
	"trPrChange": TrackedChange, "tcPrChange": TrackedChange, "numberingChange": TrackedChange,
	"commentReference": Comment, "footnoteReference": Footnote, "endnoteReference": Footnote, "fldSimple": Field, "showingPlcHdr": Field,
	"object": Embedded, "drawing": Embedded, "pict": Embedded, "altChunk": Embedded, "subDoc": Embedded, "AlternateContent": Embedded, "oMath": Embedded,
	"sym": Symbol, "ruby": Embedded,
}

// A docxReader is where in a DOCX file's document the reader is.
type docxReader struct {
	body
	styles docxStyles
	lists  *docxLists
	// Of the paragraph.
	style, num, depth string
	properties        bool // within those of the paragraph
	begun             bool // its number stands
	// Of the run.
	runStyle    string
	hidden      *bool
	run, inText bool
	inField     bool
}

// docx reads the words of a DOCX file: its document, by its styles and lists.
func (w *writer) docx(parts map[string][]byte) error {
	r := &docxReader{body: body{w: w}, styles: docxStyles{}, lists: &docxLists{}}
	var err error
	if p := parts["word/styles.xml"]; p != nil {
		if r.styles, err = readDocxStyles(p); err != nil {
			return err
		}
	}
	if p := parts["word/numbering.xml"]; p != nil {
		if r.lists, err = readDocxLists(p); err != nil {
			return err
		}
	}
	return tooLong(w, elements(parts["word/document.xml"], r.begin, r.end, r.text))
}

func (r *docxReader) begin(e xml.StartElement) {
	name, v := e.Name.Local, attribute(e, "val")
	if what, ok := docxFlags[name]; ok {
		r.w.flag(what)
	}
	switch name {
	case "p":
		r.style, r.num, r.depth, r.begun = "", "", "", false
	case "pPr":
		r.properties = true
	case "pStyle":
		r.style = v
	case "numId":
		r.num = v
	case "ilvl":
		r.depth = v
	case "r":
		r.run, r.runStyle, r.hidden = true, "", nil
	case "rStyle":
		r.runStyle = v
	case "t":
		r.inText = true
	case "instrText":
		r.inField = true
	case "tab", "ptab":
		r.put(r.run, " ")
	case "br", "cr":
		r.put(r.run, "\n")
	case "noBreakHyphen":
		r.put(r.run, "-")
	case "tbl":
		r.tables++
	case "tr":
		r.row()
	case "tc":
		r.cell()
	default:
		r.hides(e)
	}
}

// hides notes what the properties of a run say. The mark of a paragraph has some as
// well: hidden, it joins the paragraph with the next.
func (r *docxReader) hides(e xml.StartElement) {
	h, says := hides(e)
	switch {
	case !says:
	case r.properties:
		if h && e.Name.Local != "sz" && e.Name.Local != "color" {
			r.w.flag(HiddenText)
		}
	case r.hidden == nil || h:
		r.hidden = &h
	}
}

// put writes what stands for words, within a run.
func (r *docxReader) put(there bool, s string) {
	if there {
		r.label()
		r.write(s)
	}
}

// label writes the number of a list's item before its first words.
func (r *docxReader) label() {
	if r.begun {
		return
	}
	r.begun = true
	num, depth := r.num, r.depth
	if num == "" {
		if st := r.styles.find(r.style, func(st *docxStyle) bool { return st.num != "" }); st != nil && r.style != "" {
			num = st.num
			if depth == "" {
				depth = st.depth
			}
		}
	}
	if num == "" || num == "0" {
		return
	}
	label, ok := r.lists.label(num, depthOf(depth))
	if !ok {
		r.w.flag(Field)
	}
	r.write(label)
}

func (r *docxReader) end(name string) {
	switch name {
	case "pPr":
		r.properties = false
	case "r":
		r.run = false
	case "t":
		r.inText = false
	case "instrText":
		r.inField = false
	case "p":
		if r.num != "" || r.style != "" { // an item without words counts all the same
			r.label()
		}
		r.paragraph()
	case "tr":
		r.endRow()
	case "tbl":
		r.endTable()
	}
}

func (r *docxReader) text(s string) {
	switch {
	case r.inField:
		if word := strings.Fields(s); len(word) > 0 && word[0] != "HYPERLINK" { // a link's words are words
			r.w.flag(Field)
		}
	case r.inText:
		if r.isHidden() && strings.TrimSpace(s) != "" {
			r.w.flag(HiddenText)
		}
		if strings.ContainsFunc(s, func(c rune) bool { return c >= 0xf000 && c <= 0xf0ff }) {
			r.w.flag(Symbol) // as the typefaces of symbols have them
		}
		r.label()
		r.write(s)
	}
}

// isHidden reports whether nobody sees the run: by itself, or by a style.
func (r *docxReader) isHidden() bool {
	if r.hidden != nil {
		return *r.hidden
	}
	for _, style := range []string{r.runStyle, r.style} {
		if h, says := r.styles.hides(style); says {
			return h
		}
	}
	all := r.styles[""]
	return all != nil && all.hidden != nil && *all.hidden
}
