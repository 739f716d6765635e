package server

import (
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/web"
	"chancery.example/proof"
)

// timingEnv is how many papers of each sort the test of time presents.
const timingEnv = "CHANCERY_TIMING"

// mostT is the t of Welch's test from which two sorts of papers count as told
// apart (dudect; ISO/IEC 17825).
const mostT = 4.5

// TestTimeTellsNothing measures how long the pages' handler takes for papers that
// must be answered alike: words of nobody, words of a draft that is silent, and
// too few words of one that answers. The sorts are drawn at random, so that the
// machine's moods meet all of them, and the slowest tenth is left out, as dudect
// does. Answers that say "a draft" are measured too, and may differ.
func TestTimeTellsNothing(t *testing.T) {
	n := 60
	if s := os.Getenv(timingEnv); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	node := newNode(t)
	node.draft(t, true, "")
	// All papers are of one shape, so that only what is known of them differs.
	half := strings.Join(sealedLines[:2], "\n\n") + "\n"
	silent, unknown := reworded(draftText(), 3), reworded(half, 4)
	if err := node.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-E", silent)); err != nil {
		t.Fatal(err)
	}
	if _, err := node.Circulate(t.Context(), "harbour", "drafter", "HC-E", []office.Holder{{Name: "Pilots", Purpose: "clearance"}}); err != nil {
		t.Fatal(err)
	}
	papers := map[string]string{
		"unknown": unknown, "silent": silent[:len(half)], "below": half, "answered": shownPart(),
	}
	for _, step := range []time.Duration{0, AnswerStep} {
		count := n
		if step == 0 {
			count = min(n, 500) // for the figure alone
		}
		took := measure(t, node.handler(t, step), papers, count)
		for _, c := range []struct {
			a, b string
			must bool
		}{{"silent", "unknown", true}, {"below", "unknown", true}, {"below", "silent", true}, {"answered", "unknown", false}} {
			value := welch(cropped(took[c.a], took[c.b]))
			t.Logf("steps of %v: %s against %s, %d and %d papers: t = %.2f", step, c.a, c.b, len(took[c.a]), len(took[c.b]), value)
			if c.must && step > 0 && math.Abs(value) >= mostT {
				t.Errorf("the time tells %s from %s: t = %.2f; want less than %.1f", c.a, c.b, value, mostT)
			}
		}
	}
}

// reworded puts other letters in place of a text's, vowels for vowels, so that the
// lengths of its words and sentences stay.
func reworded(text string, by int) string {
	const vowels, others = "aeiou", "bcdfghjklmnpqrstvwxyz"
	return strings.Map(func(r rune) rune {
		for _, set := range []string{vowels, others} {
			if i := strings.IndexRune(set, r|0x20); i >= 0 {
				return rune(set[(i+by)%len(set)])&^0x20 | r&0x20
			}
		}
		return r
	}, text)
}

// handler is the pages' own, with the office's side.
func (n *node) handler(t *testing.T, step time.Duration) http.Handler {
	t.Helper()
	src, err := Read(t.Context(), n.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	src.drafts = NewDrafts(t.Context(), n.Folder(), func(err error) { t.Error(err) })
	none := web.Rate{Burst: -1}
	h, err := web.New(src, web.Options{Step: step, Rates: web.Rates{All: none, Checks: none}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// measure presents n papers of each sort, in any order, and returns how long each
// took in microseconds. "answered" gets a tenth: it is not held to anything.
func measure(t *testing.T, h http.Handler, papers map[string]string, n int) map[string][]float64 {
	t.Helper()
	var order []string
	for sort := range papers {
		many := n
		if sort == "answered" {
			many = max(n/10, 20)
		}
		for range many {
			order = append(order, sort)
		}
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var mu sync.Mutex
	out := map[string][]float64{}
	next := make(chan string)
	var running sync.WaitGroup
	for range 3 {
		running.Go(func() {
			for sort := range next {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/check", strings.NewReader(papers[sort]))
				r.Header.Set("Content-Type", "text/plain")
				r.Header.Set("Accept", "application/json")
				w := httptest.NewRecorder()
				began := time.Now()
				h.ServeHTTP(w, r)
				took := float64(time.Since(began).Microseconds())
				mu.Lock()
				out[sort] = append(out[sort], took)
				mu.Unlock()
				if draft := strings.Contains(w.Body.String(), `"most/draft_open"`); draft != (sort == "answered") {
					t.Errorf("%s: %.200s", sort, w.Body)
				}
			}
		})
	}
	for _, sort := range order {
		next <- sort
	}
	close(next)
	running.Wait()
	return out
}

// cropped leaves out what took longer than nine tenths of both.
func cropped(a, b []float64) (x, y []float64) {
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	most := all[len(all)*9/10]
	under := func(v []float64) []float64 {
		return slices.DeleteFunc(slices.Clone(v), func(f float64) bool { return f > most })
	}
	return under(a), under(b)
}

// welch is the statistic of Welch's t-test.
func welch(a, b []float64) float64 {
	ma, va := moments(a)
	mb, vb := moments(b)
	return (ma - mb) / math.Sqrt(va/float64(len(a))+vb/float64(len(b)))
}

func moments(v []float64) (mean, variance float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		variance += (x - mean) * (x - mean) / float64(len(v)-1)
	}
	return mean, variance
}

// The test of time can fail: it tells two sorts apart that differ by little.
func TestWelchTellsApart(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var a, b, c []float64
	for range 2000 {
		a, b, c = append(a, 100+r.NormFloat64()), append(b, 100+r.NormFloat64()), append(c, 100.3+r.NormFloat64())
	}
	if v := welch(cropped(a, b)); math.Abs(v) >= mostT {
		t.Errorf("alike: t = %v", v)
	}
	if v := welch(cropped(a, c)); math.Abs(v) < mostT {
		t.Errorf("different: t = %v", v)
	}
}
