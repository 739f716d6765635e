package tlog_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	xtlog "golang.org/x/mod/sumdb/tlog"

	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const origin = "letters.harbour.example/main/2026"

// A key is a log's key pair, the same for the same name in every run.
type key struct {
	note.Signer
	note.Verifier
	vkey string
}

func newKey(t testing.TB, origin string, seed byte) key {
	t.Helper()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), origin)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return key{s, v, vkey}
}

// Name and KeyHash are the same on both halves.
func (k key) Name() string    { return k.Signer.Name() }
func (k key) KeyHash() uint32 { return k.Signer.KeyHash() }

func open(t testing.TB, dir string, o tlog.Options) *tlog.Log {
	t.Helper()
	l, err := tlog.Open(t.Context(), dir, newKey(t, origin, 1).Signer, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLog(t, l) })
	return l
}

// closeLog closes a log as tests end, when t's own context is over.
func closeLog(t testing.TB, l *tlog.Log) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := l.Close(ctx); err != nil && l.Failure() == nil {
		t.Errorf("closing: %v", err)
	}
}

func add(t testing.TB, l *tlog.Log, entry string) (register.Index, []byte) {
	t.Helper()
	i, err := l.Add(t.Context(), []byte(entry))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cp, err := l.AwaitPublished(ctx, i)
	if err != nil {
		t.Fatal(err)
	}
	return i, cp
}

func fill(t testing.TB, l *tlog.Log, n int) {
	t.Helper()
	es := make([][]byte, n)
	for i := range es {
		es[i] = entry(i)
	}
	is, err := l.AddAll(t.Context(), es)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.AwaitPublished(t.Context(), is[n-1]); err != nil {
		t.Fatal(err)
	}
}

func entry(i int) []byte { return fmt.Appendf(nil, "entry %d", i) }

