package watch_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite"

	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	"chancery.example/internal/watch"
	"chancery.example/letter"
	"chancery.example/proof"
)

const words = "Harbour Commission\n\nSir,\n\nthe ship leaves at noon on %s.\n\nThe Commissioner\n"

// filled is a register with something of everything, closed.
func filled(t *testing.T) string {
	t.Helper()
	h := officetest.New(t)
	ctx := t.Context()
	for _, day := range []string{"Monday", "Tuesday", "Friday"} {
		h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref("HC-"+day), fmt.Sprintf(words, day)), office.Terms{})
	}
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-draft", fmt.Sprintf(words, "no day"))); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Circulate(ctx, "harbour", "clerk", "HC-draft", []office.Holder{{Name: "Pilots", Purpose: "clearance"}}); err != nil {
		t.Fatal(err)
	}
	q, err := h.ProposeOpen(ctx, "harbour", "press", "HC-draft")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "press", h.Signer("harbour", "press"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	state(t, h, "No ship left on Sunday.\n")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return h.Dir
}

func state(t *testing.T, h *officetest.House, s string) {
	t.Helper()
	q, err := h.ProposeStatement(t.Context(), "harbour", "press", office.Say{Texts: []letter.LangText{{Lang: "en", Text: officetest.Text(t, s)}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(t.Context(), q, "press", h.Signer("harbour", "press"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
}

// fsck checks a folder and sees that not a byte or a name in it has changed.
func fsck(t *testing.T, dir string, policy proof.Policy) watch.Report {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	var done, all uint64
	r, err := watch.Fsck(t.Context(), f, policy, func(d, a uint64) { done, all = d, a })
	if err != nil {
		t.Fatal(err)
	}
	if done != all {
		t.Errorf("progress ended at %d of %d", done, all)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("fsck wrote (-before +after):\n%s", diff)
	}
	return r
}

func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(p, "-shm") { // locks between processes, no content
			files[p] = ""
			return nil
		}
		b, err := os.ReadFile(p)
		files[p] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestHealthy(t *testing.T) {
	dir := filled(t)
	r := fsck(t, dir, proof.Policy{})
	if len(r.Findings) > 0 {
		t.Errorf("a healthy register: %v", r.Findings)
	}
	got := []any{r.Entries, r.Letters, r.Statements, r.Commitments, r.Texts, r.Missing, r.Office, r.Intents, r.Pending}
	want := []any{uint64(13), 4, 1, uint64(5), 5, 0, true, 13, 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestBesideAServer(t *testing.T) {
	h := officetest.New(t)
	state(t, h, "It is open.\n")
	r := fsck(t, h.Dir, proof.Policy{})
	if len(r.Findings) > 0 || !r.Office {
		t.Errorf("an open register: %v", r.Findings)
	}
}

func TestAfterACrash(t *testing.T) {
	h := officetest.New(t)
	state(t, h, "It is open.\n")
	dir := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(dir, os.DirFS(h.Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "office.db-shm")); err != nil {
		t.Fatal(err)
	}
	if r := fsck(t, dir, proof.Policy{}); len(r.Findings) > 0 || !r.Office || r.Intents != int(r.Entries) {
		t.Errorf("a copy with what was not merged: %d of %d, %v", r.Intents, r.Entries, r.Findings)
	}
}

func TestAMirrorWithoutOffice(t *testing.T) {
	dir := filled(t)
	for _, name := range []string{"office.db", "log.head", "keys", "log/.state"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if r := fsck(t, dir, proof.Policy{}); len(r.Findings) > 0 || r.Office {
		t.Errorf("a mirror: %v", r.Findings)
	}
}

// flip changes one byte of a file.
func flip(t *testing.T, path string, at int) {
	t.Helper()
	b := read(t, path)
	b[at] ^= 0x01
	write(t, path, b)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// newest returns the largest partial file of the bundle or tile 0.
func newest(t *testing.T, dir, kind string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "log", "tile", kind, "000.p", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return slices.MaxFunc(names, func(a, b string) int { return number(t, a) - number(t, b) })
}

func number(t *testing.T, path string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(filepath.Base(path), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// leaves returns the files of the public texts.
func leaves(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "texts", "*"))
	if err != nil || len(names) < 2 {
		t.Fatal(names, err)
	}
	return names
}

func execute(t *testing.T, dir, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := db.ExecContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed %d rows, %v", query, n, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// faults are what can be wrong with a folder, each with words of the finding.
var faults = []struct {
	name     string
	seed     func(t *testing.T, dir string)
	severity watch.Severity
	where    string
	text     string
}{
	{"a byte of an entry bundle", func(t *testing.T, dir string) { flip(t, newest(t, dir, "entries"), 900) }, watch.Damage, "entry ", "not the one that the tree"},
	{"the length in an entry bundle", func(t *testing.T, dir string) { flip(t, newest(t, dir, "entries"), 0) }, watch.Damage, "entries 0", "damaged"},
	{"a byte of a tile", func(t *testing.T, dir string) { flip(t, newest(t, dir, "0"), 40) }, watch.Damage, "entries 0", "tiles are not those of the head"},
	{"an entry bundle is gone", func(t *testing.T, dir string) { remove(t, newest(t, dir, "entries")) }, watch.Damage, "entries 0", "no such file"},
	{"a byte of a text", func(t *testing.T, dir string) { flip(t, leaves(t, dir)[0], 3) }, watch.Damage, "texts/", "words are not those"},
	{"a text that is none", func(t *testing.T, dir string) { write(t, leaves(t, dir)[0], []byte("no end of line")) }, watch.Damage, "texts/", "is damaged"},
	{"a text that is too long", func(t *testing.T, dir string) { write(t, leaves(t, dir)[0], make([]byte, letter.MaxText+1)) }, watch.Damage, "texts/", "more than"},
	{"a text is gone", func(t *testing.T, dir string) { remove(t, leaves(t, dir)[0]) }, watch.Notice, "texts/", "no tombstone says that it was erased"},
	{"two texts change places", swap, watch.Damage, "texts/", "words are not those"},
	{"an unknown text", func(t *testing.T, dir string) {
		write(t, filepath.Join(dir, "texts", strings.Repeat("ab", 32)), []byte("Who said that?\n"))
	}, watch.Notice, "texts/abab", "no entry of the log names this text"},
	{"a left-over file", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "texts", ".new-1"), nil) }, watch.Notice, "texts/.new-1", "crash"},
	{"the checkpoint is cut", func(t *testing.T, dir string) {
		p := filepath.Join(dir, "log", "checkpoint")
		b := read(t, p)
		write(t, p, b[:len(b)/2])
	}, watch.Damage, "log/checkpoint", ""},
	{"the checkpoint is empty", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "log", "checkpoint"), nil) }, watch.Damage, "log/checkpoint", ""},
	{"the checkpoint is gone", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "log", "checkpoint")) }, watch.Damage, "log/checkpoint", "no checkpoint"},
	{"the checkpoint of another key", otherKey, watch.Damage, "log/checkpoint", ""},
	{"the log is gone", func(t *testing.T, dir string) {
		if err := os.RemoveAll(filepath.Join(dir, "log")); err != nil {
			t.Fatal(err)
		}
	}, watch.Damage, "log", "restore the log"},
	{"the last head is of another log", func(t *testing.T, dir string) {
		p := filepath.Join(dir, "log.head")
		write(t, p, []byte(strings.Replace(string(read(t, p)), "harbour", "horbour", 1)))
	}, watch.Damage, "log.head", "remembers a head of"},
	{"the last head is no head", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "log.head"), []byte("chancery-head/v1\n")) }, watch.Damage, "log.head", "not a file of its kind"},
	{"the last head has another root", func(t *testing.T, dir string) {
		p := filepath.Join(dir, "log.head")
		lines := strings.Split(string(read(t, p)), "\n")
		lines[3] = "AAAA" + lines[3][4:]
		write(t, p, []byte(strings.Join(lines, "\n")))
	}, watch.Damage, "log.head", "forked"},
	{"the last head is gone", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "log.head")) }, watch.Notice, "log.head", "not there"},
	{"the bytes of an intent", func(t *testing.T, dir string) {
		execute(t, dir, "UPDATE intents SET entry = x'd28443' WHERE position = 5")
	}, watch.Damage, "office.db: entry 5", "bytes recorded"},
	{"the body of an intent", func(t *testing.T, dir string) {
		execute(t, dir, "UPDATE intents SET body = x'a0' WHERE kind = 'issue' AND seq = (SELECT min(seq) FROM intents WHERE kind = 'issue')")
	}, watch.Damage, "office.db: entry", "is not what was logged"},
	{"the time of an intent", func(t *testing.T, dir string) { execute(t, dir, "UPDATE intents SET at = at + 1 WHERE position = 4") }, watch.Damage, "office.db: entry 4", "time"},
	{"an intent forgot its position", func(t *testing.T, dir string) {
		execute(t, dir, "UPDATE intents SET position = NULL WHERE position = 12")
	}, watch.Notice, "office.db", "not yet recorded"},
	{"two intents change places", func(t *testing.T, dir string) {
		execute(t, dir, "UPDATE intents SET position = 99 WHERE position = 6")
	}, watch.Damage, "office.db", "recorded at entry 99"},
	{"an intent is gone", func(t *testing.T, dir string) {
		execute(t, dir, "DELETE FROM intents WHERE position = 12")
	}, watch.Damage, "office.db", "knows nothing of entry 12"},
	{"the secrets of a revision", func(t *testing.T, dir string) {
		execute(t, dir, "UPDATE revisions SET opening = (SELECT opening FROM revisions WHERE letter = 2) WHERE letter = 1")
	}, watch.Damage, "office.db: HC-Monday revision 1", "it cannot be issued or opened any more"},
	{"the salts of a revision", func(t *testing.T, dir string) {
		execute(t, dir, "UPDATE revisions SET salts = (SELECT salts FROM revisions WHERE letter = 2) WHERE letter = 1")
	}, watch.Damage, "office.db: HC-Monday revision 1", "do not add up"},
	{"the database is no database", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "office.db"), []byte("no database")) }, watch.Damage, "office.db", "damaged"},
	{"register.toml names another log key", func(t *testing.T, dir string) {
		other := filled(t)
		write(t, filepath.Join(dir, "register.toml"), read(t, filepath.Join(other, "register.toml")))
	}, watch.Damage, "log/checkpoint", ""},
	{"register.toml says it is no exercise", func(t *testing.T, dir string) {
		p := filepath.Join(dir, "register.toml")
		write(t, p, []byte(strings.Replace(string(read(t, p)), "exercise = true", "exercise = false", 1)))
	}, watch.Damage, "register.toml", "exercise = false"},
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func swap(t *testing.T, dir string) {
	t.Helper()
	names := leaves(t, dir)
	a, b := read(t, names[0]), read(t, names[1])
	write(t, names[0], b)
	write(t, names[1], a)
}

