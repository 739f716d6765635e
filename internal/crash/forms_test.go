package crash

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/internal/form"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// makingEnv is the reference of the letter while whose PDF is made a worker dies.
const makingEnv = "CHANCERY_FAULT_MAKING"

// options are those of every register here: its office issues PDFs.
func options() office.Options { return office.Options{LogRoom: 1, Forms: making{}} }

// A making makes PDFs, and dies over one.
type making struct{ officetest.LightForms }

// Make implements office.Forms.
func (m making) Make(ctx context.Context, o form.Order) ([]byte, error) {
	if ref := os.Getenv(makingEnv); ref != "" && ref == string(o.Letter.Content.Reference) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
	return m.LightForms.Make(ctx, o) //nolint:wrapcheck // a test's
}

// verifyForms: every letter was issued as a PDF, which is public and as it was
// approved; nothing else is (folder.md MUST-18, MUST-19).
func verifyForms(t *testing.T, r *folder.Reading) {
	t.Helper()
	named := map[string]bool{}
	for f := range folder.Forms(r.State) {
		named[filepath.Base(f.Name())] = true
		if _, err := r.Folder().Form(f.Digest); err != nil {
			t.Errorf("%s was issued, and its PDF is not there: %v", f.Record.Reference, err)
		}
	}
	issued := 0
	for _, l := range r.State.Letters() {
		issued += len(l.Issues)
	}
	if len(named) != issued {
		t.Errorf("%d letters are issued, with %d PDFs", issued, len(named))
	}
	for _, name := range formsIn(t, r.Folder().Dir) {
		if !named[name] && strings.HasSuffix(name, folder.FormExtension) {
			t.Errorf("files/%s is of no letter that is issued", name)
		}
	}
	t.Logf("%d PDFs, each public once its letter is", len(named))
}

// formsIn returns what is in a register's public folder of PDFs.
func formsIn(t *testing.T, dir string) (out []string) {
	t.Helper()
	names, err := os.ReadDir(filepath.Join(dir, folder.FormsName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, n := range names {
		out = append(out, n.Name())
	}
	return out
}

// TestKilledAroundItsPDF: a submission that dies while its PDF is made leaves no request
// and no PDF; an office that dies between an issued PDF and its entry issues the letter
// when it is opened again.
func TestKilledAroundItsPDF(t *testing.T) {
	b := newBase(t)
	t.Run("while it is made", func(t *testing.T) { b.killedWhileMaking(t) })
	t.Run("before its entry", func(t *testing.T) { b.killedBeforeEntry(t) })
}

// killedBeforeEntry: no entry names the PDF yet, so that it is shown to nobody; whoever
// opens the register next issues the letter, once (folder.md MUST-19).
func (b base) killedBeforeEntry(t *testing.T) {
	straceWorks(t)
	dir := b.copyOf(t)
	before := len(formsIn(t, dir))
	out, hit := fault{site{"fsync", "/" + folder.FormsName}, "signal=KILL", 1}.inject(t, dir, "X-1")
	if len(hit) == 0 || bytes.Contains(out, []byte("ack ")) || len(formsIn(t, dir)) == before {
		t.Fatalf("it was to die over a PDF that is written: %v, %s, %v", hit, out, formsIn(t, dir))
	}
	if n := b.issuedAs(t, dir, "X-1"); n != 0 {
		t.Fatalf("its entry is there already: %d", n)
	}
	b.judge(t, dir, out)
	if n := b.issuedAs(t, dir, "X-1"); n != 1 {
		t.Errorf("after the restart X-1 is issued as %d PDFs", n)
	}
}

// issuedAs counts the PDFs of a letter that the log names.
func (b base) issuedAs(t *testing.T, dir string, ref letter.Ref) (n int) {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Read(t.Context(), b.policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	for f := range folder.Forms(r.State) {
		if f.Record.Reference == ref {
			n++
		}
	}
	return n
}

// killedWhileMaking: the same letter is submitted and issued afterwards.
func (b base) killedWhileMaking(t *testing.T) {
	dir := b.copyOf(t)
	files := formsIn(t, dir)
	cmd := onceCommand(dir, "X-1")
	cmd.Env = append(cmd.Env, makingEnv+"=X-1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("it was to die: %v: %s", err, out)
	}
	if now := formsIn(t, dir); len(now) != len(files) {
		t.Errorf("files/ holds %v, before it %v", now, files)
	}
	if n, digests := keptIn(t, dir, "X-1"); n != 0 || len(digests) != 5 { // BASE-1, and four under embargo
		t.Errorf("the database has %d requests of X-1, and %d PDFs", n, len(digests))
	}
	out, err = onceCommand(dir, "X-1").CombinedOutput()
	if err != nil || !b.judge(t, dir, out).acked {
		t.Errorf("submitted again: %v: %s", err, out)
	}
}

// keptIn returns how many requests a letter has in the office's database, and which
// PDFs are kept there.
func keptIn(t *testing.T, dir string, ref letter.Ref) (requests int, digests []letter.Hash) {
	t.Helper()
	db, err := store.OpenReadOnly(t.Context(), folder.Folder{Dir: dir}.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	err = db.View(t.Context(), func(tx *store.Tx) error {
		l, err := tx.Letter(officeID, ref)
		if err != nil {
			return err
		}
		for _, s := range []store.RequestState{store.Waiting, store.Done} {
			rows, err := tx.Requests(officeID, s)
			if err != nil {
				return err
			}
			for _, q := range rows {
				if q.Letter == l.ID {
					requests++
				}
			}
		}
		digests, err = tx.FormDigests(officeID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return requests, digests
}
