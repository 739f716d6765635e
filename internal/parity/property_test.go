package parity_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"chancery.example/internal/parity"
	"chancery.example/letter"
)

// pieces are what random texts are made of: what every check looks at.
var pieces = map[letter.Lang][]string{
	"en": {"the ship", "30", "1,260", "six", "twenty-six", "one hundred and five", "5 million", "6 January 2020", "January 2020", "2020-01-06", "6/1/2020", "Friday",
		"18:00", "6 p.m.", "noon", "1500 hours", "HC-2026-0012", "AH-64", "CJTF-OIR", "UN", "desk@harbour.example", "must", "may", "not", "weeks", "in 2 days", ",", ".", ":",
		"[...]", "\u200f", "\u2066x\u2069", "the 3rd", "may 5", "of", "and", "-", "(", "/"},
	"ar": {"السفينة", "٣٠", "١٬٢٦٠", "ستة", "ستة وعشرون", "مئة وخمسة", "خمسة ملايين", "٦ كانون الثاني ٢٠٢٠", "يناير", "كانون", "٢٠٢٠/١/٦", "يوم الجمعة", "الاثنين",
		"الساعة السادسة مساءً", "الساعة", "إلا ربعاً", "ظهراً", "عشرة", "HC-2026-0012", "AH-64", "الأمم المتحدة", "يجب", "يجوز", "لا", "أسابيع", "يومين", "،", ".", ":", "و", "من", "الحادي عشر",
		"\u200f", "والعشرين", "ألف", "(", "/"},
}

// texts draws a text of a language.
func texts(t *rapid.T, lang letter.Lang, label string) string {
	var b strings.Builder
	for range rapid.IntRange(1, 6).Draw(t, label+" paragraphs") {
		for range rapid.IntRange(1, 12).Draw(t, label+" pieces") {
			b.WriteString(rapid.SampledFrom(pieces[lang]).Draw(t, label))
			b.WriteString(rapid.SampledFrom([]string{" ", " ", " ", "", "\n"}).Draw(t, label+" gap"))
		}
		b.WriteString("x\n\n")
	}
	return b.String()
}

// TestSame: a text has no difference from itself, whatever it is.
func TestSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lang := rapid.SampledFrom([]letter.Lang{"en", "ar", "fr"}).Draw(rt, "lang")
		from := lang
		if lang == "fr" {
			from = "en"
		}
		s := texts(rt, from, "text")
		c := letter.Content{}
		for _, l := range []letter.Lang{lang, lang + "-latn"} {
			text, err := letter.Canonicalize([]byte(s))
			if err != nil {
				rt.Skip()
			}
			c.Texts = append(c.Texts, letter.LangText{Lang: l, Text: text})
		}
		for _, f := range parity.Compare(c, parity.Glossary{Concepts: []parity.Concept{{Forms: map[letter.Lang][]string{"en": {"ship"}, "ar": {"السفينة"}}}}}) {
			if f.First != f.Second { // direction marks are found in one text
				rt.Fatalf("%q against itself: %+v", s, f)
			}
		}
	})
}

// TestSeeded: what is added to one text is found, and each finding holds.
func TestSeeded(t *testing.T) {
	seeds := map[string]parity.Kind{
		" 987654 ": parity.Numbers, " QXZ-77 ": parity.Acronyms, " QX/2031/9876 ": parity.References, " 17 January 1999 ": parity.Dates, " 23:47 ": parity.Times,
		"\n\nAnd more, altogether new.": parity.Paragraphs,
	}
	rapid.Check(t, func(rt *rapid.T) {
		en, ar := texts(rt, "en", "en")+"\n\nThe end of it.", texts(rt, "ar", "ar")+"\n\nنهاية النص."
		before, err := contentOf(en, ar)
		if err != nil {
			rt.Skip()
		}
		holds(rt, before, parity.Compare(before, parity.Glossary{}))
		seed := rapid.SampledFrom([]string{" 987654 ", " QXZ-77 ", " QX/2031/9876 ", " 17 January 1999 ", " 23:47 ", "\n\nAnd more, altogether new."}).Draw(rt, "seed")
		// At the end of the body, behind a full stop, where nothing else takes it.
		after, err := contentOf("The first paragraph of it."+seed+"is here.\n\n"+en, "الفقرة الأولى هي هذه.\n\n"+ar)
		if err != nil {
			rt.Skip()
		}
		fs := parity.Compare(after, parity.Glossary{})
		holds(rt, after, fs)
		base, err := contentOf("The first paragraph of it. is here.\n\n"+en, "الفقرة الأولى هي هذه.\n\n"+ar)
		if err != nil {
			rt.Skip()
		}
		if seed[0] == '\n' && len(after.Texts[0].Text.Paragraphs()) == len(after.Texts[1].Text.Paragraphs()) {
			return // it made them equal
		}
		if !slices.ContainsFunc(fs, func(f parity.Finding) bool { return f.Kind == seeds[seed] }) {
			rt.Fatalf("%q in %q beside %q is not found: %q; without: %q", seed, en, ar, brief(fs), brief(parity.Compare(base, parity.Glossary{})))
		}
	})
}

