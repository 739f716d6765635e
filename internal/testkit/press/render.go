// Package press sets texts as pages for tests to take photos of, without the
// typesetting that is under test.
package press

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"chancery.example/internal/photo/photosim"
)

// margin is that of a page, in its pixels.
const margin = 130

// Render sets a text in Latin letters in Go's own font; size is that of the
// letters in pixels, 25 for 12 points. What does not fit on the page is left
// out. "\n" begins a line.
func Render(t testing.TB, text string, size float64) photosim.Page {
	t.Helper()
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	p := photosim.Page{Image: blank()}
	d := font.Drawer{Dst: p.Image, Src: image.NewUniform(color.Gray{25}), Face: face}
	var shown strings.Builder
	y := float64(margin)
	for para := range strings.SplitSeq(text, "\n") {
		for _, line := range wrapped(&d, para) {
			if y += size * 1.45; y > photosim.Height-margin {
				p.Text = shown.String()
				return p
			}
			d.Dot = fixed.P(margin, int(y))
			d.DrawString(line)
			shown.WriteString(line + "\n")
		}
	}
	p.Text = shown.String()
	return p
}

func wrapped(d *font.Drawer, para string) []string {
	lines := []string{""}
	for _, w := range strings.Fields(para) {
		last := &lines[len(lines)-1]
		if *last != "" && d.MeasureString(*last+" "+w).Ceil() > photosim.Width-2*margin {
			lines = append(lines, w)
			continue
		}
		*last = strings.TrimSpace(*last + " " + w)
	}
	return lines
}

func blank() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, photosim.Width, photosim.Height))
	draw.Draw(g, g.Rect, image.NewUniform(color.Gray{245}), image.Point{}, draw.Src)
	return g
}

// needPango finds Pango's program and the font.
func needPango(t testing.TB) string {
	t.Helper()
	pango, err := exec.LookPath("pango-view")
	if err != nil {
		t.Skip("SKIPPED: no pango-view here (Debian: pango1.0-tools), so no Arabic page can be made")
	}
	if out, err := exec.CommandContext(t.Context(), "fc-list", ":family=Noto Naskh Arabic").Output(); err != nil || len(out) == 0 {
		t.Skip("SKIPPED: no Noto Naskh Arabic here (Debian: fonts-noto-core), so no Arabic page can be made")
	}
	return pango
}

// Arabic sets a text in Noto Naskh Arabic with Pango's own program. Without it
// the test is skipped, loudly.
func Arabic(t testing.TB, text string, size float64) photosim.Page {
	t.Helper()
	pango := needPango(t)
	dir := t.TempDir()
	name := filepath.Join(dir, "page.png")
	in := filepath.Join(dir, "text")
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), pango, "--no-display", //nolint:gosec // the program that was looked up
		"--dpi=72", fmt.Sprintf("--font=Noto Naskh Arabic %g", size),
		fmt.Sprintf("--width=%d", photosim.Width-2*margin), "--wrap=word", "--margin=0", "--rtl", "--align=right", "--antialias=gray", "--output="+name, in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dy() > photosim.Height-2*margin {
		t.Fatalf("the text takes %d pixels of a page's %d: give less of it", m.Bounds().Dy(), photosim.Height-2*margin)
	}
	p := photosim.Page{Image: blank(), Text: text}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, _, _, _ := m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y).RGBA()
			p.Image.SetGray(margin+x, margin+y, color.Gray{uint8(25 + int(r>>8)*220/255)}) //nolint:gosec // at most 245
		}
	}
	return p
}
