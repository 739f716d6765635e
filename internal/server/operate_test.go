package server

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/metrics"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/testkit"
)

// A running server of a test.
type serving struct {
	url, operator string
	log           *testkit.Journal
	reload        chan struct{}
	ended         chan error
	stop          context.CancelFunc
}

// start serves a folder as "chancery serve" does.
func start(t *testing.T, c Config) *serving {
	t.Helper()
	s := &serving{log: &testkit.Journal{}, reload: make(chan struct{}), ended: make(chan error, 1)}
	var ctx context.Context
	ctx, s.stop = context.WithCancel(t.Context())
	ready := make(chan string, 1)
	c.Addr, c.Step, c.Reload = "127.0.0.1:0", -1, s.reload
	c.LogFormat = "json"
	var err error
	if c.Log, err = NewLog(s.log, c.Operation); err != nil {
		t.Fatal(err)
	}
	c.Ready = func(url string) { ready <- strings.TrimSuffix(url, "/") }
	go func() { s.ended <- Serve(ctx, c) }()
	select {
	case s.url = <-ready:
	case err := <-s.ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.stop()
		if err := <-s.ended; err != nil {
			t.Log(err)
		}
	})
	if c.Metrics != "" {
		for _, line := range strings.Split(s.log.String(), "\n") {
			var entry struct{ Msg, Address string }
			if json.Unmarshal([]byte(line), &entry) == nil && strings.HasPrefix(entry.Msg, "metrics") {
				s.operator = "http://" + entry.Address
			}
		}
	}
	return s
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	r, err := http.Get(address) //nolint:gosec // a test's own
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// house is a register with a letter, in earnest and closed, so that a server may
// have its log.
func house(t *testing.T) string {
	t.Helper()
	h := officetest.NewInEarnest(t, time.Now().Add(-time.Minute))
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", first), office.Terms{})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return h.Dir
}

// TestHealth: one word for everybody, reasons for the operator; a folder that is
// not served by its own machine, a head that is old and a disk that is gone are
// told.
func TestHealth(t *testing.T) {
	dir := house(t)
	s := start(t, Config{Dir: dir, Publish: true, Operation: Operation{Metrics: "127.0.0.1:0"}})
	for _, base := range []string{s.url, s.operator} {
		if code, body := get(t, base+"/healthz"); code != 200 || body != "ok\n" {
			t.Errorf("%s: %d %q", base, code, body)
		}
	}
	if code, body := get(t, s.url+"/readyz"); code != 200 || body != "ready\n" {
		t.Errorf("%d %q", code, body)
	}
	code, body := get(t, s.operator+"/readyz")
	for _, want := range []string{"ok register: ", "ok head: ", "warn witnesses: ", "ok index: ", "ok database: ", "ok publishing: ", " disk: "} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d, no %q in\n%s", code, want, body)
		}
	}
	if err := os.Rename(filepath.Join(dir, "office.db"), filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	if code, _ := get(t, s.operator+"/checkpoint"); code != 404 {
		t.Errorf("the operator's address serves the register: %d", code)
	}
	if code, _ := get(t, s.url+"/metrics"); code != 404 {
		t.Errorf("the public address serves metrics: %d", code)
	}
	stale := time.Nanosecond
	old := start(t, Config{Dir: dir, Fresh: &stale, Operation: Operation{Metrics: "127.0.0.1:0"}})
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if code, _ := get(t, old.url+"/readyz"); code == 503 {
			break // heads are dated in whole seconds, and the other server has just signed one
		}
	}
	if code, body := get(t, old.url+"/readyz"); code != 503 || body != "not ready\n" {
		t.Errorf("%d %q", code, body)
	}
	if code, body := get(t, old.operator+"/readyz"); code != 503 || !strings.Contains(body, "bad head: the newest head is ") {
		t.Errorf("%d %q", code, body)
	}
}

