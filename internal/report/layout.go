package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Paragraphs returns the stretches of text between empty lines.
func Paragraphs(text string) []Span {
	var out []Span
	from, blank := 0, true
	at := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			if !blank {
				out = append(out, Span{from, at})
			}
			blank = true
		} else if blank {
			from, blank = at, false
		}
		at += len(line)
	}
	if !blank {
		out = append(out, Span{from, at})
	}
	return out
}

// A section is a stretch in which marks open and close: a paragraph, or a part of
// one on one side of a block's edge.
type section struct {
	Span
	first bool // the text before it belongs to another paragraph
}

// sections divides a text at empty lines and at the edges of blocks.
func sections(text string, blocks []Span) []section {
	var cuts []int
	for _, b := range blocks {
		cuts = append(cuts, b.From, b.To)
	}
	slices.Sort(cuts)
	var out []section
	for _, p := range Paragraphs(text) {
		from := p.From
		for len(cuts) > 0 && cuts[0] < p.To {
			if cuts[0] > from {
				out = append(out, section{Span{from, cuts[0]}, from == p.From})
				from = cuts[0]
			}
			cuts = cuts[1:]
		}
		out = append(out, section{Span{from, p.To}, from == p.From})
	}
	return out
}

// typedBlocks returns what the layout of plain text sets apart (MUST-4): lines that begin
// with ">", and indented paragraphs that a colon introduces.
func typedBlocks(text string) []Quotation {
	out := append(arrowBlocks(text), indentedBlocks(text)...)
	slices.SortStableFunc(out, func(a, b Quotation) int { return cmp.Compare(a.From, b.From) })
	return out
}

// arrowBlocks finds runs of lines that begin with ">".
func arrowBlocks(text string) []Quotation {
	var out []Quotation
	at, from, to := 0, -1, 0
	flush := func() {
		if from >= 0 && hasWord(text[from:to]) {
			out = append(out, Quotation{From: from, To: to})
		}
		from = -1
	}
	for line := range strings.SplitAfterSeq(text, "\n") {
		if arrowed(line) {
			if from < 0 {
				from = at
			}
			to = at + len(line)
		} else {
			flush()
		}
		at += len(line)
	}
	flush()
	return out
}

// arrowed reports whether a line begins with ">" as quoting programs write it;
// two of them and a word are an angled mark instead.
func arrowed(line string) bool {
	s := strings.TrimLeft(line, " \t")
	rest, ok := strings.CutPrefix(s, ">")
	if !ok {
		return false
	}
	rest = strings.TrimLeft(rest, ">")
	return rest == "" || s[1] != '>' || unicode.IsSpace(rune(rest[0]))
}

// Unquoted returns words without the ">" with which quoting programs begin lines.
func Unquoted(s string) string {
	if !strings.Contains(s, ">") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines[1:] {
		if arrowed(line) {
			lines[i+1] = strings.TrimLeft(line, "> \t")
		}
	}
	return strings.Join(lines, "\n")
}

// indentedBlocks finds indented paragraphs after one that ends with a colon.
// Lists are none.
func indentedBlocks(text string) []Quotation {
	var out []Quotation
	introduced, open := false, false
	for _, p := range Paragraphs(text) {
		body := text[p.From:p.To]
		switch in := indented(body); {
		case in && open:
			out[len(out)-1].To = p.To
		case in && introduced:
			out = append(out, Quotation{From: p.From, To: p.To, Indented: true})
			open = true
		default:
			open = false
		}
		introduced = strings.HasSuffix(strings.TrimSpace(body), ":")
	}
	return out
}

// indented reports whether every line of a paragraph stands away from the margin
// and the first is no item of a list.
func indented(body string) bool {
	for line := range strings.SplitSeq(strings.TrimRight(body, "\n "), "\n") {
		if !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "\u00a0\u00a0") {
			return false
		}
	}
	head := strings.TrimSpace(body)
	if head == "" || strings.ContainsAny(firstRune(head), "-–—•*·▪◦") {
		return false
	}
	number := strings.TrimLeftFunc(head, unicode.IsDigit)
	return len(number) == len(head) || !strings.ContainsAny(firstRune(number), ".)")
}

// trimBlock takes a block quotation's own marks away.
func trimBlock(text string, b Quotation) Quotation {
	own := func(r rune) bool { return unicode.IsSpace(r) || isMark(r) || r == '>' }
	s := text[b.From:b.To]
	t := strings.TrimLeftFunc(s, own)
	from := b.From + len(s) - len(t)
	t = strings.TrimRightFunc(t, own)
	if !hasWord(t) {
		t = ""
	}
	return Quotation{From: from, To: from + len(t), Open: b.From, Close: b.To, Block: true, Indented: b.Indented}
}

func spansOf(qs []Quotation) []Span {
	out := make([]Span, 0, len(qs))
	for _, q := range qs {
		out = append(out, q.Span())
	}
	return out
}
