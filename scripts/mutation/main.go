// Command mutation measures how much the tests of a package notice: it changes
// the code in one place at a time - a comparison turned round, a bound moved by
// one, "and" made "or", plus made minus - and runs the tests that reach the
// place. A change that no test notices is printed; the score is the share of
// those that some test did notice.
//
//	go run ./scripts/mutation letter proof
//
// All changes of a package are compiled into one test program and chosen by an
// environment variable, so a mutant costs one run of a few tests and no build.
// Which tests reach a place is learned by running each test once. Tests of the
// packages that stand above, named with -also, are asked when the package's own
// notice nothing.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	workers := flag.Int("workers", 2, "`N` mutants tried at once")
	least := flag.Float64("least", 0, "fail below this `SCORE` in percent")
	also := flag.String("also", "", "`PACKAGES`, separated by commas, whose tests are asked last")
	only := flag.String("only", "", "try only mutants of `FILE[:LINE]`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, flag.Args(), split(*also), *only, *workers, *least); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func run(ctx context.Context, packages, also []string, only string, workers int, least float64) error {
	if len(packages) == 0 {
		return fmt.Errorf("name the packages, such as letter")
	}
	low := false
	for _, pkg := range packages {
		score, err := measure(ctx, pkg, slices.DeleteFunc(slices.Clone(also), func(p string) bool { return p == pkg }), only, workers)
		if err != nil {
			return fmt.Errorf("%s: %w", pkg, err)
		}
		low = low || score < least
	}
	if low {
		return fmt.Errorf("a score is below %.1f %%", least)
	}
	return nil
}

// measure tries all mutants of a package and prints what became of them.
func measure(ctx context.Context, pkg string, also []string, only string, workers int) (float64, error) {
	began := time.Now()
	dir, err := os.MkdirTemp("", "mutation-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	mutants, overlay, err := prepare(ctx, pkg, dir)
	if err != nil {
		return 0, err
	}
	var programs []*program
	for _, p := range append([]string{pkg}, also...) {
		t, err := newProgram(ctx, p, overlay, dir, len(mutants), workers)
		if err != nil {
			return 0, err
		}
		programs = append(programs, t)
	}
	mutants = slices.DeleteFunc(mutants, func(m mutant) bool { return only != "" && !strings.HasPrefix(m.place+":", only+":") })
	alive := try(ctx, mutants, programs, workers)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	score := 100 * float64(len(mutants)-len(alive)) / float64(max(len(mutants), 1))
	fmt.Printf("%s: %d of %d mutants noticed, %.1f %% (%.0f s)\n", pkg, len(mutants)-len(alive), len(mutants), score, time.Since(began).Seconds())
	return score, nil
}

// try prints and returns the mutants that no test noticed.
func try(ctx context.Context, mutants []mutant, programs []*program, workers int) []mutant {
	var mu sync.Mutex
	var alive []mutant
	done := 0
	work := make(chan mutant)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for m := range work {
				noticed := slices.ContainsFunc(programs, func(p *program) bool { return p.notices(ctx, m.number) })
				mu.Lock()
				if !noticed { // said at once: a run over a large package is long
					alive = append(alive, m)
					fmt.Fprint(os.Stderr, "\r\033[K")
					fmt.Printf("  %s\t%s: no test notices\n", m.place, m.what)
				}
				if done++; done%20 == 0 {
					fmt.Fprintf(os.Stderr, "\r%d of %d tried, %d alive ", done, len(mutants), len(alive))
				}
				mu.Unlock()
			}
		})
	}
	for _, m := range mutants {
		if ctx.Err() != nil {
			break
		}
		work <- m
	}
	close(work)
	running.Wait()
	fmt.Fprint(os.Stderr, "\r\033[K")
	slices.SortFunc(alive, func(a, b mutant) int { return cmp.Compare(a.number, b.number) })
	return alive
}
