package sealed_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/fold"
	"chancery.example/internal/sealed"
	"chancery.example/internal/seed"
)

var key = sealed.Key{1, 2, 3}

// words are made up, so that the same one seldom stands twice in a letter.
func word(r *rand.Rand) string {
	const first, second = "bcdfghklmnprstvwz", "aeiou"
	var b strings.Builder
	for range 2 + r.IntN(3) {
		b.WriteByte(first[r.IntN(len(first))])
		b.WriteByte(second[r.IntN(len(second))])
	}
	return b.String()
}

// made is a letter of n sentences, as lists of words.
func made(r *rand.Rand, n int) [][]string {
	out := make([][]string, n)
	for i := range out {
		for range 5 + r.IntN(25) {
			out[i] = append(out[i], word(r))
		}
	}
	return out
}

func text(sentences [][]string) string {
	var b strings.Builder
	for _, s := range sentences {
		b.WriteString(strings.Join(s, " ") + ".\n")
	}
	return b.String()
}

// flat is a letter's words, each with what follows it.
func flat(sentences [][]string) []string {
	var out []string
	for _, s := range sentences {
		for i, w := range s {
			if i == len(s)-1 {
				w += "."
			}
			out = append(out, w)
		}
	}
	return out
}

func present(t testing.TB, x *sealed.Index, copied string) sealed.Hit {
	t.Helper()
	hit, err := x.Present(t.Context(), fold.Copy(copied), nil)
	if err != nil {
		t.Fatal(err)
	}
	return hit
}

func TestPresents(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draft, other := made(r, 20), made(r, 20)
	x := sealed.New(key, []sealed.Text{{Letter: "other", Revision: 1, Words: text(other)}, {Letter: "draft", Revision: 1, Words: text(draft)}})
	part := func(of float64) string {
		ws := flat(draft)
		return strings.Join(ws[:int(of*float64(len(ws)))], " ")
	}
	for _, c := range []struct {
		name, copied string
		want         bool
	}{
		{"all of it", text(draft), true},
		{"four fifths", part(.8), true},
		{"half", part(.5), false},
		{"a sentence", strings.Join(draft[3], " "), false},
		{"all of it among other words", text(made(r, 10)) + text(draft) + text(made(r, 10)), true},
		{"read with an error in every tenth word", mangled(draft, 10), true},
		{"every second word another", mangled(draft, 2), false},
		{"unknown", text(made(r, 20)), false},
		{"no words", "...", false},
		{"its sentences backwards", text(backwards(draft)), true},
	} {
		hit := present(t, x, c.copied)
		if hit.Presents != c.want || c.want && hit.Text != 1 {
			t.Errorf("%s: %v, text %d; want %v", c.name, hit.Presents, hit.Text, c.want)
		}
	}
}

func mangled(draft [][]string, every int) string {
	ws := flat(draft)
	for i := range ws {
		if i%every == every-1 {
			ws[i] = "x" + ws[i] + "x"
		}
	}
	return strings.Join(ws, " ")
}

func backwards(draft [][]string) [][]string {
	out := slices.Clone(draft)
	slices.Reverse(out)
	return out
}

// A short draft cannot answer, whatever is presented: 100 bits are needed.
func TestShortDraftNeverAnswers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	short := strings.Join(flat(made(r, 3))[:24], " ")
	x := sealed.New(key, []sealed.Text{{Letter: "short", Revision: 1, Words: short}})
	if hit := present(t, x, short); hit.Presents {
		t.Error("24 words answer")
	}
}

// Words that a public text holds as well say nothing about a draft.
func TestPublicWordsDoNotCount(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	form := text(made(r, 8))
	x := sealed.New(key, []sealed.Text{{Letter: "draft", Revision: 1, Words: form + text(made(r, 2))}})
	f := fold.Copy(form)
	with, err := x.Present(t.Context(), f, []sealed.Span{{From: 0, To: len(form)}})
	if err != nil || with.Presents {
		t.Errorf("a form that is public: %v, %v", with.Presents, err)
	}
	if without := present(t, x, form); !without.Presents {
		t.Error("the same words, held by nothing public, do not answer")
	}
}

