package typeset_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/face"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

func set(t testing.TB, l typeset.Letter) typeset.Result {
	t.Helper()
	r, err := typeset.Set(l)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// written is the words of a text as people count them: what shows nothing is none.
func written(text string) []string {
	return slices.DeleteFunc(strings.Fields(text), func(w string) bool {
		return !strings.ContainsFunc(w, func(r rune) bool { return !face.Invisible(r) })
	})
}

// geometry looks for anything wrong with where words are said to stand.
func geometry(l typeset.Letter, pages []layout.Page) error {
	for _, text := range l.Content.Texts {
		if err := accounted(text, pages); err != nil {
			return err
		}
	}
	for i, p := range pages {
		for j, w := range p.Words {
			b := w.Box
			if b.X < 0 || b.Y < 0 || b.X+b.Width > p.Width || b.Y+b.Height > p.Height {
				return fmt.Errorf("page %d: %q lies over the edge: %+v", i+1, w.Text, b)
			}
			for k, v := range p.Words[:j] {
				if overlap(v.Box, b) && !oneWord(p.Words[k:j+1]) {
					return fmt.Errorf("page %d: %q %+v and %q %+v overlap", i+1, v.Text, v.Box, w.Text, b)
				}
			}
		}
	}
	return nil
}

// oneWord reports whether these are pieces of one word, which may stand on each
// other: a mark on a letter of another script.
func oneWord(pieces []layout.Word) bool {
	for i := range pieces[1:] {
		if pieces[i+1].Part != layout.Body || pieces[i+1].From != pieces[i].To {
			return false
		}
	}
	return true
}

func overlap(a, b layout.Box) bool {
	const touch = 0.1 // mm: where two directions meet there may be no space, and strokes that join reach out
	return a.X+touch < b.X+b.Width && b.X+touch < a.X+a.Width && a.Y+touch < b.Y+b.Height && b.Y+touch < a.Y+a.Height
}

// accounted: every word of a text stands on the pages once, in order.
func accounted(text letter.LangText, pages []layout.Page) error {
	canonical := text.Text.String()
	var words []string
	last := 0
	for _, p := range pages {
		for _, w := range p.Words {
			if w.Part != layout.Body || w.Language != string(text.Lang) {
				continue
			}
			if w.From < last || w.To <= w.From || w.To > len(canonical) || canonical[w.From:w.To] != w.Text {
				return fmt.Errorf("%q is said to be bytes %d to %d, after %d", w.Text, w.From, w.To, last)
			}
			if w.From == last && last > 0 {
				words[len(words)-1] += w.Text // a word that was broken
			} else {
				words = append(words, w.Text)
			}
			last = w.To
		}
	}
	if want := written(canonical); !slices.Equal(words, want) {
		return fmt.Errorf("the text has %d words, the pages %d: %q and %q", len(want), len(words), want, words)
	}
	return nil
}

// Letters of the scripts that letters are written in, with what makes lines hard:
// figures, brackets, joiners, direction marks, isolates, long words.
var alphabets = map[letter.Lang]string{
	"en": "abcdefghijklmnopqrstuvwxyzABCWÄéßőŁﬁ0123456789.,;:-()[]/’“”€§%жΩ",
	"ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئپچگ٠١٢٣٤٥٦0123456789.،؛؟:()«»-/%abcXYZ\u064b\u064e\u064f\u0651\u0652\u200c\u200d\u200e\u200f",
	"fr": "abcdefghijklmnopqrstuvwxyzéèêëàâçîïôùûüÿœæ0123456789.,;:-()«»'’",
}

func words(lang letter.Lang) *rapid.Generator[string] {
	letters := rapid.SampledFrom([]rune(alphabets[lang]))
	word := rapid.Custom(func(t *rapid.T) string {
		n := rapid.IntRange(1, 12).Draw(t, "length")
		if rapid.IntRange(0, 40).Draw(t, "long") == 0 {
			n *= 15
		}
		w := string(rapid.SliceOfN(letters, n, n).Draw(t, "word"))
		if rapid.IntRange(0, 20).Draw(t, "isolate") == 0 {
			w = "\u2067" + w + "\u2069"
		}
		return w
	})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for _, w := range rapid.SliceOfN(word, 1, 150).Draw(t, "words") {
			b.WriteString(w)
			b.WriteString(rapid.SampledFrom([]string{" ", " ", " ", " ", " ", " ", "\n", "\n\n"}).Draw(t, "space"))
		}
		return b.String()
	})
}

