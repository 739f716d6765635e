package office_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

func ownKeys(t *testing.T, h *officetest.House) proof.Policy {
	t.Helper()
	p, err := h.Folder().Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func size(t *testing.T, h *officetest.House) uint64 {
	t.Helper()
	return reading(t, h).Size()
}

// reopen opens a house's register once more, as another process would.
func reopen(t *testing.T, h *officetest.House, opts office.Options) *office.Register {
	t.Helper()
	r, err := office.Open(t.Context(), h.Dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// TestTwoProcesses: the one that does not have the log hands its entries to the
// one that has it, and gets a receipt under a signed head all the same.
func TestTwoProcesses(t *testing.T) {
	h := officetest.New(t) // has the log
	second := reopen(t, h, h.Options())
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { h.Run(ctx, 5*time.Millisecond, func(err error) { t.Error(err) }) })
	defer wg.Wait()
	defer stop()
	q, err := second.SubmitFinished(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", words), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := second.Carry(ctx, q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
	if err != nil {
		t.Fatal(err)
	}
	cp, err := proof.OpenCheckpoint(rec.Checkpoint, ownKeys(t, h))
	if err != nil || cp.Size <= uint64(rec.Index) {
		t.Errorf("the receipt of entry %d has a head over %d entries, %v", rec.Index, cp.Size, err)
	}
	stop()
	wg.Wait()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	// The first has ended: the second takes the log.
	again, err := second.Issue(t.Context(), "harbour", "clerk", "HC-1")
	if err != nil || again.Index != rec.Index || len(again.Checkpoint) == 0 {
		t.Errorf("again: entry %d, %v", again.Index, err)
	}
	if err := second.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", words)); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Seal(t.Context(), "harbour", "drafter", "HC-2"); err != nil {
		t.Errorf("after the first has ended: %v", err)
	}
}

func TestAClockInThePast(t *testing.T) {
	h := officetest.New(t)
	h.Clock.Step(-time.Hour)
	before := size(t, h)
	err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", words))
	if kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "set the clock right") {
		t.Errorf("an hour back: %v", err)
	}
	if _, err := h.Letter(t.Context(), "harbour", "HC-1"); kind.Of(err) != kind.NotFound {
		t.Errorf("the letter was started all the same: %v", err)
	}
	h.Clock.Step(time.Hour)
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", words)); err != nil {
		t.Error(err)
	}
	if got := size(t, h); got != before {
		t.Errorf("%d entries, before %d", got, before)
	}
}

// TestAFullDisk: an act is refused before anything is promised (fault F7), and is
// done once when there is room.
func TestAFullDisk(t *testing.T) {
	h := officetest.New(t)
	before := size(t, h)
	q, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", words), office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	full := h.Options()
	full.LogRoom = math.MaxUint64
	h.Register = reopen(t, h, full)
	_, err = h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
	if kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "make room") || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("a full disk: %s: %v", kind.Of(err), err)
	}
	if got := size(t, h); got != before+1 {
		t.Errorf("%d entries, want %d", got, before+1)
	}
	if got := standing(t, h, words); got != register.NotOnRecord {
		t.Errorf("with a full disk the letter is %s", got)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h.Register = reopen(t, h, h.Options())
	rec, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
	if err != nil || uint64(rec.Index) != before+1 {
		t.Errorf("with room again: entry %d, %v", rec.Index, err)
	}
	if got := size(t, h); got != before+2 {
		t.Errorf("%d entries, want %d", got, before+2)
	}
	if got := standing(t, h, words); got != register.InForce {
		t.Errorf("with room again the letter is %s", got)
	}
}

func TestInitRefuses(t *testing.T) {
	good := office.NewRegister{Origin: officetest.Origin, Operator: "https://harbour.example", Name: register.Words{"en": "Test"}}
	for name, c := range map[string]struct {
		dir  func(t *testing.T, base string) string
		n    func(office.NewRegister) office.NewRegister
		want kind.Kind
		says string
	}{
		"a folder that holds something": {func(t *testing.T, base string) string {
			if err := os.WriteFile(filepath.Join(base, "letter.odt"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return base
		}, nil, kind.Conflict, "name a new folder"},
		"a file": {func(t *testing.T, base string) string {
			p := filepath.Join(base, "file")
			if err := os.WriteFile(p, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return p
		}, nil, kind.Unavailable, "no folder"},
		"under a file": {func(t *testing.T, base string) string {
			p := filepath.Join(base, "file")
			if err := os.WriteFile(p, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(p, "register")
		}, nil, kind.Unavailable, "making a register"},
		"no origin": {nil, func(n office.NewRegister) office.NewRegister { n.Origin = ""; return n }, kind.Invalid, "origin"},
		"an origin with a scheme": {nil, func(n office.NewRegister) office.NewRegister {
			n.Origin = "https://" + n.Origin
			return n
		}, kind.Invalid, "origin"},
		"an operator that is none": {nil, func(n office.NewRegister) office.NewRegister { n.Operator = "harbour"; return n }, kind.Invalid, "https"},
		"no name":                  {nil, func(n office.NewRegister) office.NewRegister { n.Name = nil; return n }, kind.Invalid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			base := t.TempDir()
			dir, n := filepath.Join(base, "register"), good
			if c.dir != nil {
				dir = c.dir(t, base)
			}
			if c.n != nil {
				n = c.n(n)
			}
			before := names(t, base)
			r, err := office.Init(t.Context(), dir, n, office.Options{LogRoom: 1})
			if err == nil {
				_ = r.Close()
				t.Fatal("it was made")
			}
			if kind.Of(err) != c.want || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v; want %s saying %q", kind.Of(err), err, c.want, c.says)
			}
			if after := names(t, base); after != before {
				t.Errorf("left behind: %s; before %s", after, before)
			}
		})
	}
}

func TestInitOnAFullDiskLeavesNothing(t *testing.T) {
	base := t.TempDir()
	_, err := office.Init(t.Context(), filepath.Join(base, "register"), office.NewRegister{
		Origin: officetest.Origin, Operator: "https://harbour.example", Name: register.Words{"en": "Test"},
	}, office.Options{LogRoom: math.MaxUint64})
	if kind.Of(err) != kind.Unavailable {
		t.Errorf("%s: %v", kind.Of(err), err)
	}
	if got := names(t, base); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

func names(t *testing.T, dir string) string {
	t.Helper()
	es, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range es {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("SKIPPED: the superuser can write everywhere")
	}
	h := officetest.New(t)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{h.Dir, filepath.Join(h.Dir, "log")} {
		if err := os.Chmod(dir, 0o555); err != nil { //nolint:gosec // to take the right away
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o755) }) //nolint:gosec // back again
	}
	r, err := office.Open(t.Context(), h.Dir, h.Options())
	if err == nil {
		err = r.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", words))
		_ = r.Close()
	}
	if kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("%s: %v", kind.Of(err), err)
	}
}

