package extract

import "testing"

// TestMarksDrawnApart: where a mark is drawn lower than its letter pdfium has it, and
// what follows, in new lines; the line is read as one, and the mark in its word.
func TestMarksDrawnApart(t *testing.T) {
	var gs []glyph
	put := func(r rune, x0, x1, y0, y1 float64) {
		gs = append(gs, glyph{r: r, box: rect{x0, y0, x1, y1}, index: len(gs), inked: !isSpace(r), made: r == '\n'})
	}
	// من سارٍ 12, from the left: 12, reh with its mark under it, the rest.
	put('1', 100, 109, 0, 20)
	put('2', 110, 119, 0, 20)
	put('\n', 119, 119, 20, 20)
	put('ٍ', 128, 134, 22, 26)
	put('\n', 134, 134, 26, 26)
	for i, r := range "راس" {
		put(r, 126+float64(i)*10, 136+float64(i)*10, 0, 20)
	}
	put(' ', 156, 156, 20, 20)
	put('ن', 164, 174, 0, 20)
	put('م', 174, 184, 0, 20)
	got := ""
	for _, w := range placed(group(gs)) {
		if w.line != 1 {
			t.Errorf("%q is in line %d", w.text(true), w.line)
		}
		got += " " + w.text(true)
	}
	if want := " من سارٍ 12"; got != want {
		t.Errorf("read as %q, want %q", got, want)
	}
}