// Whatever a letter says, every word stands on its pages once, in order, on the
// page and over no other.
func TestNoWordIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := typeset.Letter{Content: letter.Content{Reference: "HC-2026-0012"}, Office: []typeset.Words{{Language: "en", Text: "Harbour Commission"}}}
		for _, lang := range rapid.SampledFrom([][]letter.Lang{{"en"}, {"ar"}, {"ar", "en"}, {"fr"}}).Draw(t, "languages") {
			text, err := letter.Canonicalize([]byte(words(lang).Draw(t, string(lang))))
			if err != nil {
				continue // marks of direction alone
			}
			l.Content.Texts = append(l.Content.Texts, letter.LangText{Lang: lang, Text: text})
		}
		if len(l.Content.Texts) == 0 {
			return
		}
		if rapid.Bool().Draw(t, "code") {
			l.Code = "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012"
		}
		if rapid.Bool().Draw(t, "paper") {
			l.Form = typeset.USLetter
		}
		if rapid.Bool().Draw(t, "notice") {
			l.Notices = []typeset.Words{{Language: "en", Text: "Draft " + strings.Repeat("of a letter ", rapid.IntRange(0, 30).Draw(t, "more"))}}
		}
		r, err := typeset.Set(l)
		if err != nil {
			t.Fatal(err)
		}
		if err := geometry(l, r.Pages); err != nil {
			t.Fatal(err)
		}
	})
}

// The checks above can fail.
func TestGeometryCanFail(t *testing.T) {
	l := harbour(t)
	for name, spoil := range map[string]func(p []layout.Page){
		"a word is gone":     func(p []layout.Page) { p[0].Words = slices.Delete(p[0].Words, 40, 41) },
		"a word is twice":    func(p []layout.Page) { p[0].Words = slices.Insert(p[0].Words, 41, p[0].Words[40]) },
		"words change place": func(p []layout.Page) { w := p[0].Words; w[40], w[41] = w[41], w[40] },
		"over the edge":      func(p []layout.Page) { p[0].Words[40].Box.X = 209 },
		"over each other":    func(p []layout.Page) { p[0].Words[40].Box.X = p[0].Words[41].Box.X },
	} {
		r := set(t, l)
		if err := geometry(l, r.Pages); err != nil {
			t.Fatal(err)
		}
		spoil(r.Pages)
		if geometry(l, r.Pages) == nil {
			t.Errorf("nobody notices when %s", name)
		}
	}
}

func TestSameLetterSameBytes(t *testing.T) {
	first := set(t, draft(t, 2))
	for range 3 {
		if again := set(t, draft(t, 2)); !bytes.Equal(first.PDF, again.PDF) {
			t.Fatal("the same letter gave other bytes")
		}
	}
	other := draft(t, 2)
	other.Notices = nil
	if bytes.Equal(first.PDF, set(t, other).PDF) {
		t.Error("another letter gave the same bytes")
	}
}

