package main

import (
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
func (r result) found() bool { return r.rank >= 0 && r.rank < topHits }

// ambiguous reports whether the right one is as good as the first, or it is.
func (r result) ambiguous() bool { return r.first() || r.rank > 0 && r.hits[r.rank].Tie }

// A trial is an engine with its answers at one size.
type trial struct {
	*process
	results []result
	asked   map[*query]int // index in results
	tired   bool           // its time is up
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
		fresh = slices.DeleteFunc(fresh, func(q query) bool { return !strings.HasPrefix(q.Set, "arabic") })
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
		out = append(out, &trial{process: p, asked: map[*query]int{}})
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
			t := trials[(i+k)%len(trials)]
			if t.tired {
				continue
			}
			q := &qs[at]
			a, err := t.ask(question{Kind: q.Kind, Text: q.Text})
			if err != nil {
				return err
			}
			if i == 0 && a.Err != "" && !strings.Contains(a.Err, errNoWay.Error()) {
				return fmt.Errorf("%s: %s", t.name, a.Err)
			}
			t.asked[q] = len(t.results)
			t.results = append(t.results, judged(c, q, a))
			if t.name != ours && t.spent > s.budget {
				t.tired = true
				say("%s has taken %s for %d of %d queries and is asked no more", t.name, t.spent.Round(time.Second), len(t.results), len(qs))
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
// then another of each.
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
		for _, r := range tr.results {
			if tr.name == ours && !r.first() {
				fmt.Fprintln(&b, t.missed(z, r))
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
