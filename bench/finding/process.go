package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Each engine runs in a process of its own, so that neither memory nor the
// collection of garbage of one is put down to another. The process reads the
// letters by itself, says a line when the index stands, and then answers lines.

// A question is one line to an engine process.
type question struct {
	Kind kind   `json:"kind"`
	Text string `json:"text"`
}

// patience is how long one answer may take.
const patience = 60 * time.Second

// A process is a running engine as the harness sees it.
type process struct {
	name  string
	built built
	in    io.WriteCloser
	out   *json.Decoder
	wait  func() error // until it has ended
}

// spawn starts an engine in a process of its own and waits until it has its
// index.
func spawn(ctx context.Context, name string, s settings, z size) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "-serve", name, "-letters", string(z), "-data", s.data, "-million", strconv.Itoa(s.million), "-short="+strconv.FormatBool(s.short)) //nolint:gosec // this program again
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	cmd.Cancel = in.Close // it ends by itself, with what it started
	cmd.WaitDelay = 30 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	return meet(name, in, out, cmd.Wait)
}

// meet waits until an engine behind a pair of pipes has its index.
func meet(name string, in io.WriteCloser, out io.Reader, wait func() error) (*process, error) {
	p := &process{name: name, in: in, out: json.NewDecoder(bufio.NewReader(out)), wait: wait}
	if err := p.out.Decode(&p.built); err != nil {
		return nil, errors.Join(fmt.Errorf("%s ended before its index stood: %w", name, err), p.close())
	}
	if p.built.Err != "" {
		return nil, errors.Join(fmt.Errorf("%s: %s", name, p.built.Err), p.close())
	}
	return p, nil
}

func (p *process) ask(q question) (answer, error) {
	var a answer
	if err := json.NewEncoder(p.in).Encode(q); err != nil {
		return a, fmt.Errorf("asking %s: %w", p.name, err)
	}
	if err := p.out.Decode(&a); err != nil {
		return a, fmt.Errorf("reading the answer of %s: %w", p.name, err)
	}
	return a, nil
}

func (p *process) close() error {
	if err := errors.Join(p.in.Close(), p.wait()); err != nil {
		return fmt.Errorf("ending %s: %w", p.name, err)
	}
	return nil
}

// serve is the other side: it builds, then answers until there is nothing more
// to read.
func serve(ctx context.Context, name string, docs iter.Seq2[doc, error], in io.Reader, out io.Writer) (err error) {
	enc := json.NewEncoder(out)
	dir, err := os.MkdirTemp("", "chancery-bench-*")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	e, b := raise(ctx, name, dir, docs)
	if e != nil {
		defer func() { err = errors.Join(err, e.close()) }()
	}
	if err := enc.Encode(b); err != nil {
		return fmt.Errorf("telling that %s stands: %w", name, err)
	}
	if e == nil || b.Err != "" {
		return nil
	}
	for dec := json.NewDecoder(bufio.NewReader(in)); ; {
		var q question
		if err := dec.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a question: %w", err)
		}
		if err := enc.Encode(respond(ctx, e, q)); err != nil {
			return fmt.Errorf("answering: %w", err)
		}
	}
}

func respond(ctx context.Context, e engine, q question) answer {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	began := time.Now()
	hits, err := e.search(ctx, q.Kind, q.Text)
	a := answer{Hits: hits, Took: time.Since(began)}
	if err != nil {
		a.Err = err.Error()
	}
	return a
}

// errNotHere is why an engine is left out of a run: what it needs is missing.
var errNotHere = errors.New("not on this machine")

// raise starts an engine and gives it the documents. Time spent on reading them
// is not counted.
func raise(ctx context.Context, name, dir string, docs iter.Seq2[doc, error]) (engine, built) {
	var b built
	for _, known := range engines {
		if known.name != name {
			continue
		}
		e, err := known.start(ctx, dir)
		if errors.Is(err, errNotHere) {
			b.Skipped = err.Error()
			return nil, b
		}
		if err != nil {
			b.Err = err.Error()
			return nil, b
		}
		var reading spent
		began := now()
		err = e.build(ctx, timed(docs, &reading, &b.Docs))
		all := began.since()
		b.Took, b.CPU = all.wall-reading.wall, all.cpu-reading.cpu
		if err != nil {
			b.Err = err.Error()
			return e, b
		}
		began = now()
		if _, err := e.search(ctx, phrase, "no such words"); err != nil {
			b.Err = err.Error()
			return e, b
		}
		b.First = began.since().wall
		runtime.GC()
		debug.FreeOSMemory()
		var beside int64
		if b.Disk, beside, err = e.size(); err != nil {
			b.Err = err.Error()
		}
		b.Memory = resident("self") + beside
		return e, b
	}
	b.Err = "there is no engine of this name"
	return nil, b
}

// spent is time, by the clock and of the processor.
type spent struct{ wall, cpu time.Duration }

// moment is when a stretch of time began.
type moment struct {
	wall time.Time
	cpu  time.Duration
}

func now() moment { return moment{time.Now(), processorTime()} }

func (m moment) since() spent { return spent{time.Since(m.wall), processorTime() - m.cpu} }

// timed hands documents on and adds up how long they took to come.
func timed(docs iter.Seq2[doc, error], took *spent, n *int) iter.Seq2[doc, error] {
	return func(yield func(doc, error) bool) {
		asked := now()
		for d, err := range docs {
			t := asked.since()
			took.wall += t.wall
			took.cpu += t.cpu
			if *n++; !yield(d, err) {
				return
			}
			asked = now()
		}
	}
}

// processorTime is what this process has used of the processor.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory that a process holds, in bytes; 0 where the system does
// not say.
func resident(pid string) int64 {
	raw, err := os.ReadFile("/proc/" + pid + "/smaps_rollup")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(l, "Pss:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return n << 10
		}
	}
	return 0
}
