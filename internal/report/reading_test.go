package report

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPrepare(t *testing.T) {
	for _, c := range []struct{ text, marked, plain, edits string }{
		{"The basin stays open.", "The basin stays open.", "The basin stays open.", ""},
		{"The basin … stays", "The basin … stays", "The basin   stays", "ellipsis  "},
		{"The basin [...] stays (…) open . . . here", "The basin … stays … open … here", "The basin   stays   open   here", "ellipsis  |ellipsis  |ellipsis  "},
		{"… the basin stays ...", "… the basin stays …", "  the basin stays  ", ""},
		{"[The office] stays open", " …  stays open", " The office  stays open", "inserted The office The office"},
		{"[T]he basin", "The basin", "The basin", "letters The The"},
		{"they leave[s] it", "they … it", "they leaves it", "letters leaves leaves"},
		{"[Some]thing stays", "… stays", "Something stays", "letters Something Something"},
		{"the bassin [sic] stays [كذا]", "the bassin   stays  ", "the bassin   stays  ", "remark sic |remark كذا "},
		{"the bassin[sic] stays", "the bassin  stays", "the bassin  stays", "remark sic "},
		{"it stays [14] days", "it stays  …  days", "it stays  14  days", "inserted 14 14"},
		{"an [open bracket", "an [open bracket", "an [open bracket", ""},
		{"it isnâ€™t &hellip; here", "it isn’t … here", "it isn’t … here", ""},
		{"the basin\n> stays > open", "the basin\n  stays > open", "the basin\n  stays > open", ""},
		{"سيبقى [الحوض] مفتوحاً", "سيبقى  …  مفتوحاً", "سيبقى  الحوض  مفتوحاً", "inserted الحوض الحوض"},
	} {
		r := Prepare(c.text, Span{0, len(c.text)})
		var edits []string
		for _, e := range r.Edits {
			edits = append(edits, fmt.Sprintf("%s %s %s", e.Kind, e.Words, strings.TrimSpace(r.Plain.Text[e.Plain.From:e.Plain.To])))
		}
		if r.Marked.Text != c.marked || r.Plain.Text != c.plain || strings.Join(edits, "|") != c.edits {
			t.Errorf("%s\n got %q\n     %q\n     %q\nwant %q\n     %q\n     %q", c.text, r.Marked.Text, r.Plain.Text, strings.Join(edits, "|"), c.marked, c.plain, c.edits)
		}
	}
}

func TestPrepareParts(t *testing.T) {
	const text = `"We will go," the minister said, "in the [early] spring."`
	qs := Read(text, nil)
	r := Prepare(text, qs[0].Span(), qs[1].Span())
	if r.Marked.Text != "We will go in the  …  spring." {
		t.Errorf("marked %q", r.Marked.Text)
	}
	at := strings.Index(r.Marked.Text, "spring")
	if s := r.Marked.Source(Span{at, at + 6}); text[s.From:s.To] != "spring" {
		t.Errorf("the way back from spring leads to %q", text[s.From:s.To])
	}
}

// Words that stand in both lead back to where they came from.
func checkReading(t interface{ Fatalf(string, ...any) }, text string) {
	r := Prepare(text, Span{0, len(text)})
	for _, l := range []Layer{r.Marked, r.Plain} {
		if !utf8.ValidString(l.Text) {
			t.Fatalf("%q becomes %q", text, l.Text)
		}
		last := 0
		for i, c := range l.Text {
			s := l.Source(Span{i, i + utf8.RuneLen(c)})
			if s.From < 0 || s.To < s.From || s.To > len(text) || s.From < last {
				t.Fatalf("%q: byte %d of %q comes from %v after %d", text, i, l.Text, s, last)
			}
			last = s.From
			if isWordRune(c) && s.To-s.From == utf8.RuneLen(c) && text[s.From:s.To] != string(c) {
				t.Fatalf("%q: %q comes from %q", text, c, text[s.From:s.To])
			}
		}
	}
	for _, e := range r.Edits {
		if e.From < 0 || e.To > len(text) || e.From >= e.To || e.Plain.From > e.Plain.To || e.Plain.To > len(r.Plain.Text) {
			t.Fatalf("%q: edit %+v", text, e)
		}
	}
}

func TestReadingLeadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkReading(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"word", "[", "]", "[a]", "...", "…", "(...)", " ", "\n", "> ", "â€™", "&quot;", "لن", "ّ", "[sic]", ".", "é",
		}), 0, 20).Draw(t, "text"), ""))
	})
}

func FuzzPrepare(f *testing.F) {
	for _, c := range styles {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.ValidString(s) {
			checkReading(t, s)
		}
	})
}

