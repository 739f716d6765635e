package explain_test

import (
	"bytes"
	"context"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"chancery.example/internal/photo"
	"chancery.example/internal/photo/explain"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/forger"
	"chancery.example/internal/testkit/press"
)

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
	r := forger.English(t).Register(rand.New(rand.NewPCG(3, 5)), 30, 120, 160)
	rng := rand.New(rand.NewPCG(press.Seed(t), 3))
	part := photosim.Clean.Of(image.Rect(100, 110, 1140, 560))
	missing := &photo.Error{Problem: photo.NoReader, Advice: "none"}
	reader := func(says func([]byte) (photo.Reading, error)) (*explain.Reader, *fakeReader) {
		f := &fakeReader{says: says}
		look := func(_ context.Context, data []byte) (*photo.Picture, []photo.Code, error) {
			p, err := photo.Decode(data)
			return p, []photo.Code{{Text: "x", Box: image.Rect(0, 0, 9, 9)}}, err
		}
		return &explain.Reader{Matcher: r.Matcher(), Look: look, Words: f.read}, f
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
	got, err := x.Read(t.Context(), shot(r.Texts[7]))
	if err != nil || f.calls != 0 || got.How != explain.ByShape || len(got.Codes) != 1 {
		t.Fatalf("%v, %d calls, %q, %d codes", err, f.calls, got.How, len(got.Codes))
	}
	if text := strings.Join(strings.Fields(got.Text), " "); !strings.Contains(strings.Join(strings.Fields(r.Texts[7]), " "), text) || len(got.Words) < 60 {
		t.Errorf("%d words: %q", len(got.Words), text)
	}
	if got.Shows == nil || got.Shows.File != r.Key(7).File {
		t.Errorf("shows %+v", got.Shows)
	}

	// One digit of one number, near the top.
	i, forged := oneDigit(t, r)
	x, f = reader(none)
	photographed := shot(forged.Text)
	got, err = x.Read(t.Context(), photographed)
	if err != nil || f.calls != 1 || strings.Contains(got.Text, r.Texts[i]) || !bytes.Equal(f.data, photographed) {
		t.Fatalf("%v, %d calls", err, f.calls)
	}
	words := strings.Fields(r.Texts[i])
	for _, k := range forged.Changed {
		for _, w := range got.Words {
			if got.Text[w.From:w.To] == words[k] && w.Confidence >= photo.Sure && strings.Count(r.Texts[i], words[k]) == 1 {
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
			case same == "" && w.Confidence > .9 && !w.Open && strings.ContainsAny(text, "0123456789") && strings.Count(r.Texts[i], text) == 1:
				same, text = text, "77"+text
			}
			from := len(said.Text)
			said.Text += text + " "
			said.Words = append(said.Words, photo.Word{From: from, To: from + len(text), Line: w.Line, Confidence: .97, Box: w.Box})
		}
		return said, nil
	})
	both, err := x.Read(t.Context(), photographed)
	if err != nil || both.How != explain.ByBoth || both.Shows == nil || !both.Shows.Read {
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
	lines := strings.SplitAfterN(r.Texts[7], " ", 20)
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
func oneDigit(t *testing.T, r *forger.Register) (int, forger.Forgery) {
	t.Helper()
	rng := rand.New(rand.NewPCG(5, 5))
	for i, text := range r.Texts {
		if f, ok := r.Forge(rng, text, forger.Digit, func(word int) bool { return word < 40 }); ok {
			return i, f
		}
	}
	t.Fatal("no letter begins with a number")
	return 0, forger.Forgery{}
}
