package reply

import (
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// texts are the public words of a made-up revision.
type texts struct {
	shared.Records
	by map[letter.Hash]letter.Text
}

func (x texts) TextOf(h letter.Hash) (letter.Text, bool) { t, ok := x.by[h]; return t, ok }

// of seals texts, each under the tag of its language.
func (x texts) of(t *testing.T, words map[letter.Lang]string) []letter.Disclosure {
	t.Helper()
	var out []letter.Disclosure
	for _, lang := range []letter.Lang{"en", "ar", "fr"} {
		if words[lang] == "" {
			continue
		}
		text, err := letter.Canonicalize([]byte(words[lang]))
		if err != nil {
			t.Fatal(err)
		}
		d := letter.SealText(letter.LangText{Lang: lang, Text: text}, letter.Salt{byte(len(x.by) + 1)})
		x.by[d.Hash] = text
		out = append(out, d)
	}
	return out
}

// TestLanguagesDiffer: readers of a draft that got out see what its officers were
// shown: numbers and abbreviations, and "days and weeks" against "days".
func TestLanguagesDiffer(t *testing.T) {
	x := texts{by: map[letter.Hash]letter.Text{}}
	found := differing(x, x.of(t, map[letter.Lang]string{
		"en": "Sir,\n\nIn the coming days and weeks 12 aircraft of type AH-64 leave the quay.\n",
		"ar": "سيدي،\n\nفي الأيام القادمة تغادر 13 طائرة الرصيف.\n",
	}))
	words := map[string]string{}
	for _, f := range found {
		if len(f.Sides) != 2 || f.Sides[0].Lang == f.Sides[1].Lang {
			t.Errorf("%+v", f)
		}
		words[f.Kind] += strings.Join(f.Sides[0].Words, " ") + "|" + strings.Join(f.Sides[1].Words, " ")
	}
	for kind, want := range map[string]string{"acronyms": "AH-64", "numbers": "12", "time-units": "weeks"} {
		if !strings.Contains(words[kind], want) {
			t.Errorf("%s: %q, want %q in it", kind, words[kind], want)
		}
	}
	look := func(kind string) bool {
		i := slices.IndexFunc(found, func(f record.LanguageDifference) bool { return f.Kind == kind })
		return i >= 0 && found[i].Look
	}
	if !look("time-units") || look("acronyms") {
		t.Error("what holds a letter up, and what somebody should look at, are not told apart")
	}
	if got := differing(x, x.of(t, map[letter.Lang]string{"en": "One language alone, of 1 line.\n"})); got != nil {
		t.Errorf("one language: %+v", got)
	}
	long := strings.Repeat("The 12 ships leave. ", mostCompared/20)
	if got := differing(x, x.of(t, map[letter.Lang]string{"en": long, "fr": long + "13"})); got != nil {
		t.Errorf("texts too long for a page were compared: %d", len(got))
	}
	erased := x.of(t, map[letter.Lang]string{"en": "The 5 ships leave.\n", "fr": "Les 6 navires partent.\n"})
	delete(x.by, erased[1].Hash)
	if got := differing(x, erased); got != nil {
		t.Errorf("words that were taken away: %+v", got)
	}
}
