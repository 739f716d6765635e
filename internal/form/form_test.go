package form

import (
	"testing"
	"time"

	"chancery.example/internal/around"
	"chancery.example/internal/kind"
	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

func order(t *testing.T) Order {
	t.Helper()
	text, err := letter.Canonicalize([]byte("Sir,\n\nThe south lock is not closed.\n"))
	if err != nil {
		t.Fatal(err)
	}
	texts := []letter.LangText{{Lang: "en", Text: text}}
	return Order{Letter: typeset.Letter{
		Content: letter.Content{Reference: "HC-1", Type: letter.TypeLetter, Texts: texts}, Domain: "harbour.example",
		Date: around.Day(time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC), texts),
	}}
}

// TestMake: the same order makes the same file; what is given from elsewhere and is
// no PDF that can be issued is refused.
func TestMake(t *testing.T) {
	first, err := Make(t.Context(), order(t))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Make(t.Context(), order(t))
	if err != nil || string(first) != string(again) {
		t.Errorf("made again it is another file (%v)", err)
	}
	o := order(t)
	o.Given = []byte("%PDF-1.7 no more than a beginning")
	if _, err := Make(t.Context(), o); kind.Of(err) != kind.Invalid {
		t.Errorf("a broken file: %v", err)
	}
}

// TestWordForWord: pages that leave a word out, change one, or have them in another
// order are not the letter.
func TestWordForWord(t *testing.T) {
	text := order(t).Letter.Content.Texts[0]
	set, err := typeset.Set(order(t).Letter)
	if err != nil {
		t.Fatal(err)
	}
	if err := WordForWord(text, set.Pages); err != nil {
		t.Fatal(err)
	}
	for name, bend := range map[string]func([]layout.Word) []layout.Word{
		"a word less":   func(ws []layout.Word) []layout.Word { return append(ws[:2:2], ws[3:]...) },
		"no last word":  func(ws []layout.Word) []layout.Word { return ws[:len(ws)-1] },
		"another word":  func(ws []layout.Word) []layout.Word { ws[2].Text = "South"; return ws },
		"another order": func(ws []layout.Word) []layout.Word { ws[1], ws[2] = ws[2], ws[1]; return ws },
		"past the end":  func(ws []layout.Word) []layout.Word { ws[2].To = 10_000; return ws },
	} {
		var body []layout.Word
		for _, w := range set.Pages[0].Words {
			if w.Part == layout.Body {
				body = append(body, w)
			}
		}
		if err := WordForWord(text, []layout.Page{{Words: bend(body)}}); err == nil {
			t.Errorf("%s: passes for the letter", name)
		}
	}
}
