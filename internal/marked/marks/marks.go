// Package marks says where an answer's differences are marked: on the copy, where its
// words were read, and on the record, where its words are known to stand.
//
//	onCopy := marks.OnCopy(finding)
//	onRecord := marks.OnRecord(finding.Differences, text, words)
//
// It draws nothing and decodes nothing, so that it also runs on a reader's device.
package marks

import (
	"image"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/photo"
)

// OnCopy returns the marks of a finding on the copy, in its own pixels.
func OnCopy(f check.Finding) []mark.Mark {
	out := in(f.Differences, ofCopy, f.Text, f.Words(), mark.OnlyCopy)
	has := map[int]bool{}
	for _, m := range out {
		has[m.Number] = true
	}
	for i, d := range f.Differences { // its place was found in another way
		if !has[i+1] && d.Box != nil {
			b := image.Rect(d.Box.X, d.Box.Y, d.Box.X+d.Box.Width, d.Box.Y+d.Box.Height)
			out = append(out, mark.Mark{Number: i + 1, Kind: kindOf(d, d.Copy, mark.OnlyCopy), Spot: mark.Spot{Page: d.Page, Box: b, Gap: d.Copy == ""}})
		}
	}
	return out
}

// OnRecord returns the marks of differences on the record, whose text has words with
// places.
func OnRecord(ds []check.Difference, text string, words photo.Words) []mark.Mark {
	return in(ds, ofRecord, text, words, mark.OnlyRecord)
}

// A view is how one side has a difference.
type view func(check.Difference) (words string, offset, length int)

func ofCopy(d check.Difference) (string, int, int) { return d.Copy, d.Offset, d.Length }

func ofRecord(d check.Difference) (string, int, int) { return d.Record, d.RecordOffset, d.RecordLength }

// in returns the marks of differences in a text whose words have places. What does not
// stand in the text where it is said to gets none.
func in(ds []check.Difference, v view, text string, words photo.Words, own mark.Kind) []mark.Mark {
	runes := []rune(text)
	var out []mark.Mark
	for i, d := range ds {
		want, offset, length := v(d)
		if offset < 0 || length < 0 || offset > len(runes) || length > len(runes)-offset || length > 0 && string(runes[offset:offset+length]) != want {
			continue
		}
		for _, s := range mark.Spots(text, words, offset, length) {
			out = append(out, mark.Mark{Number: i + 1, Kind: kindOf(d, want, own), Spot: s})
		}
	}
	return out
}

// kindOf says how a difference is marked on a side that has words, or none.
func kindOf(d check.Difference, words string, own mark.Kind) mark.Kind {
	switch {
	case words == "":
		return mark.Gap
	case d.Kind == check.Disagree:
		return mark.Disagree
	case d.Check, d.Kind == check.Within:
		return mark.Look
	case d.Kind == check.Moved:
		return mark.Moved
	}
	return own
}
