package witness

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/letter"
)

// Environment of a worker: the witness's folder, and whether it stops between
// writing a head and answering until it is killed.
const (
	workerEnv = "CHANCERY_WITNESS_WORKER"
	stopEnv   = "CHANCERY_WITNESS_STOP"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(workerEnv); dir != "" {
		if err := cosignOn(dir, os.Getenv(stopEnv) != "", os.Stdout); err != nil {
			_, _ = fmt.Fprintln(os.Stdout, "error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// branchesOf are two logs under one key that differ from the entry after the
// twelfth on.
func branchesOf() ([]*fakeLog, error) {
	base, err := logOf(1)
	if err != nil {
		return nil, err
	}
	base.grow(12, "a")
	return []*fakeLog{base.fork().grow(3000, "a"), base.fork().grow(3000, "b")}, nil
}

// cosignOn asks a witness for head after head, of both branches by turns, and
// tells of each cosignature after it has it: "ack BRANCH SIZE TIME".
func cosignOn(dir string, stop bool, out io.Writer) error {
	ctx := context.Background()
	branches, err := branchesOf()
	if err != nil {
		return err
	}
	w, err := Open(ctx, dir, time.Now)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) { _, _ = io.WriteString(out, fmt.Sprintf(format, args...)+"\n") }
	say("ready")
	for n := 0; ; n++ {
		known, err := w.Logs(ctx)
		if err != nil {
			return err
		}
		b, old := n%2, int64(known[0].Size) //nolint:gosec // a few thousand
		size := old + 1
		if size > branches[b].leaves {
			say("full")
			return nil
		}
		if stop && n > 3 {
			w.persisted = func() error { say("written %d %d", b, size); select {} }
		}
		line, err := w.Cosign(ctx, branches[b].request(old, size).Bytes())
		var refusal *Refusal
		switch {
		case err == nil:
			f := strings.Fields(string(line))
			say("ack %d %d %d", b, size, cosignedAt(f[len(f)-1]))
		case errors.As(err, &refusal):
			say("refused %d %d", b, size)
		default:
			return err
		}
	}
}

// A told is what the workers have said so far.
type told struct {
	branch        int // -1 while the branches are one
	size, at      uint64
	acks, refused int
	unanswered    int // heads that a worker died with between writing and answering
}

// take holds a line of a worker to what went before.
func (k *told) take(t *testing.T, line string) {
	f := strings.Fields(line)
	n := make([]uint64, 3)
	for i := range min(len(f)-1, len(n)) {
		var err error
		if n[i], err = strconv.ParseUint(f[i+1], 10, 64); err != nil {
			t.Fatalf("a worker said %q", line)
		}
	}
	branch, size := int(n[0]), n[1] //nolint:gosec // 0 or 1
	switch f[0] {
	case "ready":
	case "refused":
		k.refused++
	case "ack", "written":
		switch {
		case size <= k.size:
			t.Fatalf("%q after a head over %d entries", line, k.size)
		case size > 12 && k.branch >= 0 && branch != k.branch:
			t.Fatalf("%q: both branches were cosigned", line)
		case f[0] == "ack" && n[2] < k.at:
			t.Fatalf("%q: the time went back from %d", line, k.at)
		}
		k.size = size
		if size > 12 {
			k.branch = branch
		}
		if f[0] == "written" {
			k.unanswered++
			return
		}
		k.at = n[2]
		k.acks++
	default:
		t.Fatalf("a worker said %q", line)
	}
}

// worker runs a witness in a process of its own and kills it: between writing and
// answering, or at any moment.
func (k *told) worker(t *testing.T, dir string, stop bool, life time.Duration) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), workerEnv+"="+dir)
	if stop {
		cmd.Env = append(cmd.Env, stopEnv+"=yes")
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = cmd.Process.Signal(syscall.SIGKILL) }
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		k.take(t, lines.Text())
		if lines.Text() == "ready" && !stop {
			defer time.AfterFunc(life, kill).Stop()
		}
		if strings.HasPrefix(lines.Text(), "written") {
			kill()
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("a worker ended by itself: %v", err)
	}
}

// TestKilled kills witnesses with SIGKILL, half of them exactly between the
// writing of a head and the answer, while a log that forked asks on both
// branches: what was answered, or written, is never forgotten and never
// contradicted (witness.md MUST-5, MUST-6). CHANCERY_WITNESS_KILLS gives another
// number of kills.
func TestKilled(t *testing.T) {
	kills := 6
	if s := os.Getenv("CHANCERY_WITNESS_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil || kills < 2 {
			t.Fatalf("CHANCERY_WITNESS_KILLS=%q: want a number from 2 on", s)
		}
	}
	dir := t.TempDir()
	if _, err := Init(t.Context(), dir, "witness.example/w1"); err != nil {
		t.Fatal(err)
	}
	branches, err := branchesOf()
	if err != nil {
		t.Fatal(err)
	}
	w := reopened(t, dir)
	if _, err := w.Learn(t.Context(), branches[0].vkey(), ""); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	k := &told{branch: -1}
	for n := range kills {
		k.worker(t, dir, n%2 == 0, time.Duration(rand.IntN(60))*time.Millisecond)
		w := reopened(t, dir)
		logs, err := w.Logs(t.Context())
		_ = w.Close()
		if err != nil {
			t.Fatal(err)
		}
		// One more head may be on disk than was told of: the kill came between.
		size := logs[0].Size
		if size < k.size || size > k.size+1 {
			t.Fatalf("after kill %d it remembers %d entries, %d were told of", n+1, size, k.size)
		}
		roots := [2]letter.Hash{branches[0].head(int64(size)).Root, branches[1].head(int64(size)).Root}
		switch {
		case size == 0, k.branch < 0 && (logs[0].Root == roots[0].String() || logs[0].Root == roots[1].String()):
		case k.branch < 0 || logs[0].Root != roots[k.branch].String():
			t.Fatalf("after kill %d it remembers a head over %d entries that is not of the branch it cosigned", n+1, size)
		}
		if size > k.size { // written, and killed before it was told
			k.size = size
			if size > 12 && k.branch < 0 {
				k.branch = 0
				if logs[0].Root == roots[1].String() {
					k.branch = 1
				}
			}
		}
	}
	t.Logf("%d kills: %d heads answered, %d refused, %d written and not answered", kills, k.acks, k.refused, k.unanswered)
	if k.unanswered < kills/2 || k.acks == 0 || k.refused == 0 {
		t.Errorf("the kills met nothing: %+v", *k)
	}
}

func reopened(t *testing.T, dir string) *Witness {
	t.Helper()
	w, err := Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return w
}
