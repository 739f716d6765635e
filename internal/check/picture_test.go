package check

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/photo"
	"chancery.example/register"
)

const pictureBytes = "\xff\xd8\xff and pixels"

// seeing is a reader that sees a text, surely but for the words named; each word
// is 8 pixels wide for each byte, each line 20 high.
func seeing(text string, unsure map[string]float32) PictureReader {
	return func(context.Context, []byte) (photo.Reading, error) {
		r := photo.Reading{Size: image.Pt(2000, 2000), How: "page", Model: "test"}
		for y, line := range strings.Split(text, "\n") {
			if y > 0 {
				r.Text += "\n"
			}
			x := 10
			for i, w := range strings.Fields(line) {
				if i > 0 {
					r.Text += " "
				}
				c, ok := unsure[w]
				if !ok {
					c = .96
				}
				from := len(r.Text)
				r.Text += w
				r.Words = append(r.Words, photo.Word{From: from, To: len(r.Text), Line: y + 1, Confidence: c, Box: image.Rect(x, 20*y+2, x+8*len(w), 20*y+18)})
				x += 8*len(w) + 8
			}
		}
		return r, r.Check()
	}
}

func pictured(read PictureReader) Exhibit {
	return Exhibit{Name: "photo.jpg", Data: []byte(pictureBytes), Pictures: read}
}

func TestExaminePictures(t *testing.T) {
	story, w := embedded(t)
	s, at := w.snapshot(w.end()), w.end()
	tariff := story.file(t, "tariff.en.txt")
	unknown := "Grain prices rose again this week in the western markets, traders say, and nobody expects them to fall."
	blurred := map[string]float32{}
	for i, word := range strings.Fields(unknown) {
		if i%3 == 0 {
			blurred[word] = .3
		}
	}
	for _, c := range []struct {
		name string
		read PictureReader
		code string
		exit int
		note Note
	}{
		{"the letter", seeing(tariff, nil), "same_text/in_force", ExitInForce, ""},
		{"a number changed", seeing(strings.Replace(tariff, "840", "940", 1), nil), "altered/in_force", ExitAltered, ""},
		{"a number that may be misread", seeing(strings.Replace(tariff, "840", "340", 1), map[string]float32{"340": .5}), "same_text/in_force", ExitPart, CheckWords},
		{"a few lines", seeing("The fee is not due when a pilot is called\nback by the Commission.", nil), "part/in_force", ExitPart, ""},
		{"nothing on record", seeing(unknown, nil), "none/not_on_record", ExitNotOnRecord, ""},
		{"nothing on record, read badly", seeing(unknown, blurred), "unreadable/cannot_check", ExitUnreadable, ""},
		{"both languages", seeing(tariff+"\n"+story.file(t, "tariff.ar.txt"), nil), "same_text/in_force", ExitInForce, ""},
		{"both languages, a number in one that may be misread", seeing(tariff+"\n"+strings.Replace(story.file(t, "tariff.ar.txt"), "٨٤٠", "٣٤٠", 1), map[string]float32{"٣٤٠": .5}), "same_text/in_force", ExitPart, CheckWords},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := examine(t, s, pictured(c.read), at)
			if f.Headline == nil || f.Headline.Code != c.code || f.Exit() != c.exit || f.Note != c.note {
				t.Fatalf("%+v, exit %d, note %q; want %s, %d, %q; %+v", f.Headline, f.Exit(), f.Note, c.code, c.exit, c.note, f.Differences)
			}
			if f.ExhibitKind != KindPhoto {
				t.Errorf("it is a %s", f.ExhibitKind)
			}
			for _, d := range f.Differences {
				if d.Box == nil || d.Line == 0 {
					t.Errorf("%+v has no place in the picture", d)
				}
			}
		})
	}
}

// A difference stands where its words do; words that are missing stand between
// their neighbours. Programs read it in the JSON.
func TestPlacesInPicture(t *testing.T) {
	_, w := embedded(t)
	s, at := w.snapshot(w.end()), w.end()
	read := seeing("The fee is due when a pilot is called\nback by our Commission.", nil)
	f := examine(t, s, pictured(read), at)
	if len(f.Differences) != 2 {
		t.Fatalf("%+v", f.Differences)
	}
	// "is" ends at 10 + 8*(3+1+3+1+2) = 90, "due" begins at 98 and ends at 122.
	if d := f.Differences[0]; d.Kind != OnlyOnRecord || *d.Box != (Box{74, 2, 48, 16}) || d.Line != 1 {
		t.Errorf("the missing word stands in line %d at %+v", d.Line, *d.Box)
	} else if want := []Box{{74, 2, 16, 16}, {98, 2, 24, 16}}; !slices.Equal(d.Parts, want) {
		t.Errorf("the words around the missing one stand at %+v; want %+v", d.Parts, want)
	}
	if d := f.Differences[1]; *d.Box != (Box{74, 22, 24, 16}) || d.Line != 2 {
		t.Errorf("%+v stands at %+v", d, *d.Box)
	} else if d.Parts != nil {
		t.Errorf("one line has the parts %+v", d.Parts)
	}
	// Words over two lines have a place in each.
	two := examine(t, s, pictured(seeing("The fee is not due when a pilot is called back by our\nvery own Commission.", nil)), at)
	if !slices.ContainsFunc(two.Differences, func(d Difference) bool {
		return d.Copy == "our\nvery own" && len(d.Parts) == 2 && d.Parts[0].Y == 2 && d.Parts[1].Y == 22 && d.Parts[1].Width == 64
	}) {
		t.Errorf("words over two lines stand at %+v", two.Differences)
	}
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `"box":{"x":74,"y":22,"width":24,"height":16}`) || !strings.Contains(string(raw), `"exhibit_kind":"photo"`) {
		t.Errorf("%s", raw)
	}
}

