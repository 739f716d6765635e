package crash

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/watch"
	"chancery.example/letter"
	"chancery.example/proof"
)

// Environment of a worker that does one act and ends: the folder, and what it is
// to issue.
const (
	onceEnv = "CHANCERY_FAULT_WORKER"
	refEnv  = "CHANCERY_FAULT_REFERENCE"
)

// campaign says whether the faults are to be tried in full (make campaign), or
// only so that a test can fail.
func campaign() bool { return os.Getenv("CHANCERY_FAULTS") == "campaign" }

// amount is how many of something are tried; CHANCERY_FAULTS_SHARE tries a part
// of the campaign's, in percent.
func amount(short, full int) int {
	if !campaign() {
		return short
	}
	if s, err := strconv.Atoi(os.Getenv("CHANCERY_FAULTS_SHARE")); err == nil && s > 0 {
		return max(short, full*s/100)
	}
	return full
}

// once is the main function of such a worker: it issues one letter, and says so
// only after it is done.
func once(dir string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	w := &worker{name: "once", signers: map[string]office.Signer{}}
	for _, o := range officers {
		k, err := officerKey(o.id)
		if err != nil {
			w.trouble("key", err)
			return 1
		}
		w.signers[o.id] = office.Signer{Officer: o.id, Key: k}
	}
	r, err := office.Open(ctx, dir, options())
	if err != nil {
		w.trouble("open", err)
		return 1
	}
	w.r = r
	w.issueOnce(ctx, letter.Ref(os.Getenv(refEnv)))
	if err := r.Close(); err != nil {
		w.trouble("close", err)
	}
	return 0
}

func (w *worker) issueOnce(ctx context.Context, ref letter.Ref) {
	c, err := content(ref, "the ship "+string(ref)+" leaves at noon.")
	if err != nil {
		w.trouble("content", err)
		return
	}
	q, err := w.r.SubmitFinished(ctx, officeID, "drafter", c, office.Terms{})
	if err != nil {
		w.trouble("submit", err)
		return
	}
	rec, err := w.r.Carry(ctx, q, "clerk", w.signers["commissioner"], w.signers["legal"])
	if err != nil {
		w.trouble("issue", err)
		return
	}
	w.ack("issue:"+string(ref), rec)
}

// A base is a register with a letter in it, of which each trial gets a copy.
type base struct {
	dir    string
	policy proof.Policy
	head   proof.Head
}

func newBase(t *testing.T) base {
	t.Helper()
	return newBaseAt(t, filepath.Join(t.TempDir(), "register"))
}

func newBaseAt(t *testing.T, dir string) base {
	t.Helper()
	newRegisterAt(t, dir)
	b := base{dir: dir}
	if out, err := onceCommand(b.dir, "BASE-1").CombinedOutput(); err != nil || !bytes.Contains(out, []byte("ack issue:BASE-1")) {
		t.Fatalf("the letter that all trials begin with: %v: %s", err, out)
	}
	b.policy = ownPolicy(t, b.dir)
	b.head = published(t, b.dir, b.policy)
	return b
}

func published(t *testing.T, dir string, policy proof.Policy) proof.Head {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	cp, err := proof.OpenCheckpoint(raw, policy)
	if err != nil {
		t.Fatal(err)
	}
	return cp.Head
}

func onceCommand(dir, ref string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^$") //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), onceEnv+"="+dir, refEnv+"="+ref)
	return cmd
}

// copyOf copies the base for one trial.
func (b base) copyOf(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "register")
	if err := copyTree(dir, b.dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// copyTree copies a folder with the modes of its files.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		dst := to + strings.TrimPrefix(name, from)
		if d.IsDir() {
			return os.MkdirAll(dst, 0o700)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(dst, raw, info.Mode().Perm()); err != nil {
			return err
		}
		return os.Chtimes(dst, info.ModTime(), info.ModTime())
	})
}

// A result is what came of a trial.
type result struct {
	acked    bool
	recovery time.Duration
	entries  int
}

// judge holds a folder after a fault to all that was promised: what the worker
// said, every head that was given away, and the invariants of security.md. It
// returns an error for the first thing that is wrong.
func (b base) judge(t *testing.T, dir string, out []byte) (res result) {
	t.Helper()
	w := &witness{heads: map[uint64]letter.Hash{b.head.Size: b.head.Root}}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSuffix(line, "\n")
		if f := strings.Fields(line); len(f) == 3 && f[0] == "seen" {
			w.saw(uint64(number(f[1])), mustHash(t, f[2]), "seen by a reader") //nolint:gosec // not negative
		}
		if strings.HasPrefix(line, "ack ") {
			res.acked = true
			if err := w.line(line); err != nil {
				t.Error(err)
			}
		}
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint")); err == nil {
		// A head that a reader may have seen after the fault.
		if cp, err := proof.OpenCheckpoint(raw, b.policy); err == nil {
			w.saw(cp.Size, cp.Root, "published after the fault")
		}
	}
	awaitHours(t, dir) // waiting is no part of being back
	began := time.Now()
	res.entries = w.verify(t, dir, b.policy)
	res.recovery = time.Since(began)
	if campaign() && res.recovery > 10*time.Second {
		t.Errorf("back after %v: want at most 10 s", res.recovery)
	}
	f, err := folder.Open(dir)
	if err != nil {
		t.Error(err)
		return res
	}
	report, err := watch.Fsck(t.Context(), f, b.policy, nil)
	if err != nil {
		t.Error(err)
	}
	for _, x := range report.Findings {
		if x.Severity == watch.Damage {
			t.Error(x)
		}
	}
	return res
}

// lines counts a worker's complaints by their kind, for the figures.
func complaint(out []byte) string {
	for line := range strings.Lines(string(out)) {
		if what, ok := strings.CutPrefix(line, "error "); ok {
			act, _, _ := strings.Cut(what, ":")
			return "refused at " + act
		}
	}
	if bytes.Contains(out, []byte("ack ")) {
		return "done"
	}
	return "ended without a word"
}

// tally counts outcomes.
type tally map[string]int

func (c tally) String() string {
	var parts []string
	for _, k := range sortedKeys(c) {
		parts = append(parts, fmt.Sprintf("%s: %d", k, c[k]))
	}
	return strings.Join(parts, ", ")
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func mustHash(t *testing.T, s string) letter.Hash {
	t.Helper()
	h, err := letter.ParseHash(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
