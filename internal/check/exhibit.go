package check

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/compare"
	"chancery.example/internal/page"
	"chancery.example/internal/photo"
	"chancery.example/internal/report"
)

// Limits on an exhibit.
const (
	MaxFile  = 25 << 20 // bytes
	MaxText  = 4 << 20  // bytes of a file that is read as text
	MaxWords = compare.MaxWords
)

// An Exhibit is what a reader holds and asks about.
type Exhibit struct {
	Name      string // file name, if any; only its ending is looked at
	Data      []byte
	As        ExhibitKind // empty: decide by what it is
	MediaType string      // if known
	// From is who presents it, as far as limits on answers about sealed drafts
	// go: an address, or a network. Never shown, never kept.
	From string
	// Pictures reads what is a picture; nil where none can be read.
	Pictures PictureReader
	// PDFs reads what is a PDF; nil where none can be read.
	PDFs PDFReader
}

// A ReadProblem says what kept an exhibit from being read.
type ReadProblem string

// The problems.
const (
	ProblemEmpty    ReadProblem = "empty"
	ProblemHuge     ReadProblem = "huge"
	ProblemBinary   ReadProblem = "binary"
	ProblemEncoding ReadProblem = "encoding"
	ProblemKind     ReadProblem = "kind" // not a kind of exhibit
	// Problems of pictures.
	ProblemNoReader   ReadProblem = "no_picture_reader" // nothing that reads them is installed
	ProblemPicture    ReadProblem = "picture_too_large" // in pixels
	ProblemBroken     ReadProblem = "picture_broken"
	ProblemSlow       ReadProblem = "picture_too_slow"
	ProblemUnreadable ReadProblem = "picture_unreadable" // too few of its words could be read
	// Problems of PDFs.
	ProblemNoPDFs   ReadProblem = "no_pdf_reader"
	ProblemLocked   ReadProblem = "pdf_locked" // by a password
	ProblemPDF      ReadProblem = "pdf_broken"
	ProblemLargePDF ReadProblem = "pdf_too_large"
	ProblemSlowPDF  ReadProblem = "pdf_too_slow"
)

// A ReadError says why an exhibit could not be read and what to do.
type ReadError struct {
	Problem ReadProblem
	Name    string
	Advice  string
	Percent int // of a picture's words that could be read, when that is the problem
	codes   []photo.Code
}

func (e *ReadError) Error() string {
	if e.Name == "" {
		return e.Advice
	}
	return fmt.Sprintf("%s: %s", e.Name, e.Advice)
}

func (e Exhibit) problem(p ReadProblem, format string, args ...any) *ReadError {
	return &ReadError{Problem: p, Name: e.Name, Advice: fmt.Sprintf(format, args...)}
}

// A paper is the words of an exhibit, with the stretches that its markup calls
// quotations.
type paper struct {
	text    string
	blocks  []report.Span
	unread  bool     // there may be more to see than these words, or less
	picture *picture // what the words were read from; nil when they came as text
	codes   []photo.Code
	pdf     *reading // likewise, when that is a PDF
	// whole is the text before the words around a letter were left blank in it; ""
	// when none were.
	whole string
	// notice: among those words was the notice of a draft's copy, not read exactly.
	notice bool
}

// checkSize refuses what is not worth looking at.
func (e Exhibit) checkSize() error {
	switch {
	case len(e.Data) == 0:
		return e.problem(ProblemEmpty, "it is empty: give a text, a quotation, a report or a file")
	case len(e.Data) > MaxFile:
		return e.problem(ProblemHuge, "it has %d bytes; at most %d are looked at", len(e.Data), MaxFile)
	}
	switch e.As {
	case "", KindText, KindQuotation, KindReport, KindFile:
		return nil
	case KindPhoto, KindProof: // what it is, not how to read it
	}
	return e.problem(ProblemKind, "%q is not a kind of exhibit: use text, quotation, report or file", e.As)
}

// read returns the words of the exhibit.
func (e Exhibit) read() (paper, error) {
	s, err := e.decode()
	if err != nil {
		return paper{}, err
	}
	var p paper
	if e.isHTML(s) {
		p = readHTML(s)
	} else {
		p.text = plainText(s)
	}
	if !norm.NFC.IsNormalString(p.text) {
		p = p.normalised()
	}
	switch n := roughWords(p.text); {
	case n == 0:
		return paper{}, e.problem(ProblemEmpty, "there are no words in it")
	case n > MaxWords:
		return paper{}, e.problem(ProblemHuge, "it has %d words; at most %d are compared: give the part in question", n, MaxWords)
	}
	return p, nil
}

