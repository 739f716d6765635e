package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(workerEnv); dir != "" {
		os.Exit(work(dir))
	}
	if dir := os.Getenv(onceEnv); dir != "" {
		os.Exit(once(dir))
	}
	if dir := os.Getenv(clientsEnv); dir != "" {
		os.Exit(clients(dir))
	}
	os.Exit(m.Run())
}

// kills is how often the test kills.
func kills(t *testing.T) int {
	s := os.Getenv("CHANCERY_CRASH")
	if s == "" {
		return 10
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("CHANCERY_CRASH=%q: want a number of kills", s)
	}
	return n
}

const origin = "letters.harbour.example/crash/2026"

// newRegister makes a register with one office in a temporary folder.
func newRegister(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "register")
	newRegisterAt(t, dir)
	return dir
}

func newRegisterAt(t *testing.T, dir string) {
	t.Helper()
	r, err := office.Init(t.Context(), dir, office.NewRegister{
		Origin: origin, Operator: "https://harbour.example", Name: register.Words{"en": "Crash"},
	}, options())
	if err != nil {
		t.Fatal(err)
	}
	n := office.NewOffice{ID: officeID, Office: "https://harbour.example", Domain: "harbour.example", Name: register.Words{"en": "Harbour"}}
	for _, o := range officers {
		k, err := officerKey(o.id)
		if err != nil {
			t.Fatal(err)
		}
		n.Policy.Officers = append(n.Policy.Officers, register.Officer{
			ID: o.id, Person: o.id, Name: o.id, Roles: []register.Role{o.role}, Keys: []string{k.Public().Line()},
		})
	}
	n.Policy = office.Policy(n.Policy.Officers, n.Policy.Speakers, 2, 2)
	if _, err := r.Enrol(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if err := r.SetPaper(t.Context(), officeID, office.PDFPaper); err != nil {
		t.Fatal(err)
	}
	for i := range 4 { // their hours come while workers live and die
		embargoSome(t, r, i)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// embargoSome issues a letter under an embargo of some seconds.
func embargoSome(t *testing.T, r *office.Register, i int) {
	t.Helper()
	var signers []office.Signer
	for _, id := range []string{"commissioner", "legal"} {
		k, err := officerKey(id)
		if err != nil {
			t.Fatal(err)
		}
		signers = append(signers, office.Signer{Officer: id, Key: k})
	}
	c, err := content(letter.Ref(fmt.Sprintf("E-%d", i)), fmt.Sprintf("the lamp %d will be green.", i))
	if err != nil {
		t.Fatal(err)
	}
	q, err := r.SubmitFinished(t.Context(), officeID, "drafter", c, office.Terms{NotBefore: r.Now().Add(time.Duration(4+i) * time.Second)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Carry(t.Context(), q, "clerk", signers...); err != nil {
		t.Fatal(err)
	}
}

// An ack is an act that a worker said was done.
type ack struct {
	act   string
	index register.Index
	leaf  string
}

// A witness sees what a stranger and a caller see: acknowledgements and
// published checkpoints.
type witness struct {
	mu     sync.Mutex
	acks   []ack
	heads  map[uint64]letter.Hash
	forks  []string
	locked int
	errors []string
}

// saw takes a head that was signed. Two roots for one size are a fork.
func (w *witness) saw(size uint64, root letter.Hash, where string) {
	if have, ok := w.heads[size]; ok && have != root {
		w.forks = append(w.forks, fmt.Sprintf("%s: size %d has roots %s and %s", where, size, have, root))
	}
	w.heads[size] = root
}

// look reads the published checkpoint as any reader would.
func (w *witness) look(dir string, policy proof.Policy) error {
	raw, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
	if err != nil {
		return err
	}
	cp, err := proof.OpenCheckpoint(raw, policy)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.saw(cp.Size, cp.Root, "published")
	return nil
}

// line takes one line of a worker.
func (w *witness) line(s string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := strings.Fields(s)
	switch {
	case s == "born" || s == "ready":
	case strings.HasPrefix(s, "locked "):
		w.locked++
	case strings.HasPrefix(s, "error "):
		w.errors = append(w.errors, s)
	case len(f) == 5 && f[0] == "ack":
		at, err := strconv.ParseUint(f[2], 10, 63)
		if err != nil {
			return err
		}
		w.acks = append(w.acks, ack{f[1], register.Index(at), f[3]})
		size, root, _ := strings.Cut(f[4], ":")
		n, err := strconv.ParseUint(size, 10, 63)
		if err != nil {
			return err
		}
		h, err := letter.ParseHash(root)
		if err != nil {
			return err
		}
		if n <= at {
			return fmt.Errorf("acknowledged entry %d with a head over %d entries", at, n)
		}
		w.saw(n, h, "receipt")
	default:
		return fmt.Errorf("a worker says %q", s)
	}
	return nil
}

// A process is a worker at work.
type process struct {
	cmd   *exec.Cmd
	ready chan struct{}
	done  chan error // of reading its lines to the end
}

func (w *witness) start(t *testing.T, dir, name string) *process {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^$") //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), workerEnv+"="+dir, nameEnv+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, ready: make(chan struct{}), done: make(chan error, 1)}
	go func() { p.done <- w.listen(out, p.ready) }()
	return p
}

func (w *witness) listen(out io.Reader, ready chan struct{}) (err error) {
	s := bufio.NewScanner(out)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if s.Text() == "ready" {
			close(ready)
		}
		err = errors.Join(err, w.line(s.Text()))
	}
	return errors.Join(err, s.Err())
}

// kill ends the worker as a power cut would end it.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	if err := <-p.done; err != nil {
		t.Errorf("reading a worker: %v", err)
	}
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	} else if exit == nil || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL { //nolint:errcheck,forcetypeassert // Unix
		t.Errorf("a worker ended by itself: %v", err)
	}
}

// await waits until the worker has the log, so that there is work to interrupt.
func (p *process) await(t *testing.T) {
	t.Helper()
	select {
	case <-p.ready:
	case <-time.After(time.Minute):
		t.Fatal("a worker was not ready within a minute")
	}
}

func TestKilledAtRandomMoments(t *testing.T) {
	n := kills(t)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // moments, no secrets
	dir := newRegister(t)
	policy := ownPolicy(t, dir)
	w := &witness{heads: map[uint64]letter.Hash{}}
	began, races, early := time.Now(), 0, 0
	for i := range n {
		first := w.start(t, dir, fmt.Sprintf("K%d", i))
		switch d := random.IntN(100); {
		case d < 12: // while it starts
			early++
			time.Sleep(time.Duration(random.IntN(120)) * time.Millisecond)
			first.kill(t)
		case d < 27: // two at once
			races++
			second := w.start(t, dir, fmt.Sprintf("R%d", i))
			time.Sleep(time.Duration(100+random.IntN(400)) * time.Millisecond)
			if random.IntN(2) == 0 {
				first, second = second, first
			}
			first.kill(t) // the other takes over
			time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
			second.kill(t)
		default:
			first.await(t)
			time.Sleep(time.Duration(20+random.IntN(380)) * time.Millisecond)
			first.kill(t)
		}
		if err := w.look(dir, policy); err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
	}
	took := time.Since(began)
	if t.Failed() {
		t.Logf("seed %d", seed)
	}
	entries := w.verify(t, dir, policy)
	t.Logf("%d kills in %v (%v each): %d while starting, %d with two at once; %d acknowledgements (%d times told to wait), %d heads seen, %d entries in the log",
		n, took.Round(time.Millisecond), (took / time.Duration(n)).Round(time.Millisecond), early, races, len(w.acks), w.locked, len(w.heads), entries)
}
