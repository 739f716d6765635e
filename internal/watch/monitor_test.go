package watch_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/remote"
	"chancery.example/internal/server"
	"chancery.example/internal/signing"
	"chancery.example/internal/testkit/rogue"
	"chancery.example/internal/watch"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A stage serves whatever folder it is told to, as one address.
type stage struct {
	*httptest.Server
	mu  sync.Mutex
	dir string
}

func newStage(t testing.TB, dir string) *stage {
	t.Helper()
	s := &stage{dir: dir}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		f := folder.Folder{Dir: s.dir}
		s.mu.Unlock()
		server.Handler(http.NotFoundHandler(), f, nil).ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stage) show(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dir = dir
}

// noon is when the tests' monitors look.
var noon = time.Date(2026, 3, 2, 13, 0, 0, 0, time.UTC)

func options(dir string) watch.MonitorOptions {
	return watch.MonitorOptions{Dir: dir, Clock: func() time.Time { return noon }, Client: remote.Options{Pause: 1, Tries: 1}}
}

func open(t testing.TB, address string, o watch.MonitorOptions) *watch.Monitor {
	t.Helper()
	m, err := watch.OpenMonitor(address, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// look looks, remembers, and returns the kinds of what was told.
func look(t testing.TB, m *watch.Monitor) ([]watch.Alert, string) {
	t.Helper()
	alerts, err := m.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Told(); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range alerts {
		kinds = append(kinds, string(a.Kind))
		if a.Text == "" || a.ID == "" || a.Register == "" || !strings.Contains(a.String(), a.Text) {
			t.Errorf("an alert that says too little: %+v", a)
		}
	}
	return alerts, strings.Join(kinds, " ")
}

func want(t testing.TB, m *watch.Monitor, kinds string) []watch.Alert {
	t.Helper()
	alerts, got := look(t, m)
	if got != kinds {
		t.Fatalf("told %q, want %q: %v", got, kinds, alerts)
	}
	return alerts
}

func issue(t testing.TB, h *officetest.House, ref, words string) {
	t.Helper()
	h.IssueLetter(t, "harbour", officetest.Content(t, letter.Ref(ref), words), office.Terms{})
}

// TestMonitorFollows: a sound register gives no alert; what is watched is told
// once, from when the monitor began, and by a monitor that was started anew as
// well.
func TestMonitorFollows(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1", "Sir,\n\nthe fee for night pilotage is 840 marks for each vessel.\n")
	s, dir := newStage(t, h.Dir), t.TempDir()
	o := options(dir)
	o.References, o.Offices = []string{"harbour/HC-2"}, []string{"lighthouse"}
	o.Phrases = []string{"the fee for night pilotage is 840 marks", "nobody ever wrote this sentence here"}
	m := open(t, s.URL, o)
	want(t, m, "")
	want(t, m, "")
	issue(t, h, "HC-2", "Sir,\n\nfrom today the fee for night pilotage is 840 marks for each vessel, and for small ones 12.\n")
	alerts := want(t, m, "reference reference phrase") // its seal, and its issue
	if *alerts[1].Entry != 6 || alerts[1].Reference != "HC-2" || strings.Contains(alerts[2].Text, "pilotage") {
		t.Errorf("%+v", alerts)
	}
	want(t, m, "")
	m = open(t, s.URL, o)
	want(t, m, "")
	issue(t, h, "HC-3", "Sir,\n\nfrom today the fee for night pilotage is 940 marks for each vessel.\n")
	want(t, m, "phrase_close")
	h.Enrol(t, "lighthouse", 1, 1)
	want(t, open(t, s.URL, o), "key_added policy_changed")

	o.Dir, o.FromStart, o.Offices = t.TempDir(), true, nil
	if _, got := look(t, open(t, s.URL, o)); !strings.HasPrefix(got, "key_added policy_changed") || strings.Count(got, "phrase") != 3 {
		t.Errorf("from the start: %q", got)
	}
}

// TestMonitorOfRelabelling (product.md, scenario 6): an office forces the issued
// letter into the log as a draft, on a server that takes it. The monitor tells,
// and a proof of the issue from before still says issued.
func TestMonitorOfRelabelling(t *testing.T) {
	h := officetest.New(t)
	c := officetest.Content(t, "HC-1", "Sir,\n\nthe ship leaves.\n")
	if err := h.Start(t.Context(), "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Seal(t.Context(), "harbour", "drafter", "HC-1"); err != nil {
		t.Fatal(err)
	}
	other := rogue.Twin(t, h)
	q, err := h.Submit(t.Context(), "harbour", "drafter", "HC-1", office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	s, o := newStage(t, h.Dir), options(t.TempDir())
	m := open(t, s.URL, o)
	want(t, m, "")
	f, err := folder.Open(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := f.Read(t.Context(), proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := reading.State.Letter("https://harbour.example", "HC-1")
	before, err := reading.Proof(reading.State.IDOf(l))
	if err != nil {
		t.Fatal(err)
	}

	// In another copy of the log the office opens it as a draft, and what it signed
	// there is put into this one.
	q, err = other.ProposeOpen(t.Context(), "harbour", "press", "HC-1")
	if err != nil {
		t.Fatal(err)
	}
	opened, err := other.Carry(t.Context(), q, "press", other.Signer("harbour", "press"), other.Signer("harbour", "legal"))
	if err != nil {
		t.Fatal(err)
	}
	log := rogue.Of(t, h.Dir)
	log.Entries = append(log.Entries, opened.Entry)
	rogueDir := filepath.Join(t.TempDir(), "rogue")
	log.Write(t, rogueDir, h.Dir)
	s.show(rogueDir)
	alerts, got := look(t, m)
	if !strings.Contains(got, "conflict") {
		t.Fatalf("told %q: %v", got, alerts)
	}
	for _, a := range alerts {
		if a.Kind == watch.AlertConflict && (a.Level != watch.Misbehaviour || a.Reference != "HC-1") {
			t.Errorf("%+v", a)
		}
	}
	p, err := f.Config.Policy()
	if err != nil {
		t.Fatal(err)
	}
	if v, err := before.Verify(p, noon); err != nil || v.Status.Standing != register.InForce {
		t.Errorf("the offline proof says %v (%v)", v.Status.Standing, err)
	}
}

// TestMonitorOfSplitServer (scenario 22): two readers are shown different logs.
// Each kind of second view - another mirror, a witness, the register's own
// witnessed head - leaves evidence that convinces by itself.
func TestMonitorOfSplitServer(t *testing.T) {
	h := officetest.New(t)
	issue(t, h, "HC-1", "Sir,\n\nthe ship leaves.\n")
	one, two := rogue.Of(t, h.Dir), rogue.Of(t, h.Dir)
	one.At, two.At = noon, noon
	issue(t, h, "HC-2", "Sir,\n\nthe first story.\n")
	longer := rogue.Of(t, h.Dir)
	one.Entries = longer.Entries
	two.Entries = append(two.Entries, two.Entries[1], two.Entries[2], two.Entries[1])
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	one.Write(t, a, h.Dir)
	two.Write(t, b, h.Dir)
	origin := one.Config.Origin
	key, err := signing.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := rogue.Cosigner{Key: key, Named: "witness.example/w", At: noon}
	policy, err := proof.ParsePolicy([]byte("log " + one.Config.LogKey + "\nwitness clock " + one.Config.ClockKey + "\nwitness w " + w.VerifierKey() + "\nquorum none\n"))
	if err != nil {
		t.Fatal(err)
	}
	shown := two.Checkpoint(t, len(two.Entries), w)
	witness := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != fmt.Sprintf("/%x/checkpoint", sha256.Sum256([]byte(origin))) {
			http.NotFound(rw, r)
			return
		}
		_, _ = rw.Write(shown)
	}))
	defer witness.Close()

	evidence := func(t *testing.T, alerts []watch.Alert, sizes string) {
		t.Helper()
		if len(alerts) != 1 || alerts[0].Level != watch.Misbehaviour {
			t.Fatalf("%+v", alerts)
		}
		raw, err := os.ReadFile(alerts[0].Evidence)
		if err != nil {
			t.Fatal(err)
		}
		e, err := proof.ParseEvidence(raw)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.Verify(policy)
		if got := fmt.Sprint(c.First.Size, " ", c.Second.Size); err != nil || got != sizes {
			t.Errorf("evidence over %s entries, want %s (%v)", got, sizes, err)
		}
	}
	t.Run("another mirror is ahead", func(t *testing.T) {
		o := options(t.TempDir())
		o.Policy, o.Also = policy, []string{newStage(t, b).URL}
		m := open(t, newStage(t, a).URL, o)
		evidence(t, want(t, m, "fork"), "7 8")
		want(t, m, "") // told once
	})
	t.Run("another mirror is behind", func(t *testing.T) {
		o := options(t.TempDir())
		o.Policy, o.Also = policy, []string{newStage(t, a).URL}
		alerts := want(t, open(t, newStage(t, b).URL, o), "ignored ignored ignored fork") // that log repeats entries
		evidence(t, alerts[3:], "7 8")
	})
	t.Run("a witness", func(t *testing.T) {
		o := options(t.TempDir())
		now := noon
		o.Policy, o.Witnesses, o.Clock = policy, []string{witness.URL}, func() time.Time { return now }
		s := newStage(t, a)
		m := open(t, s.URL, o)
		want(t, m, "") // it is ahead, which may be only for a moment
		now = now.Add(11 * time.Minute)
		want(t, m, "hidden_head")
		m = open(t, s.URL, o) // it remembers what the witness was shown
		want(t, m, "")
		issue(t, h, "HC-3", "Sir,\n\nthe first story goes on.\n")
		grown := rogue.Of(t, h.Dir)
		grown.At = noon
		c := filepath.Join(t.TempDir(), "c")
		grown.Write(t, c, h.Dir)
		s.show(c)
		evidence(t, want(t, m, "fork"), "8 9")
	})
	t.Run("the register's own witnessed head", func(t *testing.T) {
		c := filepath.Join(t.TempDir(), "c")
		one.Write(t, c, h.Dir)
		if err := os.WriteFile(filepath.Join(c, "log", "witnessed"), two.Checkpoint(t, 6, w), 0o600); err != nil {
			t.Fatal(err)
		}
		o := options(t.TempDir())
		o.Policy = policy
		if alerts, got := look(t, open(t, newStage(t, c).URL, o)); !strings.Contains(got, "fork") {
			t.Errorf("told %q: %v", got, alerts)
		}
	})
	t.Run("one address, two answers", func(t *testing.T) {
		o := options(t.TempDir())
		o.Policy = policy
		s := newStage(t, a)
		m := open(t, s.URL, o)
		want(t, m, "")
		s.show(b)
		evidence(t, want(t, m, "fork"), "7 8")
	})
}

// TestMonitorOfEntries: entries that are none, that the rules do not allow, and
// commitments that were left out.
func TestMonitorOfEntries(t *testing.T) {
	h := officetest.New(t)
	for _, ref := range []letter.Ref{"HC-1", "HC-2"} {
		if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, ref, "Sir,\n\n"+string(ref)+".\n")); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Seal(t.Context(), "harbour", "drafter", ref); err != nil {
			t.Fatal(err)
		}
	}
	good := rogue.Of(t, h.Dir)
	for name, c := range map[string]struct {
		entries [][]byte
		want    string
		level   watch.Level
	}{
		"sound":                  {good.Entries, "", ""},
		"a commitment left out":  {append(good.Entries[:3:3], good.Entries[4]), "sequence_gap", watch.Noteworthy},
		"an entry twice":         {append(good.Entries[:5:5], good.Entries[3]), "ignored", watch.Noteworthy},
		"a commitment too early": {append(good.Entries[:3:3], good.Entries[4], good.Entries[3]), "sequence_gap sequence_gap", watch.Noteworthy},
		"no entry":               {append(good.Entries[:5:5], []byte("not an entry")), "malformed", watch.Misbehaviour},
		"a foreign entry":        {append(good.Entries[:5:5], rogue.New(t, "rogue.example/x", 1).Entries[0]), "ignored", watch.Noteworthy},
	} {
		t.Run(name, func(t *testing.T) {
			l := *good
			l.Entries, l.At = c.entries, noon
			dir := filepath.Join(t.TempDir(), "shown")
			l.Write(t, dir, h.Dir)
			m := open(t, newStage(t, dir).URL, options(t.TempDir()))
			alerts := want(t, m, c.want)
			if len(alerts) > 0 && (alerts[0].Level != c.level || alerts[0].Entry == nil) {
				t.Errorf("%+v", alerts[0])
			}
			want(t, m, "")
		})
	}
}

