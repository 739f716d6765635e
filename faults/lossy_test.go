package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// cuts is how many cuts are tried: CHANCERY_LOSSY, or a few.
func cuts(t *testing.T) int {
	t.Helper()
	s := os.Getenv("CHANCERY_LOSSY")
	if s == "" {
		return 4
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("CHANCERY_LOSSY=%q: want a number of cuts", s)
	}
	return n
}

// A bench has the test program of internal/crash, and a register to begin with.
type bench struct {
	program, base string
}

func newBench(t *testing.T) bench {
	t.Helper()
	canMount(t)
	b := bench{program: filepath.Join(t.TempDir(), "crash.test"), base: filepath.Join(t.TempDir(), "register")}
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", b.program, "./internal/crash")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the workers: %v: %s", err, out)
	}
	if out, err := b.run(t, "TestBase", "CHANCERY_FAULTS_BASE="+b.base); err != nil {
		t.Fatalf("making a register: %v: %s", err, out)
	}
	return b
}

// canMount skips where FUSE cannot be used.
func canMount(t *testing.T) {
	t.Helper()
	live, at := t.TempDir(), t.TempDir()
	d, err := NewDisk(live, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Mount(at, live)
	if err != nil {
		t.Skipf("SKIPPED: nothing can be mounted with FUSE here (%v), so no power is cut on a file system", err)
	}
	if err := s.Unmount(); err != nil {
		t.Fatal(err)
	}
}

func (b bench) run(t *testing.T, test string, env ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), b.program, "-test.v", "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), env...)
	return cmd.CombinedOutput()
}

// A trial is one cut of the power.
type trial struct {
	mood    Mood
	changes int  // done before the cut
	once    bool // the worker issues one letter and ends, and else many at a time
	forget  bool
	seed    uint64
}

// An outcome is what came of it.
type outcome struct {
	dir         string // for the judge
	said        string
	acks, heads int
	lost        int // changes that the cut took or tore
}

// cut lets a worker issue until the power fails, and leaves what survived, what
// the worker said and which heads readers may have seen.
func (b bench) cut(t *testing.T, c trial) (o outcome) {
	t.Helper()
	o.dir = t.TempDir()
	live, at := filepath.Join(o.dir, "live"), filepath.Join(o.dir, "mounted")
	whole, err := NewDisk(b.base, 1) // nothing is pending: all of it survives
	if err == nil {
		_, err = whole.Survive(live, Keep, rand.New(rand.NewPCG(1, 1))) //nolint:gosec // unused chances
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{at, filepath.Join(o.dir, "heads")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d, err := NewDisk(live, c.changes)
	if err != nil {
		t.Fatal(err)
	}
	d.Forget = c.forget
	heads := &reader{dir: filepath.Join(o.dir, "heads"), from: filepath.Join(live, "log", "checkpoint")}
	heads.look()
	d.Seen = func(name string) {
		if name == "log/checkpoint" {
			heads.look()
		}
	}
	said := b.untilCut(t, d, live, at, c)
	if heads.err != nil {
		t.Fatal(heads.err)
	}
	o.said, o.acks, o.heads = said, strings.Count(said, "ack "), heads.n
	random := rand.New(rand.NewPCG(c.seed, 1)) //nolint:gosec // chances, no secrets
	if o.lost, err = d.Survive(filepath.Join(o.dir, "register"), c.mood, random); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.dir, "said"), []byte(said), 0o600); err != nil {
		t.Fatal(err)
	}
	return o
}

// untilCut runs the worker on the mounted disk, kills it when the power fails and
// takes the mount away.
func (b bench) untilCut(t *testing.T, d *Disk, live, at string, c trial) string {
	t.Helper()
	mounted, err := d.Mount(at, live)
	if err != nil {
		t.Fatal(err)
	}
	var said, trouble bytes.Buffer
	cmd := exec.CommandContext(context.Background(), b.program, "-test.run=^$") //nolint:gosec // just built
	name := fmt.Sprintf("L%d", c.seed%1e6)
	cmd.Env = append(os.Environ(), "CHANCERY_CRASH_WORKER="+at, "CHANCERY_CRASH_NAME="+name)
	if c.once {
		cmd.Env = append(os.Environ(), "CHANCERY_FAULT_WORKER="+at, "CHANCERY_FAULT_REFERENCE="+name)
	}
	cmd.Stdout, cmd.Stderr = &said, &trouble
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-d.Cut():
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		<-ended //nolint:errcheck // it was killed
	case err := <-ended: // before the cut, which comes now
		if err != nil || !c.once {
			t.Errorf("the worker ended by itself: %v: %s%s", err, said.String(), trouble.String())
		}
	case <-time.After(30 * time.Second):
		d.Fail()
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		<-ended //nolint:errcheck // it was killed
	}
	d.Fail()
	for range 100 {
		if err = mounted.Unmount(); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatalf("taking the mount away: %v", err)
	}
	return said.String()
}