// A character that no typeface has is named with its place, in a text and around
// it; nothing is ever drawn as an empty box.
func TestUnknownCharacters(t *testing.T) {
	l := harbour(t)
	l.Content.Texts = []letter.LangText{{Lang: "en", Text: canonical(t, "Sir,\n\nthe ship 中 leaves.\n")}}
	_, err := typeset.Set(l)
	var at *letter.TextError
	if !errors.As(err, &at) || at.Line != 3 || at.Column != 10 || !strings.Contains(err.Error(), "中") || !strings.Contains(err.Error(), "U+4E2D") {
		t.Errorf("a Chinese character in a text: %v", err)
	}
	for name, change := range map[string]func(l *typeset.Letter){
		"office":    func(l *typeset.Letter) { l.Office = []typeset.Words{{Language: "en", Text: "港"}} },
		"addressee": func(l *typeset.Letter) { l.Content.Addressees = []string{"港"} },
		"enclosure": func(l *typeset.Letter) { l.Content.Enclosures = []letter.Enclosure{{Title: "港"}} },
		"signature": func(l *typeset.Letter) { l.Content.Signature.Lines = []string{"港"} },
		"notice":    func(l *typeset.Letter) { l.Notices = []typeset.Words{{Language: "en", Text: "港"}} },
	} {
		l := harbour(t)
		change(&l)
		var missing *face.MissingError
		if _, err := typeset.Set(l); !strings.Contains(fmt.Sprint(err), "港") || errors.As(err, &missing) && missing.Rune != '港' {
			t.Errorf("a Chinese character in the %s: %v", name, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	for want, change := range map[string]func(l *typeset.Letter){
		"no text":         func(l *typeset.Letter) { l.Content.Texts = nil },
		"is empty":        func(l *typeset.Letter) { l.Content.Texts[0].Text = letter.Text{} },
		"of the form":     func(l *typeset.Letter) { l.Form = "a5" },
		"without folders": func(l *typeset.Letter) { l.Attachments = []typeset.File{{Name: "../proof", MediaType: "a/b"}} },
		"two attachments": func(l *typeset.Letter) {
			l.Attachments = []typeset.File{{Name: "p", MediaType: "a/b"}, {Name: "P", MediaType: "a/b"}}
		},
		"is of the type":    func(l *typeset.Letter) { l.Attachments = []typeset.File{{Name: "proof", MediaType: "a b"}} },
		"drawing a QR code": func(l *typeset.Letter) { l.Code = strings.Repeat("x", 3000) },
	} {
		l := harbour(t)
		change(&l)
		if _, err := typeset.Set(l); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q: %v", want, err)
		}
	}
}

// printed is all words of a page, one behind the other.
func printed(p layout.Page, parts ...layout.Part) string {
	var out []string
	for _, w := range p.Words {
		if len(parts) == 0 || slices.Contains(parts, w.Part) {
			out = append(out, w.Text)
		}
	}
	return strings.Join(out, " ")
}

// together is a text without its spaces: pieces of a word are words of a page.
func together(s string) string { return strings.ReplaceAll(s, " ", "") }

// Every page of a copy carries the notice in every language, each on one line, and
// every page the code and its number as running matter, word for word.
func TestEveryPageSaysWhatItIs(t *testing.T) {
	l := draft(t, 6)
	r := set(t, l)
	if len(r.Pages) < 6 {
		t.Fatalf("%d pages: want three or more for each language", len(r.Pages))
	}
	for i, p := range r.Pages {
		for _, n := range l.Notices {
			if !strings.Contains(together(printed(p, layout.Notice)), together(n.Text)) {
				t.Errorf("page %d does not say %q", i+1, n.Text)
			}
		}
		lines := map[int]string{}
		for _, w := range p.Words {
			lines[w.Line] += " " + w.Text
		}
		running := 0
		for _, text := range lines {
			running += len(letter.RunningMatter(strings.TrimSpace(text)))
		}
		if running != 4 {
			t.Errorf("page %d has %d lines of running matter: want two notices, the code and the number", i+1, running)
		}
		if english := fmt.Sprintf("Page %d of %d", i+1, len(r.Pages)); !strings.Contains(printed(p, layout.Foot), english) && !strings.Contains(printed(p, layout.Foot), fmt.Sprintf("صفحة %d من %d", i+1, len(r.Pages))) {
			t.Errorf("page %d has no number: %s", i+1, printed(p, layout.Foot))
		}
	}
}

// One language stands on a page, the prevailing one first.
func TestOneLanguageOnAPage(t *testing.T) {
	seen := []string{}
	for _, p := range set(t, draft(t, 3)).Pages {
		for _, w := range p.Words {
			if w.Part == layout.Body && (len(seen) == 0 || seen[len(seen)-1] != w.Language) {
				seen = append(seen, w.Language)
			}
		}
	}
	if !slices.Equal(seen, []string{"en", "ar"}) {
		t.Errorf("languages follow each other as %q", seen)
	}
}

// What a text says itself is not printed around it again.
func TestTheTextSpeaksForItself(t *testing.T) {
	l := harbour(t)
	around := printed(set(t, l).Pages[0], layout.Head)
	for _, want := range []string{"Harbour Commission", "harbour.example", "Reference: HC-2026-0012", "Date: 12 January 2026", "To: Ministry of Transport, Department of Ports Coast Guard, Northern Command",
		"Enclosures: 1. Chart of the outer harbour 2. Table of fees", "Copies to: Pilots' Association", "Where the texts differ, the English text prevails."} {
		if !strings.Contains(around, want) {
			t.Errorf("the first page does not say %q: %s", want, around)
		}
	}
	if strings.Contains(around, "Amina Haddad") {
		t.Error("the signature stands there twice")
	}
	whole := "Harbour Commission\nOuter mole, Port Royal\n\n12 January 2026\n\nHC-2026-0012\n\nTo the Ministry of Transport, Department of Ports\nCoast Guard, Northern Command\n\n" + english + "\nCopies: Pilots' Association\n\nEnclosures:\nChart of the outer harbour\nTable of fees\n"
	l.Content.Texts = []letter.LangText{{Lang: "en", Text: canonical(t, whole)}}
	l.Content.Signature.Lines = nil
	if around := printed(set(t, l).Pages[0], layout.Head); around != "harbour.example" {
		t.Errorf("around a text that says everything stands %q", around)
	}
	l.Content.Texts[0].Text = canonical(t, "Harbour Commission\n\nSir,\n\nno.\n")
	if all := printed(set(t, l).Pages[0]); !strings.HasPrefix(all, "Harbour Commission harbour.example Reference: HC-2026-0012 Date: 12 January 2026 To: Ministry") {
		t.Errorf("under a text's own letterhead stands %s", all)
	}
	l.Content.Texts[0].Text = canonical(t, "Sir,\n\nno.\n")
	l.Content.Signature.Lines = []string{"Amina Haddad", "Director"}
	if around := printed(set(t, l).Pages[0], layout.Head); !strings.Contains(around, "Amina Haddad Director Enclosures:") {
		t.Errorf("the signature does not stand under the text: %s", around)
	}
}

// An Arabic page is an English one in a mirror.
func TestArabicPagesAreMirrored(t *testing.T) {
	for _, p := range set(t, harbour(t)).Pages {
		left, right := map[int]float64{}, map[int]float64{}
		arabic := false
		for _, w := range p.Words {
			if w.Part != layout.Body {
				continue
			}
			arabic = w.Language == "ar"
			if x, ok := left[w.Line]; !ok || w.Box.X < x {
				left[w.Line] = w.Box.X
			}
			right[w.Line] = max(right[w.Line], w.Box.X+w.Box.Width)
		}
		var ragged float64
		for line := range left {
			if arabic {
				ragged = max(ragged, p.Width-25-right[line])
			} else {
				ragged = max(ragged, left[line]-25)
			}
		}
		// All but the signature begin at the margin.
		begins := 0
		for line := range left {
			if arabic && p.Width-25-right[line] < 1 || !arabic && left[line]-25 < 1 {
				begins++
			}
		}
		if begins < len(left)-2 || ragged < 60 {
			t.Errorf("arabic %v: %d of %d lines begin at the margin, the signature %.1f mm from it", arabic, begins, len(left), ragged)
		}
	}
}

// Long letters break well: no line of a paragraph stands alone, a signature stays
// whole, with the end of what it signs.
func TestLongLetters(t *testing.T) {
	l := draft(t, 40)
	r := set(t, l)
	if err := geometry(l, r.Pages); err != nil {
		t.Fatal(err)
	}
	if len(r.Pages) < 20 {
		t.Errorf("%d pages: want 20 or more", len(r.Pages))
	}
	for i, p := range r.Pages {
		body := map[int]bool{}
		for _, w := range p.Words {
			if w.Part == layout.Body {
				body[w.Line] = true
			}
		}
		if len(body) < 4 {
			t.Errorf("page %d has %d lines of text", i+1, len(body))
		}
	}
	// Wherever the end of the text comes to stand, the signature has company.
	for n := range 24 {
		text := strings.Repeat("A line of the letter.\n\n", n+20) + "The last paragraph of the letter.\n\nAmina Haddad\nDirector, Harbour Commission\n"
		l.Content.Texts = []letter.LangText{{Lang: "en", Text: canonical(t, text)}}
		pages := set(t, l).Pages
		for i, p := range pages {
			if got := printed(p, layout.Body); strings.Contains(got, "Amina") != strings.Contains(got, "Director") || strings.Contains(got, "Amina") && !strings.Contains(got, "last paragraph") {
				t.Errorf("%d lines, page %d: the signature stands alone: %s", n+20, i+1, got)
			}
		}
	}
}

// A word without end is broken into pages, in a time that grows with its length: a
// second for what once took minutes.
func TestEndlessWords(t *testing.T) {
	for lang, w := range map[letter.Lang]string{"en": strings.Repeat("x", 60_000), "ar": strings.Repeat("ب", 40_000), "fr": strings.Repeat("long-", 5_000)} {
		l := typeset.Letter{Content: letter.Content{Texts: []letter.LangText{{Lang: lang, Text: canonical(t, "A "+w+" b")}}}}
		if lang == "ar" {
			l.Content.Texts[0].Text = canonical(t, "ا "+w+" ب")
		}
		if err := geometry(l, set(t, l).Pages); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
}

// languages are letters in other languages than those of harbour.
var languages = map[letter.Lang]string{
	"fr": "Monsieur le Ministre,\n\nœuvre, cœur, naïveté, Élysée, « garçon » – 12 500 €.",
	"tr": "İstanbul, ığdır, şeker, çağrı, öğüt.", "vi": "Tiếng Việt: đường, nguyễn, Ậ Ệ Ữ.", "pl": "Zażółć gęślą jaźń.",
	"ru": "Уважаемый господин министр, срок истекает 1 марта.", "el": "Αξιότιμε κύριε Υπουργέ, ΐ ΰ.",
	"fa": "جناب آقای وزیر، می\u200cخواهم گزارشی را پیوست کنم: ۱۴۰۴/۱۱/۲۰.", "ur": "عالی جناب، ٹڈے پڑھ کر بھیجیں۔", "ckb": "بەڕێز وەزیر، پێویستە ڕۆژی یەکەم.",
}

// Other right-to-left languages in Arabic letters, and Latin ones with their own
// letters, are set; marks stand on their letters.
func TestOtherLanguages(t *testing.T) {
	for lang, text := range languages {
		l := typeset.Letter{Content: letter.Content{Reference: "X-1", Texts: []letter.LangText{{Lang: lang, Text: canonical(t, text)}}}}
		if err := geometry(l, set(t, l).Pages); err != nil {
			t.Errorf("%s: %v", lang, err)
		}
	}
	if strings.ContainsFunc(english+arabic, unicode.IsControl) && !strings.Contains(english, "\n") {
		t.Error("the letters of these tests hold control characters")
	}
}

func BenchmarkTwoPages(b *testing.B) {
	l := harbour(b)
	set(b, l)
	for b.Loop() {
		set(b, l)
	}
}
