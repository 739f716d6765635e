package parity_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/parity"
	"chancery.example/internal/testkit"
	"chancery.example/letter"
)

// content makes a letter of texts by language, in the order given.
func content(t testing.TB, langsAndTexts ...string) letter.Content {
	t.Helper()
	c := letter.Content{Reference: "T-1", Type: letter.TypeLetter}
	for i := 0; i < len(langsAndTexts); i += 2 {
		text, err := letter.Canonicalize([]byte(langsAndTexts[i+1]))
		if err != nil {
			t.Fatalf("%q: %v", langsAndTexts[i+1], err)
		}
		c.Texts = append(c.Texts, letter.LangText{Lang: letter.Lang(langsAndTexts[i]), Text: text})
	}
	return c
}

func read(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Clean(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// brief writes findings as "kind: first | second", what is missing as "-".
func brief(fs []parity.Finding) []string {
	var out []string
	for _, f := range fs {
		var a, b []string
		for _, p := range f.Places {
			s := p.Text
			if p.Missing {
				s = "-"
			}
			if p.Lang == f.First {
				a = append(a, s)
			} else {
				b = append(b, s)
			}
		}
		s := string(f.Kind) + ": " + strings.Join(a, ", ") + " | " + strings.Join(b, ", ")
		if f.Detail[0]+f.Detail[1] != "" {
			s = string(f.Kind) + ": " + f.Detail[0] + " | " + f.Detail[1]
		}
		out = append(out, s)
	}
	return out
}

func blocking(fs []parity.Finding) []parity.Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f parity.Finding) bool { return f.Severity != parity.Blocking })
}

// TestJanuary: the seed fault of 2020 is caught. The missing AH-64 holds the letter
// up, the missing weeks are shown; the corrected text has neither.
func TestJanuary(t *testing.T) {
	dir := testkit.Data(t, "january-2020")
	for name, want := range map[string][]string{
		"letter.ar.1.txt": {"acronyms: AH-64 | -", "time-units: weeks | -"},
		"letter.ar.2.txt": nil,
	} {
		c := content(t, "en", read(t, filepath.Join(dir, "letter.en.txt")), "ar", read(t, filepath.Join(dir, name)))
		if got := brief(parity.Compare(c, parity.Glossary{})); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestStory: so is that of the embedded story, where the tug is a name of the
// glossary. The letter that is issued there has no difference.
func TestStory(t *testing.T) {
	g := glossary(t, "en,ar,kind\nSabr,صبر,name\nAmal,أمل,name\nNajma,نجمة,name\nNorth Basin,الحوض الشمالي,name\n")
	dir := "../story/embedded/"
	for _, c := range []struct {
		en, ar string
		want   []string
	}{
		{"draft.en.txt", "draft.ar.1.txt", []string{"names: Sabr | -", "time-units: weeks | -"}},
		{"draft.en.txt", "draft.ar.2.txt", nil},
		{"tariff.en.txt", "tariff.ar.txt", nil},
	} {
		got := brief(parity.Compare(content(t, "en", read(t, dir+c.en), "ar", read(t, dir+c.ar)), g))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.ar, got, c.want)
		}
	}
}

