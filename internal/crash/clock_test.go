package crash

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/tlog"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestClockJumps is F15: the clock jumps between acts, forward and back, by
// seconds to days. An act is refused with advice, or its times are no earlier than
// those before it: of entries, and of signed heads.
func TestClockJumps(t *testing.T) {
	dir := newRegister(t)
	var offset atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	jumps, refused, done := amount(8, 50), 0, 0
	last := time.Time{}
	policy := ownPolicy(t, dir)
	for i := range jumps {
		size := []time.Duration{time.Second, 8 * time.Second, time.Minute, time.Hour, 48 * time.Hour}[rand.IntN(5)]
		jump := time.Duration(rand.Int64N(int64(size)))
		if i%3 == 1 { // more often forward, or there would be few acts
			jump = -jump
		}
		offset.Add(int64(jump))
		err := jumpAndIssue(t, dir, clock, i)
		if err == nil {
			done++
		} else {
			refused++
			if kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "set") || !strings.Contains(err.Error(), "clock") {
				t.Errorf("after a jump of %v: %v", jump, err)
			}
			offset.Add(int64(-jump)) // somebody sets it right
		}
		raw, err := os.ReadFile(filepath.Join(dir, "log", "checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		cp, err := proof.OpenCheckpoint(raw, policy)
		if err != nil {
			t.Fatal(err)
		}
		if cp.Time.Before(last) {
			t.Errorf("a head was signed at %v, the one before at %v", cp.Time, last)
		}
		last = cp.Time
	}
	if err := jumpAndIssue(t, dir, clock, jumps); err != nil {
		t.Errorf("with the clock right again: %v", err)
	}
	monotone(t, dir, policy)
	t.Logf("F15: %d jumps of the clock, %d acts done, %d refused; all times in order", jumps, done, refused)
}

// jumpAndIssue opens the register at another time, as a program started then
// would, and issues.
func jumpAndIssue(t *testing.T, dir string, clock func() time.Time, i int) (err error) {
	t.Helper()
	r, err := office.Open(t.Context(), dir, office.Options{LogRoom: 1, Clock: clock, Forms: making{}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	w := &worker{r: r, name: "jump", signers: map[string]office.Signer{}}
	for _, o := range officers {
		k, err := officerKey(o.id)
		if err != nil {
			return err
		}
		w.signers[o.id] = office.Signer{Officer: o.id, Key: k}
	}
	c, err := content(w.ref(i, 0), "the clock is wrong.")
	if err != nil {
		return err
	}
	// Perhaps the letter was submitted and not issued before the clock was set back.
	q, err := r.SubmitFinished(t.Context(), officeID, "drafter", c, office.Terms{})
	if err != nil {
		return err
	}
	_, err = r.Carry(t.Context(), q, "clerk", w.signers["commissioner"], w.signers["legal"])
	return err
}

func monotone(t *testing.T, dir string, policy proof.Policy) {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Read(t.Context(), policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	before := time.Time{}
	for i, raw := range entriesOf(t, r) {
		e, err := register.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if e.Claims.IssuedAt.Before(before) {
			t.Errorf("entry %d is of %v, the one before of %v", i, e.Claims.IssuedAt, before)
		}
		before = e.Claims.IssuedAt
	}
	for _, p := range r.State.Problems() {
		t.Error(p)
	}
}

// TestDatedInTheFuture: the machine's clock was ahead when the last head was
// written. The next program says so at once, and what to do; then it goes on.
func TestDatedInTheFuture(t *testing.T) {
	b := newBase(t)
	name := filepath.Join(b.dir, "log", "checkpoint")
	ahead := time.Now().Add(3 * time.Hour)
	if err := os.Chtimes(name, ahead, ahead); err != nil {
		t.Fatal(err)
	}
	r, err := office.Open(t.Context(), b.dir, options())
	if err != nil {
		t.Fatal(err)
	}
	err = r.Sync(t.Context())
	if !errors.Is(err, tlog.ErrClock) || !strings.Contains(err.Error(), "touch ") {
		t.Errorf("a head from the future: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, time.Now(), time.Now()); err != nil { // touch
		t.Fatal(err)
	}
	out, err := onceCommand(b.dir, "X-1").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if !b.judge(t, b.dir, out).acked {
		t.Errorf("with the clock right: %s", out)
	}
}
