package compare

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"chancery.example/internal/fold"
)

var vocabulary = strings.Fields("harbour pilot lock opens closes vessel the of and not must 06:00 840 5,000 Friday Najma señor gate würde ورقة الميناء لا ٤٠ договор письмо 港 口 co-operate U.S. it's marks tonnes basin north south")

func drawWords(t *rapid.T, least, most int) []string {
	return rapid.SliceOfN(rapid.SampledFrom(vocabulary), least, most).Draw(t, "words")
}

// TestAlteredWordIsDifference: whatever the text, a word put in, taken out or
// changed is a difference.
func TestAlteredWordIsDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := drawWords(t, 4, 60)
		record := strings.Join(ws, " ")
		at := rapid.IntRange(1, len(ws)-2).Draw(t, "at") // at an end a missing word makes a part
		how := rapid.SampledFrom([]string{"change", "drop", "add"}).Draw(t, "how")
		changed := append([]string{}, ws...)
		switch how {
		case "change":
			changed[at] = "zephyr"
		case "drop":
			changed = append(changed[:at], changed[at+1:]...)
		case "add":
			changed = append(changed[:at], append([]string{"zephyr"}, changed[at:]...)...)
		}
		if strings.HasPrefix(record, strings.Join(changed, " ")) || strings.Contains(" "+record+" ", " "+strings.Join(changed, " ")+" ") {
			t.Skip("what is left is a part of the text")
		}
		a := Align(fold.Copy(strings.Join(changed, " ")), fold.Copy(record))
		if c := (Candidate{Alignment: a, Bits: 1e9}); c.Judge() <= PartOf {
			t.Fatalf("%s of word %d of %q is no difference: %s", how, at, record, show(a))
		}
		checkAlignment(t, a)
	})
}

// TestCutIsPart: a passage cut out of a text is a part of it, all of it is the
// same.
func TestCutIsPart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ws := drawWords(t, 1, 80)
		record := fold.Copy(strings.Join(ws, " "))
		i := rapid.IntRange(0, len(record.Words)-1).Draw(t, "from")
		j := rapid.IntRange(i+1, len(record.Words)).Draw(t, "to")
		x := NewIndex()
		x.Add(Document{ID: 7, Family: "a", Text: record.Exact})
		x.Add(Document{ID: 8, Family: "b", Text: strings.Repeat("something else altogether ", 9)})
		cut := fold.Copy(record.Slice(i, j))
		found, err := x.Find(t.Context(), cut)
		if err != nil {
			t.Fatal(err)
		}
		want := PartOf
		if len(cut.Words) == len(record.Words) {
			want = Same
		}
		if len(found) == 0 || found[0].Document.ID != 7 || found[0].Judge() != want {
			t.Fatalf("%q of %q: %v", cut.Exact, record.Exact, found)
		}
		checkAlignment(t, found[0].Alignment)
	})
}

// TestPhraseInTwoScripts: a phrase whose letters alternate between scripts may have
// no gram, and is found all the same.
func TestPhraseInTwoScripts(t *testing.T) {
	const phrase = "ورقة south pilot vessel"
	x := NewIndex()
	x.Add(Document{ID: 7, Family: "a", Text: phrase})
	x.Add(Document{ID: 8, Family: "b", Text: strings.Repeat("something else altogether ", 9)})
	found, err := x.Find(t.Context(), fold.Copy(phrase))
	if err != nil || len(found) == 0 || found[0].Document.ID != 7 || found[0].Judge() != Same {
		t.Errorf("found %v, %v", found, err)
	}
}

func checkAlignment(t *rapid.T, a *Alignment) {
	c, r := a.Coverage()
	if c < 0 || c > 1 || r < 0 || r > 1 {
		t.Fatalf("coverage %v, %v", c, r)
	}
	last := 0
	for _, d := range a.Differences {
		if d.Copy.From < last || d.Copy.To < d.Copy.From || d.Copy.To > len(a.Copy.Words) || d.Record.To > len(a.Record.Words) || d.Record.From > d.Record.To {
			t.Fatalf("differences out of order: %v", a.Differences)
		}
		last = d.Copy.To
	}
}

func FuzzAlign(f *testing.F) {
	for _, s := range []string{"Plain words.", "e\u0301 \u202e x", "re-\nsult 10² ½ ﬁ ß ﷺ", "Lосk 𝐀𝐁 ١٢٣", "U.S. it's 5,000 -5 $5 …", "Page 1 of 2\n", "#", "% $ #", "#########0", "\xff\xfe"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 1<<14 || !utf8.ValidString(a) || !utf8.ValidString(b) {
			return
		}
		al := Align(fold.Copy(a), fold.Copy(b))
		c, r := al.Coverage()
		if c < 0 || c > 1 || r < 0 || r > 1 {
			t.Fatalf("coverage %v %v", c, r)
		}
		if x := fold.Copy(a); len(x.Words) > 0 && len(x.Words) < MaxWords {
			if s := (Candidate{Alignment: Align(x, fold.Copy(a)), Bits: 0}); s.Judge() != Same {
				t.Fatalf("%q is not the same as itself: %s", a, show(s.Alignment))
			}
		}
	})
}
