package server_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/internal/witness"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

const firstLetter, secondLetter = "Sir,\n\nthe packet Leonora leaves the harbour on Monday at noon.\n", "Sir,\n\nthe pilot boat is laid up for repairs until the end of March.\n"

// witnesses sets a policy of k of n witnesses that know the register, and returns
// its text.
func witnesses(t *testing.T, f folder.Folder, k, n int) (policy string, all []*witness.Witness) {
	t.Helper()
	policy = "log " + f.Config.LogKey + "\n"
	names := ""
	for i := range n {
		dir := t.TempDir()
		if _, err := witness.Init(t.Context(), dir, fmt.Sprintf("w%d.example/w", i)); err != nil {
			t.Fatal(err)
		}
		w, err := witness.Open(t.Context(), dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Learn(t.Context(), f.Config.LogKey, ""); err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(w.Handler(witness.Limits{}))
		t.Cleanup(func() { srv.Close(); _ = w.Close() })
		policy += fmt.Sprintf("witness w%d %s %s\n", i, w.Config.Key, srv.URL)
		names += fmt.Sprintf(" w%d", i)
		all = append(all, w)
	}
	policy += fmt.Sprintf("group most %d%s\nquorum most\n", k, names)
	if _, err := f.SetPolicy([]byte(policy)); err != nil {
		t.Fatal(err)
	}
	return policy, all
}

func collect(t *testing.T, f folder.Folder) {
	t.Helper()
	if cp, err := witness.NewCollector(f, witness.Options{}).Once(t.Context()); err != nil || !cp.Met {
		t.Fatalf("%+v, %v", cp, err)
	}
}

// asks checks words against the folder under a policy, as of a time.
func asks(t *testing.T, dir string, policy proof.Policy, words string, at time.Time) check.Finding {
	t.Helper()
	src, err := server.Read(t.Context(), dir, policy, nil)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := snap.Examine(t.Context(), check.Exhibit{Data: []byte(words), As: check.KindText}, at)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func has(f check.Finding, k check.ChipKind) bool {
	return slices.ContainsFunc(f.Evidence, func(c check.Chip) bool { return c.Kind == k && c.Text.EN != "" && c.Text.AR != "" })
}

// TestAnswersSayWhichHead: every answer says on which head it rests; green needs
// the quorum or says that it lacks it, and a fresh head (witness.md MUST-11,
// MUST-13, MUST-14).
func TestAnswersSayWhichHead(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now)
	f := h.Folder()
	_, ws := witnesses(t, f, 2, 2)
	issue := func(ref letter.Ref, words string) {
		h.IssueLetter(t, "harbour", officetest.Content(t, ref, words), office.Terms{})
	}
	issue("HC-1", firstLetter)

	got := asks(t, h.Dir, proof.Policy{}, firstLetter, now)
	if *got.Standing != register.CannotCheck || !has(got, check.ChipUnwitnessed) || got.Exit() != check.ExitCannotCheck || !strings.Contains(got.Details.EN, "Too few of the witnesses") {
		t.Errorf("no head meets the quorum: %s %+v %s", *got.Standing, got.Evidence, got.Details.EN)
	}
	collect(t, f)
	got = asks(t, h.Dir, proof.Policy{}, firstLetter, now)
	if *got.Standing != register.InForce || !has(got, check.ChipWitnessed) || got.Exit() != 0 || got.Checkpoint.WitnessedSize != got.Checkpoint.Size {
		t.Errorf("witnessed: %s %+v", *got.Standing, got.Evidence)
	}
	issue("HC-2", secondLetter)
	got = asks(t, h.Dir, proof.Policy{}, secondLetter, now)
	if *got.Standing != register.InForce || !has(got, check.ChipNotYet) || has(got, check.ChipWitnessed) {
		t.Errorf("newer than the witnessed head: %s %+v", *got.Standing, got.Evidence)
	}
	if got = asks(t, h.Dir, proof.Policy{}, firstLetter, now); !has(got, check.ChipWitnessed) || has(got, check.ChipNotYet) {
		t.Errorf("witnessed before: %+v", got.Evidence)
	}
	later := now.Add(25 * time.Hour)
	got = asks(t, h.Dir, proof.Policy{}, firstLetter, later)
	if *got.Standing != register.CannotCheck || !has(got, check.ChipStale) || !strings.Contains(got.Details.EN, "newest proof is from") {
		t.Errorf("a day later: %s %+v", *got.Standing, got.Evidence)
	}
	if got = asks(t, h.Dir, proof.Policy{}, "Sir,\n\nnobody ever wrote these words about any ship at all.\n", later); *got.Standing != register.CannotCheck {
		t.Errorf("absent, a day later: %s", *got.Standing)
	}
	// A reader's own policy, with a stranger for a witness, is not met.
	own, err := proof.ParsePolicy(fmt.Appendf(nil, "log %s\nwitness w %s\nquorum w\n", f.Config.LogKey, strangerKey(t)))
	if err != nil {
		t.Fatal(err)
	}
	if got = asks(t, h.Dir, own, firstLetter, now); *got.Standing != register.CannotCheck {
		t.Errorf("under another policy: %s", *got.Standing)
	}
	undated, err := proof.ParsePolicy([]byte("log " + f.Config.LogKey + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got = asks(t, h.Dir, undated, firstLetter, now); *got.Standing != register.CannotCheck || !has(got, check.ChipStale) || has(got, check.ChipWitnessed) {
		t.Errorf("a policy that knows no time: %s %+v", *got.Standing, got.Evidence)
	}
	if logs, err := ws[0].Logs(t.Context()); err != nil || logs[0].Size == 0 {
		t.Error("the witness has seen nothing")
	}
}

func strangerKey(t *testing.T) string {
	t.Helper()
	cfg, err := witness.Init(t.Context(), t.TempDir(), "stranger.example/w")
	if err != nil {
		t.Fatal(err)
	}
	return cfg.Key
}

// TestForkIsConflict: a folder whose shown head is not the one that witnesses have
// seen, both signed by the log, answers conflict and never green, and says which
// two heads (witness.md MUST-12).
func TestForkIsConflict(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now)
	f := h.Folder()
	witnesses(t, f, 2, 2)
	fork := copyFolder(t, h.Dir) // from here on there are two of it
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", firstLetter), office.Terms{})
	collect(t, f)

	r, err := office.Open(t.Context(), fork, office.Options{LogRoom: 1})
	if err != nil {
		t.Fatal(err)
	}
	twin := *h
	twin.Register, twin.Dir = r, fork
	twin.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", secondLetter), office.Terms{})
	twin.IssueLetter(t, "harbour", officetest.Content(t, "HC-3", secondLetter+"\nPostscript.\n"), office.Terms{})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := f.Witnessed()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(fork, "log", folder.WitnessedName), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	policy, err := f.Policy()
	if err != nil {
		t.Fatal(err)
	}
	got := asks(t, fork, policy, secondLetter, now)
	if *got.Standing != register.Conflict || got.Exit() != check.ExitConflict || !has(got, check.ChipFork) || got.Checkpoint.Fork == nil {
		t.Errorf("%s %+v", *got.Standing, got.Evidence)
	}
	if got = asks(t, fork, policy, "Sir,\n\nnobody ever wrote these words about any ship at all.\n", now); *got.Standing != register.CannotCheck {
		t.Errorf("absent from a fork: %s", *got.Standing)
	}
}

func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "fork")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"operator", "log", "clock", "office-harbour"} {
		if err := os.Chmod(filepath.Join(to, "keys", key+".pem"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}