// What keeps a picture from being read is said, never that it is not on record.
func TestPictureProblems(t *testing.T) {
	_, w := embedded(t)
	s, at := w.snapshot(w.end()), w.end()
	failing := func(p photo.Problem) PictureReader {
		return func(context.Context, []byte) (photo.Reading, error) {
			return photo.Reading{}, &photo.Error{Problem: p, Advice: "do this"}
		}
	}
	half := map[string]float32{"the": .2, "harbour": .3, "of": .1, "morning": .2}
	for name, c := range map[string]struct {
		e    Exhibit
		want ReadProblem
		says string
	}{
		"no reader at all":   {pictured(nil), ProblemNoReader, "type one sentence"},
		"nothing installed":  {pictured(failing(photo.NoReader)), ProblemNoReader, "do this"},
		"a bomb":             {pictured(failing(photo.TooLarge)), ProblemPicture, "do this"},
		"damaged":            {pictured(failing(photo.Broken)), ProblemBroken, "do this"},
		"of an unknown kind": {pictured(failing(photo.NotPicture)), ProblemBroken, "do this"},
		"a crash":            {pictured(failing(photo.Failed)), ProblemBroken, "do this"},
		"no time":            {pictured(failing(photo.TooSlow)), ProblemSlow, "do this"},
		"no words":           {pictured(seeing("", nil)), ProblemUnreadable, "no words could be read"},
		"mostly unreadable":  {pictured(seeing("the harbour of morning by night", half)), ProblemUnreadable, "only 33 % of the words could be read; try a flatter, sharper photo, or type one sentence"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Examine(t.Context(), c.e, at)
			var re *ReadError
			if !errors.As(err, &re) || re.Problem != c.want || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v; want %s, %q", err, c.want, c.says)
			}
			f := s.Unread(err, at)
			if f == nil || f.Exit() != ExitUnreadable || f.ExhibitKind != KindPhoto || f.Problem != c.want || *f.Standing != register.CannotCheck {
				t.Errorf("%+v", f)
			}
		})
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	e := pictured(func(ctx context.Context, _ []byte) (photo.Reading, error) { return photo.Reading{}, ctx.Err() })
	if _, err := s.Examine(gone, e, at); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who went away: %v", err)
	}
}

// A report in a picture gets its reading sheet; misread words are shown as such.
func TestReportInPicture(t *testing.T) {
	_, w := embedded(t)
	s, at := w.snapshot(w.end()), w.end()
	text := "The fee has been a matter of dispute for years.\n“The fee is not due when a pilot is called back by the Commission,” the Harbour Commission wrote.\nCaptains are not so sure."
	f := examine(t, s, pictured(seeing(text, map[string]float32{"pilot": .4})), at)
	if f.ExhibitKind != KindReport || len(f.Quotations) != 1 || f.Quotations[0].Match != Part {
		t.Fatalf("%+v", f)
	}
}

// Cutting a paper keeps each word's confidence and place, wherever it is cut.
func TestCutKeepsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,6}`), 1, 20).Draw(t, "words")
		r, err := seeing(strings.Join(words, " "), nil)(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		p := paper{text: r.Text, picture: &picture{words: r.Words}}
		from := rapid.IntRange(0, len(r.Text)).Draw(t, "from")
		to := rapid.IntRange(from, len(r.Text)).Draw(t, "to")
		part := p.cut(from, to)
		for _, got := range part.picture.words {
			inside := part.text[got.From:got.To]
			if !slices.ContainsFunc(p.picture.words, func(w photo.Word) bool {
				return w.Box == got.Box && strings.Contains(r.Text[w.From:w.To], inside)
			}) {
				t.Fatalf("%q at %v is no word of %q", inside, got.Box, r.Text)
			}
		}
		if f := part.fold(); slices.Contains(f.Confidence, 0) {
			t.Fatalf("a word of %q lost its confidence: %v", part.text, f.Confidence)
		}
	})
}