// The newest revision answers of those that are presented.
func TestRevisionsAnswerAsOne(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	draft := made(r, 15)
	second := slices.Clone(draft)
	second[4] = made(r, 1)[0]
	x := sealed.New(key, []sealed.Text{{Letter: "d", Revision: 1, Words: text(draft)}, {Letter: "d", Revision: 2, Words: text(second)}})
	for _, copied := range []string{text(draft), text(second)} {
		if hit := present(t, x, copied); !hit.Presents || hit.Text != 1 {
			t.Errorf("%+v; want the second revision", hit)
		}
	}
}

// The table alone is no plaintext in disguise: without the key no gram of a draft
// is in it, neither whole nor by a shorter gram's beginning.
func TestTableIsKeyed(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	draft := text(made(r, 20))
	plain := map[seed.Key]bool{}
	for _, s := range seed.Of(fold.Record(draft).Stream) {
		plain[s.Key&seed.Mask(1)] = true
	}
	one := sealed.New(key, []sealed.Text{{Letter: "d", Revision: 1, Words: draft}}).Postings()
	two := sealed.New(sealed.Key{9}, []sealed.Text{{Letter: "d", Revision: 1, Words: draft}}).Postings()
	if len(one) < 20 || len(one) != len(two) {
		t.Fatalf("%d and %d grams", len(one), len(two))
	}
	var raw bytes.Buffer
	for i, p := range one {
		if plain[p.Key&seed.Mask(1)] {
			t.Errorf("gram %x stands in the table as it is", p.Key)
		}
		if p == two[i] {
			t.Errorf("gram %x is the same under another key", p.Key)
		}
		_ = binary.Write(&raw, binary.BigEndian, p)
	}
}

// said is what an answer tells, but for the reader's own words.
func said(h sealed.Hit, copied string) string {
	var b strings.Builder
	fmt.Fprint(&b, h.Presents, h.Text)
	for _, s := range h.Differs {
		if s.From < 0 || s.To < s.From || s.To > len(copied) {
			return "outside the copy"
		}
		b.WriteString(" passage")
	}
	return b.String()
}

// TestNoGrowth is the promise: who holds a part that presents a draft, and goes on
// with the true next word, a wrong one, or none, in front, behind, or in a gap of
// which more than one word is missing, gets the same answer.
func TestNoGrowth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "letter"), 1))
		draft := made(r, rapid.IntRange(10, 30).Draw(rt, "sentences"))
		ws := flat(draft)
		x := sealed.New(key, []sealed.Text{{Letter: "d", Revision: 1, Words: text(draft)}, {Letter: "e", Revision: 1, Words: text(made(r, 20))}})
		from := rapid.IntRange(1, len(ws)/8).Draw(rt, "from")
		to := len(ws) - rapid.IntRange(1, len(ws)/8).Draw(rt, "to")
		wrong := word(r) + "q"
		join := func(parts ...[]string) string { return strings.Join(slices.Concat(parts...), " ") }
		held := ws[from:to]
		var none, right, other string
		switch rapid.SampledFrom([]string{"behind", "in front", "gap"}).Draw(rt, "where") {
		case "behind":
			none, right, other = join(held), join(held, ws[to:to+1]), join(held, []string{wrong})
		case "in front":
			none, right, other = join(held), join(ws[from-1:from], held), join([]string{wrong}, held)
		default: // of more than one word, which cannot be closed by one
			a := from + 40
			if a+80 > to {
				rt.Skip("too short for a gap")
			}
			b := a + rapid.IntRange(2, 40).Draw(rt, "gap")
			none = join(ws[from:a], ws[b:to])
			right = join(ws[from:a], ws[a:a+1], ws[b:to])
			other = join(ws[from:a], []string{wrong}, ws[b:to])
		}
		first := present(t, x, none)
		if !first.Presents {
			rt.Skip("the part does not present the draft")
		}
		want := said(first, none)
		for _, guess := range []string{right, other} {
			if got := said(present(t, x, guess), guess); got != want {
				rt.Fatalf("the answer changes with a guess: %q, then %q\nheld: %s\nguess: %s", want, got, none, guess)
			}
		}
	})
}

