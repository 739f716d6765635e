package compare

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/fold"
	"chancery.example/internal/testkit"
)

var (
	allOnce    sync.Once
	allLetters []testkit.Letter
	allIndex   *Index
	allTook    time.Duration
)

// lettersIndex returns the real letters and their index, built once.
func lettersIndex(t testing.TB) ([]testkit.Letter, *Index) {
	t.Helper()
	testkit.Data(t, "letters/register.jsonl.gz")
	allOnce.Do(func() {
		allLetters = testkit.Letters(t, "letters/register.jsonl.gz")
		began := time.Now()
		allIndex = NewIndex()
		for i, l := range allLetters {
			allIndex.Add(Document{ID: i, Family: l.ID, Text: l.Text})
		}
		if _, err := allIndex.Find(t.Context(), fold.Copy("to have it sorted before the clock starts")); err != nil {
			t.Fatal(err)
		}
		allTook = time.Since(began)
	})
	return allLetters, allIndex
}

// cut returns n words of a letter from a random place on.
func cut(rng *rand.Rand, l testkit.Letter, n int) string {
	f := fold.Copy(l.Text)
	if len(f.Words) < n {
		return ""
	}
	i := rng.IntN(len(f.Words) - n + 1)
	return f.Slice(i, i+n)
}

// bestOf returns the agreement and the documents that agree as well as the best.
func bestOf(t testing.TB, x *Index, text string) (Agreement, []int) {
	t.Helper()
	found, err := x.Find(t.Context(), fold.Copy(text))
	if err != nil {
		t.Fatal(err)
	}
	top, cost := Unlike, 0
	var ids []int
	for _, c := range found {
		a := c.Judge()
		switch {
		case a < top || a == top && a < Unlike && c.Alignment.Cost < cost:
			top, cost, ids = a, c.Alignment.Cost, []int{c.Document.ID}
		case a == top && a < Unlike && c.Alignment.Cost == cost:
			ids = append(ids, c.Document.ID)
		}
	}
	return top, ids
}

// holds reports whether one of the letters named is the one asked for, or holds
// the words too.
func right(ids []int, want int, words string) bool {
	for _, id := range ids {
		if id == want || alignPhrase(fold.Copy(words), fold.Copy(allLetters[id].Text)) != nil {
			return true
		}
	}
	return false
}

func TestRealLetters(t *testing.T) {
	letters, x := lettersIndex(t)
	t.Logf("%d letters indexed in %v: %d postings, %d words", x.Len(), allTook.Round(time.Millisecond), len(x.table.Postings()), x.model.words)
	rng := rand.New(rand.NewPCG(6, 2020))
	const n = 60
	var took time.Duration
	run := func(name string, least float64, try func() (ok, tried bool)) {
		good, all := 0, 0
		began := time.Now()
		for range n {
			ok, tried := try()
			if tried {
				all++
				if ok {
					good++
				}
			}
		}
		took = time.Since(began)
		share := float64(good) / float64(all)
		t.Logf("%-34s %d of %d (%.1f %%), %v each", name, good, all, 100*share, (took / time.Duration(all)).Round(time.Microsecond))
		if share < least {
			t.Errorf("%s: %.3f, want at least %.3f", name, share, least)
		}
	}
	for _, words := range []int{5, 8, 12, 20} {
		run("clean quotation of "+string(rune('0'+words/10))+string(rune('0'+words%10))+" words", 1, func() (bool, bool) {
			i := rng.IntN(len(letters))
			q := cut(rng, letters[i], words)
			a, ids := bestOf(t, x, q)
			return a <= PartOf && right(ids, i, q), q != ""
		})
	}
	run("12 words, one changed", 0.97, func() (bool, bool) {
		i := rng.IntN(len(letters))
		f := fold.Copy(cut(rng, letters[i], 12))
		k := rng.IntN(12)
		q := f.Slice(0, k) + " zephyr " + f.Slice(k+1, 12)
		a, ids := bestOf(t, x, q)
		for _, id := range ids {
			if id == i && a == Altered {
				return true, true
			}
		}
		// A sharer of the wording is as right.
		return a == Altered && len(ids) > 0 && Align(fold.Copy(q), fold.Copy(letters[ids[0]].Text)).Cost <= 1, true
	})
	run("whole letter", 1, func() (bool, bool) {
		i := rng.IntN(len(letters))
		a, ids := bestOf(t, x, letters[i].Text)
		return a == Same && right(ids, i, letters[i].Text), true
	})
	run("whole letter, one negation gone", 1, func() (bool, bool) {
		i := rng.IntN(len(letters))
		before, after, ok := strings.Cut(letters[i].Text, " not ")
		if !ok {
			return false, false
		}
		found, err := x.Find(t.Context(), fold.Copy(before+" "+after))
		if err != nil || len(found) == 0 {
			return false, true
		}
		ds := found[0].Alignment.Differences
		return found[0].Judge() == Altered && len(ds) == 1 && ds[0].Kind == OnlyOnRecord && ds[0].Critical, true
	})
	held := testkit.Letters(t, "letters/heldout.jsonl.gz")
	// What is found here are formulas that many letters share ("I have the honor
	// to acknowledge the receipt of ..."); package check calls them so.
	for _, words := range []int{8, 12, 20} {
		run("no letter for a stranger's "+string(rune('0'+words/10))+string(rune('0'+words%10))+" words", 0.97, func() (bool, bool) {
			q := cut(rng, held[rng.IntN(len(held))], words)
			a, ids := bestOf(t, x, q)
			return a >= Like || a == PartOf && right(ids, -1, q), q != ""
		})
	}
	k := 0
	run("no match for a stranger's letter", 1, func() (bool, bool) {
		a, _ := bestOf(t, x, held[k%len(held)].Text)
		k++
		return a >= Like, true
	})
}

func TestSiblings(t *testing.T) {
	letters, _ := lettersIndex(t)
	sib := testkit.Letters(t, "letters/siblings.jsonl.gz")
	x := NewIndex()
	for i, l := range letters[:120] {
		x.Add(Document{ID: i, Family: l.ID, Text: l.Text})
	}
	for i, s := range sib {
		x.Add(Document{ID: 1000 + i, Family: s.ID[:strings.LastIndexByte(s.ID, '~')], Text: s.Text})
	}
	good := 0
	for i, s := range sib[:80] {
		if a, ids := bestOf(t, x, s.Text); a == Same && right1(ids, 1000+i) {
			good++
		}
	}
	t.Logf("the right one among sibling drafts: %d of %d", good, 80)
	if good != 80 {
		t.Errorf("%d of 80 drafts found among their siblings", good)
	}
}

func right1(ids []int, want int) bool {
	for _, id := range ids {
		if id == want {
			return true
		}
	}
	return false
}

func BenchmarkFind(b *testing.B) {
	letters, x := lettersIndex(b)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, words := range []int{8, 20, 200} {
		b.Run(string(rune('0'+words/100))+string(rune('0'+words/10%10))+string(rune('0'+words%10)), func(b *testing.B) {
			for b.Loop() {
				q := cut(rng, letters[rng.IntN(len(letters))], words)
				if _, err := x.Find(context.Background(), fold.Copy(q)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	letters, _ := lettersIndex(b)
	b.SetBytes(int64(len(letters[0].Text)))
	for b.Loop() {
		fold.Copy(letters[0].Text)
	}
}
