package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An EditKind says what a report itself marks as its own in a quotation.
type EditKind string

// The kinds of edits.
const (
	Ellipsis EditKind = "ellipsis" // "...", "[...]", "(…)": something was left out
	Inserted EditKind = "inserted" // "[the office]": words put in, perhaps for others
	Letters  EditKind = "letters"  // "[T]he", "leave[s]": part of a word
	Remark   EditKind = "remark"   // "[sic]": about the words, none of them
)

// An Edit is one place of a quotation that the report marks as its own.
type Edit struct {
	Kind  EditKind
	Span         // in the text, with its brackets
	Words string // in the brackets, or the whole word of which letters were changed; "" for an ellipsis
	Plain Span   // the same words in Reading.Plain; empty where there are none
}

// A Reading is the words of a quotation as they are compared.
type Reading struct {
	// Marked has an ellipsis wherever the report marks an edit, so that nothing
	// is expected there and nothing vouched for.
	Marked Layer
	// Plain is what remains when nobody notices the edits: words in brackets
	// count, what was left out is missing.
	Plain Layer
	Edits []Edit
}

// A Layer is a text made from stretches of another, with the way back.
type Layer struct {
	Text   string
	pieces []piece
}

// A piece of a layer stands for n bytes of the source from src on.
type piece struct {
	at, size int
	src, n   int
}

// Source returns the stretch of the source text for a stretch of the layer. An
// empty one leads to the place in front of what follows.
func (l Layer) Source(s Span) Span {
	if s.To <= s.From {
		at := l.source(s.From, false)
		return Span{at, at}
	}
	return Span{l.source(s.From, false), l.source(s.To-1, true)}
}

// source returns where byte i comes from, or the end of it.
func (l Layer) source(i int, end bool) int {
	k, found := slices.BinarySearchFunc(l.pieces, i, func(p piece, i int) int { return p.at - i })
	if !found {
		k--
	}
	if k < 0 || len(l.pieces) == 0 {
		return 0
	}
	p := l.pieces[k]
	switch {
	case i >= p.at+p.size:
		return p.src + p.n
	case p.size == p.n && end:
		return p.src + i - p.at + 1
	case p.size == p.n:
		return p.src + i - p.at
	case end:
		return p.src + p.n
	}
	return p.src
}

// maxBracket is how many bytes may stand in an editor's brackets.
const maxBracket = 240

// Prepare reads the parts of a quotation in a text as one.
func Prepare(text string, parts ...Span) *Reading {
	p := &preparer{text: text}
	for i, part := range parts {
		if i > 0 {
			p.both(" ", part.From, 0)
		}
		p.part(part)
	}
	p.out.Marked, p.out.Plain = p.marked.layer(), p.plain.layer()
	return &p.out
}

// A preparer writes the layers of a reading.
type preparer struct {
	text          string
	marked, plain layerWriter
	out           Reading
	first, last   int // words of the part begin and end there
}

type layerWriter struct {
	b      strings.Builder
	pieces []piece
}

func (w *layerWriter) write(s string, src, n int) {
	if s == "" {
		return
	}
	if k := len(w.pieces) - 1; k >= 0 && n == len(s) && w.pieces[k].size == w.pieces[k].n && w.pieces[k].src+w.pieces[k].n == src {
		w.pieces[k].size += n
		w.pieces[k].n += n
	} else {
		w.pieces = append(w.pieces, piece{w.b.Len(), len(s), src, n})
	}
	w.b.WriteString(s)
}

func (w *layerWriter) layer() Layer { return Layer{w.b.String(), w.pieces} }

func (p *preparer) both(s string, src, n int) {
	p.marked.write(s, src, n)
	p.plain.write(s, src, n)
}

