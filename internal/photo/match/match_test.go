package match_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo"
	"chancery.example/internal/photo/match"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/forger"
	"chancery.example/internal/testkit/press"
)

// A register is letters of one language, indexed.
type register struct {
	*forger.Script
	texts []string
	m     *match.Matcher
}

func newRegister(s *forger.Script, n int, seed uint64) *register {
	rng := rand.New(rand.NewPCG(seed, 5))
	r := &register{Script: s, m: &match.Matcher{Index: match.NewIndex(), Set: typeset.DrawWord}}
	for i := range n {
		r.texts = append(r.texts, s.Letter(rng, 120+rng.IntN(160)))
		r.m.Index.Add(match.Key{File: fmt.Sprint(i)}, s.Press.Layout(r.texts[i]))
	}
	r.m.Render = func(_ context.Context, k match.Key, perMM float64) (*image.Gray, error) {
		var i int
		if _, err := fmt.Sscan(k.File, &i); err != nil {
			return nil, err
		}
		return press.Rendered(s.Press.Print(r.texts[i]), perMM), nil
	}
	return r
}

// shoot takes a photo of a text and reads the pixels.
func (r *register) shoot(t testing.TB, rng *rand.Rand, q photosim.Quality, text string) *photo.Picture {
	t.Helper()
	shot, err := q.Shoot(rng, r.Press.Print(text))
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

func fileOf(i int) string { return fmt.Sprint(i) }

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
			f, forged := r.Forge(rng, r.texts[i], c.kind, func(word int) bool { return word < 80 })
			if !forged {
				t.Fatalf("letter %d has nothing to forge", i)
			}
			got, ok, err := r.m.Match(t.Context(), r.shoot(t, rng, c.q, f.Text))
			if err != nil || !ok || got.Key.File != fileOf(i) {
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
	p := r.shoot(t, rng, photosim.Clean.Of(image.Rect(100, 110, 1140, 330)), r.texts[5])
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if got, ok, err := r.m.Match(t.Context(), p); err != nil || !ok || got.Key.File != fileOf(5) {
				t.Errorf("page %q, %v, %v", got.Key.File, ok, err)
			}
		})
	}
	for i := range 20 {
		r.m.Index.Add(match.Key{File: fmt.Sprint("more", i)}, r.Press.Layout(r.Letter(rng, 80)))
	}
	wait.Wait()
}

// A letter that is not registered is no registered page, though it is of the same
// words.
func TestNotRegistered(t *testing.T) {
	r := newRegister(forger.English(t), 200, 3)
	rng := rand.New(rand.NewPCG(press.Seed(t), 2))
	got, ok, err := r.m.Match(t.Context(), r.shoot(t, rng, whole.Far(.75), r.Letter(rng, 150)))
	if err != nil || ok {
		t.Errorf("page %q matched %d of %d, %v", got.Key.File, got.Matched, got.Of, err)
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
			if _, ok, err := r.m.Match(t.Context(), photo.FromGray(g, size, photo.PNG)); ok || err != nil {
				t.Errorf("%v: %v, %v", size, ok, err)
			}
		}
	}
}

// fakeReader reads nothing but says what it was given.
type fakeReader struct {
	calls int
	data  []byte
	says  func(data []byte) (photo.Reading, error)
}

func (f *fakeReader) read(_ context.Context, data []byte) (photo.Reading, error) {
	f.calls++
	f.data = data
	return f.says(data)
}

