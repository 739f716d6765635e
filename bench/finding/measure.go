package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"
)

// A result is what one engine answered to one query.
type result struct {
	query *query
	hits  []hit
	took  time.Duration
	rank  int // of the first right hit, from 0; -1: none
	err   string
}

// first reports whether the right one is the first hit.
func (r result) first() bool { return r.rank == 0 }

// found reports whether the right one is among the first hits.
func (r result) found() bool { return r.rank >= 0 && r.rank < r.query.Kind.top() }

// good reports whether the answer serves: a report holds the words of others too,
// so that it is enough that its letter is found.
func (r result) good() bool {
	if r.query.Kind == report {
		return r.found()
	}
	return r.first()
}

// ambiguous reports whether the right one is as good as the first, or it is.
func (r result) ambiguous() bool { return r.first() || r.rank > 0 && r.hits[r.rank].Tie }

// A trial is an engine with its answers at one size.
type trial struct {
	*process
	results []result
	asked   map[*query]int         // index in results
	spent   map[kind]time.Duration // on answers
}

func newTrial(p *process) *trial {
	return &trial{process: p, asked: map[*query]int{}, spent: map[kind]time.Duration{}}
}

// tired reports whether a peer's time for a kind of query is up: a half is for
// phrases and quotations.
func (t *trial) tired(k kind, budget time.Duration) bool {
	shares := map[kind]time.Duration{phrase: budget / 8, quotation: budget * 3 / 8, page: budget / 4, report: budget / 4}
	return t.name != ours && t.spent[k] > shares[k]
}

// measure goes through one size: builds, asks, and prints.
func (s settings) measure(ctx context.Context, z size, w *strings.Builder, g *goals) (err error) {
	began := time.Now()
	c, err := readCorpus(z, s)
	if err != nil {
		return err
	}
	qs, err := s.queries(z, c)
	if err != nil {
		return err
	}
	say("%s: %d real documents, %d queries, %d of strangers", z, len(c.docs), len(qs[0]), len(qs[1]))
	trials, skipped, err := s.spawnAll(ctx, z)
	defer func() {
		for _, t := range trials {
			err = errors.Join(err, t.close())
		}
	}()
	if err != nil {
		return err
	}
	if err := s.askAll(trials, c, qs[0]); err != nil {
		return err
	}
	strange, err := s.askStrangers(trials, c, qs[1])
	if err != nil {
		return err
	}
	t := &tables{size: z, corpus: c, trials: trials, skipped: skipped, strangers: strange}
	t.print(w)
	t.goals(g)
	say("%s: measured in %s", z, time.Since(began).Round(time.Second))
	return s.failures(z, t)
}

// Limits of the greatest size, which takes long enough to build.
const (
	mostFresh     = 100
	mostStrangers = 3000
)

// queries returns those that have a letter, and those that have none.
func (s settings) queries(z size, c *corpus) ([2][]query, error) {
	var qs [2][]query
	if z == size5k && !s.short {
		fixed, err := fixedQueries(s.data, c.names(), c)
		if err != nil {
			return qs, err
		}
		for _, q := range fixed {
			k := 0
			if q.Truth < 0 {
				k = 1
			}
			qs[k] = append(qs[k], q)
		}
		fresh := freshQueries(c, min(s.fresh, 60))
		fresh = slices.DeleteFunc(fresh, func(q query) bool { return !strings.HasPrefix(q.Set, "arabic") && q.Kind != phrase })
		qs[0], qs[1] = append(qs[0], fresh...), append(qs[1], strangers(c, s.strangers)...)
	} else {
		fresh, strange := s.fresh, s.strangers
		if z == size1m {
			fresh, strange = min(fresh, mostFresh), min(strange, mostStrangers)
		}
		qs[0], qs[1] = freshQueries(c, fresh), strangers(c, strange)
	}
	for k := range qs {
		qs[k] = slices.DeleteFunc(qs[k], func(q query) bool { return !s.wants(q.Set) })
	}
	return qs, nil
}

// wants reports whether a set was asked for.
func (s settings) wants(set string) bool {
	return slices.ContainsFunc(strings.Split(s.sets, ","), func(p string) bool { return strings.HasPrefix(set, p) })
}

// spawnAll starts the engines one after the other, so that none builds its index
// beside another. The greatest size is ours alone.
func (s settings) spawnAll(ctx context.Context, z size) (out []*trial, skipped []string, err error) {
	for _, name := range s.engines {
		if z == size1m && name != ours {
			continue
		}
		say("%s: %s builds its index", z, name)
		p, err := spawn(ctx, name, s, z)
		if err != nil {
			return out, skipped, err
		}
		if why := p.built.Skipped; why != "" {
			skipped = append(skipped, name+": "+why)
			say("SKIPPED %s: %s", name, why)
			if err := p.close(); err != nil {
				return out, skipped, err
			}
			continue
		}
		say("%s: %s took %s for %d documents", z, name, p.built.Took.Round(time.Millisecond), p.built.Docs)
		out = append(out, newTrial(p))
	}
	if len(out) == 0 {
		return nil, skipped, errors.New("there is no engine to measure")
	}
	return out, skipped, nil
}