// otherKey signs the same head with a key that is not the register's.
func otherKey(t *testing.T, dir string) {
	t.Helper()
	p := filepath.Join(dir, "log", "checkpoint")
	h, err := proof.ParseHead(read(t, p))
	if err != nil {
		t.Fatal(err)
	}
	write(t, p, sign(t, h))
}

func TestFaultsAreFound(t *testing.T) {
	whole := filled(t)
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "register")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			f.seed(t, dir)
			r := fsck(t, dir, proof.Policy{})
			found := slices.ContainsFunc(r.Findings, func(x watch.Finding) bool {
				return x.Severity == f.severity && strings.HasPrefix(x.Where, f.where) && strings.Contains(x.Text, f.text)
			})
			if !found {
				t.Errorf("want %s in %q saying %q, got %v", f.severity, f.where, f.text, r.Findings)
			}
			if f.severity == watch.Notice && r.Damaged() {
				t.Errorf("damage reported: %v", r.Findings)
			}
			for _, x := range r.Findings {
				t.Log(x)
			}
		})
	}
}

// TestTheRestIsStillRead: one damaged entry does not hide the others.
func TestTheRestIsStillRead(t *testing.T) {
	dir := filled(t)
	flip(t, newest(t, dir, "entries"), 900)
	r := fsck(t, dir, proof.Policy{})
	if r.Entries != r.Checkpoint.Size-1 || r.Count(watch.Damage) != 1 {
		t.Errorf("%d of %d entries read: %v", r.Entries, r.Checkpoint.Size, r.Findings)
	}
}

