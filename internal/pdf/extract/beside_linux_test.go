package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/confine"
)

// What is set for measuring.
const (
	besideEnv    = "CHANCERY_PDFS"     // how many files of each corpus
	besideOutEnv = "CHANCERY_PDFS_OUT" // where the table is written
)

const (
	besideSide = 1754    // pixels: A4 at 150 dpi
	patience   = 30      // seconds that a program may take
	roomKiB    = 1 << 20 // of address space, for programs beside the reader
)

// A runner does one thing with a PDF: the reader under test, or a program beside it.
type runner struct {
	name, beside string // beside: the runner that it is divided by; "" for the reader's own
	run          func(ctx context.Context, file string, data []byte) (confine.Usage, error)
}

// A took is what a runner took for a file.
type took struct {
	wall time.Duration
	confine.Usage
	err error
}

// TestBeside measures reading and drawing PDFs beside pdftotext, pdftoppm and mutool, in
// turn on the same files in the same run, and how soon a letter that was issued as a PDF
// is answered. CHANCERY_PDFS says how many files of each corpus (make bench-pdf).
func TestBeside(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(besideEnv))
	if err != nil || n < 1 {
		t.Skipf("SKIPPED: %s is not set: reading PDFs is measured by make bench-pdf", besideEnv)
	}
	s := &sheetOf{t: t}
	s.line("load before: %s", load())
	snap, at, own := inBoth(t)
	all := runners(t)
	sets := []struct {
		name  string
		files []specimen
		times int
	}{
		{"own letters", []specimen{{Name: "a letter in two languages", data: own}, {Name: "a letter of one page", data: setAndSealed(t, "Harbour Commission", pilots)}}, 5},
		{"attack-pdfs", across(corpus(t, "attack-pdfs"), n), 1},
		{"attack-generated", across(slices.DeleteFunc(corpus(t, "attack-generated"), func(s specimen) bool { return s.Category == "gen-bomb" }), n), 1},
		{"a bomb", []specimen{alone(t, "attack-generated", "bomb_flate3_1G.pdf")}, 1},
	}
	s.cold(own)
	s.checks(snap, at, own)
	s.line("| files | what | answered | p50 | beside it the reader takes | processor time, all | most memory |")
	s.line("|---|---|---|---|---|---|---|")
	for _, set := range sets {
		s.set(set.name, set.files, all, set.times)
	}
	s.line("load after: %s", load())
	if out := os.Getenv(besideOutEnv); out != "" {
		if err := os.WriteFile(out, []byte(s.text.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// A sheetOf is what is printed.
type sheetOf struct {
	t    *testing.T
	text strings.Builder
}

func (s *sheetOf) line(format string, args ...any) {
	fmt.Fprintf(&s.text, format+"\n", args...)
	s.t.Logf(format, args...)
}

// cold measures the first file that a version of the program reads, and the first of a
// process that finds pdfium compiled.
func (s *sheetOf) cold(data []byte) {
	cache := s.t.TempDir()
	for _, what := range []string{"pdfium not yet compiled for this machine", "compiled, the first file of a process"} {
		began := time.Now()
		if _, err := New(Options{Time: 2 * time.Minute, Cache: cache}).Read(s.t.Context(), data); err != nil {
			s.t.Fatal(err)
		}
		s.line("cold, %s: %s", what, short(time.Since(began)))
	}
}

// checks measures how soon an issued PDF is answered, as it was issued and saved anew.
func (s *sheetOf) checks(snap *check.Snapshot, at time.Time, own []byte) {
	r := reader(s.t, nil)
	r.Prepare(s.t.Context())
	for _, c := range []struct {
		name string
		data []byte
		want check.Match
	}{{"as it was issued", own, check.ExactFile}, {"saved anew by qpdf", through(s.t, "qpdf", own, "qpdf", "--object-streams=generate", "--linearize", "FROM", "TO"), check.SameText}} {
		if c.data == nil {
			continue // said
		}
		var walls []time.Duration
		for range 21 {
			began := time.Now()
			f, err := snap.Examine(s.t.Context(), check.Exhibit{Data: c.data, PDFs: r}, at)
			walls = append(walls, time.Since(began))
			if err != nil || f.Match == nil || *f.Match != c.want {
				s.t.Fatalf("%s: %s", c.name, result(f, err))
			}
			time.Sleep(restBetween)
		}
		slices.Sort(walls)
		s.line("warm check of a letter's PDF, %s, of 21: p50 %s, least %s, most %s (goal for the issued file: 50 ms)", c.name, short(walls[10]), short(walls[0]), short(walls[20]))
	}
}

// restBetween is how long a reader is left alone between two files, as on a server that
// is not crowded.
const restBetween = 300 * time.Millisecond

// runners are the reader under test, warm, and the programs beside it that are here.
func runners(t *testing.T) []runner {
	t.Helper()
	var used confine.Usage
	r := New(Options{Time: patience * time.Second, AtOnce: 1, Note: func(s string) { t.Log(s) }, Used: func(u confine.Usage) { used = u }})
	r.Prepare(t.Context())
	counted := func(do func(ctx context.Context, data []byte) error) func(context.Context, string, []byte) (confine.Usage, error) {
		return func(ctx context.Context, _ string, data []byte) (confine.Usage, error) {
			used = confine.Usage{}
			err := do(ctx, data)
			return used, err
		}
	}
	draw := func(ctx context.Context, data []byte) error {
		_, err := r.Draw(ctx, data, []int{1}, besideSide)
		return err
	}
	out := []runner{
		{"text", "", counted(func(ctx context.Context, data []byte) error { _, err := r.Read(ctx, data); return err })},
		{"the first page drawn", "", counted(draw)},
	}
	side := strconv.Itoa(besideSide)
	for _, p := range []struct {
		beside, debian string
		args           []string
	}{
		{"text", "poppler-utils", []string{"pdftotext", "-q", "FILE", "-"}},
		{"text", "mupdf-tools", []string{"mutool", "draw", "-q", "-F", "txt", "FILE"}},
		{"the first page drawn", "poppler-utils", []string{"pdftoppm", "-q", "-gray", "-scale-to", side, "-f", "1", "-l", "1", "FILE"}},
		{"the first page drawn", "mupdf-tools", []string{"mutool", "draw", "-q", "-c", "gray", "-F", "pnm", "-o", "-", "-w", side, "-h", side, "FILE", "1"}},
	} {
		if _, err := exec.LookPath(p.args[0]); err != nil {
			t.Logf("SKIPPED: no %s here (Debian: %s), so nothing is measured beside it", p.args[0], p.debian)
			continue
		}
		out = append(out, runner{p.args[0], p.beside, func(ctx context.Context, file string, _ []byte) (confine.Usage, error) {
			return limited(ctx, p.args, file)
		}})
	}
	return out
}

// limited runs a program on a file with limits of memory and time.
func limited(ctx context.Context, args []string, file string) (confine.Usage, error) {
	ctx, cancel := context.WithTimeout(ctx, patience*time.Second)
	defer cancel()
	given := []string{"-c", fmt.Sprintf(`ulimit -v %d && ulimit -t %d && exec "$@"`, roomKiB, patience), "sh"}
	for _, a := range args {
		given = append(given, strings.ReplaceAll(a, "FILE", file))
	}
	cmd := exec.CommandContext(ctx, "sh", given...) //nolint:gosec // the programs are named in this file
	var counted counter
	cmd.Stdout = &counted
	err := cmd.Run()
	u := confine.Usage{}
	if s := cmd.ProcessState; s != nil {
		u.Processor = s.UserTime() + s.SystemTime()
		if r, ok := s.SysUsage().(*syscall.Rusage); ok {
			u.Memory = uint64(r.Maxrss) << 10 //nolint:gosec // not negative
		}
	}
	if err == nil && counted == 0 {
		err = errors.New("it printed nothing")
	}
	return u, err
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

// set measures all runners in turn on each file, so many times, and prints a row for
// each.
func (s *sheetOf) set(name string, files []specimen, all []runner, times int) {
	dir := s.t.TempDir()
	results := make([][]took, len(all)) // of each runner, of each file: the middle one
	for i, f := range files {
		file := filepath.Join(dir, "a.pdf")
		if err := os.WriteFile(file, f.data, 0o600); err != nil {
			s.t.Fatal(err)
		}
		rounds := make([][]took, len(all))
		for range times {
			for j, r := range all {
				began := time.Now()
				u, err := r.run(s.t.Context(), file, f.data)
				rounds[j] = append(rounds[j], took{time.Since(began), u, err})
				if r.beside == "" {
					time.Sleep(restBetween)
				}
			}
		}
		for j, r := range rounds {
			slices.SortFunc(r, func(a, b took) int { return int(a.wall - b.wall) })
			results[j] = append(results[j], r[len(r)/2])
		}
		if i%10 == 9 || times > 1 {
			s.t.Logf("%s: %d of %d files, load %s", name, i+1, len(files), load())
		}
	}
	for j, r := range all {
		s.row(name, r, results[j], all, results)
	}
}

// row prints what one runner took.
func (s *sheetOf) row(set string, r runner, got []took, all []runner, results [][]took) {
	answered, most, processor := 0, uint64(0), time.Duration(0)
	var walls []time.Duration
	for _, g := range got {
		most, processor = max(most, g.Memory), processor+g.Processor
		walls = append(walls, g.wall)
		if g.err == nil {
			answered++
		}
	}
	slices.Sort(walls)
	beside, what := "", r.name
	if r.beside != "" {
		what = r.beside + ", " + r.name
		own := results[slices.IndexFunc(all, func(o runner) bool { return o.name == r.beside })]
		beside = ratio(own, got)
	}
	s.line("| %s | %s | %d of %d | %s | %s | %s | %d MiB |", set, what, answered, len(got), short(walls[len(walls)/2]), beside, short(processor), most>>20)
}

// ratio is how many times as long the reader took as a program, and how many times its
// processor time, in the middle of the files that both answered.
func ratio(own, other []took) string {
	var out, work []float64
	for i := range own {
		if own[i].err == nil && other[i].err == nil {
			out = append(out, float64(own[i].wall)/float64(other[i].wall))
			work = append(work, float64(own[i].Processor)/float64(max(other[i].Processor, time.Millisecond)))
		}
	}
	if len(out) == 0 {
		return "no file that both answered"
	}
	slices.Sort(out)
	slices.Sort(work)
	return fmt.Sprintf("%.1f times as long, %.1f times the processor time (%d files)", out[len(out)/2], work[len(work)/2], len(out))
}

// across takes n files from all over a corpus.
func across(all []specimen, n int) (out []specimen) {
	n = min(n, len(all))
	for i := range n {
		out = append(out, all[i*len(all)/n])
	}
	return out
}

func alone(t *testing.T, folder, name string) specimen {
	t.Helper()
	all := corpus(t, folder)
	i := slices.IndexFunc(all, func(s specimen) bool { return s.Name == folder+"/"+name })
	if i < 0 {
		t.Fatalf("no %s in %s", name, folder)
	}
	return all[i]
}

func short(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// load is how many programs wait for the processors.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(raw))[:1], "")
}
