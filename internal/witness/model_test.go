package witness

import (
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"chancery.example/letter"
	"chancery.example/proof"
)

func decode(to []byte, s string) (int, error) {
	return base64.StdEncoding.Strict().Decode(to, []byte(s))
}

var errKilled = errors.New("killed between writing and answering")

// A model is the specification in a few lines: what a witness may cosign.
type model struct {
	size  uint64
	root  letter.Hash
	begun bool // something was cosigned
	clock uint64
}

// allows says whether a request from old to a head may be cosigned; honest is
// whether the proof is what the tree of the head gives from what was seen.
func (m model) allows(old uint64, h proof.Head, honest bool) bool {
	switch {
	case old > h.Size || old != m.size:
		return false
	case old == 0 && h.Size == 0:
		return h.Root == newEmpty
	case old == 0:
		return true
	case old == h.Size:
		return h.Root == m.root
	}
	return honest
}

var newEmpty = (&fakeLog{}).head(0).Root

// TestModel sends requests of two branches of one log, honest and not, in random
// order, kills the witness between writing and answering, sets its clock, and
// holds every answer to the model (witness.md MUST-4 to MUST-6).
func TestModel(t *testing.T) {
	base := newLog(t, 1).grow(12, "a")
	branches := []*fakeLog{base.fork().grow(30, "a"), base.fork().grow(30, "b")}
	if f := flag.Lookup("rapid.checks"); f != nil && f.Value.String() == f.DefValue {
		defer func(n string) { _ = f.Value.Set(n) }(f.Value.String())
		_ = f.Value.Set("20") // each makes a witness on disk; the campaign asks for more
	}
	rapid.Check(t, func(rt *rapid.T) {
		now := time.Unix(1_800_000_000, 0)
		clock := func() time.Time { return now }
		dir := t.TempDir()
		if _, err := Init(t.Context(), dir, "witness.example/w1"); err != nil {
			rt.Fatal(err)
		}
		w := reopen(t, rt, nil, dir, clock)
		defer func() { _ = w.Close() }()
		if _, err := w.Learn(t.Context(), base.vkey(), ""); err != nil {
			rt.Fatal(err)
		}
		var m model
		var branch *fakeLog // the one that the last cosigned head is of, once they differ
		for range rapid.IntRange(1, 25).Draw(rt, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(-12, 20).Draw(rt, "seconds")) * time.Second)
			l := branches[rapid.IntRange(0, 1).Draw(rt, "branch")]
			size := rapid.Int64Range(0, l.leaves).Draw(rt, "size")
			old := int64(m.size)
			if rapid.IntRange(0, 5).Draw(rt, "guess") == 0 {
				old = rapid.Int64Range(0, l.leaves).Draw(rt, "old")
			}
			req := l.request(old, size)
			lie := len(req.Proof) > 0 && rapid.IntRange(0, 4).Draw(rt, "lie") == 0
			if lie {
				req.Proof[rapid.IntRange(0, len(req.Proof)-1).Draw(rt, "hash")][0] ^= 1
			}
			kill := rapid.IntRange(0, 4).Draw(rt, "kill") == 0
			if kill {
				w.persisted = func() error { return errKilled }
			}
			line, err := w.Cosign(t.Context(), req.Bytes())
			h := l.head(size)
			honest := !lie && (branch == nil || branch == l || m.size <= uint64(base.leaves))
			allowed := m.allows(uint64(old), h, honest)
			stuck := allowed && uint64(now.Unix())+backwards < m.clock
			switch {
			case stuck:
				if err == nil || status(err) != 500 {
					rt.Fatalf("the clock is %d, cosigned was at %d: %v", now.Unix(), m.clock, err)
				}
			case allowed && kill:
				if !errors.Is(err, errKilled) {
					rt.Fatalf("%v, want to be killed", err)
				}
			case allowed:
				if err != nil {
					rt.Fatalf("%d -> %d of a log at %d: %v", old, size, m.size, err)
				}
				at := verified(t, w, line, h)
				if at < m.clock || at < uint64(now.Unix()) {
					rt.Fatalf("cosigned at %d, before that at %d, now %d", at, m.clock, now.Unix())
				}
			case err == nil:
				rt.Fatalf("cosigned %d -> %d, lie %v, of a log at %d", old, size, lie, m.size)
			}
			if allowed && !stuck {
				m = model{size: h.Size, root: h.Root, begun: true, clock: max(m.clock, uint64(now.Unix()))}
				if h.Size > uint64(base.leaves) {
					branch = l
				}
			}
			if kill {
				w = reopen(t, rt, w, dir, clock)
			}
			if err := agrees(t, w, m); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// reopen drops a witness as a crash would and opens its folder again.
func reopen(t *testing.T, rt *rapid.T, w *Witness, dir string, clock func() time.Time) *Witness {
	if w != nil {
		_ = w.Close()
	}
	w, err := Open(t.Context(), dir, clock)
	if err != nil {
		rt.Fatal(err)
	}
	return w
}

// agrees compares what the witness remembers with the model.
func agrees(t *testing.T, w *Witness, m model) error {
	logs, err := w.Logs(t.Context())
	if err != nil {
		return err
	}
	switch l := logs[0]; {
	case l.Size != m.size || l.At != nil != m.begun:
		return fmt.Errorf("it remembers size %d, want %d", l.Size, m.size)
	case m.begun && l.Root != m.root.String():
		return fmt.Errorf("it remembers another root over %d entries", m.size)
	}
	return nil
}

// FuzzRequest: what is taken is written again byte for byte (witness.md MUST-1).
func FuzzRequest(f *testing.F) {
	log := newLog(f, 1).grow(9, "a")
	f.Add(log.request(0, 5).Bytes())
	f.Add(log.request(5, 9).Bytes())
	f.Add([]byte("old 0\n\n\n\n"))
	f.Add([]byte("old 18446744073709551615\n\nx"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRequest(b)
		if err != nil {
			return
		}
		if string(r.Bytes()) != string(b) {
			t.Errorf("%q is read and written as %q", b, r.Bytes())
		}
	})
}
