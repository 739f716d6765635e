package index

import (
	"crypto/sha256"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/testkit"
	"chancery.example/register"
)

// realSources returns real letters as sources: some thousand, or 83,160.
func realSources(b *testing.B, all bool) []Source {
	b.Helper()
	name := "letters/register.jsonl.gz"
	if all {
		name = "letters/letters-83k.jsonl.xz"
	}
	var out []Source
	for _, l := range testkit.Letters(b, name) {
		out = append(out, Source{register.Index(len(out)), l.ID, sha256.Sum256([]byte(l.ID)), l.Text})
	}
	return out
}

// processorTime is what this process used so far, on all cores: the same on a
// machine that is busy with other things, or nearly.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkBuild makes whole indexes of real letters, folding included, opens
// them, and adds one letter more.
func BenchmarkBuild(b *testing.B) {
	for _, c := range []struct {
		name string
		all  bool
	}{{"5k", false}, {"83k", true}} {
		b.Run(c.name, func(b *testing.B) {
			sources := realSources(b, c.all)
			dir, o := b.TempDir(), options(b)
			var m Manifest
			build := func(n int, anew bool) {
				w, err := OpenWriter(dir, o)
				if err != nil {
					b.Fatal(err)
				}
				if m, err = w.Update(b.Context(), headOf(n), sources[:n], anew); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			last := len(sources) - 1
			used := processorTime(b)
			for b.Loop() {
				build(last, true)
			}
			n := float64(last)
			b.ReportMetric(n*float64(b.N)/(processorTime(b)-used).Seconds(), "letters/s/core")
			b.ReportMetric(float64(m.Size())/n, "B/letter")
			b.ReportMetric(float64(m.Runs[0].Seeds.Size)/n, "B/letter-segment")
			b.ReportMetric(float64(m.Model.File.Size)/n, "B/letter-model")
			begin := time.Now()
			if _, err := Open(dir, o.Verifier); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(time.Since(begin).Microseconds())/1e3, "open-ms")
			build(last+1, false)
			b.ReportMetric(float64(len(m.Runs)), "runs")
		})
	}
}
