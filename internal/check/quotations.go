package check

import "strings"

// quoted is a stretch of a paper between quotation marks, without them, in
// bytes.
type quoted struct {
	from, to int
}

// isAllOf reports whether there is nothing but the quotation and marks.
func (q quoted) isAllOf(text string) bool {
	return roughWords(text[:q.from]) == 0 && roughWords(text[q.to:]) == 0
}

func quotations(p paper) []quoted { return p.blocks }

// paragraphs returns the stretches of text between empty lines.
func paragraphs(text string) []quoted {
	var out []quoted
	at := 0
	for part := range strings.SplitSeq(text, "\n\n") {
		if strings.TrimSpace(part) != "" {
			out = append(out, quoted{at, at + len(part)})
		}
		at += len(part) + 2
	}
	return out
}
