package around

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/internal/fold"
	"chancery.example/letter"
)

// asRead is the scan of a page, every word read with a confidence, and its lines.
func asRead(page string, sure float32) (*fold.Folded, []Line) {
	var lines []Line
	var seen []fold.Seen
	at := 0
	for line := range strings.SplitAfterSeq(page, "\n") {
		if t := strings.TrimSpace(line); t != "" {
			lines = append(lines, Line{Span: letter.Span{Start: at, End: at + len(strings.TrimRight(line, "\n"))}})
		}
		at += len(line)
	}
	return fold.Scan(page, append(seen, fold.Seen{From: 0, To: len(page), Confidence: sure})), lines
}

func taken(t testing.TB, line string) bool {
	t.Helper()
	p := Paper{Content: letter.Content{Reference: "HC-7"}, Domain: "harbour.example"}
	copied, lines := asRead(line, .96)
	spans, _ := Misread(copied, p, lines)
	return len(spans) > 0
}

// TestMisread (letter.md MUST-16): lines as a reader of pictures gave them.
func TestMisread(t *testing.T) {
	for _, line := range []string{
		"لم تصدر - Coast guard, liaison, coordination outside مسودة المراجعة 1- النسخة 5 من 5 إلى",
		"لم تصدر - Commissioner. clea race مسودة. المراجعة 1- النسخة 3 من 5 إلى",
		"مسودة, المراجعة 1- النسخة 3 من 5 إلى Commissioner. c1ea ۲a\" - لم تصدر",
		"Drafl, revision 1 - copy 5 of5 for Coast guard, liaison - not issued",
		"Chancery code: https:/harbourexample/q/#1.harbour1.596ef122d47624432.HC-2026-0009",
		"Chancery code: https:/harbourcexample/q/#1.harbour1.e463c776c3fDe58.HC-2026-0004",
		"1 4 رمز السجل: https:/harbourexample/q/#1.harbour.1.f494ce5933ba3395.11°-2026-0012",
		"https://harbour.example/q/#1.harbour.1.f494ce5933ba3395.HC-2026-0012 : رمز السجل",
		"Paqe 1 of 1", "1 صفحة 2 من 2", "Page", "صفحة",
	} {
		if !taken(t, line) {
			t.Errorf("%q is taken for words of the letter", line)
		}
	}
	for _, line := range []string{
		"NOT ISSUED", "CANCELLED", "not issued", "لم تصدر", "Draft", "Void after page 1", "Page void",
		"Draft, revision 1 - copy 5 of 5 for Coast guard - now issued",
		"Draft, revision 1 - copy 5 of 5 for Coast guard - issued",
		"مسودة، المراجعة 1 - النسخة 5 من 5 إلى outside - قد صدرت",
		"Chancery code: https://elsewhere.example.org/pay/#1.harbour.1.f494ce5933ba3395",
		"Chancery code: https:/harbourexample/q/#1.harbour1.596ef122d47624432.HC-2026-0009 is void",
		"Pay 840 marks at https:/harbourexample/q/#1.harbour1.596ef122d47624432",
		"Chancery code: 840", "Page 1 is void", "Reference: HC-8", "harbour.example.org",
	} {
		if taken(t, line) {
			t.Errorf("%q is left out", line)
		}
	}
}

// TestMisreadHidesNothing (letter.md MUST-16): a line of words of which half are none of
// those around a letter is never left out, however it is laid among them; nor is a line
// in the middle of a page.
func TestMisreadHidesNothing(t *testing.T) {
	const text = "The port closes its eastern gate on 3 May 2026 at noon.\nShips under way may still enter the outer basin then.\nPilots keep their watch on channel 16 all night.\nTugs stay at the mole until the gate has closed.\nNo boat may pass without a pilot after that.\nThe Commission thanks all masters for their care."
	c, err := letter.Canonicalize([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p := Paper{Content: letter.Content{Reference: "HC-7", Texts: []letter.LangText{{Lang: "en", Text: c}}}, Domain: "harbour.example", Copy: true}
	around := strings.Fields("Draft, revision 1 - copy 2 of 5 for not issued Page of Chancery code: Reference: HC-7 harbour.example لم تصدر مسودة المراجعة")
	other := strings.Fields("cancelled void withdrawn pay 840 940 HC-8 fort.example nobody never gates close at midnight بل ألغيت الرسالة")
	rapid.Check(t, func(t *rapid.T) {
		var line []string
		for range rapid.IntRange(1, 4).Draw(t, "words") {
			line = append(line, rapid.SampledFrom(other).Draw(t, "other"), rapid.SampledFrom(around).Draw(t, "around"))
		}
		said := strings.Join(line, " ")
		page := said + "\n" + text
		if rapid.Bool().Draw(t, "below") {
			page = text + "\n" + said
		}
		copied, lines := asRead(page, rapid.Float32Range(0, 1).Draw(t, "sure"))
		spans, _ := Misread(copied, p, lines)
		spans = append(spans, Find(copied, p, time.Unix(0, 0), time.Unix(0, 0))...)
		for _, s := range spans {
			got := copied.Exact[s.Start:s.End]
			for _, w := range other {
				if strings.Contains(" "+got+" ", " "+w+" ") {
					t.Fatalf("of %q, %q is left out", said, got)
				}
			}
		}
		lineOf := "Page 1 of1"
		copied, lines = asRead(strings.Replace(strings.Repeat("A line more of it.\n", 5)+text+"\n"+strings.Repeat("A line more of it.\n", 5), "Tugs", lineOf+"\nTugs", 1), .96)
		if spans, _ := Misread(copied, p, lines); len(spans) > 0 {
			t.Fatalf("%v is left out of the middle of a text", spans)
		}
	})
}

// TestReadNearly (letter.md MUST-16): words around a letter that were joined, or not read
// for sure, are its own; others are not, nor what was read for sure.
func TestReadNearly(t *testing.T) {
	for _, c := range []struct {
		want, read string
		sure       float32
		is         bool
	}{
		{"harbour.example", "harbourexample", .96, true},
		{"harbour.example", "harbour . example", .96, true},
		{"harbour.example", "harbor.example", .96, false},
		{"harbour.example", "harbor.example", .5, true},
		{"harbour.example", "tribunal.example", .5, false},
		{"Reference: HC-7", "Referonce: HC-7", .5, true},
		{"Reference: HC-7", "Reference: HC-8", .1, false},
		{"the English text prevails", "the Arabic text prevails", .1, false},
		{"it is not issued", "it is now issued", .1, false},
		{"To: the Minister", "To: the", .1, false},
	} {
		copied, _ := asRead(c.read, c.sure)
		f := finder{copied: copied.Words, taken: make([]bool, len(copied.Words)), sure: copied.Confidence}
		if n := f.read(0, len(copied.Words), words(c.want)); (n == len(copied.Words)) != c.is {
			t.Errorf("%q for %q, read with %g: %d words", c.read, c.want, c.sure, n)
		}
	}
}
