package crash

import (
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/store"
	"chancery.example/internal/tlog"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

func ownPolicy(t *testing.T, dir string) proof.Policy {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// verify opens the register once more and holds it to all that was seen. It
// returns how many entries the log has.
func (w *witness) verify(t *testing.T, dir string, policy proof.Policy) int {
	t.Helper()
	awaitHours(t, dir)
	r, err := office.Open(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Sync(t.Context()); err != nil {
		t.Fatalf("publishing what was left behind: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.errors {
		t.Errorf("a worker was refused: %s", e)
	}
	reading, err := r.Folder().Read(t.Context(), policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	entries := entriesOf(t, reading)
	w.verifyAcks(t, entries)
	w.verifyHeads(t, entries)
	verifyState(t, reading)
	verifyIntents(t, r.Folder(), entries)
	verifyEmbargoes(t, r.Folder(), reading)
	verifyForms(t, reading)
	return len(entries)
}

func entriesOf(t *testing.T, r *folder.Reading) [][]byte {
	t.Helper()
	var out [][]byte
	for i := range r.Checkpoint.Size {
		raw, err := r.Entry(register.Index(i))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}

// verifyAcks: 0 lost, 0 double.
func (w *witness) verifyAcks(t *testing.T, entries [][]byte) {
	t.Helper()
	at, lost, double := map[string]register.Index{}, 0, 0
	for i, raw := range entries {
		leaf := register.LeafHash(raw).String()
		if first, ok := at[leaf]; ok {
			double++
			t.Errorf("entry %d is entry %d once more", i, first)
			continue
		}
		at[leaf] = register.Index(i)
	}
	acts := map[string]register.Index{}
	for _, a := range w.acks {
		if i, ok := at[a.leaf]; !ok || i != a.index {
			lost++
			t.Errorf("%s was acknowledged as entry %d, but is at %d (%v)", a.act, a.index, i, ok)
		}
		if before, ok := acts[a.act]; ok && before != a.index {
			double++
			t.Errorf("%s was acknowledged as entry %d and as entry %d", a.act, before, a.index)
		}
		acts[a.act] = a.index
	}
	t.Logf("%d acts acknowledged: %d lost, %d double", len(acts), lost, double)
}

// verifyHeads: 0 forks. Every head that anybody saw is the root over a prefix of
// what the log holds now.
func (w *witness) verifyHeads(t *testing.T, entries [][]byte) {
	t.Helper()
	for _, f := range w.forks {
		t.Errorf("fork: %s", f)
	}
	var tree tlog.Frontier
	held := 0
	compare := func() {
		root, seen := w.heads[tree.Size()]
		if !seen {
			return
		}
		held++
		if root != tree.Root() {
			t.Errorf("a head over %d entries was published that is not the root over these entries", tree.Size())
		}
	}
	compare()
	for _, raw := range entries {
		tree.Append(register.LeafHash(raw))
		compare()
	}
	if held != len(w.heads) {
		t.Errorf("%d heads were seen, %d of them over no more entries than the log has", len(w.heads), held)
	}
	t.Logf("%d heads seen: %d forks", len(w.heads), len(w.forks)+len(w.heads)-held)
}

// verifyState: the log keeps its own rules, commitments are gap-free, and what
// is public is there to be read.
func verifyState(t *testing.T, r *folder.Reading) {
	t.Helper()
	for _, p := range r.State.Problems() {
		t.Errorf("the log holds an entry against the rules: %s", p)
	}
	for _, l := range r.State.Letters() {
		if len(l.Issues) > 1 || len(l.Conflicts) > 0 {
			t.Errorf("%s has %d issues, %d conflicts", l.Reference, len(l.Issues), len(l.Conflicts))
		}
	}
	texts := 0
	for x := range r.State.Texts() {
		texts++
		if text, ok := r.Folder().Text(x.Leaf.Hash); !ok || !x.Leaf.Matches([]byte(text.String())) {
			t.Errorf("the text %s of %s %s is not there (%v)", x.Leaf.Hash, x.Record.Kind, x.Record.Reference, ok)
		}
	}
	want := uint64(0)
	for i := range r.Checkpoint.Size {
		raw, err := r.Entry(register.Index(i))
		if err != nil {
			t.Fatal(err)
		}
		e, err := register.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := e.Body.(register.Commit); ok {
			if want++; c.Number() != want {
				t.Fatalf("entry %d is commitment %d: want %d", i, c.Number(), want)
			}
		}
	}
	t.Logf("%d letters, %d texts, %d commitments without a gap", len(r.State.Letters()), texts, want)
}

// verifyIntents: database and log say the same, entry for entry.
func verifyIntents(t *testing.T, f folder.Folder, entries [][]byte) {
	t.Helper()
	db, err := store.Open(t.Context(), f.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var all []store.Intent
	if err := db.View(t.Context(), func(tx *store.Tx) (err error) { all, err = tx.Intents(0, 1<<30); return err }); err != nil {
		t.Fatal(err)
	}
	seen := map[letter.Hash]string{}
	for _, i := range all {
		switch {
		case !i.Logged:
			t.Errorf("intent %s never reached the log", i.Name)
		case uint64(i.Position) >= uint64(len(entries)) || string(entries[i.Position]) != string(i.Entry):
			t.Errorf("intent %s is not what stands at %d", i.Name, i.Position)
		}
		leaf := register.LeafHash(i.Entry)
		if other, ok := seen[leaf]; ok {
			t.Errorf("intents %s and %s are one entry", other, i.Name)
		}
		seen[leaf] = i.Name
	}
	if len(all) != len(entries) {
		t.Errorf("%d intents, %d entries", len(all), len(entries))
	}
}

// awaitHours waits until the hour of all that is under embargo, some seconds at
// most. A clock set forward would date entries ahead of the next worker's.
func awaitHours(t *testing.T, dir string) {
	t.Helper()
	db, err := store.OpenReadOnly(t.Context(), folder.Folder{Dir: dir}.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.View(t.Context(), func(tx *store.Tx) error {
		held, err := tx.Embargoes("")
		for _, e := range held {
			time.Sleep(time.Until(e.NotBefore))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// verifyEmbargoes: what was put under embargo is issued once, citing its
// commitment, dated at its hour or later; none waits any more.
func verifyEmbargoes(t *testing.T, f folder.Folder, r *folder.Reading) {
	t.Helper()
	db, err := store.OpenReadOnly(t.Context(), f.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.View(t.Context(), func(tx *store.Tx) error {
		held, err := tx.Embargoes("")
		if len(held) > 0 {
			t.Errorf("%d letters wait after their hour", len(held))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range r.State.Letters() {
		for _, i := range l.Issues {
			if i.Issue.Embargo == nil {
				continue
			}
			n++
			if len(l.Issues) != 1 || i.At < i.Issue.NotBefore {
				t.Errorf("%s: issued %d times, at %s, not before %s", l.Reference, len(l.Issues), i.At.Time(), i.Issue.NotBefore.Time())
			}
		}
	}
	if n == 0 {
		t.Error("no letter was under embargo: nothing was tested")
	}
	t.Logf("%d letters under embargo, each issued once and not before its hour", n)
}
