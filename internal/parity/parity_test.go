package parity_test

import (
	"os"
	"path/filepath"
	"testing"

	"chancery.example/internal/parity"
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
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func january(t testing.TB, arabic string) letter.Content {
	t.Helper()
	dir := os.Getenv("CHANCERY_TESTDATA")
	if dir == "" {
		t.Skip("CHANCERY_TESTDATA is not set")
	}
	dir = filepath.Join(dir, "january-2020")
	return content(t, "en", read(t, filepath.Join(dir, "letter.en.txt")), "ar", read(t, filepath.Join(dir, arabic)))
}

func TestShow(t *testing.T) {
	for _, f := range parity.Compare(january(t, "letter.ar.1.txt"), parity.Glossary{}) {
		t.Logf("%+v", f)
	}
	t.Log("second")
	for _, f := range parity.Compare(january(t, "letter.ar.2.txt"), parity.Glossary{}) {
		t.Logf("%+v", f)
	}
	for _, n := range []string{"tariff.ar.txt", "draft.ar.1.txt", "draft.ar.2.txt"} {
		en := "draft.en.txt"
		if n == "tariff.ar.txt" {
			en = "tariff.en.txt"
		}
		t.Log(n)
		for _, f := range parity.Compare(content(t, "en", read(t, "../story/embedded/"+en), "ar", read(t, "../story/embedded/"+n)), parity.Glossary{}) {
			t.Logf("%+v", f)
		}
	}
}
