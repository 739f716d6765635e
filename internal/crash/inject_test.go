package crash

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// calls are the system calls on files at which faults are injected.
var calls = []string{
	"openat", "open", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "close", "newfstatat", "fstat", "lstat", "stat",
	"renameat", "linkat", "link", "unlinkat", "unlink", "mkdirat", "mkdir", "getdents64", "fchmod", "fchmodat", "flock", "statfs", "faccessat",
}

// needRoom are those of them that can find a disk full.
var needRoom = map[string]bool{
	"openat": true, "open": true, "write": true, "pwrite64": true, "fsync": true, "fdatasync": true, "ftruncate": true,
	"renameat": true, "linkat": true, "link": true, "mkdirat": true, "mkdir": true,
}

// straceWorks says whether this machine lets a program trace another.
func straceWorks(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("SKIPPED: no strace here (Debian: strace), so no system call can be made to fail")
	}
	if out, err := exec.CommandContext(t.Context(), "strace", "-f", "-o", "/dev/null", "-e", "trace=close", "true").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: strace may not trace here (%v: %s); a container needs the right SYS_PTRACE", err, out)
	}
}

// A site is a system call on a file, by its path in the folder.
type site struct{ call, path string }

// A fault is what happens at a call of a site.
type fault struct {
	site
	how  string // "signal=KILL", "error=EIO", "error=ENOSPC", "retval=0"
	when int    // at which of its calls
}

func (f fault) String() string {
	return fmt.Sprintf("%s at call %d of %s on %q", f.how, f.when, f.call, f.path)
}

// stable paths are the same in every run, so that calls on them can be counted
// alone; others have a random name, and their calls are counted all together.
var (
	unstable = regexp.MustCompile(`\.new-[0-9]+|[0-9]{5,}$|/(texts|files)/`)
	called   = regexp.MustCompile(`^\d+ +([a-z0-9]+)\((?:AT_FDCWD(?:<[^>]*>)?, )?(?:\d+<([^>]*)>|"([^"]*)")`)
)

// trace runs a worker under strace and returns what it said and the log.
func trace(t *testing.T, dir, ref string, options ...string) (out, log []byte) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "strace")
	cmd := onceCommand(dir, ref)
	args := append([]string{"-f", "-y", "-o", name}, options...)
	traced := exec.CommandContext(t.Context(), "strace", append(args, cmd.Args...)...) //nolint:gosec // as above
	traced.Env = cmd.Env
	var said, complaints bytes.Buffer
	traced.Stdout, traced.Stderr = &said, &complaints
	err := traced.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	log, err = os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v: %s", err, &complaints)
	}
	return said.Bytes(), log
}

// site returns which call a line of a log is of.
func siteOf(dir, line string) (site, bool) {
	m := called.FindStringSubmatch(line)
	if m == nil {
		return site{}, false
	}
	path := m[2] + m[3]
	rel, in := strings.CutPrefix(path, dir)
	return site{m[1], rel}, in
}

func normal(s site) site {
	if i := unstable.FindStringIndex(s.path); i != nil {
		s.path = s.path[:i[0]] + "*"
	}
	return s
}

// baseline counts the calls of one issue without a fault: by site, and by call
// and thread for those whose names differ.
func (b base) baseline(t *testing.T) (sites map[site]int, random map[string]int, total int) {
	t.Helper()
	dir := b.copyOf(t)
	_, log := trace(t, dir, "X-0", "-e", "trace="+strings.Join(calls, ","))
	sites, random = map[site]int{}, map[string]int{}
	threads := map[string]int{}
	for line := range strings.Lines(string(log)) {
		s, ok := siteOf(dir, line)
		thread, _, _ := strings.Cut(line, " ")
		if m := called.FindStringSubmatch(line); m != nil {
			threads[thread+" "+m[1]]++
		}
		if !ok {
			continue
		}
		total++
		sites[normal(s)]++
		if normal(s) != s {
			random[s.call] = max(random[s.call], threads[thread+" "+s.call])
		}
	}
	if total < 100 || sites[site{"fsync", "/office.db-wal"}] == 0 || sites[site{"renameat", "/log/checkpoint*"}] == 0 && sites[site{"renameat", "/log/checkpoint"}] == 0 {
		t.Logf("calls by site: %v", sites)
	}
	if total < 100 {
		t.Fatalf("one issue makes only %d calls on files: is the log read right?", total)
	}
	return sites, random, total
}

// faults lists every fault that is to be tried.
func faults(sites map[site]int, random map[string]int) []fault {
	var out []fault
	add := func(s site, n int) {
		for when := 1; when <= n; when++ {
			out = append(out, fault{s, "signal=KILL", when}, fault{s, "error=EIO", when})
			if needRoom[s.call] {
				out = append(out, fault{s, "error=ENOSPC", when})
			}
			if s.call == "write" || s.call == "pwrite64" {
				out = append(out, fault{s, "retval=0", when})
			}
		}
	}
	for s, n := range sites {
		if !strings.HasSuffix(s.path, "*") {
			add(s, n)
		}
	}
	for call, n := range random {
		add(site{call, "*"}, n)
	}
	return out
}