// TestGrowthTakesABlock: whatever an attacker arranges before a part that he does
// not hold - here with the threshold at one block - more than a quarter of the
// next block must be guessed at once before anything changes.
func TestGrowthTakesABlock(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 4 {
		draft := made(r, 18)
		ws := flat(draft)
		x := sealed.New(key, []sealed.Text{{Letter: "d", Revision: 1, Words: text(draft)}})
		last, steps := "", []int{}
		for n := len(ws) / 3; n < len(ws)*9/10; n++ { // the true words, one after the other
			copied := strings.Join(ws[:n], " ")
			if now := said(present(t, x, copied), copied); now != last {
				last, steps = now, append(steps, n)
			}
		}
		// The first is where it starts; then the one answer, and no other step.
		if len(steps) != 2 {
			t.Errorf("the answer changes at %v of %d words; want one step", steps, len(ws))
		}
	}
}

// Within a part that is presented, a passage that is not the draft's is named, in
// the copy's words, and nothing at its edges.
func TestDiffers(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	draft := made(r, 20)
	x := sealed.New(key, []sealed.Text{{Letter: "d", Revision: 1, Words: text(draft)}})
	altered := slices.Clone(draft)
	altered[9] = slices.Clone(draft[9])
	altered[9][2] = "sevenhundred"
	copied := "Some words before.\n" + text(altered) + "Some words behind.\n"
	hit := present(t, x, copied)
	if !hit.Presents || len(hit.Differs) != 1 {
		t.Fatalf("%+v; want one passage", hit)
	}
	shown := copied[hit.Differs[0].From:hit.Differs[0].To]
	if !strings.Contains(shown, "sevenhundred") || strings.Contains(shown, "Some words") {
		t.Errorf("%q", shown)
	}
	if hit := present(t, x, text(draft)); len(hit.Differs) != 0 {
		t.Errorf("the draft itself differs: %+v", hit)
	}
	gap := slices.Delete(slices.Clone(draft), 8, 11)
	if hit := present(t, x, text(gap)); !hit.Presents || len(hit.Differs) != 0 {
		t.Errorf("three sentences left out: %+v; what lacks is not told", hit)
	}
	more := slices.Insert(slices.Clone(draft), 8, made(r, 1)[0])
	if hit := present(t, x, text(more)); !hit.Presents || len(hit.Differs) != 1 {
		t.Errorf("a sentence put in: %+v", hit)
	}
}

func FuzzPresent(f *testing.F) {
	r := rand.New(rand.NewPCG(15, 16))
	draft := text(made(r, 12))
	x := sealed.New(key, []sealed.Text{{Letter: "d", Revision: 1, Words: draft}, {Letter: "d", Revision: 2, Words: draft + draft}, {Letter: "e", Revision: 1, Words: "12\n\n12\n"}})
	f.Add(draft)
	f.Add(draft[:len(draft)/2] + "\n12\n" + draft[len(draft)/2:])
	f.Add("cooperate co-operate ... 12\n\n")
	f.Fuzz(func(t *testing.T, copied string) {
		hit := present(t, x, copied)
		if hit.Presents && len(hit.Near) == 0 {
			t.Error("answers and is not near")
		}
		if said(hit, copied) == "outside the copy" {
			t.Errorf("%+v of %d bytes", hit, len(copied))
		}
	})
}

func BenchmarkNew(b *testing.B) {
	texts := library(5390)
	for b.Loop() {
		sealed.New(key, texts)
	}
}

func BenchmarkPresent(b *testing.B) {
	texts := library(5390)
	x := sealed.New(key, texts)
	copied := fold.Copy(texts[17].Words)
	for b.Loop() {
		if hit, err := x.Present(b.Context(), copied, nil); err != nil || !hit.Presents {
			b.Fatal(hit, err)
		}
	}
}

// library is n letters of about 300 words.
func library(n int) []sealed.Text {
	r := rand.New(rand.NewPCG(17, 18))
	var out []sealed.Text
	for i := range n {
		out = append(out, sealed.Text{Letter: fmt.Sprint(i), Revision: 1, Words: text(made(r, 18))})
	}
	return out
}
