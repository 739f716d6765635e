package extract

import (
	"strings"
	"testing"

	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

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
	learn := func(data []byte) looks {
		a, err := reader(t, nil).ask(t.Context(), data, lookRead)
		if err != nil {
			t.Fatal(err)
		}
		var out looks = map[string][]spot{}
		out.learn(a)
		return out
	}
	own := learn(set.PDF)
	other := own
	if printed := through(t, "poppler-utils", set.PDF, "pdftocairo", "-pdf", "FROM", "TO"); printed != nil {
		other = learn(printed)
	}
	pairs := 0
	for i, a := range ws {
		for j, b := range ws {
			p, q := own[plain(a)], other[plain(b)]
			if len(p) == 0 || len(q) == 0 {
				t.Fatalf("%q or %q is not on the pages", a, b)
			}
			pairs++
			switch is := same(p[0], q[0]); {
			case i == j && !is:
				t.Errorf("%q does not look like itself", a)
			case plain(a) != plain(b) && is:
				t.Errorf("%q looks like %q", a, b)
			}
		}
	}
	t.Logf("%d pairs", pairs)
}