// TestPublishingThatFailsIsNotReady: an error that lasts is told; one that is over
// is not.
func TestPublishingThatFailsIsNotReady(t *testing.T) {
	o := newOperated(Config{}, nil)
	if o.publishing() != nil {
		t.Error("trouble before there was any")
	}
	o.failed(errors.New("the disk is full"))
	if o.publishing() == nil {
		t.Error("no trouble")
	}
	o.at = time.Now().Add(-time.Minute)
	if o.publishing() != nil {
		t.Error("trouble that is over lasts")
	}
}

const marker = "zephyrquartz"

// TestNothingOfReadersIsKept sends a word that nobody else uses through every door:
// pages, files, references, forms, pictures that cannot be read, in the body, the
// address and the headers. Neither the log, at its most talkative, nor the metrics,
// the folder or the temporary folder hold it afterwards; nor do they tell who asked
// or how often something was checked.
func TestNothingOfReadersIsKept(t *testing.T) {
	dir, tmp := house(t), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	s := start(t, Config{Dir: dir, Desk: true, Operation: Operation{Metrics: "127.0.0.1:0", LogLevel: "debug"}})
	s.url = strings.Replace(s.url, "127.0.0.1", "localhost", 1) // the desk's name
	words := "The " + marker + " announces that the bathing season begins on the first day of June at the eastern beach."
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	w, err := m.CreateFormFile("file", marker+".png")
	if err == nil {
		_, err = io.WriteString(w, "\x89PNG\r\n\x1a\n"+marker)
	}
	if err := errors.Join(err, m.Close()); err != nil {
		t.Fatal(err)
	}
	send := func(method, path, media, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", media)
		req.Header.Set("User-Agent", marker)
		req.Header.Set("Referer", "https://"+marker+".example/")
		r, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		if r.StatusCode == http.StatusNotFound && !strings.Contains(path, marker) {
			t.Errorf("%s %s: there is no such door", method, path)
		}
	}
	for _, lang := range []string{"", "/ar"} {
		send("POST", lang+"/check", "text/plain", words)
		send("POST", lang+"/check", "text/html", "<p>"+words)
		send("POST", lang+"/check", "application/x-www-form-urlencoded", url.Values{"text": {words}, "as": {marker}}.Encode())
		send("POST", lang+"/check", m.FormDataContentType(), form.String())
		send("POST", lang+"/check", "application/"+marker, words)
		send("POST", lang+"/check", "application/vnd.chancery.proof", marker)
		send("POST", lang+"/compare", "application/x-www-form-urlencoded", url.Values{"a": {words}, "b": {words + " " + marker}}.Encode())
		// A question that is taken is kept, for its reader asked for that; this one is not.
		send("POST", lang+"/o/harbour/ask", "application/x-www-form-urlencoded", url.Values{"exhibit": {words}, "contact": {marker}, marker: {words}}.Encode())
		for _, path := range []string{"/desk/sign-in", "/desk/join", "/desk/new", "/desk/edit/X-1", "/desk/settings/webhook"} {
			send("POST", lang+path+"?then="+marker, "application/x-www-form-urlencoded", url.Values{"ref": {marker}, "text": {words}, marker: {words}}.Encode())
			send("POST", lang+path+"?then="+marker, "application/json", `{"id":"`+marker+`","response":{"clientDataJSON":"`+marker+`"}}`)
		}
		for _, path := range []string{"/l/harbour/" + marker, "/o/" + marker, "/log/" + marker, "/q/?" + marker, "/?q=" + marker, "/" + marker, "/r/" + marker} {
			send("GET", lang+path, "", "")
		}
	}
	for media, body := range map[string]string{"application/json": `{"text":"` + words + `","as":"report"}`, "text/plain": words, m.FormDataContentType(): form.String(), "application/x-www-form-urlencoded": url.Values{"text": {words}}.Encode()} {
		send("POST", "/api/v1/checks?as=text&"+marker, media, body)
	}
	for _, path := range []string{"/texts/" + marker, "/tile/" + marker, "/absence/text/" + marker + ".chancery-proof", "/entries/" + marker, "/api/v1/" + marker, "/desk/" + marker} {
		send("GET", path, "", "")
		send("POST", path, "application/json", `{"text":"`+marker+`"}`)
	}
	_, figures := get(t, s.operator+"/metrics")
	said := s.log.String()
	for what, text := range map[string]string{"the log": said, "the metrics": figures} {
		if strings.Contains(strings.ToLower(text), marker) {
			t.Errorf("%s holds a reader's word:\n%s", what, text)
		}
		for _, no := range []string{"127.0.0.1:" + marker, "HC-1", "/check", "check_", "harbour/"} {
			if strings.Contains(text, no) {
				t.Errorf("%s tells %q:\n%s", what, no, text)
			}
		}
	}
	if !strings.Contains(said, `"msg":"request"`) || strings.Contains(said, `"client"`) {
		t.Errorf("the log names no requests, or who made them:\n%s", said)
	}
	if !strings.Contains(figures, `chancery_http_answers_total{status="4xx"}`) || !strings.Contains(figures, "chancery_log_entries ") || !strings.Contains(figures, "chancery_ready 1") {
		t.Errorf("%s", figures)
	}
	s.stop()
	for _, root := range []string{dir, tmp} {
		holding(t, root)
	}
}

