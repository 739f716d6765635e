package looks_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/pdf/looks"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/testkit/children"
	"chancery.example/letter"
)

// TestMain: the test program reads PDFs in children of its own.
func TestMain(m *testing.M) { children.Main(m) }

// known are the words of a file and what they look like, at 200 dots to the inch.
func known(t *testing.T, data []byte) looks.Known {
	t.Helper()
	reader := children.Reader(t)
	r, err := reader.Read(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	out := looks.Known{}
	for n := range r.Pages {
		drawn, err := reader.Draw(t.Context(), data, []int{n + 1}, 2339)
		if err != nil {
			t.Fatal(err)
		}
		out.Learn(r, looks.Page{Number: n + 1, Picture: drawn[0]})
	}
	return out
}

// printed is a file as another program draws it; nil when it is not here.
func printed(t *testing.T, data []byte) []byte {
	t.Helper()
	program, err := exec.LookPath("pdftocairo")
	if err != nil {
		t.Log("SKIPPED: no pdftocairo here (Debian: poppler-utils), so no letter is drawn by another program")
		return nil
	}
	from, to := filepath.Join(t.TempDir(), "from.pdf"), filepath.Join(t.TempDir(), "to.pdf")
	if err := os.WriteFile(from, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), program, "-pdf", from, to).CombinedOutput(); err != nil { //nolint:gosec // found by LookPath
		t.Fatalf("%v: %s", err, out)
	}
	raw, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestOtherLettersLookOtherwise: what is told by how a word looks. No word looks like
// one in which a digit, a letter or a dot is another; each looks like itself, also where
// another program drew it.
func TestOtherLettersLookOtherwise(t *testing.T) {
	var ws []string
	for _, d := range "0123456789" {
		ws = append(ws, "4"+string(d)+"7")
	}
	for _, d := range "٠١٢٣٤٥٦٧٨٩" {
		ws = append(ws, "٤"+string(d)+"٧")
	}
	ws = append(ws, strings.Fields("case cose cast coat not now rnore more lll III ill بيت تيت ثيت نيت حبر خبر جبر يفهم تفهم نفهم فهم قهم لا إلا ألا")...)
	text := strings.Join(ws, "\n\n")
	canonical, err := letter.Canonicalize([]byte(text + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := typeset.Set(typeset.Letter{Content: letter.Content{Reference: "A-1", Type: letter.TypeLetter, Texts: []letter.LangText{{Lang: "en", Text: canonical}}}})
	if err != nil {
		t.Fatal(err)
	}
	own := known(t, set.PDF)
	other := own
	if again := printed(t, set.PDF); again != nil {
		other = known(t, again)
	}
	pairs := 0
	for i, a := range ws {
		for j, b := range ws {
			is, both := looks.Alike(own, a, other, b)
			if !both {
				t.Fatalf("%q or %q is not on the pages", a, b)
			}
			pairs++
			switch {
			case i == j && !is:
				t.Errorf("%q does not look like itself", a)
			case looks.Plain(a) != looks.Plain(b) && is:
				t.Errorf("%q looks like %q", a, b)
			}
		}
	}
	t.Logf("%d pairs", pairs)
}
