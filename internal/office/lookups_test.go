package office_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/lookupdir"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// logged puts the map's root into the log, a second later, and returns whether
// there was one to put.
func logged(t *testing.T, r *office.Register, c *officetest.Clock) bool {
	t.Helper()
	c.Step(time.Second)
	ok, err := r.LogMap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func read(t *testing.T, h *officetest.House) *folder.Reading {
	t.Helper()
	r, err := h.Folder().Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// holdsMap is a reading whose map stands in the log, over all but its own entry.
func holdsMap(t *testing.T, h *officetest.House) *folder.Reading {
	t.Helper()
	r := read(t, h)
	head, _, ok := r.Map()
	if !ok || uint64(head)+1 != r.Checkpoint.Size {
		t.Fatalf("the map is as of entry %d of %d: %v (%v)", head, r.Checkpoint.Size, ok, r.MapError())
	}
	return r
}

// TestLogMap: the root goes into the log when the map changed, once, and not for
// what stays sealed; what is kept goes on from there, also in another process
// (lookup.md MUST-16, MUST-17).
func TestLogMap(t *testing.T) {
	h := officetest.New(t)
	if !logged(t, h.Register, h.Clock) {
		t.Fatal("an office was enrolled, and no index head was logged")
	}
	if logged(t, h.Register, h.Clock) {
		t.Error("nothing changed, and an index head was logged")
	}
	holdsMap(t, h)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{})
	if !logged(t, h.Register, h.Clock) {
		t.Fatal("a letter was issued, and no index head was logged")
	}
	r := holdsMap(t, h)
	_, tree, _ := r.Map()
	o, _ := r.State.OfficeByID("harbour")
	if a := tree.Lookup(lookup.OfLetter(o.Office, "HC-1")); len(a.Entries) != 1 {
		t.Errorf("under the letter are %v", a.Entries)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", words), office.Terms{})
	if ok, err := h.LogMap(t.Context()); err != nil || ok {
		t.Errorf("a second index head in one second: %v %v", ok, err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, h, h.Options())
	if !logged(t, again, h.Clock) {
		t.Error("the next process logs no index head")
	}
	holdsMap(t, h)
	kept, err := lookupdir.Load(h.Folder().LookupDir())
	if err != nil || uint64(kept.At)+1 != read(t, h).Checkpoint.Size {
		t.Errorf("kept over %d entries (%v)", kept.At, err)
	}
}

// TestMapWithoutWhatIsKept: without lookup/, with damaged files in it, or with
// those of another register, the map is the same.
func TestMapWithoutWhatIsKept(t *testing.T) {
	h := officetest.New(t)
	for i, ref := range []letter.Ref{"HC-1", "HC-2", "HC-3"} {
		h.IssueLetter(t, "harbour", officetest.Content(t, ref, words), office.Terms{})
		if !logged(t, h.Register, h.Clock) {
			t.Fatal(i)
		}
	}
	_, want, _ := holdsMap(t, h).Map()
	dir := h.Folder().LookupDir()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("nonsense\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, got, _ := holdsMap(t, h).Map(); got.Root() != want.Root() {
		t.Error("damaged files change the map")
	}
	foreign := lookup.Tree{}.With(lookup.Record{Key: [32]byte{1}, Entries: []register.Index{1}})
	if _, err := h.Folder().KeepMap(lookupdir.Kept{}, foreign, 3, nil); err != nil {
		t.Fatal(err)
	}
	if _, got, _ := holdsMap(t, h).Map(); got.Root() != want.Root() {
		t.Error("another register's files change the map")
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, got, _ := holdsMap(t, h).Map(); got.Root() != want.Root() {
		t.Error("without files it is another map")
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-9", words), office.Terms{})
	if !logged(t, h.Register, h.Clock) {
		t.Fatal("no index head after the files were lost")
	}
	holdsMap(t, h)
}
