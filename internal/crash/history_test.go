package crash

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// Environment of a worker whose clients do acts on the same few letters and tell
// when each was called and when it returned.
const (
	clientsEnv = "CHANCERY_CRASH_CLIENTS"
	seedEnv    = "CHANCERY_CRASH_SEED"
)

const (
	clientsAtOnce = 3
	lettersShared = 3
	actsEach      = 5
)

// An outcome is what a client learnt.
type outcome struct {
	Result string // ok, refused, unknown; of a reading: none, issued, withdrawn
	Index  int64
}

// clients is the main function of such a worker.
func clients(dir string) int {
	ctx := context.Background()
	w := &worker{name: os.Getenv(nameEnv), signers: map[string]office.Signer{}}
	for _, o := range officers {
		k, err := officerKey(o.id)
		if err != nil {
			return 1
		}
		w.signers[o.id] = office.Signer{Officer: o.id, Key: k}
	}
	var err error
	if w.r, err = office.Open(ctx, dir, options()); err != nil {
		w.trouble("open", err)
		return 1
	}
	seed, _ := strconv.ParseUint(os.Getenv(seedEnv), 10, 64)
	var calls atomic.Int64
	var all sync.WaitGroup
	for n := range clientsAtOnce {
		all.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(n))) //nolint:gosec // chances, no secrets
			for range actsEach {
				ref := letter.Ref(fmt.Sprintf("L-%d", random.IntN(lettersShared)))
				what := []string{"issue", "issue", "withdraw", "read", "read"}[random.IntN(5)]
				id := fmt.Sprintf("%s/%d", w.name, calls.Add(1))
				w.say("call %s %d %s %s %d", id, n, what, ref, time.Now().UnixNano())
				o := w.client(ctx, dir, what, ref)
				w.say("return %s %s %d %d", id, o.Result, o.Index, time.Now().UnixNano())
			}
		})
	}
	all.Wait()
	if err := w.r.Close(); err != nil {
		w.trouble("close", err)
	}
	return 0
}

func (w *worker) client(ctx context.Context, dir, what string, ref letter.Ref) outcome {
	switch what {
	case "issue":
		return told(w.issueShared(ctx, ref))
	case "withdraw":
		q, err := w.r.ProposeWithdraw(ctx, officeID, "clerk", ref, register.Words{"en": "No."})
		if err != nil {
			return told(office.Receipt{}, err)
		}
		return told(w.r.Carry(ctx, q, "clerk", w.signers["commissioner"], w.signers["legal"]))
	}
	return look(ctx, dir, ref)
}

// issueShared issues a letter that others may have issued, or be issuing.
func (w *worker) issueShared(ctx context.Context, ref letter.Ref) (office.Receipt, error) {
	c, err := content(ref, "the ship "+string(ref)+" leaves at noon.")
	if err != nil {
		return office.Receipt{}, err
	}
	q, err := w.r.SubmitFinished(ctx, officeID, "drafter", c, office.Terms{})
	if kind.Of(err) == kind.Conflict {
		return w.r.Issue(ctx, officeID, "clerk", ref)
	}
	if err != nil {
		return office.Receipt{}, err
	}
	return w.r.Carry(ctx, q, "clerk", w.signers["commissioner"], w.signers["legal"])
}

// told is what a client knows of an act: that it is done, that it was refused, or
// nothing.
func told(rec office.Receipt, err error) outcome {
	switch k := kind.Of(err); {
	case err == nil:
		return outcome{"ok", int64(rec.Index)} //nolint:gosec // a small log
	case k == kind.Conflict, k == kind.NotFound, k == kind.Forbidden:
		return outcome{"refused", 0}
	}
	return outcome{"unknown", 0}
}

// look reads the register as a stranger would.
func look(ctx context.Context, dir string, ref letter.Ref) outcome {
	f, err := folder.Open(dir)
	if err != nil {
		return outcome{"unknown", 0}
	}
	r, err := f.Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return outcome{"unknown", 0}
	}
	l, ok := r.State.Letter("https://harbour.example", ref)
	switch {
	case !ok || len(l.Issues) == 0:
		return outcome{"none", 0}
	case l.Withdrawn != nil:
		return outcome{"withdrawn", int64(l.Issues[0].Index)} //nolint:gosec // a small log
	}
	return outcome{"issued", int64(l.Issues[0].Index)} //nolint:gosec // likewise
}

