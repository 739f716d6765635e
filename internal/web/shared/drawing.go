package shared

import (
	"html/template"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
)

// A Drawing is an answer on pictures: pages of the copy and of the record with the
// differences marked.
type Drawing struct {
	Copy, Record []DrawnPage
	Legend       []Sign
	Of           string // what the record's pages are: "form", "text" or "none"
	// Absent are the numbers of differences that no page of the copy, or of the record,
	// shows; "" for none.
	AbsentCopy, AbsentRecord string
}

// A DrawnPage is one picture.
type DrawnPage struct {
	Source        template.URL // the picture itself, as a data: address
	Width, Height int
	Number        int    // of the page; 0: it is the only one
	Alt           string // its differences in words
}

// mostAlt is how many differences the words for a picture name; all are listed on the
// page.
const mostAlt = 12

// AltOf returns the words for a picture of a page of the copy, or of the record, which
// say what is marked on it.
func AltOf(p *i18n.Printer, f check.Finding, ofRecord bool, page int, numbers []int) string {
	var b strings.Builder
	if ofRecord {
		b.WriteString(p.T("drawn.altrecord", "n", page))
	} else {
		b.WriteString(p.T("drawn.altcopy", "n", page))
	}
	noun := ""
	if f.Record != nil {
		noun = f.Record.Noun().In(p.Lang())
	}
	for i, n := range numbers {
		if n < 1 || n > len(f.Differences) {
			continue
		}
		if i == mostAlt {
			b.WriteString(" …")
			break
		}
		d := f.Differences[n-1]
		b.WriteString(" " + p.T("drawn.one", "n", n, "what", plainSentence(p, d, noun)))
	}
	return b.String()
}

// plainSentence says a difference without marks.
func plainSentence(p *i18n.Printer, d check.Difference, noun string) string {
	kind, key := d.Kind, "diff."
	switch {
	case kind == check.Moved:
	case strings.TrimSpace(d.Copy) == "":
		kind = check.OnlyOnRecord
	case strings.TrimSpace(d.Record) == "":
		kind = check.OnlyInCopy
	}
	if d.Check {
		key = "look."
	}
	return p.T(key+seen(d, kind), "it", noun, "copy", shortened(d.Copy), "record", shortened(d.Record))
}

// shortened keeps the beginning of many words, and no line ends.
func shortened(s string) string {
	ws := strings.Fields(s)
	if len(ws) > shownOfMany {
		ws = append(ws[:shownOfMany:shownOfMany], "…")
	}
	return strings.Join(ws, " ")
}
