package check

import (
	"strings"

	"chancery.example/internal/compare"
	"chancery.example/internal/fold"
	"chancery.example/letter"
)

func langText(t *shown) letter.LangText { return letter.LangText{Lang: t.lang, Text: t.text} }

var differenceKinds = map[compare.DifferenceKind]DifferenceKind{
	compare.OnlyInCopy: OnlyInCopy, compare.OnlyOnRecord: OnlyOnRecord, compare.Replaced: Replaced, compare.Moved: Moved,
}

// differences puts an alignment's differences into the words of both sides.
// base is the code point at which the copy begins in the exhibit.
func differences(a *compare.Alignment, base int) []Difference {
	out := []Difference{}
	for _, d := range a.Differences {
		out = append(out, Difference{
			Kind: differenceKinds[d.Kind], Offset: base + a.Copy.Offset(d.Copy.From), Critical: d.Critical, Check: d.Certainty == compare.Doubtful,
			Copy: a.Copy.Slice(d.Copy.From, d.Copy.To), Record: a.Record.Slice(d.Record.From, d.Record.To),
		})
	}
	return out
}

// wordsDiffering counts the words that a headline speaks of.
func wordsDiffering(a *compare.Alignment) int { return a.Cost - toCheck(a) }

// toCheck counts the words that somebody should look at: those of the copy, or of
// the record where the copy has none.
func toCheck(a *compare.Alignment) int {
	n := 0
	for _, d := range a.Differences {
		if d.Certainty == compare.Doubtful {
			n += max(d.Copy.Len(), d.Record.Len())
		}
	}
	return n
}

// pieces lays the copy out for reading, with its differences in place.
func pieces(a *compare.Alignment) []Piece {
	var out []Piece
	at := 0 // bytes of the copy
	text := func(to int) {
		if to > at {
			out = append(out, Piece{Text: a.Copy.Exact[at:to]})
			at = to
		}
	}
	for _, d := range a.Differences {
		from, to := bounds(a.Copy, d.Copy)
		text(from)
		p := Piece{Kind: differenceKinds[d.Kind]}
		switch d.Kind {
		case compare.OnlyOnRecord:
			p.Text = a.Record.Slice(d.Record.From, d.Record.To) + " "
			if from == len(a.Copy.Exact) {
				p.Text = " " + strings.TrimSpace(p.Text)
			}
		case compare.Replaced:
			p.Text, p.With = a.Copy.Exact[from:to], a.Record.Slice(d.Record.From, d.Record.To)
		case compare.OnlyInCopy:
			p.Text = a.Copy.Exact[from:to]
		}
		out = append(out, p)
		at = to
	}
	text(len(a.Copy.Exact))
	return out
}

// bounds returns the bytes of a stretch of words, the place of an empty one.
func bounds(f *fold.Folded, r compare.Range) (int, int) {
	switch {
	case r.Len() > 0:
		return int(f.Words[r.From].Start), int(f.Words[r.To-1].End)
	case r.From < len(f.Words):
		return int(f.Words[r.From].Start), int(f.Words[r.From].Start)
	}
	return len(f.Exact), len(f.Exact)
}