// An action is what a client asked for.
type action struct {
	What string
	Ref  letter.Ref
}

// A shared is what the record of one letter is: the sequential register, to which
// every history must be equal.
type shared struct {
	issued, withdrawn bool
	index             int64 // -1: issued by who did not learn where
}

// sequential is the model: one register, one act at a time.
var sequential = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		parts := map[letter.Ref][]porcupine.Operation{}
		for _, o := range history {
			ref := o.Input.(action).Ref //nolint:forcetypeassert,errcheck // ours
			parts[ref] = append(parts[ref], o)
		}
		var out [][]porcupine.Operation
		for _, ref := range sortedKeys(parts) {
			out = append(out, parts[ref])
		}
		return out
	},
	Init: func() any { return shared{} },
	Step: func(state, input, output any) (bool, any) {
		return step(state.(shared), input.(action), output.(outcome)) //nolint:forcetypeassert,errcheck // ours
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " -> ", output) },
}

func step(s shared, in action, out outcome) (bool, shared) {
	same := s.issued && (s.index == out.Index || s.index == -1)
	learnt := s
	learnt.index = out.Index
	switch {
	case out.Result == "refused": // it may have met an act under way
		return true, s
	case in.What == "issue" && out.Result == "ok":
		if !s.issued {
			return true, shared{issued: true, index: out.Index}
		}
		return same, learnt
	case in.What == "issue" && !s.issued: // unknown, and it happened
		return true, shared{issued: true, index: -1}
	case in.What == "withdraw" && out.Result == "ok":
		return s.issued && !s.withdrawn, shared{true, true, s.index}
	case in.What == "withdraw" && s.issued:
		return true, shared{true, true, s.index}
	case out.Result == "none":
		return !s.issued, s
	case out.Result == "issued":
		return same && !s.withdrawn, learnt
	case out.Result == "withdrawn":
		return same && s.withdrawn, learnt
	}
	return true, s
}

// history reads what workers said. What never returned, or not for sure, may have
// happened at any time after its call, or never: it returns when all is over.
func history(t *testing.T, out []byte) []porcupine.Operation {
	t.Helper()
	const never = int64(1) << 62
	var ops []porcupine.Operation
	at := map[string]int{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 6 && f[0] == "call":
			worker, _, _ := strings.Cut(f[1], "/")
			client, _ := strconv.Atoi(f[2])
			if worker == "second" {
				client += clientsAtOnce
			}
			at[f[1]] = len(ops)
			ops = append(ops, porcupine.Operation{
				ClientId: client, Input: action{f[3], letter.Ref(f[4])}, Call: number(f[5]), Output: outcome{"unknown", 0}, Return: never,
			})
		case len(f) == 5 && f[0] == "return":
			o := &ops[at[f[1]]]
			o.Output = outcome{f[2], number(f[3])}
			if f[2] != "unknown" {
				o.Return = number(f[4])
			}
		case len(f) > 0 && f[0] == "error":
		default:
			t.Fatalf("a worker says %q", line)
		}
	}
	return ops
}

// TestLinearisable is F19: clients of two programs issue, withdraw and read the
// same letters while the first program is killed. What they saw could have been
// seen of one register that does one act at a time.
func TestLinearisable(t *testing.T) {
	b := newBase(t)
	n := amount(6, 1000)
	var mu sync.Mutex
	total, unknown, killed, longest, began := 0, 0, 0, 0, time.Now()
	several(n, func(i int) {
		t.Run("", func(t *testing.T) {
			dir := b.copyOf(t)
			out, was := twoPrograms(t, dir, rand.Uint64())
			ops := history(t, out)
			res, info := porcupine.CheckOperationsVerbose(sequential, ops, time.Minute)
			if res != porcupine.Ok {
				t.Errorf("history %d of %d acts is %s: %v\n%s", i, len(ops), res, info, out)
			}
			b.judge(t, dir, nil)
			mu.Lock()
			defer mu.Unlock()
			if was {
				killed++
			}
			total, longest = total+len(ops), max(longest, len(ops))
			for _, o := range ops {
				if o.Output.(outcome).Result == "unknown" { //nolint:forcetypeassert,errcheck // ours
					unknown++
				}
			}
		})
	})
	t.Logf("F19: %d histories of %d acts in all (the longest of %d), %d programs killed, %d acts with an unknown end, in %v; 0 not linearisable unless said above",
		n, total, longest, killed, unknown, time.Since(began).Round(time.Second))
	if total < n*clientsAtOnce {
		t.Errorf("only %d acts in %d histories", total, n)
	}
}

