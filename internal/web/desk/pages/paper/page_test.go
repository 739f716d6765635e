package paper

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/office"
	"chancery.example/internal/parity"
	"chancery.example/letter"
)

func text(t interface{ Fatal(...any) }, s string) letter.Text {
	x, err := letter.Canonicalize([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestSteps(t *testing.T) {
	for stage, want := range map[string]string{
		"drafting":     "drafting now, coordination todo, approval todo, approved todo, issued todo",
		"coordination": "drafting done, coordination now, approval todo, approved todo, issued todo",
		"approved":     "drafting done, coordination done, approval done, approved now, issued todo",
		"embargoed":    "drafting done, coordination done, approval done, embargoed now, issued todo",
		"issued":       "drafting done, coordination done, approval done, approved done, issued done",
		"closed":       "drafting done, closed now",
	} {
		var got []string
		for _, s := range Steps(stage) {
			got = append(got, s.Key+" "+s.State)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %v", stage, got)
		}
	}
}

// What was found is marked in its place, and what a text lacks is said beside its
// paragraph.
func TestLay(t *testing.T) {
	c := letter.Content{Prevailing: "en", Texts: []letter.LangText{
		{Lang: "ar", Text: text(t, "سيدي،\n\nتغادر السفينة في 4 آذار.\n")}, {Lang: "en", Text: text(t, "Sir,\n\nThe <ship> leaves on 5 March.\n\nYours.\n")},
	}}
	var v office.ParityView
	for _, f := range parity.Compare(c, parity.Glossary{}) {
		v.Findings = append(v.Findings, office.ParityFinding{Finding: f})
	}
	found, open := Found(v, true)
	if len(found) == 0 || open == 0 || found[0].N != 1 || !found[0].Accepts {
		t.Fatalf("%+v", found)
	}
	got := Lay(c, found)
	if len(got.Columns) != 2 || got.Columns[0].Note != "desk.letter.courtesy" || got.Columns[1].Note != "desk.letter.prevails" || len(got.Lines) != 3 || !got.Lines[2].Cells[0].Empty {
		t.Errorf("%+v", got)
	}
	words := string(got.Lines[1].Cells[1].Words)
	if !strings.Contains(words, "The &lt;ship&gt; leaves on ") || !strings.Contains(words, "<mark data-n=") {
		t.Errorf("%s", words)
	}
	if one := Lay(letter.Content{Texts: c.Texts[:1]}, nil); one.Columns[0].Note != "" {
		t.Errorf("%+v", one)
	}
}

// Marks neither lose nor double a word, wherever they are said to be.
func TestMarksKeepTheWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zأ-ي0-9]{1,6}`), 1, 12).Draw(t, "words")
		s := strings.Join(words, " ")
		for i := range words {
			if i%4 == 3 {
				s = strings.Replace(s, " "+words[i], "\n\n"+words[i], 1)
			}
		}
		x := letter.LangText{Lang: "en", Text: text(t, s+"\n")}
		whole := x.Text.String()
		var found []Finding
		for n := range rapid.IntRange(0, 5).Draw(t, "findings") {
			from := rapid.IntRange(0, len(whole)).Draw(t, "from")
			to := rapid.IntRange(from, len(whole)).Draw(t, "to")
			f := Finding{N: n + 1}
			f.Places = []parity.Place{{Lang: "en", Span: letter.Span{Start: boundary(whole, from), End: boundary(whole, to)}, Missing: rapid.Bool().Draw(t, "missing")}}
			found = append(found, f)
		}
		var b strings.Builder
		for _, c := range cells(x, found) {
			plain := string(c.Words)
			for _, tag := range []string{"<mark data-n=\"1\">", "<mark data-n=\"2\">", "<mark data-n=\"3\">", "<mark data-n=\"4\">", "<mark data-n=\"5\">", "</mark>"} {
				plain = strings.ReplaceAll(plain, tag, "")
			}
			b.WriteString(plain + "\n\n")
		}
		if got, want := strings.Join(strings.Fields(b.String()), " "), strings.Join(strings.Fields(whole), " "); got != want {
			t.Fatalf("%q is shown as %q", want, got)
		}
	})
}

// boundary moves a place back to the beginning of a character.
func boundary(s string, i int) int {
	for i > 0 && i < len(s) && s[i]&0xc0 == 0x80 {
		i--
	}
	return i
}
