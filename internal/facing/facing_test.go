package facing_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"chancery.example/internal/compare"
	"chancery.example/internal/facing"
	"chancery.example/internal/fold"
)

const record = `Lighthouse Authority of Ras Amal

To the masters of all vessels.

It is not true that vessels of more than 40 metres may enter the inner basin before the pilot is on board. The light on the north mole is lit from 17:30 to 06:15 each night.

Keep radio channel 14 open at all times, and answer every call of the harbour master.

Amal Rashid
Director
`

func align(copied, of string) *compare.Alignment {
	return compare.Align(fold.Copy(copied), fold.Record(of))
}

func marked(page []facing.Piece, m facing.Mark) []string {
	var out []string
	for _, p := range page {
		if p.Mark == m {
			out = append(out, strings.Join(strings.Fields(p.Text), " "))
		}
	}
	return out
}

// Whatever was done to a copy: each side's pieces are its exact text, and the
// words of each difference stand on its side under its number, once.
func TestPagesHoldEveryWordOnce(t *testing.T) {
	paragraphs := strings.Split(strings.TrimSpace(record), "\n\n")
	words := strings.Fields(record)
	rapid.Check(t, func(t *rapid.T) {
		copied := strings.Join(rapid.Permutation(paragraphs).Draw(t, "order")[:rapid.IntRange(1, len(paragraphs)).Draw(t, "kept")], "\n\n")
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			at := rapid.IntRange(0, len(copied)).Draw(t, "at")
			for !utf8.RuneStart((copied + " ")[at]) {
				at--
			}
			put := rapid.SampledFrom([]string{" not ", "\n\nA sentence that no letter ever held. ", " ... ", "\u200b", "<b>", " 7", "", "\n"}).Draw(t, "put")
			cut := min(len(copied), at+rapid.SampledFrom([]int{0, 0, 3, 20}).Draw(t, "cut"))
			copied = strings.ToValidUTF8(copied[:at]+put+copied[cut:], "")
		}
		if rapid.Bool().Draw(t, "again") {
			copied += " " + strings.Join(words[10:30], " ")
		}
		a := align(copied, record)
		if rapid.Bool().Draw(t, "from a picture") {
			a = compare.Align(fold.Scan(copied, []fold.Seen{{From: 0, To: len(copied), Confidence: rapid.Float32Range(0, 1).Draw(t, "sure")}}), fold.Record(record))
		}
		pages := facing.Lay(a)
		if got := facing.Text(pages.Copy); got != copied {
			t.Fatalf("the copy's page is %q; want %q", got, copied)
		}
		if got := facing.Text(pages.Record); got != record {
			t.Fatalf("the record's page is %q; want %q", got, record)
		}
		for i, d := range a.Differences {
			numbered(t, pages.Copy, i+1, a.Copy.Slice(d.Copy.From, d.Copy.To))
			numbered(t, pages.Record, i+1, a.Record.Slice(d.Record.From, d.Record.To))
		}
		if text := facing.Text(slices.Concat(facing.Excerpts(pages.Record)...)); len(text) > len(record) {
			t.Fatalf("the excerpts are longer than the record: %q", text)
		}
	})
}

// numbered fails unless exactly one piece of a page has a number, and holds
// these words.
func numbered(t *rapid.T, page []facing.Piece, n int, want string) {
	var got []string
	for _, p := range page {
		if p.Number == n {
			got = append(got, p.Text)
		}
	}
	if !slices.Equal(got, []string{want}) {
		t.Fatalf("difference %d stands as %q; want once %q", n, got, want)
	}
}

func TestMovedWordsStandOnBothPages(t *testing.T) {
	paragraphs := strings.Split(strings.TrimSpace(record), "\n\n")
	paragraphs[2], paragraphs[3] = paragraphs[3], paragraphs[2]
	pages := facing.Lay(align(strings.Join(paragraphs, "\n\n"), record))
	here, there := marked(pages.Copy, facing.Moved), marked(pages.Record, facing.Moved)
	if len(here) != 1 || !slices.Equal(here, there) {
		t.Fatalf("moved in the copy %q, on record %q", here, there)
	}
	for _, m := range []facing.Mark{facing.Alone, facing.Differs, facing.Absent, facing.Around, facing.Beyond} {
		if got := append(marked(pages.Copy, m), marked(pages.Record, m)...); len(got) > 0 {
			t.Errorf("nothing is missing, added or changed; %s: %q", m, got)
		}
	}
	if !strings.HasPrefix(facing.Text(pages.Record), "Lighthouse Authority") || facing.Text(pages.Record) != record {
		t.Error("the record does not keep its own order")
	}
}

