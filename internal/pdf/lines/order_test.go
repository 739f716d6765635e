package lines

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"pgregory.net/rapid"
)

// drawnAs are the words of a line as they stand on paper, from the left, a letter every
// ten pixels; written in a text that runs from the right or from the left.
func drawnAs(t interface{ Fatal(args ...any) }, written string, line int, fromRight bool) []Word {
	var p bidi.Paragraph
	direction := bidi.DefaultDirection(bidi.LeftToRight)
	if fromRight {
		direction = bidi.DefaultDirection(bidi.RightToLeft)
	}
	if _, err := p.SetString(written, direction); err != nil {
		t.Fatal(err)
	}
	order, err := p.Order()
	if err != nil {
		t.Fatal(err)
	}
	var shown []rune
	for i := range order.NumRuns() {
		run := order.Run(i)
		letters := []rune(run.String())
		if run.Direction() == bidi.RightToLeft {
			slices.Reverse(letters)
		}
		shown = append(shown, letters...)
	}
	if fromRight { // runs come in the order in which they are read
		shown = nil
		for i := order.NumRuns() - 1; i >= 0; i-- {
			run := order.Run(i)
			letters := []rune(run.String())
			if run.Direction() == bidi.RightToLeft {
				slices.Reverse(letters)
			}
			shown = append(shown, letters...)
		}
	}
	x := 0.0
	if fromRight {
		x = 1000 - 10*float64(len(shown)) // it begins at the right side
	}
	var gs []Letter
	for i, r := range shown {
		if unicode.IsMark(r) && i+1 < len(shown) { // over its letter
			at := x + 2
			gs = append(gs, Letter{R: r, Box: Rect{at, float64(line)*40 - 5, at + 4, float64(line) * 40}, Inked: true})
			continue
		}
		gs = append(gs, Letter{R: r, Box: Rect{x, float64(line) * 40, x + 9, float64(line)*40 + 20}, Inked: !IsSpace(r)})
		x += 10
	}
	ws := Group(gs)
	for i := range ws {
		ws[i].Line = line
	}
	return ws
}

// readAs are the words of a line in the order in which they are read, without the signs
// around them.
func readAs(ws []Word, line int) string {
	var out []string
	for _, w := range Placed(ws) {
		if w.Line == line {
			out = append(out, strings.TrimFunc(w.Text(true), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
		}
	}
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

func words(s string) string {
	out := strings.FieldsFunc(s, unicode.IsSpace)
	for i := range out {
		out[i] = strings.TrimFunc(out[i], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// TestReadInOrder: lines of letters, drawn as Unicode's algorithm says, are read in the
// order in which they were written, whatever order a file has them in.
func TestReadInOrder(t *testing.T) {
	const ar, en = "أتشرف بإبلاغكم بأن هيئة الميناء قررت أن تبقى محطة الإرشاد على الرصيف الخارجي مأهولة", "I have the honour to inform you that the Harbour Commission has decided to keep the station"
	for _, c := range []struct {
		line      string
		fromRight bool
	}{
		{"إلى: Ministry of Transport, Department of Ports", true},
		{"Coast Guard, Northern Command", true},
		{"المرفقات: 1. Chart of the outer harbour", true},
		{"2. Table of fees", true},
		{"المرجع: HC-2026-0012 التاريخ: 2 آذار/مارس 2026", true},
		{"ويحل هذا القرار محل الأمر المؤرخ ١٤ حزيران ٢٠١٩ (HC-2019-0044)، ولا يُفهم منه", true},
		{"ويحل هذا القرار محل الأمر 2019 (HC-2019-0044)، ولا يُفهم منه", true},
		{"حمولتها على 5,000 طن، و1,260 ماركاً لما زاد على ذلك.", true},
		{"رمز السجل: https://harbour.example/q/#1.harbour.1.518d32fd6c67a92a.HC-2026-0012", true},
		{"صفحة 1 من 4", true},
		{"The Word صفحة means page, and هيئة الميناء the Harbour Commission", false},
		{"from the order of 14 June 2019 (HC-2019-0044); nothing", false},
	} {
		page, around := []Word(nil), ar
		if !c.fromRight {
			around = en
		}
		for i := range 3 {
			page = append(page, drawnAs(t, around, i+1, c.fromRight)...)
		}
		page = append(page, drawnAs(t, c.line, 4, c.fromRight)...)
		if got, want := readAs(page, 4), words(c.line); got != want {
			t.Errorf("%q is read as %q", want, got)
		}
	}
}

// TestReadInAnyOrder: so are lines of Arabic with Latin words and numbers in them, where
// no number stands beside a Latin word: such lines look the same in two orders.
func TestReadInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var line []string
		kind := 0
		for range rapid.IntRange(1, 12).Draw(t, "words") {
			next := rapid.IntRange(0, 2).Draw(t, "kind")
			if kind+next == 3 { // Latin beside a number
				next = 0
			}
			kind = next
			line = append(line, rapid.SampledFrom([][]string{
				{"هيئة", "الميناء", "قررت،", "و1,260", "السفن", "ذلك."}, {"Harbour", "HC-2026-0012", "Ports,", "of"}, {"840", "5,000", "30", "١٤", "٢٠١٩"},
			}[kind]).Draw(t, "word"))
		}
		page := drawnAs(t, strings.Repeat("هيئة الميناء قررت أن تبقى محطة الإرشاد ", 3), 1, true)
		text := "قرر " + strings.Join(line, " ") + " هذا"
		page = append(page, drawnAs(t, text, 2, true)...)
		if got := readAs(page, 2); got != words(text) {
			t.Fatalf("%q is read as %q", words(text), got)
		}
	})
}