// TestMonitorOfTime: heads that are old or that nobody vouches for, servers that
// are away, and that they came back.
func TestMonitorOfTime(t *testing.T) {
	h := officetest.NewInEarnest(t, noon.Add(-time.Hour)) // an exercise has no age
	log := rogue.Of(t, h.Dir)
	log.At = noon
	key, err := signing.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := rogue.Cosigner{Key: key, Named: "witness.example/w", At: noon}
	dir := filepath.Join(t.TempDir(), "shown")
	log.Write(t, dir)
	now, s, o := noon, newStage(t, dir), options(t.TempDir())
	o.Clock = func() time.Time { return now }
	if o.Policy, err = proof.ParsePolicy([]byte("log " + log.Config.LogKey + "\nwitness clock " + log.Config.ClockKey + "\nwitness w " + w.VerifierKey() + "\nquorum w\n")); err != nil {
		t.Fatal(err)
	}
	m := open(t, s.URL, o)
	want(t, m, "unwitnessed")
	want(t, m, "")
	if err := os.WriteFile(filepath.Join(dir, "log", "witnessed"), log.Checkpoint(t, len(log.Entries), w), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, m, "")
	now = now.Add(25 * time.Hour)
	want(t, m, "stale unwitnessed")
	s.show(t.TempDir())
	alerts := want(t, m, "unreachable")
	if alerts[0].Level != watch.Trouble {
		t.Errorf("%+v", alerts[0])
	}
	want(t, m, "")
	s.show(dir)
	log.At = now
	log.Write(t, dir)
	want(t, m, "")
	now = now.Add(25 * time.Hour)
	want(t, m, "stale")
	short := *log
	short.Entries = short.Entries[:2]
	older := filepath.Join(t.TempDir(), "older")
	short.Write(t, older)
	s.show(older)
	want(t, m, "older_head")
}