func reader(t testing.TB, dir string) *tlog.Reader {
	t.Helper()
	r, err := tlog.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func head(t testing.TB, r *tlog.Reader) proof.Head {
	t.Helper()
	h, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// newDir returns a folder for a log. Tessera's collector of old tiles may be at its
// last file when the log is closed: cleaning up waits for it.
func newDir(t testing.TB) string {
	root := t.TempDir()
	t.Cleanup(func() {
		for end := time.Now().Add(5 * time.Second); os.RemoveAll(root) != nil && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
	})
	return filepath.Join(root, "log")
}

func TestAppendAndReadBack(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	if h := head(t, l.Reader()); h.Size != 0 || h.Origin != origin {
		t.Errorf("new log has head %+v", h)
	}
	for n := range 3 {
		i, cp := add(t, l, string(entry(n)))
		if int(i) != n {
			t.Errorf("entry %d went to index %d", n, i)
		}
		if _, err := note.Open(cp, note.VerifierList(newKey(t, origin, 1).Verifier)); err != nil {
			t.Errorf("checkpoint: %v", err)
		}
		h, err := proof.ParseHead(cp)
		if err != nil || h.Size != uint64(n)+1 || h != l.Head() {
			t.Errorf("checkpoint has head %+v (%v), log says %+v", h, err, l.Head())
		}
	}
	for n := range 3 {
		if got, err := l.Entry(t.Context(), register.Index(n)); err != nil || !bytes.Equal(got, entry(n)) {
			t.Errorf("entry %d is %q (%v)", n, got, err)
		}
	}
	if _, err := l.Entry(t.Context(), 3); err == nil {
		t.Error("read an entry that does not exist")
	}
}

func TestManyWriters(t *testing.T) {
	const writers, each = 50, 20
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	want := map[register.Index]string{}
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				e := fmt.Sprintf("writer %d entry %d", w, n)
				i, err := l.Add(t.Context(), []byte(e))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if other, taken := want[i]; taken {
					t.Errorf("%q and %q both at index %d", other, e, i)
				}
				want[i] = e
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if _, err := l.AwaitPublished(t.Context(), writers*each-1); err != nil {
		t.Fatal(err)
	}
	r := reader(t, dir)
	seen := 0
	err := r.Entries(t.Context(), head(t, r), 0, func(i register.Index, e []byte) error {
		seen++
		if want[i] != string(e) {
			return fmt.Errorf("entry %d is %q: want %q", i, e, want[i])
		}
		return nil
	})
	if err != nil || seen != writers*each {
		t.Errorf("read %d entries: %v", seen, err)
	}
}

func TestRestart(t *testing.T) {
	dir := newDir(t)
	const rounds, each = 3, 300 // across bundles
	for round := range rounds {
		l := open(t, dir, tlog.Options{Verifier: newKey(t, origin, 1).Verifier})
		for n := range each {
			es := entry(round*each + n)
			if n%100 == 0 {
				if i, err := l.Add(t.Context(), es); err != nil || int(i) != round*each+n {
					t.Fatalf("entry %d of round %d at %d: %v", n, round, i, err)
				}
				var rest [][]byte
				for k := 1; k < 100; k++ {
					rest = append(rest, entry(round*each+n+k))
				}
				if _, err := l.AddAll(t.Context(), rest); err != nil {
					t.Fatal(err)
				}
			}
		}
		closeLog(t, l)
		if h := head(t, reader(t, dir)); h.Size != uint64(round+1)*each {
			t.Errorf("after closing, the checkpoint covers %d entries: want %d", h.Size, (round+1)*each)
		}
	}
	l := open(t, dir, tlog.Options{})
	size, err := l.Scan(t.Context(), 0, func(i register.Index, e []byte) error {
		if !bytes.Equal(e, entry(int(i))) {
			return fmt.Errorf("entry %d is %q", i, e)
		}
		return nil
	})
	if err != nil || size != rounds*each {
		t.Errorf("scanned %d entries: %v", size, err)
	}
	if _, err := l.Scan(t.Context(), rounds*each+1, nil); !errors.Is(err, tlog.ErrRollback) {
		t.Errorf("scanning from beyond the end: %v", err)
	}
}

func TestInclusion(t *testing.T) {
	dir := newDir(t)
	l := open(t, dir, tlog.Options{})
	for _, n := range []int{1, 255, 1, 300} {
		size := int(l.Head().Size)
		es := make([][]byte, n)
		for i := range es {
			es[i] = entry(size + i)
		}
		is, err := l.AddAll(t.Context(), es)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.AwaitPublished(t.Context(), is[n-1]); err != nil {
			t.Fatal(err)
		}
		r := reader(t, dir)
		h := head(t, r)
		for i := range int(h.Size) {
			path, err := r.Inclusion(t.Context(), h, register.Index(i))
			if err != nil {
				t.Fatal(err)
			}
			if err := checkRecord(path, h, i, entry(i)); err != nil {
				t.Fatalf("entry %d of %d: %v", i, h.Size, err)
			}
		}
		if _, err := r.Inclusion(t.Context(), h, register.Index(h.Size)); err == nil {
			t.Error("path of an entry beyond the head")
		}
		bad := h
		bad.Root[0] ^= 1
		if _, err := r.Inclusion(t.Context(), bad, 0); !errors.Is(err, tlog.ErrCorrupt) {
			t.Errorf("path under another root: %v", err)
		}
	}
}

func checkRecord(path []letter.Hash, h proof.Head, i int, e []byte) error {
	p := make(xtlog.RecordProof, len(path))
	for k, s := range path {
		p[k] = xtlog.Hash(s)
	}
	return xtlog.CheckRecord(p, int64(h.Size), xtlog.Hash(h.Root), int64(i), xtlog.RecordHash(e))
}

func clockKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func TestTimestamp(t *testing.T) {
	clock := clockKey()
	vkey, _, err := proof.CosignerKey(origin, clock.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_800_000_000, 0)
	l := open(t, newDir(t), tlog.Options{ClockKey: clock, Clock: func() time.Time { return at }})
	_, cp := add(t, l, "an entry")
	policy, err := proof.ParsePolicy([]byte("log " + newKey(t, origin, 1).vkey + "\nwitness clock " + vkey + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := proof.OpenCheckpoint(cp, policy)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Time.Equal(at) || c.Head.Origin != origin {
		t.Errorf("checkpoint of %s at %s: want %s", c.Head.Origin, c.Time, at)
	}
}
