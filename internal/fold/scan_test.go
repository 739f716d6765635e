package fold

import (
	"slices"
	"testing"
)

func TestScanGivesEachWordItsLeastConfidence(t *testing.T) {
	const text = "The gates open\nat 06:00 now"
	f := Scan(text, []Seen{{From: 0, To: 3, Confidence: .9}, {From: 4, To: 6, Confidence: .8}, {From: 6, To: 9, Confidence: .4}, {From: 10, To: 14, Confidence: .7}, {From: 15, To: 23, Confidence: .6}})
	if want := []float32{.9, .4, .7, .6, .6, 0}; !slices.Equal(f.Confidence, want) {
		t.Errorf("confidences %v, want %v", f.Confidence, want)
	}
	if !f.Scanned() || Copy(text).Scanned() {
		t.Error("only what was read from a picture is scanned")
	}
}

func TestScanKeepsConfidenceWhenLinesAreReadAgain(t *testing.T) {
	const text = "The vote was\n\n12 / 30\n\nfor the gates"
	seen := []Seen{{From: 0, To: 12, Confidence: .9}, {From: 14, To: 16, Confidence: .5}, {From: 19, To: 21, Confidence: .5}, {From: 23, To: 36, Confidence: .3}}
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
		s := Scan(text, []Seen{{From: a, To: b, Confidence: .9}, {From: c, To: d, Confidence: .4}}).AsCopyOf(Record(text))
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
