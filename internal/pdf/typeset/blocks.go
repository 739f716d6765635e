package typeset

import (
	"fmt"

	"chancery.example/internal/around"
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
	around around.Words
	text   letter.Text
	blocks []block
}

// compose returns the blocks of one language: what the text does not say itself
// is put around it.
func (d *document) compose(l Letter, t letter.LangText) ([]block, error) {
	c := &composer{document: d, letter: l, voice: voiceOf(t.Lang), text: t.Text}
	c.around = around.Of(around.Paper{Content: l.Content, Office: l.Office, Domain: l.Domain, Date: l.Date, Copy: l.Opening != ""}, t)
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

// letterhead is the office's name over its domain and a rule. A text that begins
// with the name gives its own first paragraph for it (see body).
func (c *composer) letterhead() error {
	if c.around.Own {
		return nil
	}
	if c.around.Name == "" {
		return c.under()
	}
	if err := c.add(block{kind: "H1", together: true, withNext: true}, nameStyle, centred, c.around.Name); err != nil {
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
	if c.around.Domain != "" {
		if err := c.add(block{kind: "P", before: point, together: true, withNext: true}, underStyle, centred, c.around.Domain); err != nil {
			return err
		}
	}
	c.blocks[len(c.blocks)-1].rule = true
	return nil
}

// references stand on one line: the letter's on one side, the date on the other.
func (c *composer) references() error {
	refLine, dateLine := c.around.Reference, c.around.Date
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
	to := c.around.Addressees
	return c.labelled(block{kind: "P", before: 14 * point, together: len(to) < 12}, bodyStyle, labelStyle, c.around.Labels.To, to)
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
	if err := c.add(block{kind: "P", before: 18 * point, together: true, withNext: true}, smallBold, atStart, c.around.Opening); err != nil {
		return err
	}
	const quiet = papercode.QuietModules
	l := line{symbol: symbol, alternative: c.around.Opening, ascent: (len(symbol) + quiet) * module, descent: quiet * module}
	c.blocks = append(c.blocks, block{kind: "Figure", lines: []line{l}, together: true})
	return nil
}

// lists follow the signature: enclosures, copies, and which text prevails.
func (c *composer) lists() error {
	w := c.around
	if err := c.labelled(block{kind: "P", before: 18 * point, together: len(w.Enclosures) < 12}, smallStyle, smallBold, w.Labels.Enclosures, w.Enclosures); err != nil {
		return err
	}
	if err := c.labelled(block{kind: "P", before: 10 * point, together: len(w.Copies) < 12}, smallStyle, smallBold, w.Labels.Copies, w.Copies); err != nil {
		return err
	}
	if w.Prevails != "" {
		return c.add(block{kind: "P", before: 10 * point, together: true}, smallStyle, atStart, w.Prevails)
	}
	return nil
}
