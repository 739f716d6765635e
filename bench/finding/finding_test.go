package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"chancery.example/internal/fold"
)

// sentences are recombined to letters, so that many letters share some of them.
var sentences = strings.Split(`The harbour dues for the third quarter were paid on 4 July and the receipt lies at the counting house
Your despatch of the twelfth instant was laid before the council, which has not yet taken a decision
No vessel under quarantine may enter the inner basin without a pilot and a certificate of the physician
We regret that the lighthouse at Cape Marrow will be dark for eleven nights while the lens is ground
The consul has been instructed to refuse any payment that is not in coin of the realm
Timber to the value of 840 marks was landed at the north quay in the presence of two witnesses
It is our understanding that the treaty of navigation expires in the spring and should be renewed
The engineer reports that the sluice gates of the south lock cannot be opened more than half
Please convey to His Excellency our thanks for the charts of the eastern shoals
Two pilots were dismissed for drunkenness and three others were promoted in their place
The mail packet leaves every Tuesday at noon, weather permitting, and calls at the islands
An inventory of the powder magazine was taken last week and nothing was found to be missing
The widow of the late harbour master has asked for a pension of sixty marks a year
Negotiations about the fishing grounds were broken off when the delegation of the north withdrew
The new customs house will be roofed before winter if the slate arrives from the quarries
A copy of the protest is enclosed, together with the sworn statement of the boatswain`, "\n")

// madeUp are letters that nobody wrote.
func madeUp(n int) []doc {
	rng := rand.New(rand.NewPCG(30, 1))
	var out []doc
	for i := range n {
		parts := make([]string, 6)
		for k, at := range rng.Perm(len(sentences))[:len(parts)] {
			parts[k] = fmt.Sprintf("%s, as paragraph %d of our letter number %d says.", sentences[at], rng.IntN(1000), 5000+rng.IntN(5000))
		}
		name := fmt.Sprintf("HC-%04d", i)
		out = append(out, doc{ID: i, Name: name, Family: name, Text: "Harbour Commission\nSir,\n" + strings.Join(parts, "\n")})
	}
	return out
}

