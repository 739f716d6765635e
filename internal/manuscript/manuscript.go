// Package manuscript takes the words of a draft out of the file in which somebody
// wrote it: DOCX, ODT, HTML, Markdown or plain text. Paragraphs, headings, lists
// with the numbers that a reader sees, and the lines of tables stay; how they look
// does not.
//
// What a file has beside its words - tracked changes, comments, words that nobody
// sees, footnotes, headers, fields, pictures, symbols - could become words or not, and
// only its writer knows. Such a file is refused with a list of what is to be settled and where
// ([Unsettled]). Files are foreign: they are read within limits, with nothing
// outside of them looked at.
package manuscript

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"chancery.example/letter"
)

// Limits of a file.
const (
	MaxBytes = 25 << 20 // of the file
	maxText  = 4 << 20  // of its words
	maxPart  = 16 << 20 // of one part of an archive, inflated
	maxParts = 2000     // of an archive
	maxDepth = 200      // of elements within elements
	maxShown = 40       // runes of the words around something unsettled
	maxOpen  = 50       // unsettled things that are listed
)

// A What is a kind of thing that has to be settled before words are a letter's.
type What string

// The kinds.
const (
	TrackedChange What = "tracked change"
	Comment       What = "comment"
	HiddenText    What = "hidden text"
	Footnote      What = "footnote or endnote"
	Field         What = "field"
	Embedded      What = "picture, object or macro"
	Symbol        What = "sign of a symbol typeface"
	HeaderFooter  What = "words in a header or footer"
	Markup        What = "markup that may show or hide words"
)

// An Open is one thing to be settled.
type Open struct {
	What  What
	After string // the words before it; "" at the beginning
}

// Unsettled says why a file's words are not taken.
type Unsettled struct{ Open []Open }

func (u *Unsettled) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the file holds %d things that only its writer can settle; accept or remove them, save it and try again:", len(u.Open))
	for i, o := range u.Open {
		if i == maxOpen {
			fmt.Fprintf(&b, "\n  ... and %d more", len(u.Open)-i)
			break
		}
		where := "at the beginning"
		if o.After != "" {
			where = fmt.Sprintf("after %q", o.After)
		}
		fmt.Fprintf(&b, "\n  %s, %s", o.What, where)
	}
	return b.String()
}

// Read returns the words of a file as a canonical text. Only the ending of name is
// looked at. The error is an *Unsettled when something is to be settled first.
func Read(name string, data []byte) (letter.Text, error) {
	w := &writer{}
	err := w.file(strings.ToLower(path.Ext(name)), data)
	if err == nil && len(w.open) > 0 {
		err = &Unsettled{w.open}
	}
	if err != nil {
		return letter.Text{}, fmt.Errorf("taking a draft from %q: %w", path.Base(name), err)
	}
	text, err := letter.Canonicalize([]byte(w.text()))
	if err != nil {
		return letter.Text{}, fmt.Errorf("taking a draft from %q: %w", path.Base(name), err)
	}
	return text, nil
}

func (w *writer) file(ext string, data []byte) error {
	if len(data) > MaxBytes {
		return fmt.Errorf("it has %d bytes: at most %d are read", len(data), MaxBytes)
	}
	zipped := bytes.HasPrefix(data, []byte("PK\x03\x04"))
	switch {
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return fmt.Errorf("it is a file of old office programs (.doc), or is encrypted: save it as .docx or .odt, without a password")
	case zipped && ext == ".docx":
		return w.archive(data, w.docx, "word/document.xml", "word/styles.xml", "word/numbering.xml")
	case zipped && ext == ".odt":
		return w.archive(data, w.odt, "content.xml", "styles.xml")
	case zipped, ext == ".docx", ext == ".odt":
		return fmt.Errorf("it is not the kind of file that its name says: want .docx, .odt, .html, .md or .txt")
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		return fmt.Errorf("it is no UTF-8 text: save it as .docx, .odt or UTF-8 text")
	case len(data) > maxText:
		return fmt.Errorf("it has %d bytes of text: at most %d are read", len(data), maxText)
	case ext == ".html", ext == ".htm", ext == ".xhtml":
		w.html(string(data))
	case ext == ".md", ext == ".markdown":
		w.markdown(string(data))
	case ext == ".txt", ext == "":
		w.out.Write(data)
	default:
		return fmt.Errorf("files with the ending %s are not read: want .docx, .odt, .html, .md or .txt", ext)
	}
	return nil
}

// A writer collects paragraphs and what is unsettled among them.
type writer struct {
	out  strings.Builder
	line strings.Builder
	open []Open
	last string // the end of the last paragraph that had words
}

func (w *writer) text() string { w.end(); return w.out.String() }

// end ends a paragraph.
func (w *writer) end() {
	if s := strings.TrimSpace(w.line.String()); s != "" {
		w.out.WriteString(s + "\n\n")
		w.last = s
	}
	w.line.Reset()
}

// row ends a line that belongs with the next one.
func (w *writer) row() {
	if s := strings.TrimSpace(w.line.String()); s != "" {
		w.out.WriteString(s + "\n")
		w.last = s
	}
	w.line.Reset()
}

// flag notes something unsettled with the words before it.
func (w *writer) flag(what What) {
	after := strings.Join(strings.Fields(w.line.String()), " ")
	if after == "" {
		after = strings.Join(strings.Fields(w.last), " ")
	}
	if r := []rune(after); len(r) > maxShown {
		after = "..." + string(r[len(r)-maxShown:])
	}
	if o := (Open{what, after}); len(w.open) == 0 || w.open[len(w.open)-1] != o {
		w.open = append(w.open, o)
	}
}