// The ways in which a sentence can be quoted.
var around = []struct{ open, end string }{
	{`"`, `"`}, {`“`, `”`}, {`‘`, `’`}, {`'`, `'`}, {`«`, `»`}, {"« ", " »"}, {"«\u202f", "\u202f»"}, {`„`, `“`}, {`„`, `”`}, {`»`, `«`},
	{`‚`, `‘`}, {`‹`, `›`}, {`”`, `”`}, {"``", "''"}, {`''`, `''`}, {`,,`, `"`}, {`<<`, `>>`}, {`&ldquo;`, `&rdquo;`}, {`&quot;`, `&quot;`},
	{`â€œ`, "â€\u009d"}, {`「`, `」`}, {`『`, `』`}, {"» ", " «"}, {`"`, `,"`}, {`“`, `,”`}, {"\n\n> ", "\n\n"}, {":\n\n    ", "\n\n"},
}

// Whatever marks stand around a sentence, it comes out as it went in.
func TestAnySentenceInAnyStyle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom([][]string{
			{"the", "basin", "stays", "open", "until", "14", "March", "at", "06:00", "won't", "Orabi", "5,000", "é", "no"},
			{"سيبقى", "الحوض", "مفتوحاً", "حتى", "الربيع", "لن", "٢١:٠٠", "في"},
		}).Draw(t, "language")
		sentence := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 2, 14).Draw(t, "words"), " ") + rapid.SampledFrom([]string{"", ".", "!", "؟"}).Draw(t, "end")
		a := rapid.SampledFrom(around).Draw(t, "style")
		before := rapid.SampledFrom([]string{"", "The minister said: ", "قالت الوزيرة: ", "It says "}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", ", she said.", "، قالت الوزيرة.", " and left."}).Draw(t, "after")
		if strings.HasPrefix(a.open, ":") && before == "" {
			before = "It says"
		}
		if strings.ContainsAny(a.open, "'‘") && decade(sentence) {
			t.Skip("an apostrophe before two digits is that of a year")
		}
		text := before + a.open + sentence + a.end + after
		qs := Read(text, nil)
		if len(qs) != 1 || text[qs[0].From:qs[0].To] != sentence {
			t.Fatalf("%q: %d quotations %+v, want %q", text, len(qs), qs, sentence)
		}
	})
}

func checkRead(t interface{ Fatalf(string, ...any) }, s string) {
	last := -1
	for _, q := range Read(s, nil) {
		if q.Open < 0 || q.From < q.Open || q.To <= q.From || q.Close < q.To || q.Close > len(s) || q.From < last || !utf8.ValidString(s[q.From:q.To]) || !hasWord(s[q.From:q.To]) {
			t.Fatalf("%q: quotation %+v", s, q)
		}
		last = q.From
		var nobody Speakers
		nobody.Of(s, Span{0, len(s)}, q)
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range styles {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if utf8.ValidString(s) {
			checkRead(t, s)
		}
	})
}

// MUST-6. Nothing in a hostile text costs more than in proportion to its length: a text
// of four times the length takes less than sixteen times as long.
func TestHostileMarks(t *testing.T) {
	for _, unit := range []string{
		`"`, `“`, `”`, `'`, `‘`, `’`, `«`, `»`, `" `, ` "`, `" a`, `“a `, `a' `, `s' `, `a'b `, `'a `, `„a`, "``", "''", "â€", "&", "&quot;",
		"[", "]", "[a", "[a]", "a[b]", "… ", ". ", ".", "> ", ">", "\n> ", ">\n\n", "“a\n\n", "\n\n“", "a\n\n", "\t", ":\n\n\ta\n\n", `"a," said b, `, "قال «", "([",
	} {
		var small, large time.Duration
		const tries = 4 // what else the machine does is not the text's fault, and passes
		for range tries {
			small, large = costOf(strings.Repeat(unit, 50_000/len(unit))), costOf(strings.Repeat(unit, 200_000/len(unit)))
			if large <= 16*small || large <= 400*time.Millisecond {
				break
			}
		}
		if large > 16*small && large > 400*time.Millisecond {
			t.Errorf("%q: %v for 50 kB, %v for 200 kB, the last of %d times", unit, small, large, tries)
		}
	}
}

func costOf(text string) time.Duration {
	began := time.Now()
	for _, q := range Read(text, nil) {
		Prepare(text, q.Span())
		var nobody Speakers
		nobody.Of(text, Span{0, len(text)}, q)
	}
	Prepare(text, Span{0, len(text)})
	OddParagraphs(text, Paragraphs(text))
	return time.Since(began)
}
