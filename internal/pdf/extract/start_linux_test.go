package extract

import (
	"context"
	"testing"
)

// BenchmarkStart starts pdfium from its compiled form, as a child does before its file
// comes.
func BenchmarkStart(b *testing.B) {
	r := New(Options{})
	r.Prepare(context.Background())
	for b.Loop() {
		e, err := start(r.cache)
		if err != nil {
			b.Fatal(err)
		}
		_ = e.pool.Close()
	}
}
