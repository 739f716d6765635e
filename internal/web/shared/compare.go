package shared

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"chancery.example/internal/check"
)

// Compared is the reader's copy beside the record.
type Compared struct {
	Copy     template.HTML
	Record   template.HTML
	Disagree bool // somewhere two languages say different things
}

// Compare marks up a comparison: what is only in the copy is <del>, what is
// only on record is <ins>, what two languages say differently is <mark>.
func Compare(pieces []check.Piece) Compared {
	var left, right strings.Builder
	disagree := false
	for _, p := range pieces {
		text, with := string(Show(p.Text)), string(Show(p.With))
		recorded := string(Show(visible(p.Text)))
		switch p.Kind {
		case check.OnlyInCopy:
			wrap(&left, "del", text)
		case check.OnlyOnRecord:
			wrap(&right, "ins", recorded)
		case check.Replaced:
			wrap(&left, "del", text)
			wrap(&right, "ins", with)
		case check.Disagree:
			disagree = true
			wrap(&left, "mark", text)
			wrap(&right, "mark", with)
		default:
			left.WriteString(text)
			right.WriteString(recorded)
		}
	}
	return Compared{template.HTML(left.String()), template.HTML(right.String()), disagree} //nolint:gosec // Show escapes
}

// visible drops what the copy hides between its letters: where both sides agree
// the pieces are cut from the copy, and the record holds no such characters.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return -1
		}
		return r
	}, s)
}

func wrap(b *strings.Builder, tag, text string) {
	if strings.TrimSpace(text) == "" {
		b.WriteString(text)
		return
	}
	fmt.Fprintf(b, "<%s>%s</%s>", tag, text, tag)
}

// Percent says a part of 1 in whole per cent, never rounding up to 100 or down
// to 0: "100 %" must mean all.
func Percent(x float64) int {
	switch {
	case x >= 1:
		return 100
	case x <= 0:
		return 0
	}
	return min(99, max(1, int(math.Round(x*100))))
}
