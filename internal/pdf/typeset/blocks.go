package typeset

import (
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/layout"
	"chancery.example/internal/papercode"
	"chancery.example/internal/pdf/face"
	"chancery.example/letter"
)

// The styles of a letter.
var (
	nameStyle   = style{17 * point, face.Bold}
	underStyle  = style{10 * point, face.Regular} // what stands under the name in a letterhead
	bodyStyle   = style{11500, face.Regular}
	labelStyle  = style{11500, face.Bold}
	smallStyle  = style{9500, face.Regular}
	smallBold   = style{9500, face.Bold}
	noticeStyle = style{9 * point, face.Bold}
	footStyle   = style{8 * point, face.Regular}
)

// A block is a part of the letter that stands by itself: a paragraph, a heading,
// an item of a list.
type block struct {
	kind     string // its structure type in the file
	lines    []line
	before   int  // room above it, but not at the top of a page
	together bool // never broken over pages
	withNext bool // never the last on its page
	rule     bool // a line is drawn under it
}

// A composer makes the blocks of one language.
type composer struct {
	*document
	letter Letter
	voice  voice
	labels labels
	text   letter.Text
	blocks []block
	listed []string // the lines of the text
	said   []string // the lines of all texts, to know what they say themselves
	signed int      // lines of the typed signature at the end of a text
}

// compose returns the blocks of one language: what the text does not say itself
// is put around it.
func (d *document) compose(l Letter, t letter.LangText) ([]block, error) {
	c := &composer{document: d, letter: l, voice: voiceOf(t.Lang), labels: labelsOf(t.Lang), text: t.Text}
	c.listed = strings.Split(strings.TrimSuffix(t.Text.String(), "\n"), "\n")
	for _, other := range l.Content.Texts {
		c.said = append(c.said, strings.Split(other.Text.String(), "\n")...)
		if p := other.Text.Paragraphs(); c.signed == 0 {
			c.signed = typedAtEnd(p[len(p)-1], l.Content.Signature.Lines)
		}
	}
	for _, step := range []func() error{c.letterhead, c.body, c.signature, c.lists, c.opening} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c.blocks, nil
}

// add sets words as a block.
func (c *composer) add(b block, st style, a alignment, lines ...string) error {
	for _, l := range lines {
		words, err := c.words(c.voice, st, l, 0, layout.Head)
		if err != nil {
			return fmt.Errorf("setting %q: %w", l, err)
		}
		b.lines = append(b.lines, c.set(c.voice, st, words, c.column, a)...)
	}
	if len(b.lines) > 0 {
		c.blocks = append(c.blocks, b)
	}
	return nil
}

// pick returns the words of the page's language, or the first there are.
func (c *composer) pick(words []Words) string {
	for _, same := range []func(Words) bool{
		func(w Words) bool { return w.Language == c.voice.language },
		func(w Words) bool { return base(w.Language) == base(c.voice.language) },
		func(Words) bool { return true },
	} {
		if i := slices.IndexFunc(words, same); i >= 0 {
			return words[i].Text
		}
	}
	return ""
}

// ownHead reports whether the text begins with a letterhead of its own.
func (c *composer) ownHead() bool {
	return slices.ContainsFunc(c.letter.Office, func(w Words) bool { return alike(w.Text, c.listed[0]) })
}

func alike(a, b string) bool { return strings.EqualFold(plain(a), plain(b)) }

// plain is a line without what does not count when two are compared.
func plain(s string) string { return strings.Join(strings.Fields(strings.Trim(s, " .,:;،؛")), " ") }

// letterhead is the office's name over its domain and a rule. A text that begins
// with the name gives its own first paragraph for it (see body).
func (c *composer) letterhead() error {
	name := c.pick(c.letter.Office)
	if c.ownHead() {
		return nil
	}
	if name == "" {
		return c.under()
	}
	if err := c.add(block{kind: "H1", together: true, withNext: true}, nameStyle, centred, name); err != nil {
		return err
	}
	if err := c.domain(); err != nil {
		return err
	}
	return c.under()
}

// under is what stands under a letterhead, the text's own or ours.
func (c *composer) under() error {
	if err := c.references(); err != nil {
		return err
	}
	return c.addressees()
}

// domain stands under the name, over the rule.
func (c *composer) domain() error {
	if c.letter.Domain != "" {
		if err := c.add(block{kind: "P", before: point, together: true, withNext: true}, underStyle, centred, c.letter.Domain); err != nil {
			return err
		}
	}
	c.blocks[len(c.blocks)-1].rule = true
	return nil
}

