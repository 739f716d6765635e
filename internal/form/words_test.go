package form

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

func set(t testing.TB) (letter.LangText, []layout.Page) {
	t.Helper()
	x, err := letter.Canonicalize([]byte("Sir,\n\nThe south lock is not closed.\n"))
	if err != nil {
		t.Fatal(err)
	}
	l := letter.LangText{Lang: "en", Text: x}
	out, err := typeset.Set(typeset.Letter{Content: letter.Content{Reference: "HC-1", Type: letter.TypeLetter, Texts: []letter.LangText{l}}, Domain: "harbour.example"})
	if err != nil {
		t.Fatal(err)
	}
	return l, out.Pages
}

// TestWordForWord: pages that leave a word out, change one, or have them in another
// order are not the letter.
func TestWordForWord(t *testing.T) {
	text, pages := set(t)
	if err := WordForWord(text, pages); err != nil {
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
		for _, w := range pages[0].Words {
			if w.Part == layout.Body {
				body = append(body, w)
			}
		}
		if err := WordForWord(text, []layout.Page{{Words: bend(body)}}); err == nil {
			t.Errorf("%s: passes for the letter", name)
		}
	}
}

// TestPlaced: words read in any order, or run together, are those that were set; with
// one letter of one word changed they are not.
func TestPlaced(t *testing.T) {
	_, pages := set(t)
	rapid.Check(t, func(t *rapid.T) {
		shown := []layout.Page{{Words: rapid.Permutation(pages[0].Words).Draw(t, "order")}}
		at := rapid.IntRange(0, len(shown[0].Words)-1).Draw(t, "at")
		if rapid.Bool().Draw(t, "joined") {
			ws := slices.Clone(pages[0].Words)
			at = min(at, len(ws)-2)
			a, b := ws[at], ws[at+1]
			if a.Line == b.Line {
				a.Text += b.Text
				a.Box.Width = b.Box.X + b.Box.Width - a.Box.X
				shown[0].Words = append(slices.Delete(ws, at, at+2), a)
				at = len(shown[0].Words) - 1
			}
		}
		if wrong := placed(pages, shown); len(wrong) > 0 {
			t.Fatal(wrong)
		}
		w := &shown[0].Words[at]
		r := []rune(w.Text)
		i := rapid.IntRange(0, len(r)-1).Draw(t, "letter")
		r[i] = rapid.SampledFrom([]rune("xqж٧%")).Draw(t, "other")
		w.Text = string(r)
		if len(placed(pages, shown)) == 0 {
			t.Fatalf("%q passes", w.Text)
		}
	})
}

// TestWithoutCode: a code that is broken into rows is left out whole, and nothing else.
func TestWithoutCode(t *testing.T) {
	const code = "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-1"
	for in, want := range map[string]bool{
		"Sir,\n" + code + "\nso": true, "Sir,\n" + code[:30] + "\n " + code[30:] + "\nso": true,
		"Sir,\n" + code + "1\nso": false, "Sir,\n" + code[:30] + "\n" + code[31:] + "\nso": false, "Sir, " + code + "\nso": false,
	} {
		out := withoutCode(in, code)
		if len(out) != len(in) || (out != in) != want {
			t.Errorf("%q became %q", in, out)
		}
	}
}
