package ocr

import (
	"bufio"
	"bytes"
	"errors"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit"
	"chancery.example/internal/testkit/press"
)

const english = `Harbour Commission
The Commission has decided that the northern quay is to be closed to vessels of more than 4,000 tonnes from 1 April 2026 until the works have been completed. Vessels that are under way on that day will not be turned back, but they may not stay for longer than 36 hours.
The Commission will pay compensation of 1,250 dollars for every day on which a vessel could not be unloaded. No compensation is paid where the master did not ask for a berth in time.`

const arabic = `قررت هيئة الميناء إغلاق الرصيف الشمالي أمام السفن التي تزيد حمولتها على أربعة آلاف طن اعتباراً من أول نيسان حتى إتمام الأعمال.
لا تعاد السفن التي تكون في طريقها إلى الميناء في ذلك اليوم، ولكن لا يجوز لها أن تبقى فيه أكثر من ثلاثين ساعة.
تدفع الهيئة تعويضاً عن كل يوم لم يمكن فيه تفريغ السفينة، ولا يدفع أي تعويض إذا لم يطلب الربان رصيفاً في الوقت المحدد.`

func tiny(t *testing.T) []byte {
	t.Helper()
	g := image.NewGray(image.Rect(0, 0, 60, 40))
	for i := range g.Pix {
		g.Pix[i] = 240
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, g); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// recall is the share of the words that were read exactly, wherever.
func recall(words []string, r photo.Reading) float64 {
	left := map[string]int{}
	for _, w := range r.Words {
		left[r.Text[w.From:w.To]]++
	}
	hit := 0
	for _, w := range words {
		if w = photo.Legible(w); left[w] > 0 {
			left[w]--
			hit++
		}
	}
	return float64(hit) / float64(max(1, len(words)))
}

// slow is for machines on which much else happens.
func slow() *Reader { return New(Options{Time: 2 * time.Minute}) }

// Photos in both languages are read; words stand where the reading says.
func TestReadPhotos(t *testing.T) {
	missing(t)
	seed := press.Seed(t)
	for i, c := range []struct {
		page  func() photosim.Page
		name  string
		q     photosim.Quality
		least float64
	}{
		{func() photosim.Page { return press.Render(t, english, 26) }, "en", photosim.Mid, .93},
		{func() photosim.Page { return press.Arabic(t, arabic, 28) }, "ar", photosim.Mid, .85},
	} {
		t.Run(c.name+" "+c.q.Name, func(t *testing.T) {
			shot, err := c.q.Shoot(rand.New(rand.NewPCG(seed, uint64(i))), c.page())
			if err != nil {
				t.Fatal(err)
			}
			r, err := slow().Read(t.Context(), shot.Data)
			if err != nil {
				t.Fatal(err)
			}
			got := recall(shot.Page.Words(), r)
			read, of := r.Readable()
			t.Logf("%.3f of the words read with %s from %q, %d of %d with confidence", got, r.Model, r.How, read, of)
			if r.Model != "script/Arabic" && r.Model != "Arabic" {
				t.Skipf("SKIPPED: tesseract reads with %s here, not with the model for both scripts", r.Model)
			}
			if got < c.least {
				t.Errorf("%.3f of the words were read: want %.2f\n%s", got, c.least, r.Text)
			}
			placed(t, shot, r)
		})
	}
}

// placed checks the boxes against the page itself: where a word was read, there
// is ink on the page; the margins are empty.
func placed(t *testing.T, shot photosim.Shot, r photo.Reading) {
	t.Helper()
	for _, w := range r.Words {
		if w.Confidence < .9 {
			continue
		}
		mid := w.Box.Min.Add(w.Box.Max).Div(2)
		x, y := shot.OnPage(float64(mid.X), float64(mid.Y))
		ink := false
		for dy := -12; dy <= 12; dy++ {
			for dx := -12; dx <= 12; dx++ {
				if p := image.Pt(int(x)+dx, int(y)+dy); p.In(shot.Page.Image.Rect) && shot.Page.Image.GrayAt(p.X, p.Y).Y < 128 {
					ink = true
				}
			}
		}
		if !ink {
			t.Errorf("%q was read at %v, where the page is empty", r.Text[w.From:w.To], w.Box)
		}
	}
}

// What is cut out of a picture is what stands there.
func TestCut(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 200, 100))
	for i := range g.Pix {
		g.Pix[i] = uint8(i % 251)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, g); err != nil {
		t.Fatal(err)
	}
	boxes := []image.Rectangle{image.Rect(3, 4, 30, 20), image.Rect(190, 90, 200, 100)}
	cuts, err := slow().Cut(t.Context(), buf.Bytes(), boxes)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cuts {
		if c.Rect.Size() != boxes[i].Size() {
			t.Fatalf("%v was cut out as %v", boxes[i], c.Rect)
		}
		for y := range c.Rect.Dy() {
			for x := range c.Rect.Dx() {
				if c.GrayAt(x, y) != g.GrayAt(boxes[i].Min.X+x, boxes[i].Min.Y+y) {
					t.Fatalf("cut %d differs at %d,%d", i, x, y)
				}
			}
		}
	}
	var gone *photo.Error
	if _, err := slow().Cut(t.Context(), buf.Bytes(), []image.Rectangle{image.Rect(500, 500, 510, 510)}); !errors.As(err, &gone) {
		t.Errorf("a place outside the picture: %v", err)
	}
}

