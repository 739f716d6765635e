package seed_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"chancery.example/internal/fold"
	"chancery.example/internal/seed"
	"chancery.example/internal/testkit"
)

// realStreams returns the folds of real letters: of some thousand, or of 83,160.
func realStreams(b *testing.B, all bool) []string {
	b.Helper()
	name := "letters/register.jsonl.gz"
	if all {
		name = "letters/letters-83k.jsonl.xz"
	}
	var streams []string
	for _, l := range testkit.Letters(b, name) {
		streams = append(streams, strings.Clone(fold.Record(l.Text).Stream))
	}
	return streams
}

func lettersIn(streams []string) float64 {
	n := 0
	for _, s := range streams {
		n += len(s)
	}
	return float64(n) / float64(len(streams))
}

// BenchmarkOf samples real letters, one an operation.
func BenchmarkOf(b *testing.B) {
	streams := realStreams(b, false)
	seeds, n := 0, 0
	for i := 0; b.Loop(); i++ {
		seeds, n = seeds+len(seed.Of(streams[i%len(streams)])), n+1
	}
	b.ReportMetric(lettersIn(streams), "chars/letter")
	b.ReportMetric(float64(seeds)/float64(n), "seeds/letter")
}

// BenchmarkSegment builds a segment of real letters and reports what it takes:
// 5,390 letters, then 83,160.
func BenchmarkSegment(b *testing.B) {
	for _, c := range []struct {
		name string
		all  bool
	}{{"5k", false}, {"83k", true}} {
		b.Run(c.name, func(b *testing.B) {
			streams := realStreams(b, c.all)
			var file bytes.Buffer
			for b.Loop() {
				file.Reset()
				buildSegment(b, streams, &file)
			}
			n := float64(len(streams))
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "letters/s")
			b.ReportMetric(float64(file.Len())/n, "B/letter")
			s, err := seed.OpenSegment(file.Bytes())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(s.Len())/n, "postings/letter")
			b.ReportMetric(8*float64(file.Len())/float64(s.Len()), "bits/posting")
		})
	}
}

// buildSegment goes the way a build goes: tables of limited size, merged.
func buildSegment(b *testing.B, streams []string, w io.Writer) {
	const perTable = 10_000
	var parts []seed.Cursor
	for from := 0; from < len(streams); from += perTable {
		t := seed.NewTable()
		for i := from; i < min(len(streams), from+perTable); i++ {
			t.Add(uint32(i), seed.Of(streams[i]))
		}
		var part bytes.Buffer
		if _, err := seed.WriteSegment(&part, t.Cursor(), seed.Families{First: uint32(from), Count: perTable}, nil); err != nil {
			b.Fatal(err)
		}
		s, err := seed.OpenSegment(part.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		parts = append(parts, s.Cursor())
	}
	if _, err := seed.WriteSegment(w, seed.Merge(parts...), seed.Families{Count: uint32(len(streams))}, nil); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLookup looks up all seeds of a real letter, in a segment and in a
// table of real letters: one operation is one seed.
func BenchmarkLookup(b *testing.B) {
	streams := realStreams(b, false)
	var file bytes.Buffer
	buildSegment(b, streams, &file)
	s, err := seed.OpenSegment(file.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	table := seed.NewTable()
	for i, x := range streams {
		table.Add(uint32(i), seed.Of(x))
	}
	var keys []seed.Key
	for i := 0; i < len(streams); i += 100 {
		for _, x := range seed.Of(streams[i]) {
			keys = append(keys, x.Key)
		}
	}
	for _, c := range []struct {
		name string
		in   seed.Postings
	}{{"segment", s}, {"table", table}} {
		b.Run(c.name, func(b *testing.B) {
			var dst []uint32
			for i := 0; b.Loop(); i++ {
				dst, _ = c.in.Lookup(dst[:0], keys[i%len(keys)], 1, 1000)
			}
		})
	}
}