// TestADatabaseThatIsNotTheLogs: nothing more is signed over a log that the
// database does not know.
func TestADatabaseThatIsNotTheLogs(t *testing.T) {
	h := officetest.New(t)
	db := filepath.Join(h.Dir, "office.db")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	h.Register = reopen(t, h, h.Options())
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"an older copy": old, "an empty one": nil} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(db, content, 0o600); err != nil {
				t.Fatal(err)
			}
			r := reopen(t, h, h.Options())
			err := r.Sync(t.Context())
			if kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), "restore the newest database") {
				t.Errorf("%s: %v", kind.Of(err), err)
			}
		})
	}
}

// TestACopyToReadIsNoRegisterToActIn, and opening it leaves nothing in it.
func TestACopyToReadIsNoRegisterToActIn(t *testing.T) {
	h := officetest.New(t)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	mirror := filepath.Join(t.TempDir(), "mirror")
	for _, part := range []string{"log", "texts"} {
		if err := os.MkdirAll(filepath.Join(mirror, part), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile(filepath.Join(h.Dir, "register.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(mirror, "register.toml"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	before := names(t, mirror)
	_, err = office.Open(t.Context(), mirror, h.Options())
	if kind.Of(err) != kind.NotFound || !strings.Contains(err.Error(), "copy to read") {
		t.Errorf("%s: %v", kind.Of(err), err)
	}
	if got := names(t, mirror); got != before {
		t.Errorf("left behind: %s", got)
	}
}

func TestEnrolmentIsTakenUpAgain(t *testing.T) {
	h := officetest.New(t)
	for name, change := range map[string]func(*office.NewOffice){
		"a short name that is taken": func(n *office.NewOffice) { n.ID = "harbour" },
		"an address that is taken":   func(n *office.NewOffice) { n.Office = "https://harbour.example" },
	} {
		n := office.NewOffice{ID: "pilots", Office: "https://pilots.example", Domain: "pilots.example", Name: register.Words{"en": "Pilots"}}
		change(&n)
		if _, err := h.Register.Enrol(t.Context(), n); kind.Of(err) != kind.Conflict && kind.Of(err) != kind.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	n := office.NewOffice{ID: "../../x", Office: "https://x.example", Domain: "x.example", Name: register.Words{"en": "X"}}
	if _, err := h.Register.Enrol(t.Context(), n); kind.Of(err) != kind.Invalid {
		t.Errorf("a short name that is a path: %v", err)
	}
	// The key that a cut-off enrolment left is used by the next.
	left, err := signing.Generate(h.Folder().KeyFile("office-lights"))
	if err != nil {
		t.Fatal(err)
	}
	h.Enrol(t, "lights", 1, 1)
	view, _ := reading(t, h).OfficeByID("lights")
	if len(view.Keys) != 1 || view.Keys[0].Thumbprint != left.Public().Thumbprint() {
		t.Error("another key was made")
	}
	h.IssueLetter(t, "lights", officetest.Content(t, letter.Ref("L-1"), words), office.Terms{})
	reading(t, h)
}

// TestDiedBeforeSigning: an entry was added and its program died before a head
// covered it. Whoever syncs next has it under a signed head when it returns.
func TestDiedBeforeSigning(t *testing.T) {
	h := officetest.New(t)
	files := map[string][]byte{filepath.Join(h.Dir, "log", "checkpoint"): nil, filepath.Join(h.Dir, "log.head"): nil}
	for name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = raw
	}
	rec := h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Sir.\n"), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for name, raw := range files {
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := office.Open(t.Context(), h.Dir, h.Options())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(h.Dir, "log", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if head, err := proof.ParseHead(raw); err != nil || head.Size <= uint64(rec.Index) {
		t.Errorf("after Sync the signed head is over %d entries, and entry %d is in the log (%v)", head.Size, rec.Index, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