// inject runs a worker with a fault, and returns what it said and which site was
// hit; none when it never came to that call.
func (f fault) inject(t *testing.T, dir, ref string) (out []byte, hit []site) {
	t.Helper()
	options := []string{"-e", "trace=" + f.call, "-e", fmt.Sprintf("inject=%s:%s:when=%d", f.call, f.how, f.when)}
	if f.path != "*" {
		options = append(options, "-P", dir+f.path)
	}
	if f.how != "signal=KILL" { // a signal is not injected at a stop of seccomp
		options = append(options, "--seccomp-bpf")
	}
	out, log := trace(t, dir, ref, options...)
	for line := range strings.Lines(string(log)) {
		if s, ok := siteOf(dir, line); ok && (strings.Contains(line, "(INJECTED)") || f.how == "signal=KILL" && strings.Contains(line, "= ?")) {
			hit = append(hit, normal(s))
		}
	}
	if f.how == "signal=KILL" && bytes.Contains(log, []byte("killed by SIGKILL")) && len(hit) == 0 {
		hit = append(hit, f.site)
	}
	return out, hit
}

// several runs trials side by side.
func several(n int, trial func(i int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range next {
				trial(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// TestFaultAtEveryCall is F2 and F3: each system call on a file, of one issue,
// is the last one, fails, finds the disk full or writes nothing. What was
// acknowledged is in the log, and fsck finds nothing.
func TestFaultAtEveryCall(t *testing.T) {
	straceWorks(t)
	b := newBase(t)
	sites, random, total := b.baseline(t)
	all := faults(sites, random)
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	n := amount(min(40, len(all)), len(all))
	var mu sync.Mutex
	outcomes, kinds, hits := tally{}, tally{}, map[site]bool{}
	missed, slowest, began := 0, time.Duration(0), time.Now()
	several(n, func(i int) {
		t.Run("", func(t *testing.T) {
			dir := b.copyOf(t)
			out, hit := all[i].inject(t, dir, "X-1")
			res := b.judge(t, dir, out)
			if t.Failed() {
				t.Logf("after %s; it said %s", all[i], out)
			}
			mu.Lock()
			defer mu.Unlock()
			slowest = max(slowest, res.recovery)
			if len(hit) == 0 {
				missed++
				return
			}
			for _, s := range hit {
				hits[s] = true
			}
			outcomes[complaint(out)]++
			kinds[all[i].how]++
		})
	})
	t.Logf("F2, F3: one issue makes %d calls on files at %d sites; %d faults in %v (%s), at %d sites; %d more never came to their call; %s; slowest recovery %v",
		total, len(sites), n-missed, time.Since(began).Round(time.Second), kinds, len(hits), missed, outcomes, slowest.Round(time.Millisecond))
	if n-missed < n/2 {
		t.Errorf("of %d faults only %d were hit", n, n-missed)
	}
	if campaign() && n == len(all) {
		for s := range sites {
			if !hits[s] {
				t.Logf("no fault was injected at %s of %s", s.call, s.path)
			}
		}
	}
}

// TestFaultDuringRecovery is F4: a fault, and another one while the next program
// recovers from it and issues the next letter.
func TestFaultDuringRecovery(t *testing.T) {
	straceWorks(t)
	b := newBase(t)
	sites, random, _ := b.baseline(t)
	all := faults(sites, random)
	want := amount(4, 2000) // pairs of which both were hit
	var mu sync.Mutex
	outcomes, both, tried, began := tally{}, 0, 0, time.Now()
	several(10*want, func(int) {
		mu.Lock()
		enough := both >= want
		if !enough {
			tried++
		}
		mu.Unlock()
		if enough {
			return
		}
		first, second := all[rand.IntN(len(all))], all[rand.IntN(len(all))]
		t.Run("", func(t *testing.T) {
			dir := b.copyOf(t)
			out, hitFirst := first.inject(t, dir, "X-1")
			more, hitSecond := second.inject(t, dir, "X-2")
			b.judge(t, dir, append(out, more...))
			if t.Failed() {
				t.Logf("after %s, then %s; they said %s%s", first, second, out, more)
			}
			mu.Lock()
			defer mu.Unlock()
			if len(hitFirst) > 0 && len(hitSecond) > 0 {
				outcomes[complaint(out)+", then "+complaint(more)]++
				both++
			}
		})
	})
	t.Logf("F4: %d pairs of faults in %v, of %d tried; %s", both, time.Since(began).Round(time.Second), tried, outcomes)
	if both < want {
		t.Errorf("both faults were hit in %d of %d pairs: want %d", both, tried, want)
	}
}
