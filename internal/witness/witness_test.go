package witness

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"chancery.example/internal/kind"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
)

const origin = "letters.harbour.example/test/2026"

// A fakeLog is a log in memory: as many branches as a liar likes.
type fakeLog struct {
	key    signing.Key
	hashes []tlog.Hash // stored, x/mod's order
	leaves int64
}

func newLog(t testing.TB, seed byte) *fakeLog {
	t.Helper()
	l, err := logOf(seed)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func logOf(seed byte) (*fakeLog, error) {
	var s [32]byte
	s[0] = seed
	k, err := signing.NewKey(rand.NewChaCha8(s))
	return &fakeLog{key: k}, err
}

func (l *fakeLog) ReadHashes(indices []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indices))
	for i, n := range indices {
		out[i] = l.hashes[n]
	}
	return out, nil
}

// grow adds entries; another salt makes another branch.
func (l *fakeLog) grow(n int, salt string) *fakeLog {
	for range n {
		hs, err := tlog.StoredHashes(l.leaves, fmt.Appendf(nil, "%s %d", salt, l.leaves), l)
		if err != nil {
			panic(err)
		}
		l.hashes, l.leaves = append(l.hashes, hs...), l.leaves+1
	}
	return l
}

// fork returns a copy that can grow by itself.
func (l *fakeLog) fork() *fakeLog {
	return &fakeLog{key: l.key, hashes: append([]tlog.Hash(nil), l.hashes...), leaves: l.leaves}
}

func (l *fakeLog) head(size int64) proof.Head {
	root, err := tlog.TreeHash(size, l)
	if err != nil {
		panic(err)
	}
	return proof.Head{Origin: origin, Size: uint64(size), Root: letter.Hash(root)}
}

func (l *fakeLog) vkey() string { return l.key.VerifierKey(origin) }

func (l *fakeLog) sign(h proof.Head) []byte {
	s, err := l.key.NoteSigner(origin)
	if err != nil {
		panic(err)
	}
	raw, err := note.Sign(&note.Note{Text: string(h.Text())}, s)
	if err != nil {
		panic(err)
	}
	return raw
}

// request asks for the head over size entries, with the proof from old on.
func (l *fakeLog) request(old, size int64) Request {
	r := Request{Old: uint64(old), Checkpoint: l.sign(l.head(size))}
	if old == 0 || old >= size {
		return r
	}
	p, err := tlog.ProveTree(size, old, l)
	if err != nil {
		panic(err)
	}
	for _, h := range p {
		r.Proof = append(r.Proof, letter.Hash(h))
	}
	return r
}

