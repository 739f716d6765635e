package office_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// lived is a register in which much was done: letters issued, withdrawn,
// superseded, a draft sealed, opened and closed, statements, one taken back.
func lived(t *testing.T) *officetest.House {
	t.Helper()
	h := officetest.New(t)
	h.Enrol(t, "river", 1, 1)
	say := func(officeID, words string) office.Receipt {
		q, err := h.ProposeStatement(t.Context(), officeID, "press", office.Say{Texts: []letter.LangText{{Lang: "en", Text: officetest.Text(t, words)}}})
		return carried(t, h, officeID, "press", q, err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "The first.\n"), office.Terms{})
	h.IssueLetter(t, "river", officetest.Content(t, "HC-1", "Of another office.\n"), office.Terms{})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-2", "The second.\n"), office.Terms{Supersedes: []letter.Ref{"HC-1"}})
	q, err := h.ProposeWithdraw(t.Context(), "harbour", "clerk", "HC-2", register.Words{"en": "No."})
	carried(t, h, "harbour", "clerk", q, err)
	wrong := say("harbour", "It is raining.\n")
	q, err = h.ProposeRetract(t.Context(), "harbour", "press", wrong.Index, register.Words{"en": "It is not."})
	carried(t, h, "harbour", "press", q, err)
	say("river", "It flows.\n")
	for _, ref := range []letter.Ref{"HC-3", "HC-4"} {
		if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, ref, "Not yet "+string(ref)+".\n")); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Seal(t.Context(), "harbour", "drafter", ref); err != nil {
			t.Fatal(err)
		}
	}
	q, err = h.ProposeOpen(t.Context(), "harbour", "press", "HC-3")
	carried(t, h, "harbour", "press", q, err)
	return h
}

func carried(t *testing.T, h *officetest.House, officeID, by string, q office.Request, err error) office.Receipt {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	first := "press"
	if by == "clerk" {
		first = "commissioner"
	}
	rec, err := h.Carry(t.Context(), q, by, h.Signer(officeID, first), h.Signer(officeID, "legal"))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// TestDatabaseLost is fault F9: the public register is that of before byte for
// byte, the database has every act of it as it had, and goes on.
func TestDatabaseLost(t *testing.T) {
	times := 1
	if os.Getenv("CHANCERY_FAULTS") == "campaign" {
		times = 10
	}
	for range times {
		loseDatabase(t)
	}
	t.Logf("F9: %d databases lost; the public register and every act in the rebuilt database are those of before, byte for byte, unless said above", times)
}

func loseDatabase(t *testing.T) {
	t.Helper()
	h := lived(t)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	before, acts := public(t, h.Dir), intents(t, h.Dir)
	lose(t, h.Dir)
	if _, err := office.Open(t.Context(), h.Dir, h.Options()); kind.Of(err) != kind.NotFound {
		t.Errorf("without its database: %v", err)
	}
	if diff := cmp.Diff(before, public(t, h.Dir)); diff != "" {
		t.Errorf("the public register needs the database:\n%s", diff)
	}
	got, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil)
	if err != nil || !got.Fresh || got.Added != got.Entries || got.Issued != 3 || got.Lost != 1 {
		t.Fatalf("rebuilt %+v, %v", got, err)
	}
	if diff := cmp.Diff(acts, intents(t, h.Dir)); diff != "" {
		t.Errorf("the acts in the database (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(before, public(t, h.Dir)); diff != "" {
		t.Errorf("the public register changed:\n%s", diff)
	}
	again, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil)
	if err != nil || again.Added != 0 || again.Fresh {
		t.Errorf("rebuilt twice: %+v, %v", again, err)
	}
	goOn(t, h)
}

// goOn does on a rebuilt register what must work, and tries what must not.
func goOn(t *testing.T, h *officetest.House) {
	t.Helper()
	r, err := office.Open(t.Context(), h.Dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	h.Register = r
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-9", "The next.\n"), office.Terms{Supersedes: []letter.Ref{"HC-1"}})
	q, err := h.ProposeWithdraw(t.Context(), "harbour", "clerk", "HC-1", register.Words{"en": "Neither."})
	carried(t, h, "harbour", "clerk", q, err)
	for _, ref := range []letter.Ref{"HC-1", "HC-2", "HC-3"} {
		if _, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, ref, "Anew.\n"), office.Terms{}); kind.Of(err) != kind.Conflict {
			t.Errorf("%s was used before, and is free again: %v", ref, err)
		}
	}
	if _, err := h.ProposeWithdraw(t.Context(), "harbour", "clerk", "HC-2", register.Words{"en": "Again."}); kind.Of(err) != kind.Conflict {
		t.Errorf("withdrawn twice: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := folder.Open(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := f.Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range reading.State.Problems() {
		t.Error(p)
	}
}

