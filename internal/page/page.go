// Package page reads the words of an HTML page as a person would see them, as far
// as that can be known without a browser.
//
// It reads tokens, not a tree, so that no nesting costs more than its length. It
// knows no style sheets and runs no scripts; a page on which they, or elements
// that only a browser can place, may show other words than were read is marked
// Unread:
//
//	p := page.Read("<p>The gates <b>open</b> at noon.</p>")
//	fmt.Println(p.Text, p.Unread)
package page

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Page is what was read.
type Page struct {
	Text   string  // paragraphs divided by an empty line; quotation marks around <q>
	Quoted []Range // what stands in a <blockquote>
	Unread bool    // the page may show other words than Text
}

// A Range is a stretch of the text, in bytes.
type Range struct{ From, To int }

// Read returns the visible words of a page. It reads anything.
func Read(s string) Page {
	h := &reader{z: html.NewTokenizer(strings.NewReader(s))}
	for {
		switch h.z.Next() {
		case html.ErrorToken: // the end: the tokenizer reads anything
			h.closeBlock()
			return Page{strings.TrimRight(h.b.String(), " \n") + "\n", h.blocks, h.unread}
		case html.TextToken:
			if t := string(h.z.Text()); h.hidden == 0 {
				h.text(t)
			} else {
				h.unread = h.unread || h.hiddenTag != "title" && speaks(t)
			}
		case html.StartTagToken:
			h.start(h.z.Token(), false)
		case html.SelfClosingTagToken:
			h.start(h.z.Token(), true)
		case html.EndTagToken:
			h.end(h.z.Token())
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// speaks reports whether there is a word in s.
func speaks(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

type reader struct {
	z      *html.Tokenizer
	b      strings.Builder
	blocks []Range
	unread bool // the page may show other words than these

	hidden    int // nesting inside the hidden element named hiddenTag
	hiddenTag string
	space     bool // white space waits for a word
	breaks    int  // line breaks wait for a word
	quoting   int  // nesting of <blockquote>
	from      int  // where the outermost one began; -1 until its first word
}

// blockTags end a paragraph.
var blockTags = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Section: true, atom.Article: true, atom.Header: true, atom.Footer: true,
	atom.Aside: true, atom.Main: true, atom.Nav: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true,
	atom.H5: true, atom.H6: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Dl: true, atom.Dt: true, atom.Dd: true,
	atom.Table: true, atom.Tr: true, atom.Td: true, atom.Th: true, atom.Figure: true, atom.Figcaption: true,
	atom.Blockquote: true, atom.Pre: true, atom.Hr: true, atom.Address: true, atom.Form: true, atom.Body: true,
	atom.Caption: true, atom.Details: true, atom.Summary: true, atom.Fieldset: true,
}

// unseen are elements whose content no reader sees as words of the page.
var unseen = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Title: true, atom.Svg: true,
	atom.Iframe: true, atom.Object: true, atom.Math: true, atom.Select: true, atom.Textarea: true, atom.Canvas: true,
	atom.Audio: true, atom.Video: true, atom.Datalist: true,
}

var voidTags = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true,
	atom.Input: true, atom.Link: true, atom.Meta: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// plainTags show the words in them, in order, and nothing else. What any other
// element shows, or hides, takes a browser to know.
var plainTags = func() map[atom.Atom]bool {
	m := map[atom.Atom]bool{
		atom.Html: true, atom.Head: true, atom.Title: true, atom.Meta: true, atom.Br: true, atom.Wbr: true, atom.A: true, atom.Abbr: true,
		atom.B: true, atom.Strong: true, atom.I: true, atom.Em: true, atom.U: true, atom.Span: true, atom.Small: true, atom.Cite: true,
		atom.Q: true, atom.Time: true, atom.Font: true, atom.Center: true, atom.Dfn: true, atom.Mark: true,
	}
	for t := range blockTags {
		m[t] = true
	}
	// Browsers number lists, put table rows and captions where they belong, and
	// fold or frame the others.
	for _, t := range []atom.Atom{
		atom.Ol, atom.Table, atom.Tr, atom.Td, atom.Th, atom.Caption, atom.Details, atom.Summary, atom.Fieldset, atom.Form,
	} {
		m[t] = false
	}
	return m
}()

// plainAttributes change nothing of what is shown.
var plainAttributes = map[string]bool{
	"id": true, "class": true, "lang": true, "xml:lang": true, "xmlns": true, "href": true, "rel": true, "title": true,
	"name": true, "content": true, "datetime": true, "cite": true, "align": true, "role": true, "target": true,
}

// isPlain reports whether an element shows its words as they are read here.
// The direction of a text is that of its letters unless dir turns it round.
func isPlain(t html.Token) bool {
	if !plainTags[t.DataAtom] {
		return false
	}
	for _, a := range t.Attr {
		switch {
		case a.Key == "charset" && strings.EqualFold(a.Val, "utf-8"), a.Key == "dir", plainAttributes[a.Key], strings.HasPrefix(a.Key, "data-"), strings.HasPrefix(a.Key, "aria-"):
		default: // style, hidden, what runs on events, what nobody knows yet
			return false
		}
	}
	return true
}

func (h *reader) start(t html.Token, closed bool) {
	h.unread = h.unread || !isPlain(t)
	void := voidTags[t.DataAtom]
	if h.hidden > 0 {
		if t.Data == h.hiddenTag && !void {
			h.hidden++
		}
		return
	}
	if (unseen[t.DataAtom] || isHidden(t)) && !void {
		if !closed || t.DataAtom != atom.Svg && t.DataAtom != atom.Math {
			h.hidden, h.hiddenTag = 1, t.Data
		}
		return
	}
	switch {
	case t.DataAtom == atom.Br:
		h.breaks = max(h.breaks, 1)
	case t.DataAtom == atom.Q:
		h.text("“")
	case blockTags[t.DataAtom]:
		h.breaks = 2
	}
	if t.DataAtom == atom.Blockquote {
		if h.quoting == 0 {
			h.from = -1
		}
		h.quoting++
	}
}

func (h *reader) end(t html.Token) {
	if h.hidden > 0 {
		if t.Data == h.hiddenTag {
			h.hidden--
		}
		return
	}
	switch {
	case t.DataAtom == atom.Q:
		h.space = false
		h.text("”")
	case t.DataAtom == atom.Blockquote && h.quoting > 0:
		if h.quoting--; h.quoting == 0 {
			h.closeBlock()
		}
	}
	if blockTags[t.DataAtom] {
		h.breaks = 2
	}
}

func (h *reader) closeBlock() {
	if h.from >= 0 && h.b.Len() > h.from {
		h.blocks = append(h.blocks, Range{h.from, h.b.Len()})
	}
	h.from = -1
}

// text writes words, with white space as a browser shows it.
func (h *reader) text(s string) {
	for _, r := range s {
		switch {
		case r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f':
			h.space = true
			continue
		case r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0:
			continue
		}
		switch {
		case h.b.Len() == 0:
		case h.breaks > 0:
			h.b.WriteString("\n\n"[:min(h.breaks, 2)])
		case h.space:
			h.b.WriteByte(' ')
		}
		h.breaks, h.space = 0, false
		if h.quoting > 0 && h.from < 0 {
			h.from = h.b.Len()
		}
		h.b.WriteRune(r)
	}
}

// isHidden reports whether an element says that it is not shown.
func isHidden(t html.Token) bool {
	for _, a := range t.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if hiddenStyle(a.Val) {
				return true
			}
		}
	}
	return false
}

// hiddenStyle reports whether a style hides: which properties it sets, not what
// letters stand in it.
func hiddenStyle(style string) bool {
	for decl := range strings.SplitSeq(strings.ToLower(style), ";") {
		property, value, _ := strings.Cut(decl, ":")
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(property) {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility":
			if value == "hidden" || value == "collapse" {
				return true
			}
		case "font-size":
			if number := strings.TrimRight(value, "%abcdefghijklmnopqrstuvwxyz"); number != "" && strings.Trim(number, "0.") == "" {
				return true
			}
		}
	}
	return false
}
