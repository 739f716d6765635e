package webtest

import (
	"context"
	"image"
	"strings"
	"unicode"

	"chancery.example/internal/photo"
)

// pictureMark begins the bytes of a made-up picture, as those of a JPEG do.
const pictureMark = "\xff\xd8\xff"

// Unsure stands before words that a reader of pictures would not be sure of.
const Unsure = "\u00bf"

// Picture returns the bytes of a made-up picture of a text, for [ReadPicture].
func Picture(text string) []byte { return []byte(pictureMark + text) }

// ReadPicture reads pictures that [Picture] made: words after [Unsure] without
// confidence, all others with it. Every word is 40 pixels wide and 12 high, 20 of them side by side.
func ReadPicture(_ context.Context, data []byte) (photo.Reading, error) {
	const unsure, sure = .5, .97
	marked := strings.TrimPrefix(string(data), pictureMark)
	r := photo.Reading{Text: strings.ReplaceAll(marked, Unsure, ""), Size: image.Pt(1000, 4000), How: "page", Model: "test"}
	at, line := 0, 1
	for i, row := range strings.Split(marked, "\n") {
		if i > 0 {
			at++
		}
		words := 0
		for _, field := range strings.SplitAfter(row, " ") {
			word := strings.TrimPrefix(field, Unsure)
			w := photo.Word{From: at, To: at + len(strings.TrimRightFunc(word, unicode.IsSpace)), Line: line, Confidence: sure, Box: image.Rect(45*(words%20), 20*line, 45*(words%20)+40, 20*line+12)}
			at += len(word)
			if word != field {
				w.Confidence = unsure
			}
			if w.To > w.From {
				r.Words = append(r.Words, w)
				words++
			}
		}
		if words > 0 {
			line++
		}
	}
	return r, r.Check()
}