// An honest screenshot is answered by shape alone: nobody reads a word. One with
// another number is read. Where an added line cannot be read,
// its words are there all the same, as such that nobody read.
func TestReader(t *testing.T) {
	r := newRegister(forger.English(t), 30, 3)
	rng := rand.New(rand.NewPCG(press.Seed(t), 3))
	part := photosim.Clean.Of(image.Rect(100, 110, 1140, 560))
	missing := &photo.Error{Problem: photo.NoReader, Advice: "none"}
	reader := func(says func([]byte) (photo.Reading, error)) (*match.Reader, *fakeReader) {
		f := &fakeReader{says: says}
		look := func(_ context.Context, data []byte) (*photo.Picture, []photo.Code, error) {
			p, err := photo.Decode(data)
			return p, []photo.Code{{Text: "x", Box: image.Rect(0, 0, 9, 9)}}, err
		}
		return &match.Reader{Matcher: r.m, Look: look, Words: f.read}, f
	}
	shot := func(text string) []byte {
		out, err := part.Shoot(rng, r.Press.Print(text))
		if err != nil {
			t.Fatal(err)
		}
		return out.Data
	}
	none := func([]byte) (photo.Reading, error) { return photo.Reading{}, missing }

	x, f := reader(none)
	got, err := x.Read(t.Context(), shot(r.texts[7]))
	if err != nil || f.calls != 0 || got.How != match.ByShape || len(got.Codes) != 1 {
		t.Fatalf("%v, %d calls, %q, %d codes", err, f.calls, got.How, len(got.Codes))
	}
	if text := strings.Join(strings.Fields(got.Text), " "); !strings.Contains(strings.Join(strings.Fields(r.texts[7]), " "), text) || len(got.Words) < 60 {
		t.Errorf("%d words: %q", len(got.Words), text)
	}
	if got.Shows == nil || got.Shows.File != fileOf(7) {
		t.Errorf("shows %+v", got.Shows)
	}

	// One digit of one number, near the top.
	i, forged := r.oneDigit(t)
	x, f = reader(none)
	photographed := shot(forged.Text)
	got, err = x.Read(t.Context(), photographed)
	if err != nil || f.calls != 1 || strings.Contains(got.Text, r.texts[i]) || !bytes.Equal(f.data, photographed) {
		t.Fatalf("%v, %d calls", err, f.calls)
	}
	words := strings.Fields(r.texts[i])
	for _, k := range forged.Changed {
		for _, w := range got.Words {
			if got.Text[w.From:w.To] == words[k] && w.Confidence >= photo.Sure && strings.Count(r.texts[i], words[k]) == 1 {
				t.Errorf("%q is still read, with confidence %g", words[k], w.Confidence)
			}
		}
	}

	// Who reads it for sure is believed where the page differs. Where a number looks the
	// same and another is read, somebody should look.
	same := ""
	x, _ = reader(func([]byte) (photo.Reading, error) {
		said := photo.Reading{Size: got.Size}
		for _, w := range got.Words {
			text := got.Text[w.From:w.To]
			switch {
			case text == words[forged.Changed[0]]:
				text = strings.Fields(forged.Text)[forged.Changed[0]]
			case same == "" && w.Confidence > .9 && !w.Open && strings.ContainsAny(text, "0123456789") && strings.Count(r.texts[i], text) == 1:
				same, text = text, "77"+text
			}
			from := len(said.Text)
			said.Text += text + " "
			said.Words = append(said.Words, photo.Word{From: from, To: from + len(text), Line: w.Line, Confidence: .97, Box: w.Box})
		}
		return said, nil
	})
	both, err := x.Read(t.Context(), photographed)
	if err != nil || both.How != match.ByBoth || both.Shows == nil || !both.Shows.Read {
		t.Fatalf("%v, %q, %+v", err, both.How, both.Shows)
	}
	seen := map[string]photo.Word{}
	for _, w := range both.Words {
		seen[both.Text[w.From:w.To]] = w
	}
	changed := strings.Fields(forged.Text)[forged.Changed[0]]
	if w, ok := seen[changed]; !ok || w.Open || w.Confidence < photo.Sure {
		t.Errorf("%q was read for sure: %+v in %q", changed, w, both.Text)
	}
	if w, ok := seen["77"+same]; same == "" || !ok || !w.Open {
		t.Errorf("%q looks the same and was read as another number: %+v", same, w)
	}

	// A line more.
	x, _ = reader(none)
	lines := strings.SplitAfterN(r.texts[7], " ", 20)
	more := strings.Join(lines[:19], "") + "\nand pay another sum on demand\n" + lines[19]
	got, err = x.Read(t.Context(), shot(more))
	unread := 0
	for _, w := range got.Words {
		if got.Text[w.From:w.To] == photo.Unread && w.Open && w.Other {
			unread++
		}
	}
	if err != nil || got.Shows == nil || got.Shows.Read || unread < 5 {
		t.Errorf("%v, shows %+v, %d words of the added line, of 6, were seen: %q", err, got.Shows, unread, got.Text)
	}
}

// oneDigit forges one digit of a number among the first words of a letter.
func (r *register) oneDigit(t *testing.T) (int, forger.Forgery) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 5))
	for i, text := range r.texts {
		if f, ok := r.Forge(rng, text, forger.Digit, func(word int) bool { return word < 40 }); ok {
			return i, f
		}
	}
	t.Fatal("no letter begins with a number")
	return 0, forger.Forgery{}
}
