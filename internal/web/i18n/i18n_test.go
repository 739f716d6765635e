package i18n_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
)

func load(t *testing.T, lang letter.Lang) *i18n.Printer {
	t.Helper()
	p, err := i18n.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	forms       = map[letter.Lang][]string{"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
	// Arabic says none, one and two in words: "two letters" is one word, and no
	// figure stands beside it.
	wordsForNumbers = regexp.MustCompile(`\.(zero|one|two)$`)
)

// messages returns the placeholders of every message, plural forms as one. It
// fails the test for a plural that lacks a form or whose forms do not agree.
func messages(t *testing.T, p *i18n.Printer) map[string]string {
	t.Helper()
	out, plurals := map[string]string{}, map[string][]string{}
	for _, key := range p.Keys() {
		names := placeholder.FindAllString(p.T(key), -1)
		if p.Lang() == "ar" && wordsForNumbers.MatchString(key) {
			names = append(names, "{n}")
		}
		slices.Sort(names)
		holds := strings.Join(slices.Compact(names), " ")
		stem, last := key[:strings.LastIndex(key, ".")], key[strings.LastIndex(key, ".")+1:]
		if slices.Contains(forms["ar"], last) && slices.Contains(p.Keys(), stem+".other") {
			plurals[stem] = append(plurals[stem], last)
			if before, ok := out[stem]; ok && before != holds {
				t.Errorf("%s: the forms of %s have different placeholders: %q and %q", p.Lang(), stem, before, holds)
			}
			key = stem
		}
		out[key] = holds
	}
	for stem, have := range plurals {
		slices.Sort(have)
		want := slices.Sorted(slices.Values(forms[p.Lang()]))
		if !slices.Equal(have, want) {
			t.Errorf("%s: %s has the plural forms %v; want %v", p.Lang(), stem, have, want)
		}
	}
	return out
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	en, ar := messages(t, load(t, "en")), messages(t, load(t, "ar"))
	for key, holds := range en {
		other, ok := ar[key]
		switch {
		case !ok:
			t.Errorf("%s has no Arabic message", key)
		case other != holds:
			t.Errorf("%s: placeholders %q in English, %q in Arabic", key, holds, other)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(ar)) {
		if _, ok := en[key]; !ok {
			t.Errorf("%s has no English message", key)
		}
	}
}

// The product never uses these words for an answer (design/product.md).
func TestWordsThatNoMessageUses(t *testing.T) {
	never := regexp.MustCompile(`(?i)\b(verified|authentic|safe|never issued|nobody signed)\b`)
	allowed := map[string]bool{"proof.why": true}
	p := load(t, "en")
	for _, key := range p.Keys() {
		if m := never.FindString(p.T(key)); m != "" && !allowed[key] {
			t.Errorf("%s says %q: %s", key, m, p.T(key))
		}
	}
}

func TestPlurals(t *testing.T) {
	ar := load(t, "ar")
	for n, want := range map[int]string{0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 102: "other", 103: "few", 111: "many", 1000: "other"} {
		if got := ar.N("sheet.title", n); got != ar.T("sheet.title."+want, "n", n) {
			t.Errorf("Arabic for %d: %q; want the form %s", n, got, want)
		}
	}
	en := load(t, "en")
	if one, two := en.N("sheet.title", 1), en.N("sheet.title", 2); one != "1 quotation" || two != "2 quotations" {
		t.Errorf("English: %q, %q", one, two)
	}
}

// Values are foreign text: they stay what they are, in HTML and next to other
// placeholders.
func TestValuesStayValues(t *testing.T) {
	p := load(t, "en")
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.StringMatching(`[a-z<>&"{}]{1,12}|\{date\}|\{ref\}`).Draw(t, "value")
		h := string(p.H("letter.sentence.not_on_record", "office", v, "ref", "R-1"))
		for _, c := range []string{"<b", "<s", `"`} {
			if strings.Contains(strings.NewReplacer("<bdi>", "", "</bdi>", "").Replace(h), c) {
				t.Fatalf("%q got into %q", c, h)
			}
		}
		if strings.Count(h, "R-1") != 1 {
			t.Fatalf("a value was taken for a placeholder: %q", h)
		}
	})
}

func TestDatesAndNumbers(t *testing.T) {
	at := time.Date(2020, 1, 6, 21, 5, 0, 0, time.FixedZone("", 3600))
	for lang, want := range map[letter.Lang]string{"en": "6 January 2020, 20:05 UTC", "ar": "6 كانون الثاني/يناير 2020، 20:05 بالتوقيت العالمي"} {
		if got := load(t, lang).Moment(at); got != want {
			t.Errorf("%s: %q; want %q", lang, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 999: "999", 4831: "4,831", 1234567: "1,234,567"} {
		if got := load(t, "en").Num(n); got != want {
			t.Errorf("%d: %q; want %q", n, got, want)
		}
	}
}
