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
	"strconv"
	"strings"
	"testing"

	"chancery.example/internal/around"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/papercode/qr"
	"chancery.example/internal/pdf/lint"
	"chancery.example/internal/photo"
	"chancery.example/internal/testkit/photosim"
	"chancery.example/letter"
)

// TestOpeningCodeOfPDFCopies (papercode.md MUST-10): a copy as a PDF carries the
// draft-opening code, with what it is for, when it is for somebody outside the house
// and the office lets the revision answer, by code or on copy; else neither. It is
// read back from the drawn page and from a photo of it.
func TestOpeningCodeOfPDFCopies(t *testing.T) {
	pdftoppm, err := exec.LookPath("pdftoppm")
	if err != nil {
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
				readBack(t, pdftoppm, file, given, c.answers == office.ByCode)
			}
		}
	}
}

// readBack reads the codes of the last page of a copy, and of a photo of it.
func readBack(t *testing.T, pdftoppm, file string, c office.NumberedCopy, photograph bool) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "page")
	last := strconv.Itoa(len(c.Content.Texts))
	if out, err := exec.CommandContext(t.Context(), pdftoppm, "-f", last, "-singlefile", "-r", "150", "-gray", "-png", file, to).CombinedOutput(); err != nil { //nolint:gosec // found by LookPath
		t.Fatalf("drawing: %v %s", err, out)
	}
	raw, err := os.ReadFile(to + ".png")
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("CHANCERY_PICTURES"); dir != "" && c.Opening != "" { // to be looked at
		if err := os.WriteFile(filepath.Join(dir, "copy-with-opening.png"), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	codes := func(picture []byte) []string {
		p, err := photo.Decode(picture)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range qr.Read(t.Context(), p) {
			out = append(out, c.Text)
		}
		return out
	}
	want := strings.TrimSpace(c.Opening)
	if got := codes(raw); strings.Contains(strings.Join(got, "\n"), "CHANCERY:DRAFT:") != (want != "") || !strings.Contains(strings.Join(got, "\n"), want) {
		t.Errorf("the page carries %q, want the opening %.40q", got, want)
	}
	if !photograph {
		return
	}
	m, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	page := photosim.Page{Image: image.NewGray(image.Rect(0, 0, photosim.Width, photosim.Height))}
	draw.Draw(page.Image, page.Image.Rect, m, m.Bounds().Min, draw.Src)
	shot, err := photosim.Good.Shoot(rand.New(rand.NewPCG(photosim.Seed(t), 1)), page)
	if err != nil {
		t.Fatal(err)
	}
	if got := codes(shot.Data); !strings.Contains(strings.Join(got, "\n"), want) {
		t.Errorf("a photo of the page shows the codes %q, want %.40q", got, want)
	}
}
