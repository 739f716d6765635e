package revisions

import (
	"testing"

	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
)

func TestBuild(t *testing.T) {
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) letter.Text {
		x, err := letter.Canonicalize([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	before := letter.Content{Type: letter.TypeLetter, Addressees: []string{"A"}, Texts: []letter.LangText{{Lang: "ar", Text: text("كلمات.\n")}, {Lang: "en", Text: text("The ship leaves on 4 March.\n")}}}
	now := letter.Content{
		Type: letter.TypeNote, Prevailing: "en", Addressees: []string{"A", "B"}, Enclosures: []letter.Enclosure{{Title: "Map"}}, Signature: letter.SignatureBlock{Kind: letter.SignatureTyped, Lines: []string{"A. Keeper"}},
		Texts: []letter.LangText{{Lang: "en", Text: text("The ship leaves on 5 March.\n")}, {Lang: "fr", Text: text("Le navire part.\n")}},
	}
	v := Build(p, before, now)
	if len(v.Texts) != 3 || !v.Texts[0].Gone || v.Texts[1].Places != 1 || !v.Texts[2].Added || len(v.Around) != 5 {
		t.Errorf("%+v", v)
	}
	if v := Build(p, before, before); len(v.Around) != 0 || v.Texts[0].Places+v.Texts[1].Places != 0 {
		t.Errorf("%+v", v)
	}
}
