package folder_test

import (
	"os"
	"path/filepath"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/lookup"
)

// TestErase: the words go, their place in the map stays; what does not fit the
// leaf is not erased, and no crash in between loses the key (MUST-17).
func TestErase(t *testing.T) {
	f := folder.Folder{Dir: t.TempDir()}
	text, err := letter.Parse([]byte("These words must go.\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := letter.SealText(letter.LangText{Lang: "en", Text: text}, letter.Salt{7})
	file := filepath.Join(f.Dir, "texts", d.Hash.String())
	if _, ok := f.WordsKey(d); ok {
		t.Error("words that were never there have a key")
	}
	if err := f.Erase(d); kind.Of(err) != kind.NotFound {
		t.Errorf("erasing what is not there: %v", err)
	}
	if err := f.PutTexts([]folder.Text{{Leaf: d.Hash, Words: "Other words.\n"}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Erase(d); kind.Of(err) != kind.NotFound {
		t.Errorf("erasing words that do not fit: %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the words that do not fit are gone: %v", err)
	}
	if err := f.PutTexts([]folder.Text{{Leaf: d.Hash, Words: text.String()}}); err != nil {
		t.Fatal(err)
	}
	want := lookup.WordsKey(text)
	if key, ok := f.WordsKey(d); !ok || key != want {
		t.Errorf("the key of the words is %s (%v)", key, ok)
	}
	for range 2 { // twice is harmless
		if err := f.Erase(d); err != nil {
			t.Fatal(err)
		}
		if _, ok := f.Text(d.Hash); ok {
			t.Error("the words are there")
		}
		if key, ok := f.WordsKey(d); !ok || key != want {
			t.Errorf("the key of erased words is %s (%v)", key, ok)
		}
	}
	for _, bad := range []string{"", "x", want.String(), want.String() + "\n\n", "G" + want.String()[1:] + "\n"} {
		if err := os.WriteFile(file+".erased", []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, ok := f.Erased(d.Hash); ok {
			t.Errorf("%q is taken for a tombstone", bad)
		}
	}
}
