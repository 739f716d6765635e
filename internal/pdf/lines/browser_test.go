package lines

import (
	"strings"
	"testing"
)

// A page of letters, as a browser's file has them.
type drawing struct{ letters []Letter }

// put draws letters as one drawing from x0 to x1, in a line at the height y.
func (d *drawing) put(s string, x0, x1, y float64) {
	for _, r := range s {
		l := Letter{R: r, Box: Rect{x0, y, x1, y + 20}, Index: len(d.letters), Inked: !IsSpace(r)}
		if IsSpace(r) {
			l.Box = Rect{x0, y + 20, x0, y + 20}
		}
		d.letters = append(d.letters, l)
	}
}

// mark draws a mark above a line.
func (d *drawing) mark(s string, x0, x1, y float64) {
	for _, r := range s {
		d.letters = append(d.letters, Letter{R: r, Box: Rect{x0, y - 8, x1, y - 1}, Index: len(d.letters), Inked: true})
	}
}

// row draws the letters of words from the right side on, ten pixels each and eight
// between words.
func (d *drawing) row(s string, right, y float64) {
	for _, r := range s {
		if r == ' ' {
			d.put(" ", right-4, right-4, y)
			right -= 8
			continue
		}
		d.put(string(r), right-10, right, y)
		right -= 10
	}
}

func (d *drawing) text() string {
	Ligated(d.letters)
	var b strings.Builder
	at := 0
	for _, w := range Placed(Group(d.letters)) {
		switch {
		case at != w.Line && at > 0:
			b.WriteString("\n")
		case at > 0:
			b.WriteString(" ")
		}
		b.WriteString(w.Text(true))
		at = w.Line
	}
	return b.String()
}

// TestOneDrawingManyLetters: the letters of one drawing are read in the order in which
// they are written, in whichever order the file's reader has them, and at any place (sums
// of places that are the same may differ in their last bit).
func TestOneDrawingManyLetters(t *testing.T) {
	for _, way := range []string{"ffi", "iff"} {
		for _, x := range []float64{694.0423, 100.1, 33.3333} {
			var d drawing
			d.row("مكتب", 900, 0)
			d.put(" ", 855, 855, 0)
			d.put("O", x-14, x-2, 0)
			d.put(way, x, x+21.37, 0)
			d.put("c", x+23, x+30, 0)
			d.put("e", x+32, x+40, 0)
			if got := d.text(); !strings.Contains(got, "Office") {
				t.Errorf("%s at %g: %q", way, x, got)
			}
		}
	}
	for drawn, want := range map[string]string{"هلل": "الله", "لله": "الله", "ال": "الا", "لا": "الا"} {
		var d drawing
		d.put("ا", 100, 105, 0)
		d.put(drawn, 70, 98, 0)
		if got := d.text(); got != want {
			t.Errorf("%q is read as %q, want %q", drawn, got, want)
		}
	}
}

// TestMarksEndNoWords: where a mark is drawn higher than the letters the file's reader has
// a space, or a new line; the word is read as one, and the mark at its letter. A space
// between two words with marks is one.
func TestMarksEndNoWords(t *testing.T) {
	var d drawing
	d.row("مدير ولي", 200, 0) // the yeh ends at 122
	d.letters = d.letters[:len(d.letters)-1]
	d.mark("\u064f\u0651", 123, 131, 0)
	d.put("\n", 131, 131, 0)
	d.put("ي", 122, 132, 0)
	d.put(" ", 118, 118, 0)
	d.mark("\u064e", 105, 111, 0)
	d.row("من", 114, 0)
	if got, want := d.text(), "مدير وليُّ مَن"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	d = drawing{}
	d.row("المد", 200, 0) // dal from 160 to 170
	d.letters[2].R = 'م'
	d.put(" ", 159, 159, 0)
	d.mark("\u064e\u0651", 158, 166, 0)
	d.put("ة", 150, 159.5, 0)
	if got, want := d.text(), "المدَّة"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestEndOfParagraph: the last line of a paragraph from the right may come among the words
// of the next one; it stands above them and is read before them.
func TestEndOfParagraph(t *testing.T) {
	var d drawing
	d.row("تدفع الرسوم", 400, 60)
	d.put(" ", 280, 280, 60)
	d.row("لأعمال الصيانة", 400, 20)
	if got, want := d.text(), "لأعمال الصيانة\nتدفع الرسوم"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