// part writes one part.
func (p *preparer) part(s Span) {
	body := p.text[s.From:s.To]
	p.first = s.From + max(0, strings.IndexFunc(body, isWordRune))
	p.last = s.From + max(0, strings.LastIndexFunc(body, isWordRune))
	begins := true // nothing but quoting marks on the line so far
	for i := s.From; i < s.To; {
		if e, ok := p.edit(s, i); ok {
			p.write(e)
			i, begins = e.To, false
			continue
		}
		if r, n := mended(p.text[i:s.To]); n > 0 {
			p.both(string(r), i, n)
			i, begins = i+n, false
			continue
		}
		r, n := utf8.DecodeRuneInString(p.text[i:s.To])
		if r == '>' && begins {
			p.both(" ", i, 1)
		} else {
			p.both(p.text[i:i+n], i, n)
		}
		begins = r == '\n' || begins && (r == '>' || r == ' ' || r == '\t')
		i += n
	}
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// write puts an edit into both layers.
func (p *preparer) write(e Edit) {
	e.Plain.From = p.plain.b.Len()
	switch e.Kind {
	case Ellipsis:
		p.marked.write("…", e.From, e.To-e.From)
		p.plain.write(" ", e.From, e.To-e.From)
	case Remark:
		p.both(" ", e.From, e.To-e.From)
	case Inserted:
		p.marked.write(" … ", e.From, e.To-e.From)
		p.unbracketed(e.Span, " ")
	case Letters:
		if capitalOnly(p.text[e.From:e.To]) { // a letter's case is no difference anyway
			p.marked.write(e.Words, e.From, e.To-e.From)
		} else {
			p.marked.write("…", e.From, e.To-e.From)
		}
		p.unbracketed(e.Span, "")
	}
	e.Plain.To = p.plain.b.Len()
	if e.Kind == Ellipsis || e.Kind == Remark {
		e.Plain.To = e.Plain.From
	}
	if e.Kind == Ellipsis && (e.From <= p.first || e.From > p.last) {
		return // at an edge it leaves nothing out of the quotation
	}
	p.out.Edits = append(p.out.Edits, e)
}

// unbracketed writes a stretch without its brackets into the plain layer.
func (p *preparer) unbracketed(s Span, instead string) {
	at := s.From
	for i := s.From; i < s.To; i++ {
		if c := p.text[i]; c == '[' || c == ']' {
			p.plain.write(p.text[at:i], at, i-at)
			p.plain.write(instead, i, 1)
			at = i + 1
		}
	}
	p.plain.write(p.text[at:s.To], at, s.To-at)
}

// capitalOnly reports whether a word differs from the one without brackets at
// most in the case of its first letter: [T]he.
func capitalOnly(word string) bool {
	rest, ok := strings.CutPrefix(word, "[")
	r, n := utf8.DecodeRuneInString(rest)
	return ok && unicode.IsLetter(r) && strings.HasPrefix(rest[n:], "]") && !strings.ContainsAny(rest[n+1:], "[]")
}

// edit returns the edit that begins at byte i of a part.
func (p *preparer) edit(part Span, i int) (Edit, bool) {
	s := p.text[i:part.To]
	switch c := s[0]; {
	case c == '.' || strings.HasPrefix(s, "…"):
		if n := dots(s); n > 0 {
			return Edit{Kind: Ellipsis, Span: Span{i, i + n}}, true
		}
	case c == '(':
		if n := dots(s[1:]); n > 0 && strings.HasPrefix(s[1+n:], ")") {
			return Edit{Kind: Ellipsis, Span: Span{i, i + n + 2}}, true
		}
	case c == '[':
		return p.bracket(part, i)
	case !endsInLetter(p.text[part.From:i]): // a word that goes on in brackets: leave[s]
		if end := wordEnd(s); end > 0 && end < len(s) && s[end] == '[' {
			return p.letters(part, i)
		}
	}
	return Edit{}, false
}

// bracket returns the edit of a bracket at byte i.
func (p *preparer) bracket(part Span, i int) (Edit, bool) {
	inner, ok := bracketed(p.text[i:part.To])
	if !ok {
		return Edit{}, false
	}
	e := Edit{Span: Span{i, i + len(inner) + 2}}
	content := strings.TrimSpace(inner)
	switch n := dots(content); {
	case n > 0 && n == len(content):
		e.Kind = Ellipsis
	case remarks[strings.ToLower(strings.Trim(content, ".!?؟ "))]:
		e.Kind, e.Words = Remark, content
	case wordEnd(firstRune(p.text[e.To:part.To])) > 0 && wordEnd(inner) == len(inner):
		return p.letters(part, i)
	default:
		e.Kind, e.Words = Inserted, content
	}
	return e, true
}

// letters returns the edit of a word that is partly in brackets and begins at
// byte i.
func (p *preparer) letters(part Span, i int) (Edit, bool) {
	end, changed := i, false
	for end < part.To {
		s := p.text[end:part.To]
		if n := wordEnd(s); n > 0 {
			end += n
			continue
		}
		inner, ok := bracketed(s)
		if !ok || wordEnd(inner) != len(inner) || remarks[strings.ToLower(inner)] {
			break
		}
		end, changed = end+len(inner)+2, true
	}
	word := p.text[i:end]
	return Edit{Kind: Letters, Span: Span{i, end}, Words: strings.NewReplacer("[", "", "]", "").Replace(word)}, changed
}

// bracketed returns what stands in the bracket with which s begins.
func bracketed(s string) (string, bool) {
	if !strings.HasPrefix(s, "[") {
		return "", false
	}
	end := strings.IndexAny(s[1:min(len(s), maxBracket)], "[]")
	if end <= 0 || s[1+end] != ']' || strings.Contains(s[1:1+end], "\n\n") {
		return "", false
	}
	return s[1 : 1+end], true
}

// remarks are what editors put into brackets about the words before.
var remarks = set("sic emphasis كذا هكذا note laughter applause pause")

// dots returns the length of an ellipsis with which s begins: three dots or
// more, also with spaces between; 0 for none.
func dots(s string) int {
	n, end := 0, 0
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "…"):
			n, i = n+3, i+len("…")
			end = i
		case s[i] == '.':
			n, i = n+1, i+1
			end = i
		case s[i] == ' ' && n > 0 && i+1 < len(s) && s[i+1] == '.' && n < 4:
			i++
		default:
			i = len(s)
		}
	}
	if n < 3 {
		return 0
	}
	return end
}

// wordEnd returns how many bytes of letters s begins with.
func wordEnd(s string) int {
	for i, r := range s {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) {
			return i
		}
	}
	return len(s)
}

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r) || unicode.Is(unicode.M, r)
}