func lose(t *testing.T, dir string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.RemoveAll(filepath.Join(dir, "office.db"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
}

// public returns what readers get: every status, and every proof, in bytes.
func public(t *testing.T, dir string) map[string]string {
	t.Helper()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{"checkpoint": string(r.Checkpoint.Raw)}
	at := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	for i := range r.Checkpoint.Size {
		raw, err := r.Entry(register.Index(i))
		if err != nil {
			t.Fatal(err)
		}
		out["entry "+string(rune('A'+i))] = string(raw)
		id, status, err := r.State.RecordAt(register.Index(i), at)
		if err != nil {
			continue
		}
		said, err := json.Marshal(status)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Proof(id)
		if err != nil {
			t.Fatal(err)
		}
		bundle, err := b.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		out["record "+string(rune('A'+i))] = string(said) + string(bundle)
	}
	return out
}

// intents returns what a database has of acts, but for names that only it knew.
func intents(t *testing.T, dir string) []store.Intent {
	t.Helper()
	db, err := store.OpenReadOnly(t.Context(), filepath.Join(dir, "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	var all []store.Intent
	err = db.View(t.Context(), func(tx *store.Tx) (err error) { all, err = tx.Intents(0, 1<<30); return err })
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	for i, x := range all {
		if act, _, _ := strings.Cut(x.Name, ":"); act == "statement" || act == "seal" || act == "open" || act == "log" {
			all[i].Name = ""
		}
	}
	return all
}

// TestDatabaseOlderThanTheLog: a database from a backup is completed; what was
// asked for in it and done since is done, and drafts go on.
func TestDatabaseOlderThanTheLog(t *testing.T) {
	h := officetest.New(t)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "The first.\n"), office.Terms{})
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", "Not yet.\n")); err != nil {
		t.Fatal(err)
	}
	q, err := h.ProposeStatement(t.Context(), "harbour", "press", office.Say{Texts: []letter.LangText{{Lang: "en", Text: officetest.Text(t, "It is open.\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	other, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-3", "The third.\n"), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	// One under embargo, which ends after the backup.
	held, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-5", "At noon.\n"), office.Terms{NotBefore: h.Clock.Now().Add(time.Hour)})
	carried(t, h, "harbour", "clerk", held, err)
	old := filepath.Join(t.TempDir(), "office.db")
	if err := store.Snapshot(t.Context(), filepath.Join(h.Dir, "office.db"), old, 1<<40); err != nil {
		t.Fatal(err)
	}
	rec := carried(t, h, "harbour", "press", q, nil)
	carried(t, h, "harbour", "clerk", other, nil)
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-4", "The fourth.\n"), office.Terms{})
	h.Clock.Step(2 * time.Hour)
	if err := h.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	lose(t, h.Dir)
	raw, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.Dir, "office.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	h.Register, err = office.Open(t.Context(), h.Dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Sync(t.Context()); err == nil || !strings.Contains(err.Error(), "chancery rebuild") {
		t.Errorf("an older database acts, or is not told what to do: %v", err)
	}
	if _, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil); kind.Of(err) != kind.Unavailable {
		t.Errorf("rebuilt while another has the log: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil)
	if err != nil || got.Fresh || got.Added != 5 || got.Issued != 3 {
		t.Fatalf("completed %+v, %v", got, err)
	}
	h.Register, err = office.Open(t.Context(), h.Dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Sync(t.Context()); err != nil {
		t.Errorf("what was under embargo is issued once more: %v", err)
	}
	again, err := h.Perform(t.Context(), q.ID, "press")
	if err != nil || again.Index != rec.Index || !bytes.Equal(again.Entry, rec.Entry) {
		t.Errorf("the statement of before is made again: %d, was %d, %v", again.Index, rec.Index, err)
	}
	if again, err := h.Issue(t.Context(), "harbour", "clerk", "HC-3"); err != nil {
		t.Errorf("issuing what is issued: %d, %v", again.Index, err)
	}
	draft, err := h.Submit(t.Context(), "harbour", "drafter", "HC-2", office.Terms{})
	carried(t, h, "harbour", "clerk", draft, err)
}

// TestForeignDatabase: the database of another register is not bent to fit.
func TestForeignDatabase(t *testing.T) {
	h, other := officetest.New(t), officetest.New(t)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(other.Dir, "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.Dir, "office.db"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil); kind.Of(err) != kind.Conflict {
		t.Errorf("rebuilt from a foreign database: %v", err)
	}
	now, err := os.ReadFile(filepath.Join(h.Dir, "office.db"))
	if err != nil || !bytes.Equal(raw, now) {
		t.Errorf("it was changed all the same (%v)", err)
	}
}

// TestRebuiltPaper: what an office issued letters as goes on when its database is lost,
// as far as its newest letter and its seal show it; what was older than both is kept.
func TestRebuiltPaper(t *testing.T) {
	h := officetest.NewOnPaper(t, officetest.LightForms{})
	h.Enrol(t, "river", 2, 2) // issues none
	h.Enrol(t, "canal", 2, 2) // would, and did not yet
	h.Enrol(t, "coast", 2, 2) // did before
	for _, id := range []string{"canal", "coast"} {
		if err := h.SetPaper(t.Context(), id, office.PDFPaper); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"harbour", "river", "coast"} {
		h.IssueLetter(t, id, officetest.Content(t, "HC-1", "The first.\n"), office.Terms{})
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-0", "Long ago.\n"), office.Terms{Written: "2020-01-06"})
	if err := h.SetPaper(t.Context(), "coast", office.NoPaper); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "coast", officetest.Content(t, "HC-2", "The second.\n"), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	lose(t, h.Dir)
	want := map[string]office.Paper{"harbour": office.PDFPaper, "river": office.NoPaper, "canal": office.PDFPaper, "coast": office.NoPaper}
	got, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Papers); diff != "" {
		t.Errorf("what was said (-want +got):\n%s", diff)
	}
	again, err := office.Rebuild(t.Context(), h.Dir, h.Options(), nil)
	if err != nil || len(again.Papers) > 0 {
		t.Errorf("what the database knows is guessed again: %v, %v", again.Papers, err)
	}
	if h.Register, err = office.Open(t.Context(), h.Dir, h.Options()); err != nil {
		t.Fatal(err)
	}
	for id, p := range want {
		if is, err := h.PaperOf(t.Context(), id); err != nil || is != p {
			t.Errorf("%s: %q, %v", id, is, err)
		}
	}
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-3", "The next.\n"), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := q.FormOf(); !ok {
		t.Error("the next letter has no PDF")
	}
}