// The bombs of the corpus are refused by their first bytes.
func TestBombs(t *testing.T) {
	for _, name := range []string{"bomb_60000x60000.png", "bomb_header_2G.png", "bomb_header.gif", "bomb_header.jpg"} {
		data := testkit.Read(t, "attack-generated/"+name)
		_, err := slow().Read(t.Context(), data)
		var no *photo.Error
		if !errors.As(err, &no) || no.Problem != photo.TooLarge && no.Problem != photo.Broken {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Logf("%s: %s", name, no.Advice)
	}
}

func TestTSV(t *testing.T) {
	size := image.Pt(400, 300)
	good := header + "\n1\t1\t0\t0\t0\t0\t0\t0\t400\t300\t-1\t\n4\t1\t1\t1\t1\t0\t10\t10\t300\t20\t-1\t\n" +
		"5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t96.5\tThe\n5\t1\t1\t1\t1\t2\t70\t10\t60\t20\t41\tqu\u200fay\n5\t1\t1\t1\t2\t1\t10\t40\t60\t20\t0\t\u200e\n5\t1\t1\t2\t1\t1\t10\t60\t60\t20\t88\tended\n"
	rows, err := parseTSV(good, size)
	if err != nil || len(rows) != 3 || rows[1].text != "quay" || rows[1].confidence != .41 || rows[0].box != image.Rect(10, 10, 60, 30) {
		t.Errorf("%v, %+v", err, rows)
	}
	for name, bad := range map[string]string{
		"no header":    strings.TrimPrefix(good, "level"),
		"columns":      good + "5\t1\n",
		"no number":    good + "5\t1\t1\t1\t1\t1\tten\t10\t50\t20\t96\tx\n",
		"out of sight": good + "5\t1\t1\t1\t1\t1\t380\t10\t50\t20\t96\tx\n",
		"negative":     good + "5\t1\t1\t1\t1\t1\t-1\t10\t50\t20\t96\tx\n",
		"confidence":   good + "5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t101\tx\n",
		"NaN":          good + "5\t1\t1\t1\t1\t1\t10\t10\t50\t20\tNaN\tx\n",
		"not UTF-8":    good + "\xff",
		"too many":     header + "\n" + strings.Repeat("5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t96\tx\n", maxWords+1),
	} {
		if _, err := parseTSV(bad, size); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// What was read of a lower part stands below that of the upper one, and a paragraph that
// goes on is one.
func TestBelow(t *testing.T) {
	word := func(block, par, line, y int, text string) row {
		return row{block: block, par: par, line: line, box: image.Rect(10, y, 40, y+20), confidence: 1, text: text}
	}
	above := []row{word(1, 1, 1, 10, "one"), word(2, 1, 1, 50, "two"), word(2, 1, 2, 80, "three")}
	low := []row{word(1, 1, 1, 5, "four"), word(1, 2, 1, 45, "five"), word(2, 1, 1, 85, "six")}
	size := image.Pt(200, 300)
	c := (&photo.Picture{Gray: image.NewGray(image.Rectangle{Max: size}), Size: size}).Whole()
	for joined, want := range map[bool]string{true: "one\n\ntwo\nthree\nfour\n\nfive\n\nsix", false: "one\n\ntwo\nthree\n\nfour\n\nfive\n\nsix"} {
		rows := below(slices.Clone(above), low, 110, joined)
		got := reading(rows, c, size)
		if got.Text != want || got.Words[3].Box.Min.Y != 115 {
			t.Errorf("joined %v: %q, at %v", joined, got.Text, got.Words[3].Box)
		}
		if err := got.Check(); err != nil {
			t.Error(err)
		}
	}
	if got := below(nil, low, 10, true); len(got) != 3 || len(below(above, nil, 10, true)) != 3 {
		t.Errorf("%v", got)
	}
}

func TestChooseModel(t *testing.T) {
	for installed, want := range map[string]string{
		"osd eng script/Arabic": "script/Arabic", "Arabic eng osd": "Arabic", "ara eng": "ara+eng", "eng osd": "eng", "osd": "", "deu": "",
	} {
		if got := choose(strings.Fields(installed)); got != want {
			t.Errorf("of %s: %q, want %q", installed, got, want)
		}
	}
}

// Whatever tesseract prints, a reading made of it holds what readings must.
func FuzzTSV(f *testing.F) {
	f.Add(header+"\n5\t1\t1\t1\t1\t1\t10\t10\t50\t20\t96.5\tThe\n5\t1\t1\t1\t1\t2\t70\t10\t60\t20\t41\tquay\n", uint16(400), uint16(300))
	f.Add(header+"\n5\t1\t1\t2\t1\t1\t10\t10\t50\t20\t-1\t\u0645\u0631\u200f\n", uint16(100), uint16(300))
	f.Fuzz(func(t *testing.T, out string, w, h uint16) {
		size := image.Pt(int(w)%2000+20, int(h)%2000+20)
		rows, err := parseTSV(out, size)
		if err != nil {
			return
		}
		pic := &photo.Picture{Gray: image.NewGray(image.Rectangle{Max: size}), Size: size}
		r := reading(rows, pic.Whole(), size)
		if err := r.Check(); err != nil {
			t.Errorf("%v: %+v", err, r)
		}
	})
}

// FuzzAnswer: the child's answer is foreign too.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"problem":"broken","advice":"x"}`))
	f.Add([]byte(`{"reading":{"Text":"a","Words":[],"Size":{"X":20,"Y":20}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := parseAnswer(raw)
		var no *photo.Error
		if err != nil && !errors.As(err, &no) {
			t.Errorf("%v is no *photo.Error", err)
		}
		if err == nil && a.Reading != nil {
			_ = a.Reading.Check()
		}
	})
}

// FuzzLook: so is what it prints of a picture.
func FuzzLook(f *testing.F) {
	f.Add([]byte(`{"picture":{"W":16,"H":16,"Of":{"X":16,"Y":16}}}` + "\n" + strings.Repeat("A", 256) + `{"codes":[]}` + "\n"))
	f.Add([]byte(`{"picture":{"W":4294967296,"H":4294967296,"Of":{"X":16,"Y":16}}}` + "\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in := bufio.NewReaderSize(bytes.NewReader(raw), maxLine)
		p, err := takeGrey(in)
		if err == nil && (len(p.Gray.Pix) != p.Gray.Rect.Dx()*p.Gray.Rect.Dy() || p.Size.X < p.Gray.Rect.Dx()) {
			t.Errorf("a picture of %v with %d pixels, of %v", p.Gray.Rect, len(p.Gray.Pix), p.Size)
		}
		if err == nil {
			_, _ = takeLine(in)
		}
	})
}

// TestMeasure prints how much is read of simulated photos, by quality, and what
// it costs beside tesseract alone on the same picture. CHANCERY_PHOTOS says how
// many of each.
func TestMeasure(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("CHANCERY_PHOTOS"))
	if err != nil || n < 1 {
		t.Skip("CHANCERY_PHOTOS is not set: no long measuring")
	}
	missing(t)
	measure(t, n)
}