// holding looks for the marker in every file of a folder.
func holding(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err == nil && bytes.Contains(bytes.ToLower(b), []byte(marker)) {
			t.Errorf("%s holds a reader's word", name)
		}
		return nil //nolint:nilerr // gone meanwhile
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestClientsAreLoggedByNetwork, and only when asked for.
func TestClientsAreLoggedByNetwork(t *testing.T) {
	s := start(t, Config{Dir: house(t), Operation: Operation{LogLevel: "debug", LogClients: true}})
	get(t, s.url+"/")
	if !strings.Contains(s.log.String(), `"client":"127.0.0.0/24"`) || strings.Contains(s.log.String(), "127.0.0.1:") {
		t.Error(s.log.String())
	}
	for a, want := range map[string]string{"203.0.113.77:1": "203.0.113.0/24", "[2001:db8:1:2:3::4]:5": "2001:db8:1::/48", "[::ffff:203.0.113.77]:1": "203.0.113.0/24", "x": "unknown"} {
		if got := coarse(a); got != want {
			t.Errorf("%s: %s, want %s", a, got, want)
		}
	}
}

// TestLogForms: what is no form or level is refused.
func TestLogForms(t *testing.T) {
	for _, o := range []Operation{{LogFormat: "xml"}, {LogLevel: "loud"}} {
		if _, err := NewLog(io.Discard, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	var b strings.Builder
	l, err := NewLog(&b, Operation{LogFormat: "json"})
	if err != nil {
		t.Fatal(err)
	}
	l.With("a", 1).WithGroup("g").InfoContext(context.WithValue(t.Context(), requestKey{}, "77"), "x")
	if !strings.Contains(b.String(), `"request":"77"`) {
		t.Error(b.String())
	}
}

// TestErrorsNameTheirRequest: an answer that failed can be reported; no other
// answer tells anything.
func TestErrorsNameTheirRequest(t *testing.T) {
	o := newOperated(Config{Log: slog.New(slog.DiscardHandler)}, nil)
	for status, want := range map[int]bool{200: false, 404: false, 500: true, 503: true} {
		w := newRecorder()
		o.count(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })).ServeHTTP(w, newRequest(t))
		if got := w.Header().Get("X-Request-Id") != ""; got != want {
			t.Errorf("%d: named %v", status, got)
		}
	}
	if o.answers[2].Value() != 1 || o.answers[5].Value() != 2 || o.inFlight.value() != 0 {
		t.Error("not counted")
	}
}

// TestFailuresAreLoggedWithTheirRequest: no page, no page of the desk and no answer
// to a program logs without the request at hand.
func TestFailuresAreLoggedWithTheirRequest(t *testing.T) {
	for _, folder := range []string{"../web/*.go", "../web/desk/*.go", "../api/v1/*.go"} {
		names, err := filepath.Glob(folder)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", folder, names, err)
		}
		for _, name := range names {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"Log.Error(", "Log.Warn("} {
				if bytes.Contains(source, []byte(call)) {
					t.Errorf("%s: %s names no request", name, call)
				}
			}
		}
	}
}

