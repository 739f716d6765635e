package check

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/testkit"
	"chancery.example/register"
)

// realSnapshot issues real letters in a register of its own. Letters whose text
// the canonical form refuses are left out.
func realSnapshot(b *testing.B) (*Snapshot, []string, time.Time) {
	b.Helper()
	w := newTown(b, "letters.archive.example/bench/1", epoch)
	w.enrol("archive", register.Words{"en": "Archive"}, nil, epoch.Add(time.Minute))
	var texts []string
	for _, l := range testkit.Letters(b, "letters/register.jsonl.gz") {
		ref := fmt.Sprintf("AR-%d", len(texts))
		w.issue(w.seal("archive", ref, map[string]string{"en": l.Text}, epoch.Add(time.Hour)), epoch.Add(time.Hour), nil)
		texts = append(texts, w.letters[ref].texts["en"])
	}
	return w.snapshot(w.end()), texts, w.end()
}

// BenchmarkCheckReport checks a report of about 900 words with seven quotations
// from real letters, one of them altered, against all real letters.
func BenchmarkCheckReport(b *testing.B) {
	s, texts, at := realSnapshot(b)
	var report strings.Builder
	quotes := 0
	for i := 100; quotes < 7; i += 611 {
		ws := strings.Fields(strings.NewReplacer("\"", "", "“", "", "”", "").Replace(texts[i]))
		if len(ws) < 150 {
			continue
		}
		fmt.Fprintf(&report, "The ministry was asked about paper %d by several correspondents in the capital during the week.\n\n", i)
		q := strings.Join(ws[40:58], " ")
		if quotes == 3 {
			q = strings.Replace(q, ws[47], "zephyr", 1)
		}
		fmt.Fprintf(&report, "The paper says “%s”, which nobody at the table wished to explain.\n\n", q)
		for range 5 {
			report.WriteString("Ships waited outside while clerks looked for keys, and the market closed early for want of anything to sell that day. ")
		}
		report.WriteString("\n\n")
		quotes++
	}
	f, err := s.Examine(b.Context(), Exhibit{Data: []byte(report.String())}, at)
	if err != nil {
		b.Fatal(err)
	}
	if f.Counts.OnRecord != 7 || f.Counts.Altered != 1 {
		b.Fatalf("the sheet is wrong: %+v", *f.Counts)
	}
	b.Logf("%d texts, %d words: %s", s.Texts(), roughWords(f.Text), f.Summary.EN)
	for b.Loop() {
		if _, err := s.Examine(b.Context(), Exhibit{Data: []byte(report.String())}, at); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheckLetter checks a whole letter against all real letters.
func BenchmarkCheckLetter(b *testing.B) {
	s, texts, at := realSnapshot(b)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Examine(b.Context(), Exhibit{Data: []byte(texts[i*37%len(texts)]), As: KindText}, at); err != nil {
			b.Fatal(err)
		}
	}
}
