package stamp

import (
	"bytes"
	"testing"
)

// FuzzRewrite: whatever the file, there is an answer.
func FuzzRewrite(f *testing.F) {
	f.Add([]byte("%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF"))
	o := order{Sheets: []sheet{{100, 100, "0 0 1 1 re f"}}, Font: font{Name: "X", Program: []byte{0}, Widths: []int{0, 1}, Glyphs: []byte{0, 0, 0, 1}, Box: []int{0, 0, 1, 1}}}
	f.Fuzz(func(t *testing.T, data []byte) {
		a := answerTo(o, data)
		if (a.Problem == "") != bytes.HasPrefix(a.PDF, []byte("%PDF-")) {
			t.Errorf("problem %q with %d bytes", a.Problem, len(a.PDF))
		}
	})
}

// FuzzAnswer: what a child prints is taken as a file or is an error.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"pdf":"JVBERi0xLjc="}`))
	f.Add([]byte(`{"problem":"form","advice":"x"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := parseAnswer(raw)
		if (err == nil) != bytes.HasPrefix(out, []byte("%PDF-")) {
			t.Errorf("%d bytes and %v", len(out), err)
		}
	})
}