func stream(docs []doc) iter.Seq2[doc, error] {
	return func(yield func(doc, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// inProcess runs the two sides of an engine process in this one.
func inProcess(t *testing.T, name string, docs []doc) *process {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	askR, askW := io.Pipe()
	sayR, sayW := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := serve(context.Background(), name, stream(docs), askR, sayW)
		_ = sayW.CloseWithError(err)
		ended <- err
	}()
	p, err := meet(name, askW, sayR, func() error { return <-ended })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every engine that needs nothing installed finds letters by a sentence and by
// all of their words, and none by words of nobody; afterwards nothing is left.
func TestEngines(t *testing.T) {
	docs := madeUp(30)
	for _, name := range []string{ours, "fts5-phrases", "fts5-trigram", "bleve"} {
		t.Run(name, func(t *testing.T) {
			p := inProcess(t, name, docs)
			if p.built.Docs != 30 || p.built.Took <= 0 {
				t.Errorf("built says %+v", p.built)
			}
			if name != ours && p.built.Disk == 0 {
				t.Error("an index on disk takes no room")
			}
			c := &corpus{docs: docs, streams: map[int]string{}}
			var qs []query
			for i, d := range docs {
				last := d.Text[strings.LastIndex(d.Text, "\n")+1:]
				q := query{Set: "quote", Kind: quotation, N: i, Text: last, Truth: i, Origin: fold.Copy(last).Stream}
				qs = append(qs, q, query{Set: "ocr", Kind: page, N: i, Text: misread(rand.New(rand.NewPCG(1, uint64(i))), d.Text, 3, true), Truth: i})
			}
			tr := newTrial(p)
			if err := (settings{budget: time.Hour}).askAll([]*trial{tr}, c, qs); err != nil {
				t.Fatal(err)
			}
			for _, r := range tr.results {
				if !r.first() || r.err != "" {
					t.Errorf("%s %d: right one at %d: %v %s", r.query.Set, r.query.N, r.rank, r.hits, r.err)
				}
			}
			for _, nothing := range []string{"", "—", `" OR "`, "xyzzy plugh frotz"} {
				if a, err := p.ask(question{quotation, nothing}); err != nil || a.Err != "" || len(a.Hits) > 0 {
					t.Errorf("%q: %+v, %v", nothing, a, err)
				}
			}
			if err := p.close(); err != nil {
				t.Error(err)
			}
			if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestUnknownEngine(t *testing.T) {
	var out strings.Builder
	if err := serve(t.Context(), "nobody", stream(nil), strings.NewReader(""), &out); err != nil {
		t.Fatal(err)
	}
	var b built
	if err := json.Unmarshal([]byte(out.String()), &b); err != nil || b.Err == "" {
		t.Errorf("said %q, %v", out.String(), err)
	}
}

func TestParse(t *testing.T) {
	for args, wrong := range map[string]bool{
		"": false, "-letters 5k": false, "-letters 6k": true, "-engines nobody": true, "-engines bleve,chancery": false,
		"-engines bleve -peers=false": true, "-none": true, "-short": false,
	} {
		s, err := parse(strings.Fields(args))
		if (err != nil) != wrong {
			t.Errorf("%q: %v", args, err)
		}
		if !wrong && len(s.engines) == 0 {
			t.Errorf("%q: no engine", args)
		}
	}
}

// Both a better and a worse answer are told apart.
func TestJudging(t *testing.T) {
	docs := []doc{
		{0, "a", "a", "The first letter says that the harbour is closed."},
		{1, "a~1", "a", "The first draft says that the harbour is open."},
		{2, "b", "b", "Another one: the first letter says that the harbour is closed, alas."},
		{3, "c", "c", "Nothing of the kind."},
	}
	c := &corpus{docs: docs, streams: map[int]string{}}
	q := query{Truth: 0, Origin: fold.Copy("the first letter says that the harbour is closed").Stream}
	exact := query{Truth: 0, Exact: true}
	for _, x := range []struct {
		q    query
		id   int
		want bool
	}{
		{q, 0, true}, {q, 1, true}, {q, 2, true}, {q, 3, false}, {exact, 0, true}, {exact, 1, false}, {exact, 2, false},
		{query{Truth: -1}, 0, false},
	} {
		if got := c.right(x.q, x.id); got != x.want {
			t.Errorf("%+v, hit %d: %v", x.q, x.id, got)
		}
	}
	hits := []hit{{ID: 3}, {ID: 1, Tie: true}}
	r := judged(c, &q, answer{Hits: hits})
	if r.first() || !r.found() || !r.ambiguous() || r.rank != 1 {
		t.Errorf("judged as %+v", r)
	}
	if r := judged(c, &q, answer{Hits: hits[:1]}); r.found() || r.ambiguous() {
		t.Errorf("judged as %+v", r)
	}
	tb := &tables{corpus: c}
	for _, x := range []struct {
		text string
		h    hit
		want bool
	}{
		{"something else altogether, at length", hit{ID: 3, Bits: 50, Says: "altered"}, true},
		{"something else altogether, at length", hit{ID: 3, Bits: 30, Says: "altered"}, false},
		{"something else altogether, at length", hit{ID: 3, Bits: 50, Says: "unlike"}, false},
		{"he says that the harbour is closed", hit{ID: 0, Bits: 50, Says: "altered"}, false},
		{"letter says that the harb0ur is closed", hit{ID: 0, Bits: 50, Says: "altered"}, false},
	} {
		if _, got := tb.falsely(result{query: &query{Text: x.text}}, x.h); got != x.want {
			t.Errorf("%q, %+v: false match %v", x.text, x.h, got)
		}
	}
}

// Sets take turns, and each query comes once.
func TestInTurn(t *testing.T) {
	var qs []query
	for i := range 7 {
		qs = append(qs, query{Set: []string{"a", "a", "b", "c", "a", "c", "a"}[i]})
	}
	got := inTurn(qs)
	if s := slices.Sorted(slices.Values(got)); !slices.Equal(s, []int{0, 1, 2, 3, 4, 5, 6}) {
		t.Errorf("order %v", got)
	}
	var sets strings.Builder
	for _, i := range got {
		sets.WriteString(qs[i].Set)
	}
	if got := sets.String(); len(got) != 7 || strings.Count(got[:3], "a") != 1 || strings.Count(got[:3], "c") != 1 || got[5:] != "aa" {
		t.Errorf("sets in order %s", got)
	}
}

func TestPhrases(t *testing.T) {
	if got := runs(words("To the Min-\n ister's “House”, 1955 to the minister s house"), 3, 100); !slices.Equal(got, []string{
		"to the minister", "the minister s", "minister s house", "s house 1955", "house 1955 to", "1955 to the",
	}) {
		t.Errorf("runs %q", got)
	}
	if got := runs([]string{"one", "two"}, 3, 9); !slices.Equal(got, []string{"one two"}) {
		t.Errorf("a short text has the runs %q", got)
	}
	if got := chunks("The  harbour\nis closed", 8, 4, 100); !slices.Equal(got, []string{"The harb", "harbour ", "our is c", "is close"}) {
		t.Errorf("chunks %q", got)
	}
	if got := spread([]string{"a", "b", "c", "d", "e", "f"}, 3); !slices.Equal(got, []string{"a", "c", "e"}) {
		t.Errorf("spread %q", got)
	}
	if got := anyPhrase([]string{"to the house", "1955"}); got != "('to' <-> 'the' <-> 'house') | ('1955')" {
		t.Errorf("PostgreSQL is asked %s", got)
	}
}

// As many characters are misread as was said, and none when none.
func TestMisread(t *testing.T) {
	text := strings.Repeat("The Secretary was informed on 12 May that no vessel had left. ", 60)
	rng := rand.New(rand.NewPCG(5, 5))
	if misread(rng, text, 0, true) != text {
		t.Error("a reading without noise differs")
	}
	for _, percent := range []int{3, 10} {
		read := misread(rng, text, percent, false)
		edits := distance([]rune(text), []rune(read))
		if share := 100 * float64(edits) / float64(len(text)); share < float64(percent)*0.8 || share > float64(percent)*1.2 {
			t.Errorf("%d %% asked, %.1f %% misread", percent, share)
		}
	}
	if got := respell(rng, "أُمَّة"); strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.M, r) || r == 'أ' }) {
		t.Errorf("respelt as %q", got)
	}
}

func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			above := row[j+1]
			row[j+1] = min(above+1, row[j]+1, diagonal+one(r != b[j]))
			diagonal = above
		}
	}
	return row[len(b)]
}

func TestNearest(t *testing.T) {
	if got, edits := nearest("harbovrisclsed", "thelettersaysthattheharbourisclosedtoday"); got != "harbourisclosed" || edits != 2 {
		t.Errorf("nearest is %q, %d edits", got, edits)
	}
}

// Synthetic letters follow the real ones, differ, and are the same every time.
func TestMade(t *testing.T) {
	docs := madeUp(30)
	read := func() (out []doc) {
		for d, err := range withMade(stream(docs), 60) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, d)
		}
		return out
	}
	a, b := read(), read()
	if len(a) != 60 || !slices.Equal(a, b) {
		t.Fatalf("%d letters, the same twice: %v", len(a), slices.Equal(a, b))
	}
	known := map[string]bool{}
	for _, d := range docs {
		for _, w := range strings.Fields(d.Text) {
			known[digitless(w)] = true
		}
	}
	seen := map[string]bool{}
	for i, d := range a[30:] {
		if d.ID != 30+i || seen[d.Text] || len(strings.Fields(d.Text)) < 40 {
			t.Errorf("letter %d is %+v", 30+i, d)
		}
		seen[d.Text] = true
		for _, w := range strings.Fields(d.Text) {
			if !known[digitless(w)] {
				t.Errorf("letter %d has the word %q", d.ID, w)
			}
		}
	}
	for _, err := range withMade(stream(nil), 5) {
		if err == nil {
			t.Error("letters were made like no letters")
		}
	}
}

