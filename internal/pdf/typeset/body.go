package typeset

import (
	"strings"

	"chancery.example/internal/around"
	"chancery.example/internal/layout"
	"chancery.example/letter"
)

// Room above paragraphs and signatures.
const (
	paragraphRoom = 8 * point
	closeRoom     = 14 * point
	inkRoom       = 54 * point // for a signature by hand, or a seal
)

// body sets the text, paragraph for paragraph and line for line. What it knows of
// a letter's form only changes how words look: the office's name at the top is set
// as a letterhead, a line that says what the letter is about is bold, the typed
// signature stands on the far side and is kept together.
func (c *composer) body() error {
	paragraphs := c.text.Paragraphs()
	at := 0 // in bytes of the text
	for i, p := range paragraphs {
		lines := strings.Split(p, "\n")
		var err error
		switch signed := c.signedLines(p); {
		case i == 0 && c.around.Own:
			err = c.ownLetterhead(lines, at)
		case i == len(paragraphs)-1 && signed > 0:
			err = c.close(lines, signed, at)
		default:
			err = c.paragraph(lines, at, i == len(paragraphs)-1)
		}
		if err != nil {
			return err
		}
		at += len(p) + len("\n\n")
	}
	return nil
}

// bodyLine breaks one line of the text.
func (c *composer) bodyLine(st style, text string, at, width int, a alignment) ([]line, error) {
	words, err := c.words(c.voice, st, text, at, layout.Body)
	if err != nil {
		return nil, err
	}
	return c.set(c.voice, st, words, width, a), nil
}

func (c *composer) ownLetterhead(lines []string, at int) error {
	for i, l := range lines {
		b, st := block{kind: "P", together: true, withNext: true, before: point}, underStyle
		if i == 0 {
			b.kind, b.before, st = "H1", 0, nameStyle
		}
		rows, err := c.bodyLine(st, l, at, c.column, centred)
		if err != nil {
			return err
		}
		b.lines = rows
		c.blocks = append(c.blocks, b)
		at += len(l) + 1
	}
	if err := c.domain(); err != nil {
		return err
	}
	return c.under()
}

// paragraph sets lines of the text. The last paragraph of a text is a signature
// when it has several lines and no sentence.
func (c *composer) paragraph(lines []string, at int, last bool) error {
	b := block{kind: "P", before: paragraphRoom}
	if at == 0 {
		b.before = closeRoom
	}
	for _, l := range lines {
		st := bodyStyle
		if isSubject(l) && len(lines) == 1 {
			st = labelStyle
			b.withNext = true
		}
		a := justified
		if c.saysDate(l) {
			a = atEnd
		}
		rows, err := c.bodyLine(st, l, at, c.column, a)
		if err != nil {
			return err
		}
		b.lines = append(b.lines, rows...)
		at += len(l) + 1
	}
	if last && len(lines) > 1 && len(b.lines) == len(lines) {
		b.before, b.together = closeRoom, len(lines) < 12
		c.keepWithLast()
	}
	if len(b.lines) == 1 && strings.HasSuffix(lines[0], ":") {
		b.withNext = true
	}
	c.blocks = append(c.blocks, b)
	return nil
}

// saysDate reports whether a line of the text is the letter's date.
func (c *composer) saysDate(l string) bool {
	for _, d := range c.letter.Date {
		if d.Text != "" && around.Alike(d.Text, l) {
			return true
		}
	}
	return false
}

// keepWithLast keeps the end of what was said on the page of who says it.
func (c *composer) keepWithLast() {
	if n := len(c.blocks); n > 0 {
		c.blocks[n-1].withNext = true
	}
}

// signedLines counts how many lines at the end of the last paragraph are the typed
// signature. It is registered in one language: where another text ends with it,
// the same lines of this one are its translation.
func (c *composer) signedLines(last string) int {
	if n := around.TypedAtEnd(last, c.letter.Content.Signature.Lines); n > 0 {
		return n
	}
	if strings.Count(last, "\n")+1 == c.around.Signed {
		return c.around.Signed
	}
	return 0
}

// close sets the last paragraph, whose end is the signature.
func (c *composer) close(lines []string, signed, at int) error {
	head := lines[:len(lines)-signed]
	if len(head) > 0 {
		if err := c.paragraph(head, at, false); err != nil {
			return err
		}
		at += len(strings.Join(head, "\n")) + 1
	}
	c.keepWithLast()
	b := block{kind: "P", before: c.signingRoom(), together: signed < 12}
	for _, l := range lines[len(lines)-signed:] {
		words, err := c.words(c.voice, bodyStyle, l, at, layout.Body)
		if err != nil {
			return err
		}
		b.lines = append(b.lines, c.farSide(words)...)
		at += len(l) + 1
	}
	c.blocks = append(c.blocks, b)
	return nil
}

// farSide sets words in the half of the column where lines end.
func (c *composer) farSide(words []word) []line {
	rows := c.set(c.voice, bodyStyle, words, c.column/2, atStart)
	if !c.voice.rtl {
		for i := range rows {
			rows[i] = rows[i].moved(c.column - c.column/2)
		}
	}
	return rows
}

func (c *composer) signingRoom() int {
	if k := c.letter.Content.Signature.Kind; k == letter.SignatureInk || k == letter.SignatureImage {
		return inkRoom
	}
	return closeRoom
}

// signature sets the signature block where no text ends with it.
func (c *composer) signature() error {
	if len(c.around.Signature) == 0 {
		return nil
	}
	c.keepWithLast()
	b := block{kind: "P", before: c.signingRoom(), together: len(c.around.Signature) < 12}
	for _, l := range c.around.Signature {
		words, err := c.words(c.voice, bodyStyle, l, 0, layout.Head)
		if err != nil {
			return err
		}
		b.lines = append(b.lines, c.farSide(words)...)
	}
	c.blocks = append(c.blocks, b)
	return nil
}

// subjects are how the line begins that says what a letter is about.
var subjects = []string{"subject:", "re:", "objet:", "objet :", "asunto:", "betreff:", "oggetto:", "assunto:", "konu:", "тема:", "الموضوع:", "الموضوع :", "موضوع:"}

func isSubject(line string) bool {
	line = strings.ToLower(line)
	for _, s := range subjects {
		if strings.HasPrefix(line, s) {
			return true
		}
	}
	return false
}