// A reader sees every head that is published, synced or not.
type reader struct {
	dir, from string
	n         int
	err       error
}

func (r *reader) look() {
	raw, err := os.ReadFile(r.from)
	if err == nil {
		err = os.WriteFile(filepath.Join(r.dir, fmt.Sprintf("%06d", r.n)), raw, 0o600)
	}
	if err != nil {
		r.err = err
	}
	r.n++
}

// oneIssue is somewhat more than one issue and its program change and sync, so
// that some cuts come just after the end.
const oneIssue = 330

var judged = regexp.MustCompile(`JUDGED entries (\d+) recovery (\d+)`)

// TestPowerCutOnALossyDisk is F6 on a file system: the power fails at a random
// moment of a register at work, the file system loses or tears what was not
// synced, and what was acknowledged is there all the same, once, in one history.
func TestPowerCutOnALossyDisk(t *testing.T) {
	b := newBench(t)
	b.canLose(t)
	n, began := cuts(t), time.Now()
	var mu sync.Mutex
	var done, acks, heads, lost, after int
	slowest := 0
	t.Run("cuts", func(t *testing.T) {
		for i := range n {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				c := trial{mood: Mood(i % int(Moods)), changes: 1 + rand.IntN(oneIssue), once: i%5 != 4, seed: rand.Uint64()}
				if !c.once {
					c.changes = 1 + rand.IntN(4000)
				}
				o := b.cut(t, c)
				out, err := b.run(t, "TestJudge", "CHANCERY_FAULTS_JUDGE="+o.dir)
				m := judged.FindSubmatch(out)
				if err != nil || m == nil {
					t.Fatalf("a cut after %d changes, in mood %d, seed %d, %d changes lost: %v\n%s", c.changes, c.mood, c.seed, o.lost, err, out)
				}
				took, err := strconv.Atoi(string(m[2]))
				if err != nil {
					t.Fatal(err)
				}
				mu.Lock()
				defer mu.Unlock()
				acks, heads, lost, slowest = acks+o.acks, heads+o.heads, lost+o.lost, max(slowest, took)
				if o.acks > 0 {
					after++
				}
				if done++; done%20 == 0 { // some minutes pass in a campaign
					_, _ = fmt.Fprintf(os.Stderr, "%d cuts in %v: %d acts acknowledged (in %d of the cuts), %d changes lost or torn, slowest recovery %d ms\n",
						done, time.Since(began).Round(time.Second), acks, after, lost, slowest)
				}
			})
		}
	})
	t.Logf("F6: %d cuts of the power on a lossy file system in %v: %d acts acknowledged before them (in %d of the cuts), %d heads seen, %d changes lost or torn; 0 acknowledged lost unless said above; slowest recovery %d ms",
		n, time.Since(began).Round(time.Second), acks, after, heads, lost, slowest)
	if n >= 20 && (acks == 0 || lost == 0) {
		t.Error("no cut could lose anything")
	}
}

// canLose shows that a cut can lose: where fsync does nothing, an acknowledged
// letter is gone, and the judge says so.
func (b bench) canLose(t *testing.T) {
	t.Helper()
	o := b.cut(t, trial{mood: Drop, changes: 1 << 30, once: true, forget: true})
	if o.acks == 0 {
		t.Fatalf("nothing was acknowledged before the cut, so nothing could be lost: the worker said %q", o.said)
	}
	out, err := b.run(t, "TestJudge", "CHANCERY_FAULTS_JUDGE="+o.dir)
	if err == nil || !bytes.Contains(out, []byte("was acknowledged as entry")) {
		t.Errorf("without fsync, %d acts were acknowledged and %d changes lost, and the judge says: %v\n%s", o.acks, o.lost, err, out)
	}
}
