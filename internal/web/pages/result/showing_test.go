package result_test

import (
	"bytes"
	"flag"
	"html"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/shared"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

var update = flag.Bool("update", false, "write the golden files anew")

// swapped exchanges two paragraphs of a text.
func swapped(text string, a, b int) string {
	ps := strings.Split(text, "\n\n")
	ps[a], ps[b] = ps[b], ps[a]
	return strings.Join(ps, "\n\n")
}

func spliced() string {
	ps := strings.Split(webtest.Harbour, "\n\n")
	ps[4] = strings.Split(webtest.Storm, "\n\n")[1]
	return strings.Join(ps, "\n\n")
}

var shown = []struct {
	name string
	data string
	want []string // on the English page
}{
	{"moved", swapped(webtest.Harbour, 3, 4), []string{
		"No word is missing, added or changed.", "1 passage stands in another place than on record.", "Some of it stands in another order.",
		`Moved: <mark class="moved">`, "moved: in another place on the other side",
	}},
	{"altered number", strings.Replace(webtest.Harbour, "40 metres", "60 metres", 1), []string{
		"1 place differs.", "It touches a number", "<del><bdi>60</bdi></del>", "<ins><bdi>40</bdi></ins>", "99 % of your copy is in the letter",
	}},
	{"omitted", strings.Replace(webtest.Harbour, ", and nobody may ask for more", "", 1), []string{
		"Your copy leaves out <ins>", `<span class="gap"></span>`, "All of your copy is in the letter; it is",
	}},
	{"added", strings.Replace(webtest.Harbour, "Provisions are", "All crews are to be paid off. Whoever stays does so at his own risk. Provisions are", 1), []string{
		"2 sentences of your copy are not in the letter.", "which is not in <bdi>the letter</bdi>.", "and all of the letter is in your copy.",
	}},
	{"spliced", spliced(), []string{
		"These words of your copy stand there, and not in the record shown above:", "light is hoisted as soon as the wind", "LA-2026-011",
	}},
	{"ambiguous", strings.Replace(webtest.Buoy, "40 metres", "48 metres", 1), []string{
		"It cannot be told which of several revisions", "revision 2",
	}},
	{"common", webtest.Formula, []string{
		"Common wording: several records say this", "Also in 5 other records", "Do not name one letter as their source.", "verdict i-stated",
	}},
	{"cut", "the harbour dues are to be raised this year", []string{
		`<span class="around">It is not true that</span> <mark class="yours">the harbour dues`, "All of your copy is in the letter; it is 5 % of the letter.",
		"Quote them with their full sentence", `<details class="beyond">`, "more words</summary>",
	}},
	{"photo", string(webtest.Picture(strings.NewReplacer("40 metres", webtest.Unsure+"48 metres", "eastern quay", "hospital quay").Replace(webtest.Harbour))), []string{
		"Look at these words yourself", `<mark class="look"><bdi>48</bdi></mark>`, "1 place differs.", "1 place could not be read for sure", "In line 3 of your picture.",
		"First compare the words below with the picture yourself.",
	}},
	{"hostile", strings.Replace(webtest.Harbour, "Provisions", "<script>alert(1)</script> \u200bProvisions\u202e", 1), []string{"U+200B", "&lt;script&gt;"}},
}

func examine(t *testing.T, snap *check.Snapshot, data string) check.Finding {
	t.Helper()
	f, err := snap.Examine(t.Context(), check.Exhibit{Name: "paper.txt", Data: []byte(data), As: check.KindText, Pictures: webtest.ReadPicture}, webtest.Now)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func page(t *testing.T, snap *check.Snapshot, lang letter.Lang, f check.Finding) string {
	t.Helper()
	p, err := i18n.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := result.Page.Render(&b, shared.Frame{Lang: lang, Dir: shared.Dir(lang)}, result.Build(p, snap, f)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What a finding can say stands on the page in words, in both languages; a page
// for a usual letter is no more than 60 kB; and one file holds the same, loads
// nothing and runs nothing.
func TestFindingsAreShown(t *testing.T) {
	snap, err := webtest.NewFurther(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range shown {
		t.Run(c.name, func(t *testing.T) {
			f := examine(t, snap, c.data)
			english := page(t, snap, i18n.English, f)
			for _, want := range c.want {
				if !strings.Contains(english, want) {
					t.Errorf("%q is missing", want)
				}
			}
			for _, lang := range i18n.Langs() {
				got := page(t, snap, lang, f)
				if n := len(got); n > 60_000 {
					t.Errorf("the page in %s has %d bytes", lang, n)
				}
				var b bytes.Buffer
				if err := result.WriteFile(&b, lang, snap, f); err != nil {
					t.Fatal(err)
				}
				for name, text := range map[string]string{"page": got, "file": b.String()} {
					if m := missing.FindString(text); m != "" {
						t.Errorf("the %s in %s lacks a message: %s", name, lang, m)
					}
					if strings.Contains(text, "<script") || strings.Contains(text, "\u202e") {
						t.Errorf("the %s in %s lets foreign text through", name, lang)
					}
				}
				if m := leads.FindString(b.String()); m != "" {
					t.Errorf("the file leads elsewhere: %s", m)
				}
				if !strings.Contains(b.String(), "default-src 'none'") || !strings.Contains(b.String(), section(t, got)) {
					t.Errorf("the file in %s does not hold the comparison of the page", lang)
				}
			}
		})
	}
}

var (
	missing = regexp.MustCompile(`\[[a-z]+(\.[a-z_-]+)+\]`)
	leads   = regexp.MustCompile(`(href|src|action|url)\s*[=(]`)
)

// section is the part of a page that compares.
func section(t *testing.T, page string) string {
	t.Helper()
	_, after, ok := strings.Cut(page, `<section class="card" id="compared">`)
	if !ok {
		return ""
	}
	_, after, _ = strings.Cut(after, "<p>")
	before, _, _ := strings.Cut(after, "</div>\n</section>")
	return before
}

// The golden files hold what readers are told of each comparison, as text.
func TestComparisonsInWords(t *testing.T) {
	snap, err := webtest.NewFurther(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Langs() {
		var b strings.Builder
		for _, c := range shown {
			b.WriteString("## " + c.name + "\n" + plain(section(t, page(t, snap, lang, examine(t, snap, c.data)))) + "\n\n")
		}
		name := filepath.Join("testdata", "comparisons."+string(lang)+".golden")
		if *update {
			if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil { //nolint:gosec // a file of the repository
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if b.String() != string(want) {
			t.Errorf("%s is not what the pages say now; run with -update and read the difference", name)
		}
	}
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	breaks = regexp.MustCompile(`</(p|li|h3|header|section)>|<div[^>]*>`)
	signs  = strings.NewReplacer("<del", "[-<del", "</del>", "-]", "<ins", "[+<ins", "</ins>", "+]", `<span class="gap"`, `[^]<span class="gap"`)
)

// plain is the text of a piece of a page, with its marks in brackets.
func plain(s string) string {
	s = regexp.MustCompile(`<mark class="(\w+)"([^>]*)>`).ReplaceAllString(s, "[$1: ")
	s = strings.ReplaceAll(s, "</mark>", "]")
	s = breaks.ReplaceAllString(signs.Replace(s), "$0\n")
	var lines []string
	for line := range strings.Lines(html.UnescapeString(tags.ReplaceAllString(s, ""))) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// A copy of 20,000 words with as many differences still makes a page that can be
// read: the list ends, and says how many more there are.
func TestLongListsEnd(t *testing.T) {
	snap, err := webtest.NewFurther(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := examine(t, snap, strings.Replace(webtest.Harbour, "40", "60", 1))
	f.Differences = slices.Repeat(f.Differences, 5000)
	v := result.Build(mustLoad(t), snap, f)
	if len(v.Compared.Certain) != 200 || v.Compared.More != 4800 {
		t.Errorf("%d listed, %d more", len(v.Compared.Certain), v.Compared.More)
	}
	if got := template.HTML(page(t, snap, i18n.English, f)); !strings.Contains(string(got), "4,800 further places are marked") {
		t.Error("it does not say that there are more")
	}
}

func mustLoad(t *testing.T) *i18n.Printer {
	t.Helper()
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
