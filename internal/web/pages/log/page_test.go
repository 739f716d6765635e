package log_test

import (
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/web/pages/log"
)

// Going from page to page shows every entry once.
func TestPagesCoverTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Uint64Range(0, 500).Draw(t, "size")
		seen, before := uint64(0), uint64(0)
		for range 100 {
			first, end := log.Range(size, before)
			if first > end || end-first > log.PerPage {
				t.Fatalf("page %d..%d", first, end)
			}
			seen += end - first
			if first == 0 {
				break
			}
			before = first
		}
		if seen != size {
			t.Fatalf("%d of %d entries shown", seen, size)
		}
	})
}

func TestRangeBeyondTheLog(t *testing.T) {
	if first, end := log.Range(10, 1<<63); first != 0 || end != 10 {
		t.Errorf("%d..%d; want 0..10", first, end)
	}
}
