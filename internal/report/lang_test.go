package report

import "testing"

func TestLanguageOfAParagraph(t *testing.T) {
	for text, want := range map[string]string{
		"The basin is open to all of them.": "en", "Le bassin est ouvert et les écluses aussi.": "fr", "Das Becken ist offen und die Schleuse auch.": "de",
		"سيبقى الحوض مفتوحاً.": "ar", "1234": "und", "Бассейн открыт": "und",
	} {
		if got := LangOf(text); string(got) != want {
			t.Errorf("%s is taken for %s, want %s", text, got, want)
		}
	}
}
