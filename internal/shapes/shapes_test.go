package shapes_test

import (
	"image"
	"image/color"
	"os/exec"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/shapes"
	"chancery.example/letter"
)

// needTesseract skips what is read.
func needTesseract(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Skip("SKIPPED: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), so nothing can be read in what differs")
	}
}

// A desk is a register of two letters, known by their shape.
type desk struct {
	*town
	snap   *check.Snapshot
	reader *shapes.Reader
	read   *counted
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{town: newTown(t, english(t), arabic(t))}
	snap, f := d.snapshot(t)
	d.snap = snap
	d.reader, d.read, _ = newReader(t, t.TempDir())
	if err := d.reader.Learn(t.Context(), snap, f); err != nil {
		t.Fatal(err)
	}
	if d.reader.Known() != 2 {
		t.Fatalf("%d pages are known, not 2", d.reader.Known())
	}
	return d
}

// examine checks a photo.
func (d *desk) examine(t testing.TB, data []byte) check.Finding {
	t.Helper()
	d.read.read = nil
	f, err := d.snap.Examine(t.Context(), check.Exhibit{Data: data, Pictures: d.reader.Read}, d.house.Now())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// quiet fails where a word that was changed is not among the differences: then it was
// taken for the same. It returns the differences about it.
func quiet(t *testing.T, f check.Finding, record string) (out []check.Difference) {
	t.Helper()
	for _, d := range f.Differences {
		if strings.Contains(d.Record, record) {
			out = append(out, d)
		}
	}
	if len(out) == 0 || f.Exit() == check.ExitInForce {
		t.Errorf("%q was changed: exit %d, %s, %+v", record, f.Exit(), f.Headline.Text.EN, f.Differences)
	}
	return out
}

// page is the first page of a letter on paper.
func (d *desk) page(t testing.TB, ref letter.Ref) photosim.Page { return printed(t, d.orders[ref]) }

// TestByShape: photos of letters on record, in two scripts, are found among all pages
// and answered by their shape, with or without anybody who reads; what was changed is
// never the same; half a page answers for that half; what somebody wrote on the page is
// seen; and a page that is not known is read.
func TestByShape(t *testing.T) {
	d := newDesk(t)
	d.read.mute = true // nobody reads here
	harbour, arabic := reference(0), reference(1)
	var pages [2]photosim.Page
	for i := range pages {
		pages[i] = d.page(t, reference(i))
	}
	t.Run("honest", func(t *testing.T) {
		for i, q := range []photosim.Quality{photosim.Clean, photosim.Clean, photosim.Mid} {
			f := d.examine(t, shoot(t, q, 3, pages[min(i, 1)]))
			s := f.Shape
			if s == nil || f.Record == nil || f.Record.Reference != reference(min(i, 1)) {
				t.Fatalf("%s: by shape %+v, %+v", q.Name, s, f.Record)
			}
			if s.Read || s.Page != 1 || s.Same*10 < s.Words*8 || f.Exit() != check.ExitInForce && f.Exit() != check.ExitPart {
				t.Errorf("%s: %+v, exit %d, %s", q.Name, s, f.Exit(), f.Headline.Text.EN)
			}
			for _, x := range f.Differences {
				if !x.Check {
					t.Errorf("%s: an honest copy is said to differ: %+v", q.Name, x)
				}
			}
		}
	})
	t.Run("a number", func(t *testing.T) {
		for ref, change := range map[letter.Ref][3]string{harbour: {"40 metres", "60 metres", "40"}, arabic: {"40 متراً", "60 متراً", "40"}} {
			f := d.examine(t, shoot(t, photosim.Clean, 4, printed(t, d.altered(t, ref, change[0], change[1]))))
			if f.Shape == nil {
				t.Fatalf("%s is not compared by its shape", ref)
			}
			quiet(t, f, change[2])
		}
	})
	t.Run("half a page", func(t *testing.T) {
		f := d.examine(t, shoot(t, photosim.Clean.Of(image.Rect(90, 420, 1150, 900)), 5, pages[0]))
		if f.Shape == nil || f.Coverage == nil || f.Coverage.Record > .8 || f.Exit() != check.ExitPart {
			t.Errorf("by shape %+v, coverage %+v, exit %d", f.Shape, f.Coverage, f.Exit())
		}
	})
	t.Run("handwriting", func(t *testing.T) {
		f := d.examine(t, shoot(t, photosim.Clean, 6, scrawled(pages[0])))
		if f.Shape == nil || f.Exit() == check.ExitInForce {
			t.Fatalf("by shape %+v, exit %d", f.Shape, f.Exit())
		}
		seen := false
		for _, x := range f.Differences {
			seen = seen || x.Check && x.Unread && x.Box != nil && x.Box.Y > 1200
		}
		if !seen {
			t.Errorf("what was written below the letter is not seen: %+v", f.Differences)
		}
	})
	t.Run("uploaded", func(t *testing.T) { d.uploaded(t, shoot(t, photosim.Clean, 8, pages[1])) })
	t.Run("not on record", func(t *testing.T) {
		other := d.orders[harbour]
		other.Content.Texts = []letter.LangText{text(t, "en", strings.Repeat("The keeper of the old mill asks for a new rope and two lanterns before the end of winter. ", 12)+"\n")}
		_, err := d.snap.Examine(t.Context(), check.Exhibit{Data: shoot(t, photosim.Clean, 7, printed(t, other)), Pictures: d.reader.Read}, d.house.Now())
		if unread := d.snap.Unread(err, d.house.Now()); unread == nil || unread.Problem != check.ProblemNoReader {
			t.Errorf("%v, %+v", err, unread)
		}
	})
}

// scrawled is a page on which somebody wrote, in the empty room below the text.
func scrawled(p photosim.Page) photosim.Page {
	g := image.NewGray(p.Image.Rect)
	copy(g.Pix, p.Image.Pix)
	for i := range 400 {
		x, y := 300+i, 1350+int(40*wave(i))
		for dy := range 5 {
			for dx := range 5 {
				g.SetGray(x+dx, y+dy, color.Gray{30})
			}
		}
	}
	p.Image = g
	return photosim.Page{Image: g, Text: p.Text}
}

func wave(i int) float64 {
	v := float64(i%40)/20 - 1
	if v < 0 {
		v = -v
	}
	return 2*v - 1
}

// TestWhatDiffersIsRead: of a photo of a changed letter what differs is read, and
// the answer says so.
func TestWhatDiffersIsRead(t *testing.T) {
	needTesseract(t)
	d := newDesk(t)
	f := d.examine(t, shoot(t, photosim.Clean, 4, printed(t, d.altered(t, reference(0), "the mole until", "the dock until"))))
	if f.Shape == nil || !f.Shape.Read || len(d.read.read) != 1 {
		t.Fatalf("by shape %+v, read %d times", f.Shape, len(d.read.read))
	}
	for _, x := range quiet(t, f, "mole") {
		if !strings.Contains(x.Copy, "dock") {
			t.Errorf("%+v", x)
		}
	}
	if !strings.Contains(f.Shape.Says.EN, "the others were read") || !strings.Contains(f.Shape.Says.AR, "وقُرئ ما عداها") {
		t.Errorf("it says %+v", f.Shape.Says)
	}
}
