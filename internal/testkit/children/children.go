// Package children lets a test program be its own children, as the real one is: what
// reads PDFs and pictures and what writes codes on them runs apart (internal/confine).
//
//	func TestMain(m *testing.M) { children.Main(m) }
package children

import (
	"os"
	"testing"
	"time"

	"chancery.example/internal/form"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/stamp"
	"chancery.example/internal/photo/ocr"
)

// Main runs tests, or is a child of theirs. It does not return.
func Main(m *testing.M) {
	Become()
	os.Exit(m.Run())
}

// Become is a child of tests when the program was started as one; else it returns.
func Become() {
	switch {
	case ocr.IsChild(os.Args):
		os.Exit(ocr.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	case stamp.IsChild(os.Args):
		os.Exit(stamp.Main(os.Args, os.Stdin, os.Stdout))
	case extract.IsChild(os.Args):
		os.Exit(extract.Main(os.Args, os.Stdin, os.Stdout, time.Now))
	}
}

// Forms makes PDFs as the program does, in a test that has [Main].
func Forms(t testing.TB) form.Maker {
	t.Helper()
	return form.New(Reader(t))
}

// Reader reads PDFs as the program does, in a test that has [Main]; on a busy machine it
// is given time.
func Reader(t testing.TB) *extract.Reader {
	t.Helper()
	return extract.New(extract.Options{Time: 2 * time.Minute, Note: func(s string) { t.Log(s) }})
}
