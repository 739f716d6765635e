package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"chancery.example/lookup"
	"chancery.example/register"
)

// keysOfLetter are what a letter puts into the look-up map: its reference, its
// file, two texts.
const keysOfLetter = 4

// absence measures one proof of absence, made and verified, where the register
// holds so many letters.
func absence(ctx context.Context, _ settings, t *table) error {
	for _, letters := range []int{1000, 10_000, 100_000, 1_000_000} {
		if err := absenceAt(ctx, letters, t); err != nil {
			return err
		}
	}
	return nil
}

func absenceAt(ctx context.Context, letters int, t *table) error {
	const rounds = 2000
	r := rand.New(rand.NewPCG(1, uint64(letters))) //nolint:gosec // a size, and no secret
	draw := func() (d [32]byte) {
		for i := range 4 {
			binary.LittleEndian.PutUint64(d[8*i:], r.Uint64())
		}
		return d
	}
	records := make([]lookup.Record, letters*keysOfLetter)
	for i := range records {
		records[i] = lookup.Record{Key: draw(), Entries: []register.Index{register.Index(i)}}
	}
	begin := time.Now()
	tree := lookup.Tree{}.With(records...)
	root, built := tree.Root(), time.Since(begin)
	var made, verified time.Duration
	bytes, largest := 0, 0
	for range rounds {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n := lookup.OfFile(draw())
		begin := time.Now()
		a := tree.Lookup(n)
		made += time.Since(begin)
		begin = time.Now()
		if err := a.Verify(root); err != nil || !a.Absent() {
			return fmt.Errorf("absence among %d letters: %w", letters, err)
		}
		verified += time.Since(begin)
		bytes, largest = bytes+len(a.Proof), max(largest, len(a.Proof))
	}
	t.row(fmt.Sprintf("absence, %d letters", letters),
		fmt.Sprintf("%d bytes (largest %d), made in %.1f us, verified in %.1f us", bytes/rounds, largest, micro(made, rounds), micro(verified, rounds)),
		fmt.Sprintf("%d keys; the whole map in %.1f s", tree.Keys(), built.Seconds()))
	return nil
}

func micro(d time.Duration, n int) float64 { return float64(d.Nanoseconds()) / 1e3 / float64(n) }
