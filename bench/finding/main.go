// Command finding measures how well letters are found by some of their words,
// and how fast: by the engine of this project and, in the same run and with the
// same queries, by what people would take instead.
//
//	go run . [-letters 5k,83k,1m] [-engines chancery,bleve] [-peers=false] [-short] [-out FILE]
//
// It prints tables in Markdown, for docs/benchmarks/finding.md, which says what
// is measured and how each engine is set up. The letters are test input, which
// CHANCERY_TESTDATA names. It is a module of its own, so that the other engines
// stay out of the program.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "finding:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	letters, engines []string
	data, serve      string
	out, fails, sets string
	peers, short     bool
	million          int           // letters of the greatest size
	fresh, strangers int           // queries of each set; queries of no letter
	budget           time.Duration // of one peer, for its answers at one size
}

func parse(args []string) (settings, error) {
	var s settings
	var letters, only string
	f := flag.NewFlagSet("finding", flag.ContinueOnError)
	f.StringVar(&letters, "letters", "5k,83k,1m", "sizes, one after the other: 5k, 83k, 1m")
	f.StringVar(&only, "engines", "", "engines, by name; all without it")
	f.BoolVar(&s.peers, "peers", true, "measure the other engines too, at 5k and 83k")
	f.BoolVar(&s.short, "short", false, "300 letters and few queries, to see that it runs")
	f.IntVar(&s.million, "million", 1_000_000, "letters of the greatest size, synthetic ones included")
	f.IntVar(&s.fresh, "fresh", 300, "queries of each set that is made from the letters")
	f.IntVar(&s.strangers, "strangers", 10_000, "queries for which no letter is right")
	f.StringVar(&s.sets, "sets", "", "sets of queries, by the beginnings of their names, as quote08,article; all without it")
	f.DurationVar(&s.budget, "budget", 100*time.Second, "time that a peer may take for all its answers at one size; then it is asked no more")
	f.StringVar(&s.data, "data", dataDir(), "folder of the letters")
	f.StringVar(&s.out, "out", "", "file that gets the tables too")
	f.StringVar(&s.fails, "fails", "", "file that gets every query which our engine missed")
	f.StringVar(&s.serve, "serve", "", "be an engine of this name, and answer the lines of another process")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	s.letters = strings.Split(letters, ",")
	for _, z := range s.letters {
		if !slices.Contains([]size{size5k, size83k, size1m}, size(z)) {
			return s, fmt.Errorf("-letters %s: a size is one of 5k, 83k, 1m", z)
		}
	}
	for _, e := range engines {
		if (only == "" || slices.Contains(strings.Split(only, ","), e.name)) && (s.peers || e.name == ours) {
			s.engines = append(s.engines, e.name)
		}
	}
	if len(s.engines) == 0 {
		return s, fmt.Errorf("-engines %s: there is none of this name", only)
	}
	if s.short {
		s.million, s.fresh, s.strangers, s.budget = 600, 4, 40, 10*time.Second
	}
	return s, nil
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) (err error) {
	s, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	runtime.GOMAXPROCS(1) // one core for each engine
	if s.serve != "" {
		return serve(ctx, s.serve, s.documents(size(s.letters[0])), in, out)
	}
	if s.out != "" {
		f, err := os.Create(s.out)
		if err != nil {
			return fmt.Errorf("making the file for the tables: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = io.MultiWriter(out, f)
	}
	if s.fails != "" { // of an earlier run
		if err := os.WriteFile(s.fails, nil, 0o600); err != nil {
			return fmt.Errorf("making the file for what was missed: %w", err)
		}
	}
	return s.sizes(ctx, out)
}

// sizes goes through the sizes and writes what each says as soon as it is known.
func (s settings) sizes(ctx context.Context, out io.Writer) error {
	var w strings.Builder
	flush := func() error {
		_, err := io.WriteString(out, w.String())
		w.Reset()
		if err != nil {
			return fmt.Errorf("writing the tables: %w", err)
		}
		return nil
	}
	fmt.Fprintf(&w, "%s, one core for each engine, %s/%s, %s\n", processor(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	var g goals
	for _, z := range s.letters {
		if err := s.measure(ctx, size(z), &w, &g); err != nil {
			return fmt.Errorf("%s letters: %w", z, err)
		}
		if err := flush(); err != nil {
			return err
		}
		debug.FreeOSMemory()
	}
	if slices.Contains(s.letters, string(size5k)) && slices.Contains(s.engines, ours) {
		if err := s.readings(ctx, &w, &g); err != nil {
			return fmt.Errorf("real readings: %w", err)
		}
	}
	g.print(&w)
	return flush()
}

// documents are what the engines of a size index.
func (s settings) documents(z size) iter.Seq2[doc, error] {
	docs := s.some(z.real(s.data))
	if z == size1m {
		docs = withMade(docs, s.million)
	}
	return docs
}

// some returns all documents, or in a short run every so many of them: the last
// ones, which are Arabic, among them.
func (s settings) some(docs iter.Seq2[doc, error]) iter.Seq2[doc, error] {
	if !s.short {
		return docs
	}
	return func(yield func(doc, error) bool) {
		n, letters := 0, 0
		for d, err := range docs {
			if err == nil && d.Name == d.Family && !strings.HasPrefix(d.Name, "udhr-ar/") {
				if letters++; letters > 300 {
					continue
				}
			} else if err == nil && d.Name != d.Family && n >= 400 {
				continue
			}
			d.ID = n
			n++
			if !yield(d, err) {
				return
			}
		}
	}
}

// processor names the machine's class.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "an unknown processor"
	}
	defer func() { _ = f.Close() }()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if rest, ok := strings.CutPrefix(sc.Text(), "model name"); ok {
			return strings.Trim(rest, " \t:")
		}
	}
	return "an unknown processor"
}