// twoPrograms runs two workers on one folder, the second beside the first or after
// it, and kills the first at a moment of its work.
func twoPrograms(t *testing.T, dir string, seed uint64) (out []byte, killed bool) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // chances, no secrets
	var first, second bytes.Buffer
	start := func(name string, to *bytes.Buffer) *exec.Cmd {
		cmd := exec.CommandContext(context.Background(), os.Args[0], "-test.run=^$") //nolint:gosec // this very binary
		cmd.Env = append(os.Environ(), clientsEnv+"="+dir, nameEnv+"="+name, seedEnv+"="+strconv.FormatUint(random.Uint64(), 10))
		cmd.Stdout = to
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	a := start("first", &first)
	time.Sleep(time.Duration(20+random.IntN(300)) * time.Millisecond)
	var c *exec.Cmd
	beside := random.IntN(2) == 0
	if beside {
		c = start("second", &second)
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
	}
	_ = a.Process.Signal(syscall.SIGKILL)
	killed = a.Wait() != nil
	if !beside {
		c = start("second", &second)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("the second program: %v", err)
	}
	return append(first.Bytes(), second.Bytes()...), killed
}

// TestNotLinearisable shows that the model refuses what must not be: a read that
// goes back, a letter issued twice, one lost after its acknowledgement.
func TestNotLinearisable(t *testing.T) {
	op := func(what, result string, index, call, back int64) porcupine.Operation {
		return porcupine.Operation{Input: action{what, "L-0"}, Output: outcome{result, index}, Call: call, Return: back}
	}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		want    bool
	}{
		"in order":                {[]porcupine.Operation{op("issue", "ok", 6, 1, 2), op("read", "issued", 6, 3, 4), op("withdraw", "ok", 7, 5, 6), op("read", "withdrawn", 6, 7, 8)}, true},
		"seen before it returned": {[]porcupine.Operation{op("issue", "ok", 6, 1, 9), op("read", "issued", 6, 3, 4)}, true},
		"unknown and seen later":  {[]porcupine.Operation{op("issue", "unknown", 0, 1, 99), op("read", "none", 0, 3, 4), op("read", "issued", 6, 5, 6)}, true},
		"the same receipt again":  {[]porcupine.Operation{op("issue", "ok", 6, 1, 2), op("issue", "ok", 6, 3, 4)}, true},
		"lost":                    {[]porcupine.Operation{op("issue", "ok", 6, 1, 2), op("read", "none", 0, 3, 4)}, false},
		"issued twice":            {[]porcupine.Operation{op("issue", "ok", 6, 1, 2), op("issue", "ok", 7, 3, 4)}, false},
		"goes back":               {[]porcupine.Operation{op("issue", "unknown", 0, 1, 99), op("read", "issued", 6, 3, 4), op("read", "none", 0, 5, 6)}, false},
		"withdrawn twice":         {[]porcupine.Operation{op("issue", "ok", 6, 1, 2), op("withdraw", "ok", 7, 3, 4), op("withdraw", "ok", 8, 5, 6)}, false},
		"in force again":          {[]porcupine.Operation{op("issue", "ok", 6, 1, 2), op("withdraw", "ok", 7, 3, 4), op("read", "issued", 6, 5, 6)}, false},
	} {
		if got := porcupine.CheckOperations(sequential, c.history); got != c.want {
			t.Errorf("%s: linearisable is %v", name, got)
		}
	}
}
