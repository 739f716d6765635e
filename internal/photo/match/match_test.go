package match_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/find"
	"chancery.example/internal/photo/match"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/forger"
	"chancery.example/internal/testkit/press"
)

func newRegister(s *forger.Script, n int, seed uint64) *forger.Register {
	return s.Register(rand.New(rand.NewPCG(seed, 5)), n, 120, 160)
}

// shoot takes a photo of a page and reads the pixels.
func shoot(t testing.TB, rng *rand.Rand, q photosim.Quality, page photosim.Page) *photo.Picture {
	t.Helper()
	shot, err := q.Shoot(rng, page)
	if err != nil {
		t.Fatal(err)
	}
	p, err := photo.Decode(shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// whole is all of a page in a messenger's photo.
var whole = photosim.Mid

// rounds is how often TestMatch looks at other photos than at every run.
func rounds(t *testing.T) (n int, seed uint64) {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv("CHANCERY_PHOTOS")); err == nil && n > 0 {
		return n, press.Seed(t)
	}
	return 1, 3
}

// Among many letters the right one is found, most words of an honest photo are the
// same, and no changed word is: in a script that joins its letters too, of which
// nothing is read. Every run looks at three photos, always the same; TestGoals and
// CHANCERY_PHOTOS at others.
func TestMatch(t *testing.T) {
	n, seed := rounds(t)
	const letters = 120
	for _, c := range []struct {
		script *forger.Script
		q      photosim.Quality
		kind   forger.Kind
	}{
		{forger.English(t), whole.Of(image.Rect(100, 130, 1140, 860)), forger.Digit},
		{forger.Arabic(t), whole.Of(image.Rect(100, 130, 1140, 560)), forger.Affirmed},
		{forger.Arabic(t), photosim.Screen.Of(image.Rect(100, 130, 1140, 560)), forger.Longer},
	} {
		r := newRegister(c.script, letters, 3)
		for round := range n {
			rng := rand.New(rand.NewPCG(seed, uint64(round))) //nolint:gosec // a number of rounds
			i := rng.IntN(letters)
			f, forged := r.Forge(rng, r.Texts[i], c.kind, func(word int) bool { return word < 80 })
			if !forged {
				t.Fatalf("letter %d has nothing to forge", i)
			}
			got, ok, err := r.Matcher().Match(t.Context(), shoot(t, rng, c.q, r.Press.Print(f.Text)))
			if err != nil || !ok || got.Key != r.Key(i) {
				t.Errorf("%s %s, round %d: page %q, %v, %v; want %d", c.script.Name, c.q.Name, round, got.Key.File, ok, err, i)
				continue
			}
			held(t, c.script.Name+" "+c.q.Name, got, f)
		}
	}
}

// held holds a result against what was changed.
func held(t *testing.T, name string, got match.Result, f forger.Forgery) {
	t.Helper()
	same, of := 0, 0
	for k, w := range got.Words {
		switch {
		case w.Verdict == match.Unseen:
		case slices.Contains(f.Changed, k):
			if w.Verdict == match.Same {
				t.Errorf("%s: %q was changed and is the same", name, got.Page.Words[k].Text)
			}
		default:
			of++
			if w.Verdict == match.Same {
				same++
			}
		}
	}
	if same*10 < of*7 {
		t.Errorf("%s: %d of %d words that nobody touched are the same", name, same, of)
	}
}

// Photos are held against pages beside each other, while pages are added: the one test
// that is run under the race detector.
func TestBeside(t *testing.T) {
	r := newRegister(forger.English(t), 12, 3)
	rng := rand.New(rand.NewPCG(1, 4))
	p := shoot(t, rng, photosim.Clean.Of(image.Rect(100, 110, 1140, 330)), r.Press.Print(r.Texts[5]))
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if got, ok, err := r.Matcher().Match(t.Context(), p); err != nil || !ok || got.Key != r.Key(5) {
				t.Errorf("page %q, %v, %v", got.Key.File, ok, err)
			}
		})
	}
	for i := range 20 {
		r.Index.Add(find.Key{File: fmt.Sprint("more", i)}, r.Press.Layout(r.Letter(rng, 80)))
	}
	wait.Wait()
}

// A letter that is not registered is no registered page, though it is of the same
// words.
func TestNotRegistered(t *testing.T) {
	r := newRegister(forger.English(t), 200, 3)
	rng := rand.New(rand.NewPCG(press.Seed(t), 2))
	got, ok, err := r.Matcher().Match(t.Context(), shoot(t, rng, whole.Far(.75), r.Press.Print(r.Letter(rng, 150))))
	if err != nil || ok {
		t.Errorf("page %q matched %d of %d, %v", got.Key.File, got.Matched, got.Of, err)
	}
}

