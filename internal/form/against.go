package form

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"chancery.example/internal/around"
	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
	"chancery.example/letter"
)

// against holds what a file shows against the texts of a letter, in whatever order
// these stand. Left out of it are the words that stand around a letter
// (letter.md MUST-15), running matter (letter.md MUST-13) and the letter's own code.
func against(shown string, o Order) (out []Text, wrong []Obstacle) {
	l := o.Letter
	copied := fold.Copy(withoutCode(shown, l.Code))
	if copied.Exact != withoutCode(shown, l.Code) {
		wrong = append(wrong, turnedByHand)
	}
	paper := around.Paper{Content: l.Content, Office: l.Office, Domain: l.Domain, Date: l.Date}
	bare := fold.Copy(without(copied.Exact, around.Find(copied, paper, o.First, o.Last)))
	texts := inOrder(bare, l.Content.Texts)
	var joined strings.Builder
	var ends []int
	for _, t := range texts {
		joined.WriteString(t.Text.String() + "\n")
		ends = append(ends, joined.Len())
		out = append(out, Text{Language: t.Lang})
	}
	a := compare.Align(bare, fold.Record(joined.String()))
	for _, d := range differences(a) {
		from, _ := facing.Bounds(a.Record, d.Record)
		i := slices.IndexFunc(ends, func(end int) bool { return from < end })
		if i < 0 {
			i = len(ends) - 1
		}
		out[i].Differences = append(out[i].Differences, Difference{
			Shown: a.Copy.Slice(d.Copy.From, d.Copy.To), Registered: a.Record.Slice(d.Record.From, d.Record.To), Moved: d.Kind == compare.Moved,
		})
	}
	slices.SortStableFunc(out, func(x, y Text) int {
		return cmp.Compare(placeOf(l.Content.Texts, x.Language), placeOf(l.Content.Texts, y.Language))
	})
	return out, wrong
}

func placeOf(all []letter.LangText, l letter.Lang) int {
	return slices.IndexFunc(all, func(t letter.LangText) bool { return t.Lang == l })
}

// inOrder sorts texts by where most of their words stand in a file.
func inOrder(copied *fold.Folded, texts []letter.LangText) []letter.LangText {
	if len(texts) < 2 {
		return texts
	}
	at := map[letter.Lang]int{}
	for _, t := range texts {
		best := compare.Passage{Copy: compare.Range{From: len(copied.Words)}}
		for _, p := range compare.Align(copied, fold.Record(t.Text.String())).Passages {
			if p.Agreed > best.Agreed {
				best = p
			}
		}
		at[t.Lang] = best.Copy.From
	}
	out := slices.Clone(texts)
	slices.SortStableFunc(out, func(x, y letter.LangText) int { return cmp.Compare(at[x.Lang], at[y.Lang]) })
	return out
}

// differences are those of an alignment, and what the copy leaves out in ways that
// quoting a text allows and issuing it does not: at an ellipsis, and at its ends.
func differences(a *compare.Alignment) []compare.Difference {
	held := make([]bool, len(a.Record.Words))
	hold := func(r compare.Range) {
		for i := r.From; i < r.To; i++ {
			held[i] = true
		}
	}
	for _, p := range a.Passages {
		hold(p.Record)
	}
	for _, d := range a.Differences {
		hold(d.Record)
	}
	for _, r := range a.Omitted {
		for i := r.From; i < r.To; i++ {
			held[i] = false
		}
	}
	out := slices.Clone(a.Differences)
	for i := 0; i < len(held); i++ {
		from := i
		for i < len(held) && !held[i] {
			i++
		}
		if i > from {
			out = append(out, compare.Difference{Kind: compare.OnlyOnRecord, Record: compare.Range{From: from, To: i}})
		}
	}
	return out
}

// without blanks spans, so that every other place stays what it is.
func without(s string, spans []letter.Span) string {
	var b strings.Builder
	at := 0
	for _, x := range spans {
		b.WriteString(s[at:x.Start])
		b.WriteString(strings.Map(blank, s[x.Start:x.End]))
		at = x.End
	}
	b.WriteString(s[at:])
	return b.String()
}

// blank is white space of as many bytes.
func blank(r rune) rune {
	if r == '\n' {
		return r
	}
	return [...]rune{1: ' ', 2: '\u00a0', 3: '\u2003', 4: r}[utf8.RuneLen(r)]
}

// withoutCode blanks the rows that are a letter's code, which on narrow paper is
// broken into several.
func withoutCode(s, code string) string {
	lines := strings.Split(s, "\n")
	for i := 0; code != "" && i < len(lines); i++ {
		rest, to := code, i
		for to < len(lines) && rest != "" {
			row := strings.TrimSpace(lines[to])
			if row == "" || !strings.HasPrefix(rest, row) {
				break
			}
			rest = rest[len(row):]
			to++
		}
		if rest == "" {
			for j := i; j < to; j++ {
				lines[j] = strings.Map(blank, lines[j])
			}
		}
	}
	return strings.Join(lines, "\n")
}
