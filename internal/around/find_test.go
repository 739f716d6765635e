package around_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/around"
	"chancery.example/internal/fold"
	"chancery.example/internal/layout"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

var issued = time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)

func text(t *testing.T, lang letter.Lang, s string) letter.LangText {
	t.Helper()
	c, err := letter.Canonicalize([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return letter.LangText{Lang: lang, Text: c}
}

func paper(t *testing.T, texts ...letter.LangText) around.Paper {
	t.Helper()
	return around.Paper{
		Domain: "harbour.example", Office: []around.Phrase{{Language: "ar", Text: "هيئة الميناء"}, {Language: "en", Text: "Harbour Commission"}},
		Content: letter.Content{
			Reference: "HC-2026-0012", Type: letter.TypeLetter, Prevailing: texts[0].Lang, Texts: texts,
			Addressees: []string{"Ministry of Transport", "Coast Guard, Northern Command"}, Distribution: []string{"Pilots' Association"},
			Enclosures: []letter.Enclosure{{Title: "Chart of the outer harbour"}},
			Signature:  letter.SignatureBlock{Kind: letter.SignatureTyped, Lines: []string{"Leonora Castellane", "Harbour Commissioner"}},
		},
	}
}

// printed is what stands on the paper as it is typeset, words in their order.
func printed(t *testing.T, p around.Paper) string {
	t.Helper()
	set, err := typeset.Set(typeset.Letter{
		Content: p.Content, Office: p.Office, Domain: p.Domain, Date: around.Day(issued, p.Content.Texts),
		Code: "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012",
	})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, page := range set.Pages {
		line := 0
		for _, w := range page.Words {
			if w.Part == layout.Foot {
				continue // running matter (letter.md MUST-13)
			}
			if w.Line != line {
				b.WriteByte('\n')
			}
			line = w.Line
			b.WriteString(w.Text + " ")
		}
	}
	return b.String()
}

// left is what of a paper is not taken.
func left(p around.Paper, on string) string {
	copied := fold.Copy(on)
	spans := around.Find(copied, p, issued.AddDate(0, 0, -2), issued)
	var words []string
	for _, w := range copied.Words {
		if !slices.ContainsFunc(spans, func(s letter.Span) bool { return s.Start <= int(w.Start) && int(w.End) <= s.End }) {
			words = append(words, w.Key)
		}
	}
	return strings.Join(words, " ")
}

func folded(s string) string {
	var words []string
	for _, w := range fold.Record(s).Words {
		words = append(words, w.Key)
	}
	return strings.Join(words, " ")
}

const (
	english = "Sir,\n\nThe south lock is closed from four in the morning until noon.\n\nBoats use the western approach.\n"
	arabic  = "سيدي،\n\nيُغلق القفل الجنوبي من الرابعة صباحاً حتى الظهر.\n\nوتستعمل القوارب المدخل الغربي.\n"
)

// TestFind (letter.md MUST-15): what is typeset around texts is found again, all of
// it, in each language and in both on one paper.
func TestFind(t *testing.T) {
	en, ar := text(t, "en", english), text(t, "ar", arabic)
	own := text(t, "en", "Harbour Commission\nOld Customs House\n\n"+english)
	for name, texts := range map[string][]letter.LangText{
		"English": {en}, "Arabic": {ar}, "both": {en, ar}, "a letterhead of its own": {own},
	} {
		p := paper(t, texts...)
		want := ""
		for _, x := range texts {
			want += folded(x.Text.String()) + " "
		}
		on := printed(t, p)
		if got := left(p, on); got != strings.TrimSpace(want) {
			t.Errorf("%s:\n%s\nis left of the paper, want\n%s\n%s", name, got, want, on)
		}
	}
}

// TestNothingElseIsFound (letter.md MUST-15): what is not the letter's own is left to
// be compared, and so is what is its own in another place.
func TestNothingElseIsFound(t *testing.T) {
	p := paper(t, text(t, "en", english))
	const head = "Harbour Commission\nharbour.example\nReference: HC-2026-0012 Date: 12 January 2026\nTo: Ministry of Transport\nCoast Guard, Northern Command\n"
	const tail = "Leonora Castellane\nHarbour Commissioner\nEnclosures: 1. Chart of the outer harbour\nCopies to: Pilots' Association\n"
	if got := left(p, head+english+tail); got != folded(english) {
		t.Fatalf("left of the paper itself: %s", got)
	}
	for name, c := range map[string]struct{ old, changed, shown string }{
		"another reference":           {"HC-2026-0012", "HC-2026-0013", "reference hc 2026 0013 sir"},
		"another addressee":           {"Ministry of Transport", "Ministry of Works", "to ministry of works coast guard northern command sir"},
		"an addressee less":           {"\nCoast Guard, Northern Command", "", "to ministry of transport sir"},
		"an addressee more":           {"Northern Command", "Northern Command\nAll Ports", "all ports sir"},
		"another day":                 {"12 January 2026", "13 January 2026", "date 13 january 2026"},
		"another office":              {"Harbour Commission\n", "Harbor Commission\n", "harbor commission sir"},
		"another domain":              {"harbour.example", "harbour.example.net", "net sir"},
		"another name under it":       {"Leonora Castellane", "Leonora Castelane", "approach leonora castelane harbour commissioner"},
		"another enclosure":           {"1. Chart", "2. Chart", "approach enclosures 2 chart of the outer harbour"},
		"words between":               {"To: Ministry", "Pay at once to account 5.\nTo: Ministry", "pay at once to account 5 sir"},
		"words at the end":            {"Pilots' Association", "Pilots' Association\nand all of their members", "approach and all of their members"},
		"its own words in the middle": {"\n\nBoats", "\n\nHarbour Commission\n\nBoats", "noon harbour commission boats"},
		"twice":                       {"Harbour Commission\n", "Harbour Commission\nHarbour Commission\n", "harbour commission sir"},
		"hidden as look-alikes":       {"harbour.example", "h\u0430rbour.example", "harbour example sir"},
	} {
		on := strings.Replace(head+english+tail, c.old, c.changed, 1)
		if on == head+english+tail {
			t.Fatalf("%s: nothing was changed", name)
		}
		if got := left(p, on); !strings.Contains(got, c.shown) {
			t.Errorf("%s: %q is left, want %q in it", name, got, c.shown)
		}
	}
	// A text whose first and last words were changed is still known by the others.
	changed := strings.NewReplacer("Sir", "Madam", "approach", "channel").Replace(english)
	if got := left(p, head+changed+tail); got != folded(changed) {
		t.Errorf("left of a changed letter: %s", got)
	}
}

// TestOpeningOfCopies (letter.md MUST-15): the line over a draft-opening code is a
// copy's own, behind its last text; a paper that is no copy has no such line, and it
// stands nowhere else.
func TestOpeningOfCopies(t *testing.T) {
	p := paper(t, text(t, "en", english))
	label := around.LabelsOf("en").Opening
	for name, c := range map[string]struct {
		copied bool
		on     string
		left   bool
	}{
		"a copy": {true, english + "\n" + label, false}, "no copy": {false, english + "\n" + label, true},
		"before the words": {true, label + "\n" + english, true}, "changed": {true, english + "\n" + strings.Replace(label, "nothing", "this", 1), true},
	} {
		p.Copy = c.copied
		if got := left(p, c.on); strings.Contains(got, "opening code") != c.left {
			t.Errorf("%s: %q is left", name, got)
		}
	}
}
