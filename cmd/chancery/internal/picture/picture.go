// Package picture writes an answer on pictures: as one PNG file, or as the answer's
// page with the pictures in it.
package picture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn"
	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/marked"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/pictured"
	"chancery.example/letter"
)

// Known reports whether a file's name ends as one that can be written.
func Known(file string) bool { return ending(file) == ".png" || ending(file) == ".html" }

func ending(file string) string { return strings.ToLower(filepath.Ext(file)) }

// An Order is what is written, and where.
type Order struct {
	File string
	Lang letter.Lang
	// Say hears what became of it.
	Say func(format string, args ...any)
}

// Write writes the answer to data on pictures. Where nothing differs, or data is no
// picture and no PDF, nothing is written, and that is said.
func (o Order) Write(ctx context.Context, m marked.Marker, s *check.Snapshot, f check.Finding, data []byte) error {
	a, err := m.Mark(ctx, s, f, data)
	if errors.Is(err, marked.ErrNothing) {
		o.Say("%s is not written: %v", o.File, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("marking the differences on pictures: %w", err)
	}
	raw, err := o.Encode(s, f, a)
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.File, raw, 0o600); err != nil {
		return fmt.Errorf("writing the pictures to %s: %w", o.File, err)
	}
	o.Say("the differences are marked in %s", o.File)
	switch a.Of {
	case marked.OfForm:
		o.Say("beside it stands the PDF as which the letter was issued")
	case marked.OfText:
		o.Say("beside it stand the registered words as this program sets them: the original may be laid out differently")
	case marked.OfNone:
		o.Say("beside it stands nothing: the words on record are not public")
	}
	for _, k := range a.Kinds() {
		o.Say("  %s: %s", k, meaning[k])
	}
	if n := len(a.Copy.Absent); n > 0 {
		o.Say("%d differences are on no page drawn of the copy (at most %d pages are); all are listed in the answer", n, marked.MostPages)
	}
	return nil
}

// meaning says what the marks are, for pictures that have no words of their own.
var meaning = map[mark.Kind]string{
	mark.OnlyCopy:   "struck through, red: only in the copy",
	mark.OnlyRecord: "underlined, blue: only on record",
	mark.Gap:        "a wedge from below: words of the other side are missing here",
	mark.Moved:      "framed: in another place on the other side",
	mark.Look:       "framed in dashes, yellow: not read for sure, look yourself",
	mark.Disagree:   "dashed line below, yellow: languages disagree",
}

// Encode returns the answer on pictures as the bytes of a file of the order's kind.
func (o Order) Encode(s *check.Snapshot, f check.Finding, a marked.Answer) ([]byte, error) {
	if ending(o.File) == ".png" {
		return drawn.PNG(drawn.Beside(images(a.Copy), images(a.Record), o.Lang == i18n.Arabic)) //nolint:wrapcheck // it says what was tried
	}
	p, err := i18n.Load(o.Lang)
	if err != nil {
		return nil, fmt.Errorf("writing the pictures: %w", err)
	}
	d, err := pictured.New(p, f, a)
	if err != nil {
		return nil, err //nolint:wrapcheck // likewise
	}
	var b bytes.Buffer
	if err := result.WriteFileWith(&b, o.Lang, s, f, d); err != nil {
		return nil, fmt.Errorf("writing the pictures: %w", err)
	}
	return b.Bytes(), nil
}

func images(s marked.Side) (out []*image.RGBA) {
	for _, p := range s.Pages {
		out = append(out, p.Drawn())
	}
	return out
}