func glossary(t testing.TB, csv string) parity.Glossary {
	t.Helper()
	g, err := parity.ReadCSV(strings.NewReader(csv))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestPairs: small texts and all that is found of them.
func TestPairs(t *testing.T) {
	for _, c := range []struct {
		what, en, ar string
		want         []string
	}{
		{"the same number in Arabic digits", "It costs 1,260 marks.", "الثمن ١٢٦٠ ماركاً.", nil},
		{"with an Arabic separator", "It costs 1,260.50 marks.", "الثمن ١٬٢٦٠٫٥٠ ماركاً.", nil},
		{"with a point for thousands", "It costs 1,260 marks.", "الثمن 1.260 ماركاً.", nil},
		{"another number", "It costs 1,260 marks.", "الثمن ١٢٠٦ مارك.", []string{"numbers: 1,260 | ١٢٠٦"}},
		{"a number that changed its paragraph", "It is 30 here.\n\nIt is 60 there.", "هنا ٦٠ تقريباً.\n\nهناك ٣٠ تقريباً.", []string{"numbers: 30 | ٦٠", "numbers: 60 | ٣٠"}},
		{"a number twice", "From 30 to 30 metres.", "من ٣٠ متراً.", []string{"numbers: 30 | -"}},
		{"in words", "There are six ships.", "هناك ست سفن.", nil},
		{"words for digits", "There are 26 ships.", "هناك ستة وعشرون سفينة.", nil},
		{"fifteen", "There are fifteen ships.", "هناك خمس عشرة سفينة.", nil},
		{"eleven", "There are eleven ships.", "هناك إحدى عشرة سفينة.", nil},
		{"a large one", "There are one hundred and twenty-five thousand tonnes.", "هناك مئة وخمسة وعشرون ألف طن.", nil},
		{"three hundred", "There are three hundred and five tonnes.", "هناك ثلاثمئة وخمسة أطنان.", nil},
		{"other words", "There are six ships.", "هناك سبع سفن.", []string{"numbers: six | -"}},
		{"other words, both sure", "There are twenty-six ships.", "هناك ستة وثلاثون سفينة.", []string{"numbers: twenty-six | ستة وثلاثون"}},
		{"million", "It takes 5 million marks.", "يتطلب خمسة ملايين مارك.", nil},
		{"million in digits", "It takes 2.5 million marks.", "يتطلب ٢٫٥ مليون مارك.", nil},
		{"the dual", "It takes 2 weeks.", "يستغرق أسبوعين.", nil},
		{"a pronoun", "This is the one that we mean.", "هذا ما نعنيه.", nil},
		{"Levantine months", "On 6 January 2020 we leave.", "في ٦ كانون الثاني ٢٠٢٠ نغادر.", nil},
		{"Egyptian months", "On January 6, 2020 we leave.", "في ٦ يناير ٢٠٢٠ نغادر.", nil},
		{"both", "On the 6th of January 2020 we leave.", "في ٦ كانون الثاني / يناير من عام ٢٠٢٠ نغادر.", nil},
		{"the day in words", "On the twenty-sixth of February we leave.", "في السادس والعشرين من شباط نغادر.", nil},
		{"the eleventh", "On 11 November 2020 we leave.", "في الحادي عشر من تشرين الثاني ٢٠٢٠ نغادر.", nil},
		{"December for January", "On 6 January 2020 we leave.", "في ٦ كانون الأول ٢٠٢٠ نغادر.", []string{"dates: 6 January 2020 | ٦ كانون الأول ٢٠٢٠"}},
		{"in digits", "On 6 January 2020 we leave.", "في ٢٠٢٠/١/٦ نغادر.", nil},
		{"another year", "On 6 January 2020 we leave.", "في ٦/١/٢٠٢١ نغادر.", []string{"dates: 6 January 2020 | ٦/١/٢٠٢١"}},
		{"a day of the week", "We leave on Friday.", "نغادر يوم الجمعة.", nil},
		{"another day of the week", "We leave on Friday.", "نغادر يوم الخميس.", []string{"dates: Friday | يوم الخميس"}},
		{"Monday", "We leave on Monday.", "نغادر الاثنين.", nil},
		{"may is no month", "We may leave.", "قد نغادر.", nil},
		{"March with a day", "We march on 3 March.", "نسير في ٣ آذار.", nil},
		{"24 hours and 12", "It opens at 18:00.", "يفتح الساعة السادسة مساءً.", nil},
		{"half past", "It opens at 6.30 p.m.", "يفتح الساعة السادسة والنصف مساءً.", nil},
		{"a quarter to", "It opens at 5:45 pm.", "يفتح الساعة السادسة إلا ربعاً مساءً.", nil},
		{"the wrong half of the day", "It opens at 6 a.m.", "يفتح الساعة السادسة مساءً.", []string{"times: 6 a.m. | الساعة السادسة مساءً"}},
		{"noon", "It opens at noon.", "يفتح عند الظهر.", nil},
		{"midnight", "It closes at midnight.", "يغلق عند منتصف الليل.", nil},
		{"military time", "It opens at 1500 hours.", "يفتح الساعة ١٥:٠٠.", nil},
		{"a bare hour", "It opens at 6.", "يفتح الساعة ٦.", nil},
		{"a bare other hour", "It opens at 6.", "يفتح الساعة ٧.", []string{"numbers: 6 | -", "times: - | الساعة ٧"}},
		{"a reference", "See HC-2026-0012 and S/RES/2334.", "انظر S/RES/2334 و HC-2026-0012.", nil},
		{"another reference", "See HC-2026-0012.", "انظر HC-2026-0021.", []string{"references: HC-2026-0012 | -", "references: - | HC-2026-0021"}},
		{"an address", "Write to desk@harbour.example.", "اكتبوا إلى desk@harbour.example.", nil},
		{"an address that is gone", "See https://harbour.example/l/1.", "انظر الموقع.", []string{"references: https://harbour.example/l/1 | -"}},
		{"known acronyms", "The UN and the EU agree.", "توافق الأمم المتحدة والاتحاد الأوروبي.", nil},
		{"an acronym", "The IZ is open.", "المنطقة مفتوحة.", []string{"acronyms: IZ | -"}},
		{"Roman numerals", "Chapter IV is open.", "الفصل الرابع مفتوح.", nil},
		{"capitals for emphasis", "This is NOT open and MUST stay so.", "هذا ليس مفتوحاً ويجب أن يبقى كذلك.", nil},
		{"placeholders", "The port opens [...] and stays so.", "يفتح الميناء ويبقى كذلك.", []string{"segments: The port opens [...] and stays so. | يفتح الميناء ويبقى كذلك."}},
		{"not translated", "All ships leave the port today.\n\nThe pilots stay in the port until the evening.", "تغادر كل السفن الميناء اليوم.\n\nThe pilots stay in the port until the evening.",
			[]string{"segments: The pilots stay in the port until the evening. | The pilots stay in the port until the evening."}},
		{"paragraphs", "It is open.\n\nIt stays so.", "هو مفتوح ويبقى كذلك.", []string{"paragraphs: 2 | 1"}},
		{"negation", "It is not open.", "هو مفتوح.", []string{"negation: not | -"}},
		{"joined negation", "It is open and will not close.", "هو مفتوح ولن يغلق.", nil},
		{"must", "You must leave.", "تغادرون.", []string{"modals: must | -"}},
		{"may", "Ships leave.", "يجوز للسفن أن تغادر.", []string{"modals: - | يجوز"}},
		{"weeks for days", "It takes some days.", "يستغرق أسابيع.", []string{"time-units: days | -", "time-units: - | أسابيع"}},
		{"hours of a time are none", "It opens at 18:00.", "يفتح الساعة ١٨:٠٠.", nil},
	} {
		if got := brief(parity.Compare(content(t, "en", c.en, "ar", c.ar), parity.Glossary{})); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q and %q: %q, want %q", c.what, c.en, c.ar, got, c.want)
		}
	}
}
