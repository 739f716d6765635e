package picture_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/cmd/chancery/internal/picture"
	"chancery.example/internal/check"
	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/marked"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// TestKnown: only files whose names say what they are can be written.
func TestKnown(t *testing.T) {
	for name, want := range map[string]bool{"a.png": true, "A.PNG": true, "a.html": true, "a.jpg": false, "png": false, "": false, "a.png.gz": false} {
		if picture.Known(name) != want {
			t.Errorf("%q is known: %v", name, !want)
		}
	}
}

// answered is an answer with differences, the first of which is marked on made-up pages: black for the copy,
// white for the record.
func answered(t *testing.T) (*check.Snapshot, check.Finding, marked.Answer) {
	t.Helper()
	s, err := webtest.New(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Examine(t.Context(), check.Exhibit{Data: []byte(webtest.InForceAltered)}, webtest.Now)
	if err != nil || len(f.Differences) == 0 {
		t.Fatalf("%+v %v", f.Differences, err)
	}
	page := func(k mark.Kind, grey byte) marked.Side {
		p := image.NewGray(image.Rect(0, 0, 300, 400))
		for i := range p.Pix {
			p.Pix[i] = grey
		}
		return marked.Side{Pages: []marked.Page{{Number: 1, Picture: p, Marks: []mark.Mark{{Number: 1, Kind: k, Spot: mark.Spot{Box: image.Rect(100, 100, 160, 120)}}}}}}
	}
	return s, f, marked.Answer{Copy: page(mark.OnlyCopy, 0), Record: page(mark.OnlyRecord, 255), Of: marked.OfText}
}

// TestPNG: both sides stand in the file, the copy where one begins to read.
func TestPNG(t *testing.T) {
	s, f, a := answered(t)
	for lang, left := range map[letter.Lang]bool{"en": true, "ar": false} {
		raw, err := picture.Order{File: "x.png", Lang: lang}.Encode(s, f, a)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		black, at := 0, 0
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				if r, g, b, _ := m.At(x, y).RGBA(); r+g+b == 0 {
					black, at = black+1, at+x
				}
			}
		}
		if black < 300*400/2 || (at/black < m.Bounds().Dx()/2) != left {
			t.Errorf("%s: %d black pixels, about %d of %d", lang, black, at/max(1, black), m.Bounds().Dx())
		}
	}
}

// TestHTML: the file holds both pictures, leads from the list to them and back, and runs
// nothing.
func TestHTML(t *testing.T) {
	s, f, a := answered(t)
	for _, lang := range []letter.Lang{"en", "ar"} {
		raw, err := picture.Order{File: "x.html", Lang: lang}.Encode(s, f, a)
		if err != nil {
			t.Fatal(err)
		}
		page := string(raw)
		for _, want := range []string{`lang="` + string(lang) + `"`, `href="#copy-1"`, `href="#record-1"`, `id="copy-1"`, `id="record-1"`, `href="#diff-1"`, `id="diff-1"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %s", lang, want)
			}
		}
		if strings.Count(page, "data:image/png;base64,") != 2 || strings.Contains(page, "<script") {
			t.Errorf("%s: %d pictures", lang, strings.Count(page, "data:image/png;base64,"))
		}
	}
}

// TestNothingToDraw: where nothing differs no file is written and that is said; a file that
// cannot be written is an error that names it.
func TestNothingToDraw(t *testing.T) {
	s, f, _ := answered(t)
	f.Differences = nil
	var said []string
	o := picture.Order{File: filepath.Join(t.TempDir(), "x.png"), Lang: "en", Say: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }}
	if err := o.Write(t.Context(), marked.Marker{}, s, f, nil); err != nil || len(said) != 1 || !strings.Contains(said[0], "is not written") {
		t.Errorf("%q %v", said, err)
	}
	if _, err := os.Stat(o.File); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file is there: %v", err)
	}
}
