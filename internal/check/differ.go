package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/letter"
)

func langText(t *shown) letter.LangText { return letter.LangText{Lang: t.lang, Text: t.text} }

var differenceKinds = map[compare.DifferenceKind]DifferenceKind{
	compare.OnlyInCopy: OnlyInCopy, compare.OnlyOnRecord: OnlyOnRecord, compare.Replaced: Replaced, compare.Moved: Moved,
}

// differences puts an alignment's differences into the words of both sides, with
// their places in the two texts that were aligned.
func differences(a *compare.Alignment) []Difference {
	copied, record := make([]compare.Range, 0, len(a.Differences)), make([]compare.Range, 0, len(a.Differences))
	for _, d := range a.Differences {
		copied, record = append(copied, d.Copy), append(record, d.Record)
	}
	here, there := facing.Spans(a.Copy, copied), facing.Spans(a.Record, record)
	out := make([]Difference, 0, len(a.Differences))
	for i, d := range a.Differences {
		out = append(out, Difference{
			Kind: differenceKinds[d.Kind], Critical: d.Critical, Check: d.Certainty == compare.Doubtful,
			Copy: a.Copy.Slice(d.Copy.From, d.Copy.To), Offset: here[i].Offset, Length: here[i].Length,
			Record: a.Record.Slice(d.Record.From, d.Record.To), RecordOffset: there[i].Offset, RecordLength: there[i].Length,
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

// sentences returns what of a record's page holds words of a copy, in full
// sentences.
func sentences(page []facing.Piece) []Sentence {
	var out []Sentence
	all, at, points := facing.Text(page), 0, 0
	for _, e := range facing.Excerpts(page) {
		s := Sentence{Text: facing.Text(e), Pieces: e}
		i := at + strings.Index(all[at:], s.Text)
		points += utf8.RuneCountInString(all[at:i])
		at = i
		s.Offset, s.Length = points, utf8.RuneCountInString(s.Text)
		out = append(out, s)
	}
	return out
}

// Cut reports whether the copy leaves out words of the sentence at its ends.
func (s Sentence) Cut() bool {
	return slices.ContainsFunc(s.Pieces, func(p facing.Piece) bool { return p.Mark == facing.Around })
}
