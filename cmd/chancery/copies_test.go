package main

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/around"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/papercode/qr"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
	"chancery.example/letter"
)

// TestOpeningCodeOfPDFCopies (papercode.md MUST-10): a copy as a PDF carries the
// draft-opening code, with what it is for, when it is for somebody outside the house
// and the office lets the revision answer, by code or on copy; else neither. It is
// read back from the drawn page and from a photo of it.
func TestOpeningCodeOfPDFCopies(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("SKIPPED FOR WANT OF A PROGRAM: no pdftoppm; apt-get install poppler-utils")
	}
	h := officetest.New(t)
	content := officetest.Content(t, "HC-2026-0077", "Sir,\n\nthe ship leaves on 9 April, from the outer mole.\n")
	content.Texts = append(content.Texts, letter.LangText{Lang: "ar", Text: officetest.Text(t, "سيدي،\n\nتغادر السفينة في 9 نيسان، من الرصيف الخارجي.\n")})
	if err := h.Start(t.Context(), "harbour", "drafter", content); err != nil {
		t.Fatal(err)
	}
	holders := []office.Holder{{Name: "Ministry of Ports", Purpose: "clearance", Outside: true}, {Name: "Legal adviser", Purpose: "information"}}
	for _, c := range []struct {
		answers office.Answers
		want    bool
	}{{office.Silent, false}, {office.ByCode, true}, {"", true}} {
		out, err := h.CirculateAnswering(t.Context(), "harbour", "clerk", "HC-2026-0077", holders, c.answers)
		if err != nil {
			t.Fatal(err)
		}
		for _, given := range out.Copies {
			pdf, err := given.PDF()
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range lint.Check(pdf, lint.Allowed{}) {
				t.Errorf("%q, %s: %v", c.answers, given.Mark.Holder, r)
			}
			file := filepath.Join(t.TempDir(), "copy.pdf")
			if err := os.WriteFile(file, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			words, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", file, "-").Output() //nolint:gosec // beside pdftoppm
			if err != nil {
				t.Fatal(err)
			}
			said := 0
			for _, lang := range []letter.Lang{"en", "ar"} {
				label := strings.Fields(around.LabelsOf(lang).Opening)
				said += strings.Count(string(words), label[len(label)-2])
			}
			if want := c.want && given.Outside; said != map[bool]int{true: 1}[want] || (given.Opening != "") != want {
				t.Errorf("answers %q, outside %v: the opening is there %d times, want %v:\n%s", c.answers, given.Outside, said, want, words)
			}
			if given.Outside && c.answers != "" {
				readBack(t, file, given, c.answers == office.ByCode)
			}
		}
	}
}

// readBack reads the codes of the last page of a copy, and of a photo of it.
func readBack(t *testing.T, file string, c office.NumberedCopy, photograph bool) {
	t.Helper()
	page := drawnLast(t, file)
	var raw bytes.Buffer
	if err := png.Encode(&raw, page.Image); err != nil {
		t.Fatal(err)
	}
	codes := func(picture []byte) string {
		p, err := photo.Decode(picture)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range qr.Read(t.Context(), p) {
			out = append(out, c.Text)
		}
		return strings.Join(out, "\n")
	}
	if got := codes(raw.Bytes()); strings.Contains(got, "CHANCERY:DRAFT:") != (c.Opening != "") || !strings.Contains(got, c.Opening) {
		t.Errorf("the page carries %q, want the opening %.40q", got, c.Opening)
	}
	if !photograph {
		return
	}
	shot, err := photosim.Good.Shoot(rand.New(rand.NewPCG(press.Seed(t), 1)), page)
	if err != nil {
		t.Fatal(err)
	}
	if got := codes(shot.Data); !strings.Contains(got, c.Opening) {
		t.Errorf("a photo of the page shows the codes %q, want %.40q", got, c.Opening)
	}
}

// drawnLast draws the last page of a PDF, to be photographed.
func drawnLast(t *testing.T, file string) photosim.Page {
	t.Helper()
	drawn, err := filepath.Glob(file + ".drawn-*.png")
	if err == nil && len(drawn) == 0 {
		if out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "300", "-gray", "-png", file, file+".drawn").CombinedOutput(); err != nil { //nolint:gosec // of ours
			t.Fatalf("drawing %s: %v %s", file, err, out)
		}
		drawn, err = filepath.Glob(file + ".drawn-*.png")
	}
	if err != nil || len(drawn) == 0 {
		t.Fatalf("drawing %s: %d pages, %v", file, len(drawn), err)
	}
	raw, err := os.ReadFile(drawn[len(drawn)-1])
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	print := image.NewGray(m.Bounds())
	draw.Draw(print, print.Rect, m, m.Bounds().Min, draw.Src)
	return photosim.Printed(print)
}
