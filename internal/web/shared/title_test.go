package shared_test

import (
	"strings"
	"testing"

	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

func TestTitleOf(t *testing.T) {
	text := func(s string) letter.Text {
		x, err := letter.Canonicalize([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	long := strings.Repeat("word ", 40)
	for _, c := range []struct {
		en, ar   string
		prevails letter.Lang
		lang     letter.Lang
		want     string
		in       letter.Lang
	}{
		{"Sir,\n\nSUBJECT: The north lock\n\nIt closes.\n", "", "", "en", "The north lock", "en"},
		{"Sir,\n\nThe lock closes on 4 March and opens on 9 May.\n", "", "", "ar", "The lock closes on 4 March and opens on 9 May.", "en"},
		{"Harbour Commission of the Great Bay\nOld Customs House, Quay Street\n\nThe lock closes on 4 March and opens later.\n", "", "", "en", "The lock closes on 4 March and opens later.", "en"},
		{"Sir,\n\nNo.\n", "", "", "en", "Sir, No.", "en"},
		{"Re: The lock\n", "الموضوع: الهويس\n", "", "ar", "الهويس", "ar"},
		{"Re: The lock\n", "الموضوع: الهويس\n", "ar", "fr", "الهويس", "ar"},
		{long, "", "", "en", strings.TrimSpace(long[:79]) + "…", "en"},
		{strings.Repeat("x", 300), "", "", "en", strings.Repeat("x", 80) + "…", "en"},
	} {
		content := letter.Content{Prevailing: c.prevails, Texts: []letter.LangText{{Lang: "en", Text: text(c.en)}}}
		if c.ar != "" {
			content.Texts = append(content.Texts, letter.LangText{Lang: "ar", Text: text(c.ar)})
		}
		if got, in := shared.TitleOf(content, c.lang); got != c.want || in != c.in {
			t.Errorf("%.40q: %q in %s", c.en, got, in)
		}
	}
	if got, _ := shared.TitleOf(letter.Content{}, "en"); got != "" {
		t.Errorf("%q", got)
	}
}