// TestAnOlderLog: the log folder comes from a backup, the rest does not.
func TestAnOlderLog(t *testing.T) {
	h := officetest.New(t)
	state(t, h, "The first.\n")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(t.TempDir(), "log")
	if err := os.CopyFS(backup, os.DirFS(filepath.Join(h.Dir, "log"))); err != nil {
		t.Fatal(err)
	}
	r, err := office.Open(t.Context(), h.Dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	h.Register = r
	state(t, h, "The second.\n")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(h.Dir, "log")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(h.Dir, "log"), os.DirFS(backup)); err != nil {
		t.Fatal(err)
	}
	got := fsck(t, h.Dir, proof.Policy{})
	older := slices.ContainsFunc(got.Findings, func(x watch.Finding) bool {
		return x.Severity == watch.Damage && x.Where == "log.head" && strings.Contains(x.Text, "older copy")
	})
	if !older {
		t.Errorf("an older log: %v", got.Findings)
	}
}

// TestAStrangersPolicy: the reader's policy counts, not the folder's word.
func TestAStrangersPolicy(t *testing.T) {
	dir := filled(t)
	p, err := proof.ParsePolicy([]byte("log " + key(t).VerifierKey(officetest.Origin) + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r := fsck(t, dir, p); !r.Damaged() {
		t.Error("a checkpoint that no log of the policy signed is no damage")
	}
}

func TestCancelled(t *testing.T) {
	f, err := folder.Open(filled(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := watch.Fsck(ctx, f, proof.Policy{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func key(t *testing.T) signing.Key {
	t.Helper()
	k, err := signing.NewKey(zeros{})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// sign signs a head with a key that nobody knows.
func sign(t *testing.T, h proof.Head) []byte {
	t.Helper()
	signer, err := key(t).NoteSigner(h.Origin)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := note.Sign(&note.Note{Text: string(h.Text())}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