// askAll puts each query to every engine, one after the other. Sets take turns,
// so that an engine whose time is up has been asked as many of each.
func (s settings) askAll(trials []*trial, c *corpus, qs []query) error {
	for i, at := range inTurn(qs) {
		for k := range trials {
			t, q := trials[(i+k)%len(trials)], &qs[at]
			if t.tired(q.Kind, s.budget) {
				continue
			}
			a, err := t.ask(question{Kind: q.Kind, Text: q.Text})
			if err != nil {
				return err
			}
			if i == 0 && a.Err != "" && !strings.Contains(a.Err, errNoWay.Error()) {
				return fmt.Errorf("%s: %s", t.name, a.Err)
			}
			t.asked[q] = len(t.results)
			t.results = append(t.results, judged(c, q, a))
			if t.spent[q.Kind] += a.Took; t.tired(q.Kind, s.budget) {
				say("%s has taken %s for each %s so far and is asked no more of them", t.name, (t.spent[q.Kind] / time.Duration(len(t.times(q.Kind, nil)))).Round(time.Millisecond), q.Kind)
			}
		}
	}
	return nil
}

func judged(c *corpus, q *query, a answer) result {
	r := result{query: q, hits: a.Hits, took: a.Took, err: a.Err, rank: -1}
	r.rank = slices.IndexFunc(a.Hits, func(h hit) bool { return c.right(*q, h.ID) })
	return r
}

// inTurn returns the order in which queries are asked: a random one of each set,
// in a random order of sets, then another of each.
func inTurn(qs []query) []int {
	rng := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same order every time
	bySet := map[string][]int{}
	var sets []string
	for i, q := range qs {
		if bySet[q.Set] == nil {
			sets = append(sets, q.Set)
		}
		bySet[q.Set] = append(bySet[q.Set], i)
	}
	for _, set := range sets {
		ids := bySet[set]
		rng.Shuffle(len(ids), func(a, b int) { ids[a], ids[b] = ids[b], ids[a] })
	}
	rng.Shuffle(len(sets), func(a, b int) { sets[a], sets[b] = sets[b], sets[a] })
	var out []int
	for len(out) < len(qs) {
		for _, set := range sets {
			if ids := bySet[set]; len(ids) > 0 {
				out, bySet[set] = append(out, ids[0]), ids[1:]
			}
		}
	}
	return out
}

// askStrangers puts queries to our engine for which no letter is right. Others
// only rank, and never say that there is none.
func (s settings) askStrangers(trials []*trial, c *corpus, qs []query) ([]result, error) {
	at := slices.IndexFunc(trials, func(t *trial) bool { return t.name == ours })
	if at < 0 {
		return nil, nil
	}
	var out []result
	for i := range qs {
		a, err := trials[at].ask(question{Kind: qs[i].Kind, Text: qs[i].Text})
		if err != nil {
			return nil, err
		}
		out = append(out, judged(c, &qs[i], a))
	}
	return out, nil
}

// failures lists what our engine missed, for who works on it.
func (s settings) failures(z size, t *tables) error {
	var b strings.Builder
	for _, tr := range t.trials {
		if tr.name != ours {
			continue
		}
		for _, r := range tr.results {
			if !r.good() {
				fmt.Fprintln(&b, t.missed(z, r))
			}
		}
		for _, k := range kinds {
			for _, r := range tr.slowest(k, 5) {
				fmt.Fprintf(&b, "%s\t%s %d\tSLOW\t%s\t%.60q\n", z, r.query.Set, r.query.N, round(r.took), r.query.Text)
			}
		}
	}
	for _, r := range t.strangers {
		for _, h := range r.hits {
			if n, ok := t.falsely(r, h); ok {
				fmt.Fprintf(&b, "%s\t%s %d\tFALSE\t%s\t%.0f bits, %s, %d letters shared\n", z, r.query.Set, r.query.N, t.name(h.ID), h.Bits, h.Says, n)
			}
		}
	}
	return s.note(b.String())
}

// slowest returns the answers to a kind of query that took longest.
func (t *trial) slowest(k kind, n int) []result {
	of := slices.DeleteFunc(slices.Clone(t.results), func(r result) bool { return r.query.Kind != k })
	slices.SortFunc(of, func(a, b result) int { return cmp.Compare(b.took, a.took) })
	return of[:min(n, len(of))]
}

// note adds to the file of what was missed.
func (s settings) note(text string) error {
	if s.fails == "" || text == "" {
		return nil
	}
	f, err := os.OpenFile(s.fails, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("noting what was missed in %s: %w", s.fails, err)
	}
	return nil
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