// Where most of a page was wiped out, nothing of that is the same: blank paper is no
// word, however much of it there is.
func TestWipedOut(t *testing.T) {
	for _, s := range []*forger.Script{forger.English(t), forger.Arabic(t)} {
		r := newRegister(s, 20, 3)
		page := r.Press.Print(r.Texts[4])
		of := image.Rect(100, 110, 1140, 760)
		const dots = photosim.Width / 210.0
		var wiped []int
		for i, w := range page.Layout.Words {
			at := image.Rect(int((w.Box.X-.5)*dots), int((w.Box.Y-.7)*dots), int((w.Box.X+w.Box.Width+.5)*dots)+1, int((w.Box.Y+w.Box.Height+.7)*dots)+1)
			if w.Line%12 < 5 { // of twelve lines five stay
				continue
			}
			wiped = append(wiped, i)
			draw.Draw(page.Image, at, image.NewUniform(color.Gray{245}), image.Point{}, draw.Src)
		}
		got, ok, err := r.Matcher().Match(t.Context(), shoot(t, rand.New(rand.NewPCG(1, 8)), photosim.Clean.Of(of), page))
		if err != nil || !ok || got.Key != r.Key(4) {
			t.Errorf("%s: page %q, %v, %v", s.Name, got.Key.File, ok, err)
			continue
		}
		for _, i := range wiped {
			if v := got.Words[i].Verdict; v == match.Same {
				t.Errorf("%s: %q was wiped out and is the same", s.Name, got.Page.Words[i].Text)
			}
		}
	}
}

// A picture of nothing, of one colour, of noise: no page, no panic.
func TestNothingToSee(t *testing.T) {
	r := newRegister(forger.English(t), 5, 3)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range []image.Point{{16, 16}, {300, 20}, {200, 300}} {
		for _, noise := range []int{1, 200} {
			g := image.NewGray(image.Rectangle{Max: size})
			for i := range g.Pix {
				g.Pix[i] = uint8(40 + rng.IntN(noise)) //nolint:gosec // below 240
			}
			if _, ok, err := r.Matcher().Match(t.Context(), photo.FromGray(g, size, photo.PNG)); ok || err != nil {
				t.Errorf("%v: %v, %v", size, ok, err)
			}
		}
	}
}

// Digits that are alike - of Arabic's two and three one has a tooth more, and is wider by
// it - are not taken for each other: the rest of a number, moved a little, must not hide
// which it is. Every such digit of a letter is the other one here.
func TestLikeDigits(t *testing.T) {
	n, seed := rounds(t)
	r := newRegister(forger.Arabic(t), 2, 3)
	swap := strings.NewReplacer("٢", "٣", "٣", "٢")
	for round := range n {
		for i, q := range []photosim.Quality{photosim.Curled, photosim.Passed} {
			rng := rand.New(rand.NewPCG(seed, uint64(round))) //nolint:gosec // a number of rounds
			got, ok, err := r.Matcher().Match(t.Context(), shoot(t, rng, q, r.Press.Print(swap.Replace(r.Texts[i]))))
			if err != nil || !ok || got.Key != r.Key(i) {
				t.Errorf("%s, round %d: page %q, %v, %v; want %d", q.Name, round, got.Key.File, ok, err, i)
				continue
			}
			changed := 0
			for k, w := range got.Words {
				text := got.Page.Words[k].Text
				if !strings.ContainsAny(text, "٢٣") || w.Verdict == match.Unseen {
					continue
				}
				changed++
				if w.Verdict == match.Same {
					t.Errorf("%s, round %d: %q was changed and is the same", q.Name, round, text)
				}
				if w.Likely != "" && w.Likely != swap.Replace(text) && strings.Count(text, "٢")+strings.Count(text, "٣") == 1 {
					t.Errorf("%s, round %d: for %q stands %q, and %q is likely", q.Name, round, text, swap.Replace(text), w.Likely)
				}
			}
			if changed < 3 {
				t.Fatalf("%d such numbers in letter %d", changed, i)
			}
		}
	}
}

// Of a number in which two digits changed places it is said which stands there now, by its
// shape alone; where that cannot be told nothing is said.
func TestTwoDigits(t *testing.T) {
	n, seed := rounds(t)
	r := newRegister(forger.English(t), 1, 3)
	swapped := func(text string) string {
		b := []byte(text)
		for i := 0; i+1 < len(b); i++ {
			if b[i] != b[i+1] && '0' <= b[i] && b[i] <= '9' && '0' <= b[i+1] && b[i+1] <= '9' {
				b[i], b[i+1] = b[i+1], b[i]
				break
			}
		}
		return string(b)
	}
	words := strings.Split(r.Texts[0], " ")
	for i, w := range words {
		words[i] = swapped(w)
	}
	for round := range n {
		rng := rand.New(rand.NewPCG(seed, uint64(round))) //nolint:gosec // a number of rounds
		got, ok, err := r.Matcher().Match(t.Context(), shoot(t, rng, photosim.Good, r.Press.Print(strings.Join(words, " "))))
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		named, of := 0, 0
		for k, w := range got.Words {
			text := got.Page.Words[k].Text
			if swapped(text) == text || w.Verdict == match.Unseen {
				continue
			}
			of++
			switch {
			case w.Verdict == match.Same:
				t.Errorf("round %d: for %q stands %q, and it is the same", round, text, swapped(text))
			case w.Likely == swapped(text):
				named++
			case w.Likely != "":
				t.Errorf("round %d: for %q stands %q, and %q is likely", round, text, swapped(text), w.Likely)
			}
		}
		if of < 4 || 3*named < 2*of {
			t.Errorf("round %d: %d of %d such numbers are named", round, named, of)
		}
	}
}
