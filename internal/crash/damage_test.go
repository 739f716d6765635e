package crash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/tlog"
	"chancery.example/internal/watch"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// grow issues statements until the log has n entries.
func grow(t *testing.T, dir string, n int) {
	t.Helper()
	r, err := office.Open(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	w := &worker{r: r, name: "grow", signers: map[string]office.Signer{}}
	for _, o := range officers {
		k, err := officerKey(o.id)
		if err != nil {
			t.Fatal(err)
		}
		w.signers[o.id] = office.Signer{Officer: o.id, Key: k}
	}
	next := make(chan int)
	var all sync.WaitGroup
	for range 48 {
		all.Go(func() {
			for i := range next {
				if err := w.state(t.Context(), i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	if err := errors.Join(r.Sync(t.Context()), r.Close()); err != nil {
		t.Fatal(err)
	}
}

func (w *worker) state(ctx context.Context, i int) error {
	text, err := letter.Canonicalize(fmt.Appendf(nil, "Statement %d: the lock is open.\n", i))
	if err != nil {
		return err
	}
	q, err := w.r.ProposeStatement(ctx, officeID, "press", office.Say{Texts: []letter.LangText{{Lang: "en", Text: text}}})
	if err != nil {
		return err
	}
	_, err = w.r.Carry(ctx, q, "press", w.signers["press"], w.signers["legal"])
	return err
}

// TestBitFlips is F8: one bit changes in a file of the public log or in a text.
// Reading it, or fsck, finds it; and what proofs a server that read the log
// before still gives are right.
func TestBitFlips(t *testing.T) {
	b := newBase(t)
	entries := amount(260, 1000)
	grow(t, b.dir, entries-6)
	f, err := folder.Open(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	server, err := f.Read(t.Context(), b.policy, nil) // before any damage
	if err != nil {
		t.Fatal(err)
	}
	names := readByReaders(t, f, server.Checkpoint.Head)
	id, _, err := server.State.RecordAt(server.State.Statements()[0].Index, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	proven, words := bundle(t, server, id), server.State.TextsInOrder()
	flips, found, byFsck, right, refused, began := amount(60, 10_000), 0, 0, 0, 0, time.Now()
	sizes := 0
	for _, n := range names {
		sizes += len(n.content)
	}
	for range flips {
		at := rand.IntN(8 * sizes) // each bit of the log as likely as any other
		name, content, bit := pick(names, at)
		bent := bytes.Clone(content)
		bent[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(name, bent, 0o644); err != nil {
			t.Fatal(err)
		}
		switch seen, fsck := finds(t, f, b, words); {
		case seen:
			found++
		case fsck:
			found++
			byFsck++
		default:
			t.Errorf("bit %d of %s changed, and nobody finds it", bit, name)
		}
		switch got, err := server.Proof(id); {
		case err != nil:
			refused++
		default:
			raw, err := got.Bytes()
			if err != nil || !bytes.Equal(raw, proven) {
				t.Errorf("bit %d of %s changed, and a proof with it (%v)", bit, name, err)
			}
			right++
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("F8: %d bits changed in a log of %d entries (%d files, %d bytes) in %v: %d found, %d of them by fsck alone; proofs of a server that had read it: %d right, %d refused, 0 wrong unless said above",
		flips, server.Checkpoint.Size, len(names), sizes, time.Since(began).Round(time.Second), found, byFsck, right, refused)
	if found != flips {
		t.Errorf("%d of %d were found", found, flips)
	}
	if seen, fsck := finds(t, f, b, words); seen || fsck {
		t.Error("a log without damage is called damaged, so finding says nothing")
	}
}

func bundle(t *testing.T, r *folder.Reading, id register.RecordID) []byte {
	t.Helper()
	p, err := r.Proof(id)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A public is a public file.
type public struct {
	name    string
	content []byte
}

// readByReaders lists the files that readers of the newest head take: partial
// files of earlier heads, which nobody reads any more, are not among them.
func readByReaders(t *testing.T, f folder.Folder, head proof.Head) (out []public) {
	t.Helper()
	add := func(name string) error {
		raw, err := os.ReadFile(name)
		out = append(out, public{name, raw})
		return err
	}
	log, err := tlog.OpenReader(f.LogDir())
	if err != nil {
		t.Fatal(err)
	}
	err = log.Copy(t.Context(), head, func(name string, _ []byte) error { return add(filepath.Join(f.LogDir(), filepath.FromSlash(name))) })
	texts, errTexts := filepath.Glob(filepath.Join(f.Dir, "texts", "*"))
	err = errors.Join(err, errTexts, add(filepath.Join(f.LogDir(), "checkpoint")))
	for _, name := range texts {
		err = errors.Join(err, add(name))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// pick returns which file's bit a bit of all files is.
func pick(files []public, bit int) (name string, content []byte, at int) {
	for _, f := range files {
		if bit < 8*len(f.content) {
			return f.name, f.content, bit
		}
		bit -= 8 * len(f.content)
	}
	return "", nil, 0
}

// finds says whether a reader finds the damage, or else fsck. What a reader does
// first is done first: checkpoint, entries and words; only when all of it is right
// are signatures and acts looked at as well.
func finds(t *testing.T, f folder.Folder, b base, words []register.TextRecord) (read, fsck bool) {
	t.Helper()
	if reads(t, f, b, words) != nil {
		return true, false
	}
	if _, err := f.Read(t.Context(), b.policy, nil); err != nil {
		return true, false
	}
	report, err := watch.Fsck(t.Context(), f, b.policy, nil)
	return false, err != nil || report.Damaged()
}

func reads(t *testing.T, f folder.Folder, b base, words []register.TextRecord) error {
	t.Helper()
	log, err := tlog.OpenReader(f.LogDir())
	if err != nil {
		return err
	}
	raw, err := log.Checkpoint()
	if err != nil {
		return err
	}
	cp, err := proof.OpenCheckpoint(raw, b.policy)
	if err != nil {
		return err
	}
	if err := log.Entries(t.Context(), cp.Head, 0, func(register.Index, []byte) error { return nil }); err != nil {
		return err
	}
	for _, x := range words {
		if text, ok := f.Text(x.Leaf.Hash); !ok || !x.Leaf.Matches([]byte(text.String())) {
			return errors.New("a text is not that of its leaf")
		}
	}
	return nil
}
