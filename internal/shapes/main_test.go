package shapes_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/pdf/extract"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/ocr"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/server"
	"chancery.example/internal/shapes"
	"chancery.example/internal/testkit/children"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
	"chancery.example/proof"
)

// TestMain: the test program is its own children, as the real one is.
func TestMain(m *testing.M) { children.Main(m) }

const patience = 2 * time.Minute // of readers, on a busy machine

// A town is a register whose letters were issued as PDFs, read once for all tests that
// change nothing in it.
type town struct {
	house  *officetest.House
	orders map[letter.Ref]typeset.Letter
}

// newTown issues letters, as typeset sets them.
func newTown(t testing.TB, letters ...letter.LangText) *town {
	t.Helper()
	w := &town{orders: map[letter.Ref]typeset.Letter{}}
	w.house = officetest.NewOnPaper(t, w)
	for i, l := range letters {
		w.issue(t, reference(i), l)
	}
	return w
}

// Make implements office.Forms: a form without a seal.
func (w *town) Make(_ context.Context, o form.Order) ([]byte, error) {
	w.orders[o.Letter.Content.Reference] = o.Letter
	r, err := typeset.Set(o.Letter)
	return r.PDF, err
}

// Look implements office.Forms; none is made elsewhere here.
func (w *town) Look(context.Context, form.Order) (form.Shown, error) {
	return form.Shown{}, errors.New("no form is made elsewhere")
}

func reference(i int) letter.Ref { return letter.Ref("HC-2026-001" + string(rune('0'+i))) }

func (w *town) issue(t testing.TB, ref letter.Ref, l letter.LangText) {
	t.Helper()
	c := officetest.Content(t, ref, l.Text.String())
	c.Texts = []letter.LangText{l}
	w.house.IssueLetter(t, "harbour", c, office.Terms{})
}

func text(t testing.TB, lang letter.Lang, s string) letter.LangText {
	t.Helper()
	return letter.LangText{Lang: lang, Text: officetest.Text(t, s)}
}

// snapshot reads the register as it is now.
func (w *town) snapshot(t testing.TB) (*check.Snapshot, folder.Folder) {
	t.Helper()
	src, err := server.Read(t.Context(), w.house.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, w.house.Folder()
}

// pictures are the children that decode and read, counted.
type counted struct {
	*ocr.Reader
	mu   sync.Mutex
	read [][]byte // what was to be read
	mute bool     // nothing reads here
}

func (c *counted) Read(ctx context.Context, data []byte) (photo.Reading, error) {
	return c.words(data, func() (photo.Reading, error) { return c.Reader.Read(ctx, data) })
}

func (c *counted) Look(ctx context.Context, data []byte) (photo.Look, error) {
	look, err := c.Reader.Look(ctx, data)
	words := look.Words
	look.Words = func() (photo.Reading, error) { return c.words(data, words) }
	return look, err
}

func (c *counted) words(data []byte, read func() (photo.Reading, error)) (photo.Reading, error) {
	c.mu.Lock()
	c.read = append(c.read, data)
	c.mu.Unlock()
	if c.mute {
		return photo.Reading{}, &photo.Error{Problem: photo.NoReader, Advice: "no tesseract here"}
	}
	return read()
}

func newReader(t testing.TB, cache string) (*shapes.Reader, *counted, *extract.Reader) {
	t.Helper()
	p, x := &counted{Reader: ocr.New(ocr.Options{Time: patience})}, extract.New(extract.Options{Time: patience})
	return shapes.New(shapes.Options{PDFs: x, Pictures: p, Cache: cache, Note: func(what string) { t.Log(what) }}), p, x
}

// printed is a letter on paper, as another program than ours draws its PDF.
func printed(t testing.TB, l typeset.Letter) photosim.Page {
	t.Helper()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("SKIPPED: no pdftoppm here (Debian: poppler-utils), so no letter can be printed to be photographed")
	}
	r, err := typeset.Set(l)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "pdftoppm", "-r", "300", "-f", "1", "-l", "1", "-gray", "-png", "-")
	cmd.Stdin = bytes.NewReader(r.PDF)
	raw, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(g, g.Rect, m, m.Bounds().Min, draw.Src)
	return photosim.Printed(g)
}

// altered is a letter with other words, set anew.
func (w *town) altered(t testing.TB, ref letter.Ref, old, fresh string) typeset.Letter {
	t.Helper()
	l := w.orders[ref]
	was := l.Content.Texts[0]
	if strings.Count(was.Text.String(), old) != 1 {
		t.Fatalf("%q does not stand once in %s", old, ref)
	}
	l.Content.Texts = []letter.LangText{text(t, was.Lang, strings.Replace(was.Text.String(), old, fresh, 1))}
	return l
}

func shoot(t testing.TB, q photosim.Quality, seed uint64, p photosim.Page) []byte {
	t.Helper()
	shot, err := q.Shoot(rand.New(rand.NewPCG(seed, 7)), p)
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("CHANCERY_PAPER"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+q.Name), shot.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return shot.Data
}

var (
	english = func(t testing.TB) letter.LangText { return text(t, "en", webtest.Harbour) }
	arabic  = func(t testing.TB) letter.LangText { return text(t, "ar", webtest.HarbourArabic) }
)