func readHTML(s string) paper {
	r := page.Read(s)
	p := paper{text: r.Text, unread: r.Unread}
	for _, q := range r.Quoted {
		p.blocks = append(p.blocks, report.Span(q))
	}
	return p
}

// normalised returns the paper in NFC; block quotations move with the text.
func (p paper) normalised() paper {
	var b strings.Builder
	out := paper{unread: p.unread}
	at := 0
	for _, q := range p.blocks {
		b.WriteString(norm.NFC.String(p.text[at:q.From]))
		from := b.Len()
		b.WriteString(norm.NFC.String(p.text[q.From:q.To]))
		out.blocks = append(out.blocks, report.Span{From: from, To: b.Len()})
		at = q.To
	}
	b.WriteString(norm.NFC.String(p.text[at:]))
	out.text = b.String()
	return out
}

// decode returns the exhibit as a string, naming the usual mistakes.
func (e Exhibit) decode() (string, error) {
	b := e.Data
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")):
		if len(b) > 2*MaxText {
			return "", e.problem(ProblemHuge, "it has %d bytes of text; at most %d are read", len(b), MaxText)
		}
		return e.utf16()
	case isPicture(b):
		return "", e.problem(ProblemBinary, "it is a picture, and only its words can be used here; type what it shows")
	case bytes.IndexByte(b, 0) >= 0 || mostlyControls(b):
		return "", e.problem(ProblemBinary, "it is a binary file that no register here names; give the words as UTF-8 text")
	case len(b) > MaxText:
		return "", e.problem(ProblemHuge, "it has %d bytes of text; at most %d are read: give the part in question", len(b), MaxText)
	case !utf8.Valid(b):
		return "", e.problem(ProblemEncoding, "it is not UTF-8 (Latin-1 or Windows-1252, perhaps): save it as UTF-8 and try again")
	}
	return strings.TrimPrefix(string(b), "\ufeff"), nil
}

func (e Exhibit) utf16() (string, error) {
	b := e.Data
	if len(b)%2 != 0 {
		return "", e.problem(ProblemEncoding, "it begins like UTF-16 text and ends in the middle of a character: save it as UTF-8")
	}
	big := b[0] == 0xfe
	units := make([]uint16, 0, len(b)/2)
	for i := 2; i < len(b); i += 2 {
		u := uint16(b[i]) | uint16(b[i+1])<<8
		if big {
			u = uint16(b[i])<<8 | uint16(b[i+1])
		}
		units = append(units, u)
	}
	s := string(utf16.Decode(units))
	if strings.ContainsRune(s, utf8.RuneError) || strings.ContainsRune(s, 0) {
		return "", e.problem(ProblemEncoding, "it begins like UTF-16 text and is not: save it as UTF-8")
	}
	return s, nil
}

func isPicture(b []byte) bool { return photo.FormatOf(b) != "" }

// mostlyControls spots binary data that holds no zero byte.
func mostlyControls(b []byte) bool {
	head := b[:min(len(b), 4096)]
	n := 0
	for _, c := range head {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' || c == 0x7f {
			n++
		}
	}
	return n*20 > len(head)
}

func (e Exhibit) isHTML(s string) bool {
	// Not by package mime: in a browser it would weigh more than this file.
	media, _, _ := strings.Cut(e.MediaType, ";")
	if t := strings.ToLower(strings.TrimSpace(media)); strings.Contains(t, "/") && t != "application/octet-stream" {
		return t == "text/html" || t == "application/xhtml+xml"
	}
	switch strings.ToLower(path.Ext(e.Name)) {
	case ".html", ".htm", ".xhtml":
		return true
	}
	head := strings.ToLower(strings.TrimSpace(s[:min(len(s), 512)]))
	return strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html")
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\n", "\u2028", "\n", "\u2029", "\n\n", "\u0085", "\n", "\v", "\n")

// plainText puts line ends into one form and blanks other controls.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, lineEnds.Replace(s))
}

// roughWords counts words well enough for a limit.
func roughWords(s string) int {
	n, in := 0, false
	for _, r := range s {
		word := unicode.IsLetter(r) || unicode.IsDigit(r)
		if word && !in {
			n++
		}
		in = word
	}
	return n
}
