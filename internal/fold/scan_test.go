package fold

import (
	"slices"
	"testing"
)

func TestScanGivesEachWordItsLeastConfidence(t *testing.T) {
	const text = "The gates open\nat 06:00 now"
	f := Scan(text, []Seen{{0, 3, .9}, {4, 6, .8}, {6, 9, .4}, {10, 14, .7}, {15, 23, .6}})
	if want := []float32{.9, .4, .7, .6, .6, 0}; !slices.Equal(f.Confidence, want) {
		t.Errorf("confidences %v, want %v", f.Confidence, want)
	}
	if !f.Scanned() || Copy(text).Scanned() {
		t.Error("only what was read from a picture is scanned")
	}
}

func TestScanKeepsConfidenceWhenLinesAreReadAgain(t *testing.T) {
	const text = "The vote was\n\n12 / 30\n\nfor the gates"
	seen := []Seen{{0, 12, .9}, {14, 16, .5}, {19, 21, .5}, {23, 36, .3}}
	if f := Scan(text, seen); len(f.Words) != 6 {
		t.Fatalf("%d words: a line that is a page's number was read", len(f.Words))
	}
	f := Scan(text, seen).AsCopyOf(Record(text))
	if !slices.Equal(f.Confidence, []float32{.9, .9, .9, .5, .5, .3, .3, .3}) {
		t.Errorf("%d words, confidences %v", len(f.Words), f.Confidence)
	}
}

// FuzzScan: whatever a reader of pictures says it saw, each word has one
// confidence, which is one of those, or none.
func FuzzScan(f *testing.F) {
	f.Add("The gates open\nat 06:00 now", 0, 3, 4, 14)
	f.Add("\u202ewon snepo\u202c \xff", 3, 6, 7, 12)
	f.Add("12 / 30\n\nfor the gates", -5, 900, 3, 3)
	f.Fuzz(func(t *testing.T, text string, a, b, c, d int) {
		if len(text) > 1<<12 {
			return
		}
		s := Scan(text, []Seen{{a, b, .9}, {c, d, .4}}).AsCopyOf(Record(text))
		if !s.Scanned() || len(s.Confidence) != len(s.Words) {
			t.Fatalf("%d words, %d confidences", len(s.Words), len(s.Confidence))
		}
		for _, x := range s.Confidence {
			if x != 0 && x != .9 && x != .4 {
				t.Fatalf("nobody was sure by %v", x)
			}
		}
	})
}