// newWitness makes a witness that knows the logs.
func newWitness(t testing.TB, clock func() time.Time, logs ...*fakeLog) *Witness {
	t.Helper()
	dir := t.TempDir()
	if _, err := Init(t.Context(), dir, "witness.example/w1"); err != nil {
		t.Fatal(err)
	}
	w, err := Open(t.Context(), dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	for _, l := range logs {
		if _, err := w.Learn(t.Context(), l.vkey(), ""); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func status(err error) int {
	var r *Refusal
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &r):
		return r.Status
	}
	return http.StatusInternalServerError
}

// verified checks a cosignature line over a head and returns its time.
func verified(t testing.TB, w *Witness, line []byte, h proof.Head) uint64 {
	t.Helper()
	v, err := proof.NewVerifier(w.Config.Key)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(append(append(h.Text(), '\n'), line...), note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("%q is no cosignature: %v", line, err)
	}
	at := cosignedAt(n.Sigs[0].Base64)
	if at == 0 {
		t.Fatal("a cosignature without a time")
	}
	return at
}

// TestStatuses goes through the protocol's answers (witness.md MUST-1 to MUST-4,
// MUST-7, MUST-8).
func TestStatuses(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	log := newLog(t, 1).grow(40, "a")
	w := newWitness(t, func() time.Time { return now }, log)
	other, stranger := log.fork().grow(5, "b"), newLog(t, 2).grow(3, "x")
	branch := newLog(t, 1).grow(20, "c")
	empty, emptyButNot := log.head(0), log.head(0)
	emptyButNot.Root[0] ^= 1
	bad := log.request(0, 3)
	bad.Checkpoint[len(bad.Checkpoint)-20] ^= 1
	tooMany := log.request(0, 3)
	tooMany.Proof = make([]letter.Hash, maxProof+1)
	wrongProof := log.request(10, 12)
	wrongProof.Proof[0][0] ^= 1
	for _, c := range []struct {
		what string
		body []byte
		want int
		size uint64
	}{
		{"not a request", []byte("hello"), 400, 0},
		{"a leading zero", []byte(strings.Replace(string(log.request(0, 3).Bytes()), "old 0", "old 00", 1)), 400, 0},
		{"too many hashes", tooMany.Bytes(), 400, 0},
		{"too long", make([]byte, MaxRequest+1), 400, 0},
		{"an unknown log", []byte(strings.Replace(string(log.request(0, 3).Bytes()), "/test/", "/tset/", 1)), 404, 0},
		{"another key under this name", stranger.request(0, 3).Bytes(), 403, 0},
		{"a bad signature under the name and key ID", bad.Bytes(), 403, 0},
		{"empty, another root", Request{Checkpoint: log.sign(emptyButNot)}.Bytes(), 422, 0},
		{"empty", Request{Checkpoint: log.sign(empty)}.Bytes(), 200, 0},
		{"a proof from nothing", Request{Proof: []letter.Hash{{}}, Checkpoint: log.sign(log.head(3))}.Bytes(), 422, 0},
		{"an old size that is not there yet", log.request(2, 3).Bytes(), 409, 0},
		{"an old size above the checkpoint's", Request{Old: 9, Checkpoint: log.sign(log.head(3))}.Bytes(), 400, 0},
		{"the first head", log.request(0, 10).Bytes(), 200, 0},
		{"the first head once more as the first", log.request(0, 10).Bytes(), 409, 10},
		{"the same head", log.request(10, 10).Bytes(), 200, 0},
		{"the same size, another root", branch.request(10, 10).Bytes(), 422, 0},
		{"a proof where none is needed", Request{Old: 10, Proof: []letter.Hash{{}}, Checkpoint: log.sign(log.head(10))}.Bytes(), 422, 0},
		{"a wrong proof", wrongProof.Bytes(), 422, 0},
		{"no proof", Request{Old: 10, Checkpoint: log.sign(log.head(12))}.Bytes(), 422, 0},
		{"another branch", branch.request(10, 15).Bytes(), 422, 0},
		{"a longer head", log.request(10, 40).Bytes(), 200, 0},
		{"backwards", Request{Old: 40, Checkpoint: log.sign(log.head(12))}.Bytes(), 400, 0},
		{"backwards by the old size", log.request(10, 12).Bytes(), 409, 40},
		{"a branch that grew from what was seen", other.request(40, 45).Bytes(), 200, 0},
		{"the log itself, now", log.grow(5, "a").request(45, 45).Bytes(), 422, 0},
	} {
		line, err := w.Cosign(t.Context(), c.body)
		if got := status(err); got != c.want {
			t.Errorf("%s: %d %v, want %d", c.what, got, err, c.want)
		}
		var r *Refusal
		if errors.As(err, &r) && r.Size != c.size {
			t.Errorf("%s: size %d, want %d", c.what, r.Size, c.size)
		}
		if c.want == 200 && err == nil {
			req, _ := ParseRequest(c.body)
			h, _ := proof.ParseHead(req.Checkpoint)
			if at := verified(t, w, line, h); at != uint64(now.Unix()) {
				t.Errorf("%s: cosigned at %d", c.what, at)
			}
		}
	}
	misfits, err := w.Misfits(t.Context(), origin)
	if err != nil || len(misfits) < 3 {
		t.Errorf("kept of the heads that did not fit: %d, %v", len(misfits), err)
	}
}

// TestClock: times never go back, and a clock that is far behind stops the
// witness (witness.md MUST-6).
func TestClock(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	log := newLog(t, 1).grow(9, "a")
	w := newWitness(t, func() time.Time { return now }, log)
	at := func(r Request) (uint64, error) {
		line, err := w.Cosign(t.Context(), r.Bytes())
		if err != nil {
			return 0, err
		}
		h, _ := proof.ParseHead(r.Checkpoint)
		return verified(t, w, line, h), nil
	}
	first, err := at(log.request(0, 5))
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(-backwards * time.Second)
	if again, err := at(log.request(5, 6)); err != nil || again != first {
		t.Errorf("a clock 10 s behind: %d %v, want %d again", again, err, first)
	}
	now = now.Add(-time.Second)
	if _, err := at(log.request(6, 7)); kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "set it right") {
		t.Errorf("a clock further behind: %v", err)
	}
	if err := w.Health(t.Context()); err == nil {
		t.Error("healthy, though it cannot sign")
	}
	now = now.Add(time.Hour)
	if later, err := at(log.request(6, 7)); err != nil || later <= first {
		t.Errorf("the clock is right again: %d %v", later, err)
	}
}

