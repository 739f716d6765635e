package marked

import (
	"image"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn"
	"chancery.example/internal/photo"
)

// A view is how one side has a difference.
type view func(check.Difference) (words string, offset, length int)

func ofCopy(d check.Difference) (string, int, int) { return d.Copy, d.Offset, d.Length }

func ofRecord(d check.Difference) (string, int, int) { return d.Record, d.RecordOffset, d.RecordLength }

// marksOf returns the marks of a finding on the copy.
func marksOf(f check.Finding, v view) []drawn.Mark {
	out := marksIn(f.Differences, v, f.Text, f.Words(), drawn.OnlyCopy)
	has := map[int]bool{}
	for _, m := range out {
		has[m.Number] = true
	}
	for i, d := range f.Differences { // its place was found in another way
		if !has[i+1] && d.Box != nil {
			b := image.Rect(d.Box.X, d.Box.Y, d.Box.X+d.Box.Width, d.Box.Y+d.Box.Height)
			out = append(out, drawn.Mark{Number: i + 1, Kind: kindOf(d, d.Copy, drawn.OnlyCopy), Spot: drawn.Spot{Page: d.Page, Box: b, Gap: d.Copy == ""}})
		}
	}
	return out
}

// marksIn returns the marks of differences in a text whose words have places. What
// does not stand in the text where it is said to gets none.
func marksIn(ds []check.Difference, v view, text string, words photo.Words, own drawn.Kind) []drawn.Mark {
	runes := []rune(text)
	var out []drawn.Mark
	for i, d := range ds {
		want, offset, length := v(d)
		if offset < 0 || length < 0 || offset > len(runes) || length > len(runes)-offset || length > 0 && string(runes[offset:offset+length]) != want {
			continue
		}
		for _, s := range drawn.Spots(text, words, offset, length) {
			out = append(out, drawn.Mark{Number: i + 1, Kind: kindOf(d, want, own), Spot: s})
		}
	}
	return out
}

// kindOf says how a difference is marked on a side that has words, or none.
func kindOf(d check.Difference, words string, own drawn.Kind) drawn.Kind {
	switch {
	case words == "":
		return drawn.Gap
	case d.Kind == check.Disagree:
		return drawn.Disagree
	case d.Check, d.Kind == check.Within:
		return drawn.Look
	case d.Kind == check.Moved:
		return drawn.Moved
	}
	return own
}