// TestMonitorRefuses bad input before anything is asked for.
func TestMonitorRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		change  func(*watch.MonitorOptions)
	}{
		"no address": {"harbour", func(*watch.MonitorOptions) {}},
		"no witness": {"http://127.0.0.1:9", func(o *watch.MonitorOptions) { o.Witnesses = []string{"x"} }},
		"no mirror":  {"http://127.0.0.1:9", func(o *watch.MonitorOptions) { o.Also = []string{"ftp://x"} }},
		"no phrase":  {"http://127.0.0.1:9", func(o *watch.MonitorOptions) { o.Phrases = []string{" . "} }},
	} {
		o := options(t.TempDir())
		c.change(&o)
		if _, err := watch.OpenMonitor(c.address, o); kind.Of(err) != kind.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, content := range map[string]string{
		"no JSON": "x", "unknown": `{"format":1,"colour":2}`, "another format": `{"format":2}`, "two": `{"format":1}{`,
	} {
		o := options(t.TempDir())
		if err := os.WriteFile(filepath.Join(o.Dir, "monitor.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := watch.OpenMonitor("http://127.0.0.1:9", o); kind.Of(err) != kind.Invalid && name != "two" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWebhook: each alert once and in order, after trouble as well; what is sent
// is the alert and no more.
func TestWebhook(t *testing.T) {
	var mu sync.Mutex
	var took []string
	broken, asked := true, 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked++
		for name := range r.Header {
			if name != "Content-Type" && name != "User-Agent" && name != "Content-Length" && name != "Accept-Encoding" {
				t.Errorf("it sends %s: %v", name, r.Header[name])
			}
		}
		if broken {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return
		}
		raw, err := io.ReadAll(r.Body)
		var a watch.Alert
		if err != nil || json.Unmarshal(raw, &a) != nil || r.URL.Path != "/in" {
			t.Errorf("%s %q %v", r.URL.Path, raw, err)
		}
		took = append(took, string(a.Kind))
	}))
	defer hook.Close()
	wh, err := watch.NewWebhook(hook.URL+"/in", time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	h := officetest.New(t)
	s, o := newStage(t, h.Dir), options(t.TempDir())
	o.FromStart = true
	m := open(t, s.URL, o)
	alerts, _ := look(t, m)
	if err := m.Deliver(t.Context(), wh, alerts); err == nil || asked != 3 || strings.Contains(err.Error(), hook.URL) {
		t.Errorf("a webhook that takes nothing: asked %d times, %v", asked, err)
	}
	if err := m.Told(); err != nil {
		t.Fatal(err)
	}
	broken = false
	m = open(t, s.URL, o)
	if err := m.Deliver(t.Context(), wh, nil); err != nil || strings.Join(took, " ") != "key_added policy_changed" {
		t.Errorf("took %q, %v", took, err)
	}
	if err := m.Deliver(t.Context(), wh, nil); err != nil || len(took) != 2 {
		t.Errorf("a second time: %q, %v", took, err)
	}
	for _, bad := range []string{"", "harbour", "ftp://x/", "file:///x"} {
		if _, err := watch.NewWebhook(bad, 0); kind.Of(err) != kind.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	s.Close()
	if _, got := look(t, m); got != "unreachable" {
		t.Errorf("nobody there: %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Look(ctx); err == nil {
		t.Error("stopped, and it looked")
	}
}