// TestSlowClientsAreEnded: who sends a byte now and then holds a connection no
// longer than the patience, and does not keep others out.
func TestSlowClientsAreEnded(t *testing.T) {
	s := start(t, Config{Dir: house(t), Limits: Limits{Patience: 1200 * time.Millisecond}})
	address := strings.TrimPrefix(s.url, "http://")
	var slow sync.WaitGroup
	for i := range 20 {
		slow.Go(func() {
			began := time.Now()
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = conn.Close() }()
			head := "GET / HTTP/1.1\r\nHost: x\r\n"
			if i%2 == 0 { // the head is whole, the body never ends
				head = "POST /check HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\n\r\n"
			}
			_, _ = io.WriteString(conn, head)
			go func() {
				for range 100 {
					time.Sleep(100 * time.Millisecond)
					if _, err := io.WriteString(conn, "X-A: b\r\n"); err != nil {
						return
					}
				}
			}()
			_, _ = io.Copy(io.Discard, conn)
			if took := time.Since(began); took > 6*time.Second {
				t.Errorf("a slow client was kept for %s", took)
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	if code, _ := get(t, s.url+"/healthz"); code != 200 {
		t.Errorf("others are kept out: %d", code)
	}
	slow.Wait()
}

// TestConnectionLimits: beyond the limits connections are closed unread, those of
// a proxy excepted; one that ends makes room.
func TestConnectionLimits(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	var refused metrics.Counter
	g := newGate(l, Config{Limits: Limits{Connections: 3, PerClient: 2}}, &refused)
	accepted := make(chan net.Conn, 10)
	go func() {
		for {
			c, err := g.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	dial()
	dial()
	a, _ := <-accepted, <-accepted
	if _, err := bufio.NewReader(dial()).ReadByte(); err == nil {
		t.Error("a third connection of one client is open")
	}
	if refused.Value() != 1 || g.count() != 2 {
		t.Errorf("%d refused, %d open", refused.Value(), g.count())
	}
	_ = a.Close()
	_ = a.Close() // twice is once
	dial()
	<-accepted
	if g.count() != 2 {
		t.Errorf("%d open", g.count())
	}
	proxied := newGate(l, Config{HTTPS: true, Limits: Limits{Connections: 3, PerClient: 1}}, &refused)
	who := networkOf(a.RemoteAddr())
	for i := range 4 {
		if got := proxied.enter(who); got != (i < 3) {
			t.Errorf("connection %d of a proxy: %v: it is limited as a client, or not at all", i+1, got)
		}
	}
	if networkOf(&net.TCPAddr{IP: net.ParseIP("2001:db8:1:2:3::4"), Port: 1}).String() != "2001:db8:1:2::/64" || networkOf(&net.UnixAddr{Name: "x"}).IsValid() {
		t.Error("networks")
	}
}

// TestBodiesAreLimited: one byte too many is refused by what it says of itself and
// by what comes.
func TestBodiesAreLimited(t *testing.T) {
	s := start(t, Config{Dir: house(t), Limits: Limits{MaxFile: 1, MaxText: 1}})
	r, err := http.Post(s.url+"/check", "text/plain", strings.NewReader(strings.Repeat("word ", 700_000)))
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", r.StatusCode)
	}
}

// TestRatesAreSettings: a client over them waits.
func TestRatesAreSettings(t *testing.T) {
	s := start(t, Config{Dir: house(t), Limits: Limits{CheckBurst: 2, CheckRate: 0.001}})
	var last int
	for range 3 {
		r, err := http.Post(s.url+"/check", "text/plain", strings.NewReader("some words that are not there"))
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		last = r.StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("%d", last)
	}
}
