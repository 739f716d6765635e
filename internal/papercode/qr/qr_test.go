package qr_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/papercode"
	"chancery.example/internal/papercode/qr"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
)

const (
	code    = "https://harbour.example/q/#1.harbour.1.56df4d37ce57c71b.HC-2026-0012"
	foreign = "https://harbour.example.evil.test/q/#1.harbour.1.56df4d37ce57c71b.HC-2026-0012"
	words   = "The Commission has decided that the northern quay is to be closed to vessels of more than 4,000 tonnes from 1 April 2026 until the works have been completed. Vessels that are under way on that day will not be turned back, but they may not stay for longer than 36 hours.\nThe Commission will pay compensation of 1,250 dollars for every day on which a vessel could not be unloaded."
)

// opening is as long as the draft-opening code of a letter in two languages.
var opening = "CHANCERY:DRAFT:1:" + strings.Repeat("AEIRC7Q", 104)

const dots = photosim.Height / 297. // pixels of a page for a millimetre

// printed puts a code onto a page, its upper left corner so many millimetres from
// the page's, its modules of the size that codes are printed with.
func printed(t testing.TB, p photosim.Page, text string, x, y float64) {
	t.Helper()
	m, err := papercode.Matrix(text)
	if err != nil {
		t.Fatal(err)
	}
	side := papercode.SideMM(m)
	for py := int(y * dots); float64(py) < (y+side)*dots; py++ {
		for px := int(x * dots); float64(px) < (x+side)*dots; px++ {
			ink := 0.0
			for _, d := range [][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} { // a printer knows no pixels
				mx := int(((float64(px)+d[0])/dots-x)/papercode.ModuleMM) - papercode.QuietModules
				my := int(((float64(py)+d[1])/dots-y)/papercode.ModuleMM) - papercode.QuietModules
				if mx >= 0 && my >= 0 && mx < len(m) && my < len(m) && m[my][mx] {
					ink += .25
				}
			}
			p.Image.SetGray(px, py, color.Gray{uint8(245 - 220*ink)})
		}
	}
}

func read(t testing.TB, data []byte) []photo.Code {
	t.Helper()
	p, err := photo.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	got := qr.Read(t.Context(), p)
	if err := photo.CheckCodes(got); err != nil {
		t.Error(err)
	}
	return got
}

func has(codes []photo.Code, text string) bool {
	for _, c := range codes {
		if c.Text == text {
			return true
		}
	}
	return false
}

// Codes of the size that is printed are read from photos of every quality
// (papercode.md MUST-7), the address nearly always.
func TestPhotos(t *testing.T) {
	n, qualities := 1, []photosim.Quality{photosim.Clean, photosim.Mid}
	if s := os.Getenv("CHANCERY_CODE_PHOTOS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatalf("CHANCERY_CODE_PHOTOS=%q: want a number of photos", s)
		}
		qualities = photosim.Qualities()
	}
	zbar, err := exec.LookPath("zbarimg")
	if err != nil && n > 1 {
		t.Log("SKIPPED: no zbarimg here (Debian: zbar-tools), so nothing is read beside it")
	}
	seed := press.Seed(t)
	for k, q := range qualities {
		ours, long, theirs, spent := 0, 0, 0, time.Duration(0)
		for i := range n {
			page := press.Render(t, words, 25)
			printed(t, page, code, 20, 250)
			printed(t, page, opening, 100, 200)
			shot, err := q.Shoot(rand.New(rand.NewPCG(seed, uint64(1000*k+i))), page)
			if err != nil {
				t.Fatal(err)
			}
			at := time.Now()
			got := read(t, shot.Data)
			spent += time.Since(at)
			if has(got, code) {
				ours++
			}
			if has(got, opening) {
				long++
			}
			if len(got) > 2 || len(got) > 0 && !has(got, code) && !has(got, opening) {
				t.Errorf("%s: codes were read that are not there: %v", q.Name, got)
			}
			if zbar != "" && n > 1 && byZbar(t, zbar, shot.Data) {
				theirs++
			}
		}
		t.Logf("%-7s %d photos: address read %d, draft opening read %d, zbar's address %d; %v each", q.Name, n, ours, long, theirs, (spent / time.Duration(n)).Round(time.Millisecond))
		if q.Name != "poor" && q.Name != "screen" && ours*10 < n*9 {
			t.Errorf("%s: only %d of %d addresses were read", q.Name, ours, n)
		}
	}
}

func byZbar(t *testing.T, zbar string, data []byte) bool {
	t.Helper()
	name := filepath.Join(t.TempDir(), "shot.png")
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.CommandContext(t.Context(), zbar, "--raw", "-q", name).Output() //nolint:gosec // the program that was looked up
	return strings.Contains(string(out), code)
}

