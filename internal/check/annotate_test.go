package check

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// words is all that the stretches hold of the report's own text.
func words(ss []Stretch) string {
	var b strings.Builder
	for _, s := range ss {
		b.WriteString(s.Text + words(s.Inside))
		for _, p := range s.Pieces {
			if p.Kind != OnlyOnRecord {
				b.WriteString(p.Text)
			}
		}
	}
	return b.String()
}

// drawn shows stretches in one line: [q1-1 words], where the words of record are
// in braces.
func drawn(f Finding, ss []Stretch) string {
	var b strings.Builder
	for _, s := range ss {
		if s.Quotation < 0 {
			b.WriteString(s.Text)
			continue
		}
		fmt.Fprintf(&b, "[%s ", s.Anchor)
		b.WriteString(drawn(f, s.Inside))
		for _, p := range s.Pieces {
			switch p.Kind {
			case "":
				b.WriteString(p.Text)
			default:
				fmt.Fprintf(&b, "{%s:%s|%s}", p.Kind, strings.TrimSpace(p.Text), p.With)
			}
		}
		b.WriteString("]")
	}
	return b.String()
}

func TestAnnotated(t *testing.T) {
	_, w := embedded(t)
	s := w.snapshot(w.end())
	for text, want := range map[string]string{
		`"Boats drawing more," Castellane said, "than five metres must use the western approach."`: `"[q1-1 Boats drawing more]," Castellane said, "[q1-2 than {replaced:five|three} metres must use the western approach.]"`,
		`It says "Dredging [...] begins on 9 February [2026] and lasts weeks" and more.`:           `It says "[q1-1 Dredging {left_out:[...]|of the inner channel} begins on 9 February {editors_words:[2026]|} and lasts {only_on_record:six|}weeks]" and more.`,
		`“He told me ‘nobody has seen the second page of it’ and then he left,” said the skipper.`: `“[q1-1 He told me ‘[q2-1 nobody has seen the second page of it]’ and then he left],” said the skipper.`,
	} {
		f := examine(t, s, Exhibit{Data: []byte(text), As: KindReport}, w.end())
		ps := f.Annotated()
		if got := drawn(f, ps[0].Stretches); len(ps) != 1 || got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// report.md MUST-11. Nothing of a report is lost or shown twice, however it quotes.
func TestAnnotationsAddUp(t *testing.T) {
	_, w := embedded(t)
	s := w.snapshot(w.end())
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"“", "”", `"`, "«", "»", "‘", "’", "\n\n", "\n> ", " said Orabi, ", "[", "]", "…", " ", ":\n\n  ",
			"Boats drawing more than three metres", "must use the western approach", "until it is done.", "nobody knows it", "رسم الإرشاد الليلي ٨٤٠ ماركاً",
		}), 1, 30).Draw(t, "report"), "")
		f, err := s.Examine(t.Context(), Exhibit{Data: []byte(text), As: KindReport}, w.end())
		if err != nil {
			return // no words in it
		}
		var got strings.Builder
		for _, p := range f.Annotated() {
			got.WriteString(words(p.Stretches))
		}
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if bare(got.String()) != bare(f.Text) {
			t.Fatalf("%q is shown as %q", f.Text, got.String())
		}
		for i, q := range f.Quotations {
			if q.Anchor != fmt.Sprintf("q%d", i+1) || q.Paragraph < 1 {
				t.Fatalf("quotation %d: %q in paragraph %d", i, q.Anchor, q.Paragraph)
			}
		}
	})
}
