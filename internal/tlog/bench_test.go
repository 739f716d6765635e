package tlog_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/tlog"
	"chancery.example/register"
)

// BenchmarkAddAwaitPaced is one writer that comes back every quarter of a
// second: how long from adding to a checkpoint over the entry.
func BenchmarkAddAwaitPaced(b *testing.B) {
	l := open(b, newDir(b), tlog.Options{})
	e := bytes.Repeat([]byte("x"), 1024)
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		time.Sleep(250 * time.Millisecond)
		b.StartTimer()
		begin := time.Now()
		i, err := l.Add(context.Background(), e)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.AwaitPublished(context.Background(), i); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	quantiles(b, took)
}

// BenchmarkAddMany is 1,024 writers in a closed loop.
func BenchmarkAddMany(b *testing.B) {
	l := open(b, newDir(b), tlog.Options{})
	e := bytes.Repeat([]byte("x"), 1024)
	const writers = 1024
	var wg sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		wg.Go(func() {
			for n := w; n < b.N; n += writers {
				if _, err := l.Add(context.Background(), e); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkRead is a reader that verifies every entry.
func BenchmarkRead(b *testing.B) {
	dir := newDir(b)
	l := open(b, dir, tlog.Options{})
	const n = 10_000
	fill(b, l, n)
	r := l.Reader()
	h := head(b, r)
	b.ResetTimer()
	for range b.N {
		if err := r.Entries(context.Background(), h, 0, ignore); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func ignore(register.Index, []byte) error { return nil }

func quantiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