func digitless(w string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, w)
}

// The alteration counts as named by its words, on either side, and not by others.
func TestNames(t *testing.T) {
	for _, x := range []struct {
		e           edit
		named       []differing
		is, certain bool
	}{
		{edit{"neg", "could", "could not"}, []differing{{"not", "", true}}, true, true},
		{edit{"neg", "could", "could not"}, []differing{{"nat", "", true}}, false, false},
		{edit{"neg", "not", ""}, []differing{{"", "not", false}}, true, false},
		{edit{"name", "Government", "Mozambique"}, []differing{{"Mozambiqne", "", true}}, true, true},
		{edit{"number", "84;", "82;"}, []differing{{"12", "17", true}}, false, false},
		{edit{"number", "84;", "82;"}, []differing{{"12", "17", true}, {"8Z", "84", false}}, true, false},
	} {
		if is, certain := names(x.e, x.named); is != x.is || certain != x.certain {
			t.Errorf("%+v named by %+v: %v, %v", x.e, x.named, is, certain)
		}
	}
}

func TestScan(t *testing.T) {
	f := scan(line{OCR: "we we\nleft  it", Conf: []float32{90, 10, 50, 20}})
	if !slices.Equal(f.Confidence, []float32{0.9, 0.1, 0.5, 0.2}) {
		t.Errorf("confidences %v", f.Confidence)
	}
}