// says reports whether a line of a text is just these words, or begins or ends
// with them ("To the Minister of Works"). Names are registered in one language:
// what the English text says, the Arabic says in its own words.
func (c *composer) says(words string) bool {
	want := plain(words)
	return want == "" || slices.ContainsFunc(c.said, func(l string) bool {
		l = plain(l)
		return strings.EqualFold(l, want) || strings.HasSuffix(l, " "+want) || strings.HasPrefix(l, want+" ")
	})
}

// references stand on one line: the letter's on one side, the date on the other.
func (c *composer) references() error {
	ref, date := string(c.letter.Content.Reference), c.pick(c.letter.Date)
	refLine, dateLine := c.labels.reference+" "+ref, c.labels.date+" "+date
	if ref == "" || strings.Contains(c.text.String(), ref) {
		refLine = ""
	}
	if c.says(date) {
		dateLine = ""
	}
	var row line
	wide := 0
	for i, l := range []string{refLine, dateLine} {
		words, err := c.words(c.voice, bodyStyle, l, 0, layout.Head)
		if err != nil {
			return fmt.Errorf("setting %q: %w", l, err)
		}
		wide += natural(words)
		if len(words) > 0 {
			row = row.beside(arrange(c.voice, bodyStyle, words, c.column, []alignment{atStart, atEnd}[i]))
		}
	}
	if wide > c.column*9/10 {
		return c.add(block{kind: "P", before: 14 * point, together: true}, bodyStyle, atStart, refLine, dateLine)
	}
	if len(row.words) > 0 {
		c.blocks = append(c.blocks, block{kind: "P", before: 14 * point, lines: []line{row}, together: true})
	}
	return nil
}

// addressees stand one under the other behind their label.
func (c *composer) addressees() error {
	var unsaid []string
	for _, a := range c.letter.Content.Addressees {
		if !c.says(a) {
			unsaid = append(unsaid, a)
		}
	}
	return c.labelled(block{kind: "P", before: 14 * point, together: len(unsaid) < 12}, bodyStyle, labelStyle, c.labels.to, unsaid)
}

// labelled sets lines that stand in from a label on the first of them.
func (c *composer) labelled(b block, st, bold style, label string, lines []string) error {
	if len(lines) == 0 {
		return nil
	}
	head, err := c.words(c.voice, bold, label, 0, layout.Head)
	if err != nil {
		return fmt.Errorf("setting %q: %w", label, err)
	}
	indent := natural(head) + st.size*6/10
	for i, l := range lines {
		words, err := c.words(c.voice, st, l, 0, layout.Head)
		if err != nil {
			return fmt.Errorf("setting %q: %w", l, err)
		}
		for j, row := range c.set(c.voice, st, words, c.column-indent, atStart) {
			if !c.voice.rtl {
				row = row.moved(indent)
			}
			if i == 0 && j == 0 {
				row = arrange(c.voice, bold, head, c.column, atStart).beside(row)
			}
			b.lines = append(b.lines, row)
		}
	}
	c.blocks = append(c.blocks, b)
	return nil
}

// opening draws the draft-opening code under its label, at the end of the last
// language: one code is enough for all pages.
func (c *composer) opening() error {
	texts := inOrder(c.letter.Content)
	if c.letter.Opening == "" || texts[len(texts)-1].Lang != c.voice.language {
		return nil
	}
	symbol, err := papercode.Matrix(c.letter.Opening)
	if err != nil {
		return err
	}
	if err := c.add(block{kind: "P", before: 18 * point, together: true, withNext: true}, smallBold, atStart, c.labels.opening); err != nil {
		return err
	}
	const quiet = papercode.QuietModules
	l := line{symbol: symbol, alternative: c.labels.opening, ascent: (len(symbol) + quiet) * module, descent: quiet * module}
	c.blocks = append(c.blocks, block{kind: "Figure", lines: []line{l}, together: true})
	return nil
}

// lists follow the signature: enclosures, copies, and which text prevails.
func (c *composer) lists() error {
	var enclosures []string
	for i, e := range c.letter.Content.Enclosures {
		if !c.says(e.Title) {
			enclosures = append(enclosures, fmt.Sprintf("%d. %s", i+1, e.Title))
		}
	}
	if err := c.labelled(block{kind: "P", before: 18 * point, together: len(enclosures) < 12}, smallStyle, smallBold, c.labels.enclosures, enclosures); err != nil {
		return err
	}
	var copies []string
	for _, to := range c.letter.Content.Distribution {
		if !c.says(to) {
			copies = append(copies, to)
		}
	}
	if err := c.labelled(block{kind: "P", before: 10 * point, together: len(copies) < 12}, smallStyle, smallBold, c.labels.copies, copies); err != nil {
		return err
	}
	if p := c.letter.Content.Prevailing; p != "" && len(c.letter.Content.Texts) > 1 {
		return c.add(block{kind: "P", before: 10 * point, together: true}, smallStyle, atStart, c.labels.prevails(p))
	}
	return nil
}
