package doctor_test

import (
	"database/sql"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"chancery.example/internal/doctor"
	"chancery.example/internal/notify"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
)

// schema sets the version that a database says its schema has.
func schema(t *testing.T, h *officetest.House, version int) {
	t.Helper()
	db, err := sql.Open("sqlite", h.Folder().Database())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), map[int]string{1: "PRAGMA user_version = 1"}[version]); err != nil {
		t.Fatal(err)
	}
}

// TestWebhooks: one that was switched off, one that fails, one whose address nothing
// can be sent to.
func TestWebhooks(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now.Add(-time.Minute))
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	own := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	n, err := notify.Open(t.Context(), h.Folder(), notify.Options{Networks: own})
	if err != nil {
		t.Fatal(err)
	}
	w, _, err := n.Subscribe(t.Context(), "harbour", "clerk", notify.Subscription{URL: "http://127.0.0.1:9/hook"})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	look := func(what string, networks []netip.Prefix, want doctor.Level, says string) {
		t.Helper()
		fs := doctor.Folder(t.Context(), h.Dir, doctor.Options{Now: now, Networks: networks})
		for _, f := range fs {
			if f.Name == "webhooks of harbour" && f.Level == want && strings.Contains(f.What, says) {
				return
			}
		}
		t.Errorf("%s: %+v", what, fs)
	}
	look("sound", own, doctor.OK, "1, and nothing")
	look("without its network", nil, doctor.Bad, "no address of the public network")
	db, err := store.Open(t.Context(), h.Folder().Database())
	if err != nil {
		t.Fatal(err)
	}
	change := func(do func(tx *store.Tx) error) {
		t.Helper()
		if err := db.Update(t.Context(), do); err != nil {
			t.Fatal(err)
		}
	}
	change(func(tx *store.Tx) error { return tx.SetWebhookUse(w.ID, "nothing got through") })
	look("switched off", own, doctor.Warn, "nothing got through")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDesk: an address at which no passkey works, one where nothing answers, one
// without a desk, and one with.
func TestDesk(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now.Add(-time.Minute))
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	there := http.StatusOK
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/desk/sign-in" {
			t.Errorf("asked for %s", r.URL)
		}
		w.WriteHeader(there)
	}))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	look := func(url string) doctor.Level {
		t.Helper()
		return level(doctor.Folder(t.Context(), h.Dir, doctor.Options{Now: now, URL: url}), "desk")
	}
	local := "http://localhost:" + port
	for url, want := range map[string]doctor.Level{
		"http://register.example": doctor.Bad, "https://10.0.0.1": doctor.Bad, "https://register.example/x": doctor.Bad, "http://localhost:1": doctor.Bad, local: doctor.OK,
	} {
		if got := look(url); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
	for _, there = range []int{http.StatusNotFound, http.StatusBadGateway} {
		if got := look(local); got != doctor.Bad {
			t.Errorf("%d: %s", there, got)
		}
	}
}

// TestMail: a relay that takes the sender, one that does not, and none.
func TestMail(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now.Add(-time.Minute))
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan string, 10)
	go relay(l, begun)
	look := func(from string) (doctor.Level, doctor.Findings) {
		t.Helper()
		m, err := notify.ParseSMTP("smtp://"+l.Addr().String(), "", from)
		if err != nil {
			t.Fatal(err)
		}
		fs := doctor.Folder(t.Context(), h.Dir, doctor.Options{Now: now, Mail: m})
		return level(fs, "mail"), fs
	}
	if got, fs := look("registry@harbour.example"); got != doctor.OK {
		t.Errorf("%s: %+v", got, fs)
	}
	if got, fs := look("nobody@harbour.example"); got != doctor.Bad {
		t.Errorf("a sender that is refused: %+v", fs)
	}
	_ = l.Close()
	if got, fs := look("registry@harbour.example"); got != doctor.Bad {
		t.Errorf("no relay: %+v", fs)
	}
	for len(begun) > 0 {
		if verb := <-begun; verb == "DATA" || verb == "RCPT" {
			t.Errorf("a mail was begun: %s", verb)
		}
	}
}

// relay speaks as much SMTP as a probe needs, and tells which verbs it heard.
func relay(l net.Listener, heard chan<- string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		c := textproto.NewConn(conn)
		_ = c.PrintfLine("220 relay")
		for {
			line, err := c.ReadLine()
			if err != nil {
				break
			}
			verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
			heard <- verb
			switch {
			case verb == "MAIL" && strings.Contains(line, "nobody"):
				_ = c.PrintfLine("550 not from here")
			case verb == "QUIT":
				_ = c.PrintfLine("221 bye")
			default:
				_ = c.PrintfLine("250 ok")
			}
		}
		_ = c.Close()
	}
}
