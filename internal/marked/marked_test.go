package marked_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/drawn"
	"chancery.example/internal/drawn/mark"
	"chancery.example/internal/marked"
	"chancery.example/internal/pdf"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/children"
	"chancery.example/internal/testkit/press"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// TestMain: the test program is its own children, as the real one is.
func TestMain(m *testing.M) { children.Main(m) }

const patience = 2 * time.Minute // of readers, on a busy machine

func marker() (marked.Marker, *ocr.Reader, *extract.Reader) {
	pictures, pdfs := ocr.New(ocr.Options{Time: patience}), extract.New(extract.Options{Time: patience})
	return marked.Marker{Pictures: pictures, PDFs: pdfs}, pictures, pdfs
}

// examine checks an exhibit against the register of the tests.
func examine(t *testing.T, e check.Exhibit) (*check.Snapshot, check.Finding) {
	t.Helper()
	s, err := webtest.NewFurther(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Examine(t.Context(), e, webtest.Now)
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

// keep writes a picture for people to look at, into the folder that
// CHANCERY_PAPER names.
func keep(t *testing.T, name string, m image.Image) {
	t.Helper()
	dir := os.Getenv("CHANCERY_PAPER")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, m), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func sheet(a marked.Answer, fromRight bool) image.Image {
	side := func(s marked.Side) (out []*image.RGBA) {
		for _, p := range s.Pages {
			out = append(out, p.Drawn())
		}
		return out
	}
	return drawn.Beside(side(a.Copy), side(a.Record), fromRight)
}

// tinted reports whether a pixel has the red of the copy's marks, or the blue of the
// record's; the rest is grey.
func tinted(c color.RGBA) bool { return int(c.R)-int(c.B) > 15 || int(c.B)-int(c.R) > 15 }

// TestPhotoOfAnAlteredLetter: on a photo, taken at an angle, the mark covers the word that
// was changed, and nothing far from it; the record's side has it on the word that stands
// there.
func TestPhotoOfAnAlteredLetter(t *testing.T) {
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Skip("SKIPPED: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), so no photo can be read")
	}
	m, pictures, _ := marker()
	page := press.Latin(t, 25).Print(strings.Replace(webtest.Harbour, "40 metres", "60 metres", 1))
	rng := rand.New(rand.NewPCG(press.Seed(t), 1))
	shot, err := photosim.Good.Shoot(rng, page)
	if err != nil {
		t.Fatal(err)
	}
	s, f := examine(t, check.Exhibit{Name: "copy.jpg", Data: shot.Data, Pictures: pictures.Read})
	n := slices.IndexFunc(f.Differences, func(d check.Difference) bool { return d.Copy == "60" })
	if n < 0 {
		t.Fatalf("the changed number is not among the differences: %+v", f.Differences)
	}
	a, err := m.Mark(t.Context(), s, f, shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "drawn-photo.png", sheet(a, false))
	if len(a.Copy.Pages) != 1 || len(a.Record.Pages) != 1 || !a.Copy.Photo || a.Of != marked.OfText {
		t.Fatalf("%d and %d pages, of %s", len(a.Copy.Pages), len(a.Record.Pages), a.Of)
	}
	var word struct{ x0, y0, x1, y1 float64 }
	for _, w := range page.Layout.Words {
		if w.Text == "60" {
			const k = photosim.Width / 210.0
			word.x0, word.y0, word.x1, word.y1 = w.Box.X*k, w.Box.Y*k, (w.Box.X+w.Box.Width)*k, (w.Box.Y+w.Box.Height)*k
		}
	}
	got := a.Copy.Pages[0].Drawn()
	wide := a.Copy.Pages[0].Picture.Rect.Dx()
	k := float64(shot.Size.X) / float64(wide)
	in, marked, far := 0, 0, 0
	box := a.Copy.Pages[0].Marks[0].Spot.Box
	for y := range got.Rect.Dy() {
		for x := range wide { // the numbers stand beside it
			px, py := shot.OnPage(float64(x)*k, float64(y)*k)
			inside := px > word.x0 && px < word.x1 && py > word.y0 && py < word.y1
			in += boolean(inside)
			if !tinted(got.RGBAAt(x, y)) {
				continue
			}
			marked += boolean(inside)
			// A thin line leads to the number in the margin; nothing else is marked.
			far += boolean(len(f.Differences) == 1 && (y < box.Min.Y-3 || y > box.Max.Y+3) && (px < word.x0-60 || px > word.x1+60 || py < word.y0-60 || py > word.y1+60))
		}
	}
	if in == 0 || marked*10 < in*8 || far > 0 {
		t.Errorf("of %d pixels of the word %d are marked, and %d far from it", in, marked, far)
	}
	if got := a.Record.Pages[0].Numbers(); !slices.Contains(got, n+1) {
		t.Errorf("the record's side has the numbers %v, not %d", got, n+1)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// set is a text as a PDF.
func set(t *testing.T, lang letter.Lang, text string) typeset.Result {
	t.Helper()
	canonical, err := letter.Canonicalize([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := typeset.Set(typeset.Letter{Content: letter.Content{
		Type: letter.TypeLetter, Prevailing: lang, Texts: []letter.LangText{{Lang: lang, Text: canonical}},
	}, Office: []typeset.Words{{Language: "en", Text: "Lighthouse Authority of Ras Amal"}, {Language: "ar", Text: "هيئة منائر رأس أمل"}}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPages: on PDFs in both languages the marks of each side lie on that side's words,
// and a word that the copy leaves out has a wedge in the copy and a line on record.
func TestPages(t *testing.T) {
	for _, c := range []struct {
		name      string
		lang      letter.Lang
		text      string
		is, was   string // a word that was changed
		leftOut   string
		fromRight bool
	}{
		{"english", "en", webtest.Harbour, "southern", "northern", "eastern ", false},
		{"arabic", "ar", webtest.HarbourArabic, "الجنوبية", "الشمالية", "الشرقي ", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _, pdfs := marker()
			altered := strings.Replace(strings.Replace(c.text, c.was, c.is, 1), c.leftOut, "", 1)
			copied := set(t, c.lang, altered)
			s, f := examine(t, check.Exhibit{Name: "copy.pdf", Data: copied.PDF, PDFs: pdfs})
			a, err := m.Mark(t.Context(), s, f, copied.PDF)
			if err != nil {
				t.Fatal(err)
			}
			keep(t, "drawn-"+c.name+".png", sheet(a, c.fromRight))
			if len(f.Differences) != 2 || len(a.Copy.Absent)+len(a.Record.Absent) != 0 {
				t.Fatalf("%d differences; without a mark: %v and %v", len(f.Differences), a.Copy.Absent, a.Record.Absent)
			}
			covers(t, a.Copy.Pages, copied, c.is)
			if got := a.Record.Pages[0].Numbers(); !slices.Equal(got, []int{1, 2}) {
				t.Errorf("the record's side has the numbers %v", got)
			}
			if k := a.Copy.Pages[0].Marks[len(a.Copy.Pages[0].Marks)-1]; k.Kind != mark.Gap {
				t.Errorf("where the copy leaves a word out stands %s", k.Kind)
			}
		})
	}
}

// covers holds the pixels of a page to where a word was set.
func covers(t *testing.T, pages []marked.Page, r typeset.Result, word string) {
	t.Helper()
	for i, p := range r.Pages {
		for _, w := range p.Words {
			if strings.Trim(w.Text, ".,،") != word {
				continue
			}
			for _, page := range pages {
				if page.Number != i+1 {
					continue
				}
				k, picture := float64(page.Picture.Rect.Dx())/p.Width, page.Drawn()
				in, hit := 0, 0
				for y := int(w.Box.Y * k); y < int((w.Box.Y+w.Box.Height)*k); y++ {
					for x := int(w.Box.X * k); x < int((w.Box.X+w.Box.Width)*k); x++ {
						in++
						c := picture.RGBAAt(x, y)
						hit += boolean(tinted(c) || int(c.R)+int(c.G)+int(c.B) < 300) // ink has no tint
					}
				}
				if hit*10 >= in*9 && in > 0 {
					return
				}
			}
		}
	}
	t.Errorf("no mark covers %q", word)
}

// TestNothingToDraw: a copy that agrees, and one that came as text, have no pictures, and
// that is said as such.
func TestNothingToDraw(t *testing.T) {
	m, _, pdfs := marker()
	same := set(t, "en", webtest.Harbour)
	for name, e := range map[string]check.Exhibit{
		"the same":  {Name: "copy.pdf", Data: same.PDF, PDFs: pdfs},
		"not paper": {Name: "copy.txt", Data: []byte(strings.Replace(webtest.Harbour, "40", "60", 1))},
	} {
		s, f := examine(t, e)
		if _, err := m.Mark(t.Context(), s, f, e.Data); !errors.Is(err, marked.ErrNothing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReaderGoesAway: who no longer waits is not drawn for.
func TestReaderGoesAway(t *testing.T) {
	m, _, pdfs := marker()
	copied := set(t, "en", strings.Replace(webtest.Harbour, "40", "60", 1))
	s, f := examine(t, check.Exhibit{Name: "copy.pdf", Data: copied.PDF, PDFs: pdfs})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Mark(gone, s, f, copied.PDF); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	var broken *pdf.Error
	if _, err := m.Mark(t.Context(), s, f, []byte("%PDF-1.7 and nothing else")); !errors.As(err, &broken) {
		t.Errorf("a file that was changed meanwhile: %v", err)
	}
}