func TestReadLines(t *testing.T) {
	err := lines(filepath.Join(t.TempDir(), "none.jsonl.gz"), func(line) error { return nil })
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "CHANCERY_TESTDATA") {
		t.Errorf("a file that is not there: %v", err)
	}
	if got := articles("a\nb\nc\nd\n"); !slices.Equal(got, []string{"a\nb\nc", "d"}) {
		t.Errorf("articles %q", got)
	}
}

func TestTables(t *testing.T) {
	var b strings.Builder
	grid{{"what", "é"}, {"x", "four"}}.print(&b)
	if want := "| what | é    |\n|------|------|\n| x    | four |\n\n"; b.String() != want {
		t.Errorf("printed\n%s", b.String())
	}
	var ts []time.Duration
	for i := range 100 {
		ts = append(ts, time.Duration(99-i)*time.Millisecond)
	}
	if span(ts) != "50 ms / 99 ms" || span(nil) != "-" || ts[0] != 99*time.Millisecond {
		t.Errorf("span says %s", span(ts))
	}
	var g goals
	g.add("what", size5k, ">= 1", "0", false)
	b.Reset()
	if g.print(&b); !strings.Contains(b.String(), "missed") {
		t.Errorf("goals printed as %s", b.String())
	}
}

// A page on which other words are named than the altered ones is no copy.
func TestTally(t *testing.T) {
	l := line{Level: "good", Edit: &edit{"neg", "could", "could not"}}
	y := tally{}
	y.count(l, alteredTo, []differing{{"not", "", true}})
	y.count(l, toCheck, []differing{{"not", "", false}})
	y.count(l, toCheck, []differing{{"teh", "the", false}})
	y.count(l, copied, nil)
	y.count(l, lost, nil)
	if got := *y[[2]string{"neg", "good"}]; got != (share{n: 5, caught: 1, check: 1, other: 1, copied: 1, lost: 1}) {
		t.Errorf("tallied as %+v", got)
	}
	y = tally{}
	plain := line{Level: "good"}
	y.count(plain, copied, nil)
	y.count(plain, toCheck, []differing{{"a", "b", false}, {"c", "d", false}})
	if got := *y[[2]string{"", "good"}]; got != (share{n: 2, check: 1, copied: 1, places: 2}) {
		t.Errorf("tallied as %+v", got)
	}
}
