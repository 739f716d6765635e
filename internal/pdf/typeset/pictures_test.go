package typeset_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/layout"
	"chancery.example/internal/papercode/qr"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/letter"
)

const pictureDPI = 150

// pictures draws the pages of a file with poppler. People can look at them:
//
//	CHANCERY_PAPER=$PWD/out/paper go test -run Pictures ./internal/pdf/typeset
func pictures(t *testing.T, name string, r typeset.Result) [][]byte {
	t.Helper()
	dir := os.Getenv("CHANCERY_PAPER")
	if dir == "" {
		dir = t.TempDir()
	}
	pdftoppm, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Skip("SKIPPED FOR WANT OF A PROGRAM: pdftoppm (poppler-utils) is not installed")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // pictures to look at
		t.Fatal(err)
	}
	file := filepath.Join(dir, name+".pdf")
	if err := os.WriteFile(file, r.PDF, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), pdftoppm, "-r", fmt.Sprint(pictureDPI), "-png", file, filepath.Join(dir, name)).CombinedOutput(); err != nil || len(out) > 0 { //nolint:gosec // found by LookPath
		t.Fatalf("drawing %s: %v %s", name, err, out)
	}
	drawn, err := filepath.Glob(filepath.Join(dir, name+"-*.png"))
	if err != nil || len(drawn) != len(r.Pages) {
		t.Fatalf("%d pictures of %d pages, %v", len(drawn), len(r.Pages), err)
	}
	var out [][]byte
	for _, d := range drawn {
		b, err := os.ReadFile(d) //nolint:gosec // just drawn
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// Where words are said to stand, another program draws ink, and nowhere else; every
// page has the paper code for a camera, and a copy its opening at the end.
func TestPictures(t *testing.T) {
	own := harbour(t) // a text with a letterhead of its own, on American paper
	own.Form = typeset.USLetter
	own.Content.Texts = []letter.LangText{{Lang: "en", Text: canonical(t, "Harbour Commission\nOuter mole, Port Royal\n\n12 January 2026\n\nMinistry of Transport, Department of Ports\nCoast Guard, Northern Command\n\n"+english)}}
	opened := draft(t, 3)
	opened.Opening = "CHANCERY:DRAFT:1:" + strings.Repeat("AEIRC7Q", 60)
	for name, l := range map[string]typeset.Letter{"letter": harbour(t), "draft": opened, "own": own} {
		r := set(t, l)
		for i, picture := range pictures(t, name, r) {
			drawn, err := png.Decode(bytes.NewReader(picture))
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range r.Pages[i].Words {
				if off := farthest(drawn, w.Box); off > 0.35 {
					t.Errorf("%s, page %d: the ink of %q is %.2f mm from where it is said to be", name, i+1, w.Text, off)
				}
			}
			if i > 0 && i < len(r.Pages)-1 || name == "own" {
				continue // looking for codes takes a second
			}
			codes := read(t, picture)
			if !slices.Contains(codes, l.Code) || slices.Contains(codes, l.Opening) != (l.Opening != "" && i == len(r.Pages)-1) {
				t.Errorf("%s, page %d carries the codes %q", name, i+1, codes)
			}
		}
	}
}

func read(t *testing.T, picture []byte) []string {
	t.Helper()
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

// farthest is how far the ink in and closely around a box is from its sides, in mm.
func farthest(m image.Image, b layout.Box) float64 {
	const around, dots = 0.15, pictureDPI / 25.4
	left, right, top, bottom := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for y := int((b.Y - around) * dots); float64(y) < (b.Y+b.Height+around)*dots; y++ {
		for x := int((b.X - around) * dots); float64(x) < (b.X+b.Width+around)*dots; x++ {
			if r, g, b, _ := m.At(x, y).RGBA(); r+g+b > 3*0x9000 {
				continue
			}
			left, right = min(left, float64(x)), max(right, float64(x+1))
			top, bottom = min(top, float64(y)), max(bottom, float64(y+1))
		}
	}
	return max(math.Abs(left/dots-b.X), math.Abs(right/dots-b.X-b.Width), math.Abs(top/dots-b.Y), math.Abs(bottom/dots-b.Y-b.Height))
}

// The glyphs of a word are its letters and its ink.
func TestGlyphs(t *testing.T) {
	r := set(t, harbour(t))
	for i, p := range r.Pages {
		letters, ink := make([]string, len(p.Words)), make([]layout.Box, len(p.Words))
		for _, g := range r.Glyphs[i] {
			letters[g.Word] += g.Text
			if g.Ink.Width > 0 {
				ink[g.Word] = around(ink[g.Word], g.Ink)
			}
		}
		for j, w := range p.Words {
			a, b := []rune(letters[j]), []rune(w.Text)
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				t.Errorf("page %d: the glyphs of %q are of %q", i+1, w.Text, letters[j])
			}
			if d := max(math.Abs(ink[j].X-w.Box.X), math.Abs(ink[j].Y-w.Box.Y), math.Abs(ink[j].Width-w.Box.Width), math.Abs(ink[j].Height-w.Box.Height)); d > 1e-6 {
				t.Errorf("page %d: the ink of %q is %+v, that of its glyphs %+v", i+1, w.Text, w.Box, ink[j])
			}
		}
	}
}

func around(a, b layout.Box) layout.Box {
	if a.Width == 0 {
		return b
	}
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return layout.Box{X: x, Y: y, Width: max(a.X+a.Width, b.X+b.Width) - x, Height: max(a.Y+a.Height, b.Y+b.Height) - y}
}