func contentOf(en, ar string) (letter.Content, error) {
	var c letter.Content
	for _, x := range []struct {
		lang letter.Lang
		text string
	}{{"en", en}, {"ar", ar}} {
		text, err := letter.Canonicalize([]byte(x.text))
		if err != nil {
			return c, err
		}
		c.Texts = append(c.Texts, letter.LangText{Lang: x.lang, Text: text})
	}
	return c, nil
}

type failer interface {
	Fatalf(format string, args ...any)
}

// holds: findings are the same every time, have ids of their own and places that are
// in the texts.
func holds(t failer, c letter.Content, fs []parity.Finding) {
	if again := parity.Compare(c, parity.Glossary{}); !reflect.DeepEqual(fs, again) {
		t.Fatalf("compared again: %+v, then %+v", fs, again)
	}
	words := map[letter.Lang]string{}
	for _, x := range c.Texts {
		words[x.Lang] = x.Text.String()
	}
	seen := map[string]bool{}
	for _, f := range fs {
		if len(f.ID) != 16 || seen[f.ID] || f.Severity != f.Kind.Severity() || !slices.Contains(parity.Kinds(), f.Kind) {
			t.Fatalf("finding %+v: its id is %q, seen before: %v", f, f.ID, seen[f.ID])
		}
		seen[f.ID] = true
		for _, p := range f.Places {
			s, at := words[p.Lang], p.Span
			if at.Start < 0 || at.End > len(s) || at.Start >= at.End || !utf8.ValidString(s[at.Start:at.End]) || !p.Missing && s[at.Start:at.End] != p.Text || p.Missing && p.Text != "" {
				t.Fatalf("finding %+v: place %+v is not in the text", f, p)
			}
		}
	}
}

// TestIDs: an id stays when another paragraph changes, and does not when its own
// does, on either side.
func TestIDs(t *testing.T) {
	ids := func(en, ar string) []string {
		var out []string
		for _, f := range parity.Compare(content(t, "en", en, "ar", ar), parity.Glossary{}) {
			out = append(out, f.ID)
		}
		return out
	}
	was := ids("It is 30 here.\n\nIt is open.", "هو ٤٠ هنا.\n\nهو مفتوح.")
	for _, c := range []struct {
		en, ar string
		same   bool
	}{
		{"It is 30 here.\n\nIt is closed.", "هو ٤٠ هنا.\n\nهو مغلق.", true},
		{"A new one.\n\nIt is 30 here.\n\nIt is open.", "فقرة جديدة.\n\nهو ٤٠ هنا.\n\nهو مفتوح.", true},
		{"It is 30 there.\n\nIt is open.", "هو ٤٠ هنا.\n\nهو مفتوح.", false},
		{"It is 30 here.\n\nIt is open.", "هو ٤٠ هناك.\n\nهو مفتوح.", false},
		{"It is 31 here.\n\nIt is open.", "هو ٤٠ هنا.\n\nهو مفتوح.", false},
	} {
		if now := ids(c.en, c.ar); len(was) != 1 || len(now) != 1 || (was[0] == now[0]) != c.same {
			t.Errorf("%q, %q: ids %q and %q, want the same: %v", c.en, c.ar, was, now, c.same)
		}
	}
}

// TestPrevailing: the text that prevails is the one that the others are held
// against, and every other text is compared.
func TestPrevailing(t *testing.T) {
	c := content(t, "ar", "هو ٣٠ هنا.", "en", "It is 31 here.", "fr", "C'est 32 ici.")
	c.Prevailing = "en"
	var pairs []string
	for _, f := range parity.Compare(c, parity.Glossary{}) {
		pairs = append(pairs, string(f.First+"-"+f.Second))
	}
	if !slices.Equal(pairs, []string{"en-ar", "en-fr"}) {
		t.Errorf("compared %q", pairs)
	}
	c.Texts = c.Texts[:1]
	if fs := parity.Compare(c, parity.Glossary{}); fs != nil {
		t.Errorf("one language: %v", fs)
	}
}

func FuzzCompare(f *testing.F) {
	for _, en := range pieces["en"] {
		f.Add(en+" and more.\n\n"+en, pieces["ar"][0]+" "+pieces["ar"][len(en)%len(pieces["ar"])])
	}
	f.Add("6 January 2020, at 18:00\n\nSir,\n\n"+strings.Join(pieces["en"], " "), strings.Join(pieces["ar"], " "))
	f.Fuzz(func(t *testing.T, en, ar string) {
		c, err := contentOf(en, ar)
		if err != nil {
			return
		}
		holds(t, c, parity.Compare(c, parity.Glossary{}))
	})
}
