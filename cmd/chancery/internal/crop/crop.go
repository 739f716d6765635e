// Package crop cuts the places of a picture that differ from the record out of
// it, for people to look at.
package crop

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/photo/ocr"
)

// room is how much is cut out beyond a place, of its height, on each side, so
// that its surroundings show.
const room = .4

// Write cuts the differences of a finding out of its picture, into PNG files in a
// folder, named after the picture's file and numbered like the differences. say
// hears of each. The picture is opened by its reader's child alone; here arrive
// grey pixels.
func Write(ctx context.Context, reader *ocr.Reader, dir, name string, data []byte, f check.Finding, say func(format string, args ...any)) error {
	boxes, numbers := places(f)
	if len(boxes) == 0 {
		say("nothing to cut out: no place of a picture differs")
		return nil
	}
	cuts, err := reader.Cut(ctx, data, boxes)
	if err != nil {
		return fmt.Errorf("cutting the places that differ out of %s: %w", name, err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("making the folder for what is cut out: %w", err)
	}
	stem := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	if name == "-" {
		stem = "picture"
	}
	for i, g := range cuts {
		var buf bytes.Buffer
		if err := png.Encode(&buf, g); err != nil {
			return fmt.Errorf("encoding what was cut out: %w", err)
		}
		file := filepath.Join(dir, fmt.Sprintf("%s-%d.png", stem, numbers[i]))
		if err := os.WriteFile(file, buf.Bytes(), 0o600); err != nil {
			return fmt.Errorf("writing what was cut out: %w", err)
		}
		say("difference %d: %s", numbers[i], file)
	}
	return nil
}

// places returns where the differences stand, with their numbers, as many as one
// picture's reader cuts out.
func places(f check.Finding) (boxes []image.Rectangle, numbers []int) {
	pixels := 0
	for i, d := range f.Differences {
		if d.Box == nil {
			continue
		}
		more := int(float64(d.Box.Height)*room) + 2
		box := image.Rect(max(0, d.Box.X-more), max(0, d.Box.Y-more), d.Box.X+d.Box.Width+more, d.Box.Y+d.Box.Height+more)
		if pixels += box.Dx() * box.Dy(); pixels > ocr.MaxCutPixels || len(boxes) == ocr.MaxCuts {
			break
		}
		boxes, numbers = append(boxes, box), append(numbers, i+1)
	}
	return boxes, numbers
}