// A quotation that was cut to say the opposite stands in its full sentence.
func TestPartStandsInItsFullSentence(t *testing.T) {
	pages := facing.Lay(align("vessels of more than 40 metres may enter the inner basin", record))
	excerpts := facing.Excerpts(pages.Record)
	if len(excerpts) != 1 {
		t.Fatalf("%d excerpts; want 1: %v", len(excerpts), excerpts)
	}
	if got, want := facing.Text(excerpts[0]), "It is not true that vessels of more than 40 metres may enter the inner basin before the pilot is on board."; got != want {
		t.Errorf("the sentence is %q; want %q", got, want)
	}
	if got, want := marked(excerpts[0], facing.Around), []string{"It is not true that", "before the pilot is on board"}; !slices.Equal(got, want) {
		t.Errorf("around it stands %q; want %q", got, want)
	}
}

func TestWhatACopyMarksAsLeftOutIsCut(t *testing.T) {
	pages := facing.Lay(align("vessels of more than 40 metres ... before the pilot is on board", record))
	if got, want := marked(pages.Record, facing.Cut), []string{"may enter the inner basin"}; !slices.Equal(got, want) {
		t.Errorf("left out by the copy's own ellipsis: %q; want %q", got, want)
	}
}

func TestSentences(t *testing.T) {
	for _, want := range [][]string{
		{"Once. ", "Two! ", "Three?"},
		{"Mr. Smith of the U.S. Navy and J. Doe met on 3. März at No. 5. They left."},
		{"It ended in 2020. ", "Nobody knew it. ", "So it was."},
		{"The Authority does not:\n\n- open the quay;\n\n- close the gate.\n\n", "It rests."},
		{"Sir,\n\nwe write to you.\n\n", "Amal Rashid\nDirector"},
		{"He said \u201cno.\u201d ", "She left."},
		{"\u0644\u0627 \u0635\u062d\u0629 \u0644\u0630\u0644\u0643. ", "\u0647\u0644 \u0648\u0635\u0644\u061f ", "\u0646\u0639\u0645."},
		{"\u4e0d\u662f\u771f\u7684\u3002", "\u8239\u5df2\u5230\u3002"},
		{"It costs 3.5 million in e.g. Oslo. ", "Yes."},
		{"Well \u2026 perhaps not. ", "Done."},
		{"no end", ""},
	} {
		text := strings.Join(want, "")
		var got []string
		for _, s := range facing.Sentences(text) {
			got = append(got, text[s.From:s.To])
		}
		want = slices.DeleteFunc(want, func(s string) bool { return s == "" })
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		for i := range got {
			got[i] = strings.TrimSpace(got[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\nis cut into %q\nwant %q", text, got, want)
		}
	}
}

func FuzzSentences(f *testing.F) {
	f.Add(record)
	f.Add("a.\u2026)\xff\n\n\n:\n\n b")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, s := range facing.Sentences(text) {
			if s.From != at || s.To <= s.From {
				t.Fatalf("%q: a sentence from %d to %d after %d", text, s.From, s.To, at)
			}
			at = s.To
		}
		if at != len(text) {
			t.Fatalf("%q: the sentences end at %d", text, at)
		}
	})
}

func TestForeignSentencesAreCounted(t *testing.T) {
	added := strings.Replace(record, "Keep radio", "All crews are paid at once. Nobody may go home. Keep radio", 1)
	if n := facing.Foreign(align(added, record)); n != 2 {
		t.Errorf("%d sentences are not on record; want 2", n)
	}
	changed := strings.Replace(record, "40 metres", "60 metres", 1)
	if n := facing.Foreign(align(changed, record)); n != 0 {
		t.Errorf("%d sentences are not on record; want none, one is altered", n)
	}
}

func TestSpansCountCodePoints(t *testing.T) {
	f := fold.Copy("Né à l\u2019île: \U0001f600 oui")
	words := compare.Range{From: 2, To: len(f.Words)}
	got := facing.Spans(f, []compare.Range{words, {From: 0, To: 0}, {From: len(f.Words), To: len(f.Words)}})
	runes := []rune(f.Exact)
	if s := string(runes[got[0].Offset : got[0].Offset+got[0].Length]); s != f.Slice(words.From, words.To) {
		t.Errorf("the span holds %q; want %q", s, f.Slice(words.From, words.To))
	}
	if got[1] != (facing.Span{}) || got[2] != (facing.Span{Offset: len(runes)}) {
		t.Errorf("empty stretches stand at %v and %v", got[1], got[2])
	}
}

func TestCoreOfAPiece(t *testing.T) {
	for text, want := range map[string]string{
		": every vessel. ": "every vessel.", " \u201cgo,\u201d he said": "\u201cgo,\u201d he said", " $5 ": "$5", ". \n": "", "": "", "plain": "plain",
	} {
		from, to := facing.Piece{Text: text}.Core()
		if got := text[from:to]; got != want {
			t.Errorf("%q: %q; want %q", text, got, want)
		}
	}
}
