package office_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// long is a letter of several pages in two languages.
func long(t *testing.T) letter.Content {
	t.Helper()
	var en, ar strings.Builder
	for i := range 40 {
		fmt.Fprintf(&en, "%d. The pilot station keeps a light on the outer mole from dusk to dawn, whatever the weather and whoever asks for it.\n\n", i+1)
		fmt.Fprintf(&ar, "%d. تُبقي محطة الإرشاد ضوءاً على الرصيف الخارجي من الغروب إلى الفجر.\n\n", i+1)
	}
	c := officetest.Content(t, "HC-2026-0012", en.String())
	c.Texts = []letter.LangText{{Lang: "ar", Text: officetest.Text(t, ar.String())}, c.Texts[0]}
	return c
}

// given circulates the long letter to two holders.
func given(t *testing.T) []office.NumberedCopy {
	t.Helper()
	h := officetest.New(t)
	if err := h.Start(t.Context(), "harbour", "drafter", long(t)); err != nil {
		t.Fatal(err)
	}
	c, err := h.Circulate(t.Context(), "harbour", "clerk", "HC-2026-0012", []office.Holder{
		{Name: "Pilot station", Purpose: "clearance"}, {Name: "Coast guard", Purpose: "coordination", Outside: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Copies) != 2 {
		t.Fatalf("%d copies", len(c.Copies))
	}
	return c.Copies
}

// TestEveryPageOfACopySaysDraft, which copy, for whom, what for, and not issued.
func TestEveryPageOfACopySaysDraft(t *testing.T) {
	for n, c := range given(t) {
		text, ok := c.Text("en")
		if !ok {
			t.Fatal("no English text")
		}
		pages := strings.Split(text, "Page ")
		if len(pages) < 4 {
			t.Fatalf("%d pages: the test wants several", len(pages)-1)
		}
		for i, page := range pages[:len(pages)-1] {
			for _, want := range []string{"draft", fmt.Sprintf("copy %d of 2", n+1), c.Mark.Holder, c.Mark.Purpose, "not issued", "Chancery code: https://"} {
				if !strings.Contains(strings.ToLower(page), strings.ToLower(want)) {
					t.Errorf("page %d of copy %d does not say %q", i+1, n+1, want)
				}
			}
		}
		for i, line := range strings.Split(text, "\n") {
			if strings.Count(line, "Page ") > 1 {
				t.Errorf("line %d: %q", i, line)
			}
		}
		arabic, ok := c.Text("ar")
		if !ok {
			t.Fatal("no Arabic text")
		}
		notice := letter.DraftNotice("ar", c.Mark)
		if got, want := strings.Count(arabic, notice), strings.Count(arabic, "صفحة "); got != want || got < 2 {
			t.Errorf("%d notices on %d Arabic pages", got, want)
		}
	}
	if _, ok := given(t)[0].Text("fr"); ok {
		t.Error("a copy in a language that the letter does not have")
	}
}

// TestACopyHoldsExactlyTheLetter: without its running matter nothing is left but
// the letter.
func TestACopyHoldsExactlyTheLetter(t *testing.T) {
	for _, c := range given(t) {
		for _, x := range c.Content.Texts {
			copied, _ := c.Text(x.Lang)
			var b strings.Builder
			at := 0
			for _, s := range letter.RunningMatter(copied) {
				b.WriteString(copied[at:s.Start])
				at = s.End
			}
			b.WriteString(copied[at:])
			got, err := letter.Canonicalize([]byte(b.String()))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(x.Text.Paragraphs(), got.Paragraphs()); diff != "" {
				t.Errorf("%s of copy %d (-letter +copy):\n%s", x.Lang, c.Mark.Copy, diff)
			}
		}
	}
}

// TestTheHTMLOfACopy has the notice in the head of a table, which browsers repeat
// on every sheet, and nothing of the letter's text as markup.
func TestTheHTMLOfACopy(t *testing.T) {
	c := given(t)[1]
	c.Mark.Holder = `<b onclick="x()">Guard</b>`
	page, err := c.HTML()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	heads := map[string]string{}
	bold := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "b", "script":
			bold++
		case "thead":
			heads[language(n)] = textUnder(n)
		}
	}
	want := map[string]string{"en": letter.DraftNotice("en", c.Mark), "ar": letter.DraftNotice("ar", c.Mark)}
	if diff := cmp.Diff(want, heads); diff != "" {
		t.Errorf("heads (-want +got):\n%s", diff)
	}
	if bold > 0 {
		t.Error("a holder's name is markup")
	}
}

func language(n *html.Node) string {
	for ; n != nil; n = n.Parent {
		for _, a := range n.Attr {
			if a.Key == "lang" {
				return a.Val
			}
		}
	}
	return ""
}

// textUnder is the text under a node.
func textUnder(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}