// TestAtOnce: of many requests at once, whatever their order, the cosigned heads
// are one chain (witness.md MUST-5).
func TestAtOnce(t *testing.T) {
	log := newLog(t, 1).grow(60, "a")
	liar := log.fork()
	log.grow(60, "a")
	liar.grow(60, "b")
	w := newWitness(t, time.Now, log)
	var mu sync.Mutex
	cosigned := map[uint64]letter.Hash{}
	var wg sync.WaitGroup
	for g := range 8 {
		l := log
		if g%2 == 1 {
			l = liar
		}
		wg.Go(func() {
			known := int64(0)
			r := rand.New(rand.NewPCG(uint64(g), 1))
			for range 40 {
				size := min(known+r.Int64N(6), l.leaves)
				_, err := w.Cosign(context.Background(), l.request(known, size).Bytes())
				var refusal *Refusal
				switch {
				case err == nil:
					h := l.head(size)
					mu.Lock()
					if old, ok := cosigned[h.Size]; ok && old != h.Root {
						t.Errorf("two heads over %d entries were cosigned", h.Size)
					}
					cosigned[h.Size] = h.Root
					mu.Unlock()
					known = size
				case errors.As(err, &refusal) && refusal.Status == 409:
					known = int64(refusal.Size)
				case errors.As(err, &refusal):
				default:
					t.Errorf("%v", err)
				}
			}
		})
	}
	wg.Wait()
	onLog, onLiar := true, true
	for size, root := range cosigned {
		onLog = onLog && log.head(int64(size)).Root == root
		onLiar = onLiar && liar.head(int64(size)).Root == root
	}
	if len(cosigned) < 10 || !onLog && !onLiar {
		t.Errorf("%d heads, all of one branch: %v", len(cosigned), onLog || onLiar)
	}
}

func TestLearnRefuses(t *testing.T) {
	w := newWitness(t, time.Now)
	clock, _, err := proof.CosignerKey(origin, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, vkey := range []string{"", "x", clock, strings.Replace(newLog(t, 1).vkey(), "test", "best", 1)} {
		if _, err := w.Learn(t.Context(), vkey, ""); kind.Of(err) != kind.Invalid {
			t.Errorf("%q: %v", vkey, err)
		}
	}
}

func TestInitAgain(t *testing.T) {
	dir := t.TempDir()
	if _, err := Init(t.Context(), dir, "witness.example/w1"); err != nil {
		t.Fatal(err)
	}
	if _, err := Init(t.Context(), dir, "witness.example/w1"); kind.Of(err) != kind.Conflict {
		t.Errorf("a second witness with another key in the same folder: %v", err)
	}
	if _, err := Open(t.Context(), t.TempDir(), time.Now); kind.Of(err) != kind.NotFound {
		t.Errorf("no witness: %v", err)
	}
}

// cosignedAt reads the time of a cosignature.
func cosignedAt(sig64 string) uint64 {
	b := make([]byte, 4+proof.CosignatureSize)
	if n, err := decode(b, sig64); err != nil || n != len(b) {
		return 0
	}
	return binary.BigEndian.Uint64(b[4:])
}