// Of several codes all are read, wherever and however they stand, with their
// places (MUST-8).
func TestSeveral(t *testing.T) {
	page := press.Render(t, words, 25)
	printed(t, page, code, 20, 240)
	printed(t, page, foreign, 120, 150)
	var buf bytes.Buffer
	if err := png.Encode(&buf, page.Image); err != nil {
		t.Fatal(err)
	}
	got := read(t, buf.Bytes())
	if len(got) != 2 || !has(got, code) || !has(got, foreign) {
		t.Fatalf("%v", got)
	}
	for _, c := range got {
		want := image.Pt(211, 1510) // 35.7 and 255.7 mm
		if c.Text == foreign {
			want = image.Pt(809, 986) // 137 and 167 mm
		}
		if !want.In(c.Box) || c.Box.Dx() > 265 {
			t.Errorf("%s stands at %v: want it around %v", c.Text, c.Box, want)
		}
	}
}

// A second code that somebody stuck onto a photographed page is read beside the page's
// own, however it is turned (MUST-8): all of the picture is searched, not only the place
// where the page's code belongs.
func TestStuckOn(t *testing.T) {
	m, err := papercode.Matrix(foreign)
	if err != nil {
		t.Fatal(err)
	}
	seed := press.Seed(t)
	sticker := papercode.Image(m, 5)
	for i, degrees := range []float64{0, 30, 45, 90, 170} {
		page := press.Render(t, words, 25)
		printed(t, page, code, 20, 250)
		s, c := math.Sincos(degrees * math.Pi / 180)
		half := float64(sticker.Rect.Dx()) / 2
		for y := 0; y < 500; y++ {
			for x := 0; x < 500; x++ {
				dx, dy := float64(x)-250, float64(y)-250
				if at := image.Pt(int(c*dx+s*dy+half), int(-s*dx+c*dy+half)); at.In(sticker.Rect) {
					page.Image.SetGray(650+x, 900+y, sticker.GrayAt(at.X, at.Y))
				}
			}
		}
		shot, err := photosim.Mid.Shoot(rand.New(rand.NewPCG(seed, uint64(i))), page)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, shot.Data); len(got) != 2 || !has(got, code) || !has(got, foreign) {
			t.Errorf("turned by %g degrees: %v", degrees, got)
		}
	}
}

// A picture full of what looks like the corners of codes takes no longer than it may: what
// is tried is counted.
func TestEffortIsBounded(t *testing.T) {
	page := press.Render(t, words, 25)
	for y := 20; y+60 < 1400; y += 80 {
		for x := 20; x+60 < 1200; x += 80 {
			for my := range 7 {
				for mx := range 7 {
					ring := max(abs(mx-3), abs(my-3))
					v := uint8(20)
					if ring == 2 {
						v = 245
					}
					for k := range 36 {
						page.Image.SetGray(x+6*mx+k%6, y+6*my+k/6, color.Gray{v})
					}
				}
			}
		}
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, page.Image); err != nil {
		t.Fatal(err)
	}
	p, err := photo.Decode(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	before := processor(t)
	if got := qr.Read(t.Context(), p); len(got) != 0 {
		t.Errorf("codes were read that are not there: %v", got)
	}
	spent := processor(t) - before
	t.Logf("%v of processor time", spent)
	if spent > 5*time.Second {
		t.Errorf("it took %v of processor time", spent)
	}
}

func abs(n int) int { return max(n, -n) }

func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Pictures without codes have none, and a reader that is out of time stops.
func TestNone(t *testing.T) {
	page := press.Render(t, words, 25)
	var buf bytes.Buffer
	if err := png.Encode(&buf, page.Image); err != nil {
		t.Fatal(err)
	}
	if got := read(t, buf.Bytes()); len(got) != 0 {
		t.Errorf("%v", got)
	}
	printed(t, page, code, 20, 240)
	buf.Reset()
	if err := png.Encode(&buf, page.Image); err != nil {
		t.Fatal(err)
	}
	p, err := photo.Decode(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if got := qr.Read(gone, p); len(got) != 0 {
		t.Errorf("a reader out of time read %v", got)
	}
}

// FuzzRead gives the reader pictures of noise around a code.
func FuzzRead(f *testing.F) {
	m, err := papercode.Matrix(code)
	if err != nil {
		f.Fatal(err)
	}
	base := papercode.Image(m, 2)
	f.Add([]byte{1, 2, 3}, 5)
	f.Fuzz(func(t *testing.T, noise []byte, step int) {
		g := &image.Gray{Pix: bytes.Clone(base.Pix), Stride: base.Stride, Rect: base.Rect}
		for i, b := range noise {
			g.Pix[(i*(step&1023)+i)%len(g.Pix)] = b
		}
		var buf bytes.Buffer
		if err := png.Encode(&buf, g); err != nil {
			t.Fatal(err)
		}
		for _, c := range read(t, buf.Bytes()) {
			if c.Text != code {
				t.Logf("read %q", c.Text)
			}
		}
	})
}

func ExampleRead() {
	m, err := papercode.Matrix(code)
	if err != nil {
		panic(err)
	}
	var buf bytes.Buffer
	if err := png.Encode(&buf, papercode.Image(m, 4)); err != nil {
		panic(err)
	}
	p, err := photo.Decode(buf.Bytes())
	if err != nil {
		panic(err)
	}
	for _, c := range qr.Read(context.Background(), p) {
		fmt.Println(c.Text)
	}
	// Output: https://harbour.example/q/#1.harbour.1.56df4d37ce57c71b.HC-2026-0012
}
