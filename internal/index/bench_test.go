package index

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/testkit"
	"chancery.example/register"
)

// realSources returns real letters as sources: some thousand, or 83,160.
func realSources(b *testing.B, all bool) []Source {
	b.Helper()
	var in io.Reader
	if all {
		path := testkit.Data(b, "letters/letters-83k.jsonl.xz")
		out, err := exec.Command("xz", "-dc", path).Output()
		if err != nil {
			b.Skipf("SKIPPED FOR WANT OF XZ: unpacking %s: %v", path, err)
		}
		in = bytes.NewReader(out)
	} else {
		z, err := gzip.NewReader(bytes.NewReader(testkit.Read(b, "letters/register.jsonl.gz")))
		if err != nil {
			b.Fatal(err)
		}
		in = z
	}
	var out []Source
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var l struct{ ID, Text string }
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			b.Fatal(err)
		}
		if l.ID != "" {
			out = append(out, Source{register.Index(len(out)), l.ID, sha256.Sum256([]byte(l.ID)), strings.Clone(l.Text)})
		}
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
