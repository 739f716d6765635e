package lines

import "testing"

// TestMarksDrawnApart: where a mark is drawn lower than its letter pdfium has it, and
// what follows, in new lines; the line is read as one, and the mark in its word.
func TestMarksDrawnApart(t *testing.T) {
	var gs []Letter
	put := func(r rune, x0, x1, y0, y1 float64) {
		gs = append(gs, Letter{R: r, Box: Rect{x0, y0, x1, y1}, Index: len(gs), Inked: !IsSpace(r)})
	}
	// من سارٍ 12, from the left: 12, reh with its mark under it, the rest.
	put('1', 100, 109, 0, 20)
	put('2', 110, 119, 0, 20)
	put('\n', 119, 119, 20, 20)
	put('ٍ', 128, 134, 22, 26)
	put('\n', 134, 134, 26, 26)
	for i, r := range []rune("راس") {
		put(r, 126+float64(i)*10, 136+float64(i)*10, 0, 20)
	}
	put(' ', 156, 156, 20, 20)
	put('ن', 164, 174, 0, 20)
	put('م', 174, 184, 0, 20)
	got := ""
	for _, w := range Placed(Group(gs)) {
		if w.Line != 1 {
			t.Errorf("%q is in line %d", w.Text(true), w.Line)
		}
		got += " " + w.Text(true)
	}
	if want := " من سارٍ 12"; got != want {
		t.Errorf("read as %q, want %q", got, want)
	}
}
