// Command bench measures a register on this machine and prints one table: from
// the act of issuing to a proof that a reader has verified, how many letters a
// second many writers issue, the check of a report against thousands of letters,
// verification offline, and bytes on disk. Beside the figures stand the disk's
// own rate of durable writes, on which most of them rest, and the log engine
// alone in the same run. Last come the pages under load, beside a server of plain
// files.
//
//	go run ./bench [-letters FILE.jsonl.gz] [-n 40] [-writers 64] [-many 1500] [-page-letters 1000] [-page-time 2s]
//
// Machines differ and so do their moods: compare ratios, and runs side by side.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"time"
)

func main() {
	if asked, err := asServer(); asked {
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// asServer is this program when it was started again as one of the servers that
// it measures.
func asServer() (asked bool, err error) {
	for env, serve := range map[string]func(string) error{serveEnv: serveOwn, pagesEnv: servePages, staticEnv: serveStatic} {
		if dir := os.Getenv(env); dir != "" {
			return true, serve(dir)
		}
	}
	return false, nil
}

type settings struct {
	pageLetters int
	pageTime    time.Duration
	pageRate    float64

	n, writers, many, clients int
	letters, dir              string
}

func run(ctx context.Context) (err error) {
	var s settings
	flag.IntVar(&s.n, "n", 40, "letters issued one after the other")
	flag.IntVar(&s.writers, "writers", 64, "writers at the same time")
	flag.IntVar(&s.many, "many", 1500, "letters issued by them")
	flag.IntVar(&s.clients, "clients", 1024, "clients of the servers that are measured beside each other; 0: none")
	flag.IntVar(&s.pageLetters, "page-letters", 1000, "letters of the register whose pages are measured")
	flag.DurationVar(&s.pageTime, "page-time", 2*time.Second, "for which each load of pages lasts; 0: none")
	flag.Float64Var(&s.pageRate, "page-rate", 20, "requests a second of the open loop")
	flag.StringVar(&s.letters, "letters", lettersFile(), "register.jsonl.gz of the test input; made-up letters when it is not there")
	flag.StringVar(&s.dir, "dir", "", "folder on the disk to be measured; a temporary one without it")
	flag.Parse()
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "chancery-bench-*"); err != nil {
			return fmt.Errorf("making a folder: %w", err)
		}
		defer func() { _ = os.RemoveAll(s.dir) }()
	}
	t := &table{}
	t.row("machine", fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()), "")
	for _, step := range []func(context.Context, settings, *table) error{fsyncRate, bareLog, issuing, witnessed, crowd, checking, absence, beside, pages} {
		if err := step(ctx, s, t); err != nil {
			return err
		}
	}
	t.print(os.Stdout)
	return nil
}

// lettersFile is where the test input has its letters.
func lettersFile() string {
	dir := os.Getenv("CHANCERY_TESTDATA")
	if dir == "" {
		dir = filepath.Join("..", "shared", "data")
	}
	return filepath.Join(dir, "letters", "register.jsonl.gz")
}
