package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// A stopped clock that tests move.
type stopped struct{ t time.Time }

func (s *stopped) now() time.Time { return s.t }

func newStopped() *stopped { return &stopped{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func TestBucket(t *testing.T) {
	clock := newStopped()
	l := newLimiter(Rate{PerSecond: 0.5, Burst: 3}, clock.now)
	for i := range 3 {
		if _, ok := l.take("a"); !ok {
			t.Fatalf("request %d of a burst of 3 is refused", i)
		}
	}
	if wait, ok := l.take("a"); ok || wait != 2*time.Second {
		t.Errorf("%v, %v; want to wait 2 s", ok, wait)
	}
	if _, ok := l.take("b"); !ok {
		t.Error("another client pays for it")
	}
	clock.t = clock.t.Add(2 * time.Second)
	if _, ok := l.take("a"); !ok {
		t.Error("refused after the wait it was told")
	}
	if _, ok := l.take("a"); ok {
		t.Error("more than the rate")
	}
	clock.t = clock.t.Add(-time.Hour) // a clock that goes back gives nothing and breaks nothing
	if _, ok := l.take("a"); ok {
		t.Error("a clock that went back gives tokens")
	}
	if _, ok := newLimiter(Rate{Burst: -1}, clock.now).take("a"); !ok {
		t.Error("no limit refuses")
	}
}

// However many addresses come, the memory is bounded; those who find no room
// share one bucket, and room is made of clients at rest.
func TestBucketsAreBounded(t *testing.T) {
	clock := newStopped()
	l := newLimiter(Rate{PerSecond: 1, Burst: 2}, clock.now)
	for i := range mostBuckets {
		if _, ok := l.take(fmt.Sprint(i)); !ok {
			t.Fatal("refused before there are too many")
		}
	}
	granted := 0
	for i := range 100 {
		if _, ok := l.take(fmt.Sprint("more", i)); ok {
			granted++
		}
	}
	if granted != 2 || len(l.buckets) != mostBuckets {
		t.Errorf("%d granted beyond the bound, %d buckets", granted, len(l.buckets))
	}
	clock.t = clock.t.Add(time.Minute)
	if _, ok := l.take("new"); !ok || len(l.buckets) != 1 {
		t.Errorf("%d buckets after a rest; want 1", len(l.buckets))
	}
}

func TestClient(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		proxies   []netip.Prefix
		want      string
	}{
		{"192.0.2.7:1234", nil, nil, "192.0.2.7"},
		{"[2001:db8:1:2:3:4:5:6]:1234", nil, nil, "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:ffff::1]:99", nil, nil, "2001:db8:1:2::/64"},
		{"[2001:db8:1:3::1]:99", nil, nil, "2001:db8:1:3::/64"},
		{"[fe80::1%eth0]:99", nil, nil, "fe80::/64"},
		{"[::ffff:192.0.2.7]:99", nil, nil, "192.0.2.7"},
		{"not an address", nil, nil, "unknown"},
		// Nobody is believed who is not named.
		{"192.0.2.7:1234", []string{"198.51.100.1"}, nil, "192.0.2.7"},
		{"192.0.2.7:1234", []string{"198.51.100.1"}, proxies, "192.0.2.7"},
		// The last address that is no proxy counts; what stands before may be forged.
		{"10.1.1.1:80", []string{"198.51.100.1"}, proxies, "198.51.100.1"},
		{"10.1.1.1:80", []string{"203.0.113.9, 198.51.100.1, 10.2.2.2"}, proxies, "198.51.100.1"},
		{"10.1.1.1:80", []string{"203.0.113.9", "198.51.100.1:443"}, proxies, "198.51.100.1"},
		{"10.1.1.1:80", []string{"[2001:db8::9]:443"}, proxies, "2001:db8::/64"},
		{"10.1.1.1:80", []string{"198.51.100.1, nonsense"}, proxies, "10.1.1.1"},
		{"10.1.1.1:80", []string{"nonsense, fd00::7"}, proxies, "fd00::/64"},
		{"10.1.1.1:80", nil, proxies, "10.1.1.1"},
		{"[fd00::1]:80", []string{"198.51.100.1"}, proxies, "198.51.100.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		for _, f := range c.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		rates := Rates{Proxies: c.proxies}
		if got := rates.Client(r); got != c.want {
			t.Errorf("%s, forwarded for %q: %s; want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

// unread fails the test when somebody reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body of a refused request was read")
	return 0, http.ErrBodyReadAfterClose
}

// Too many requests are refused in the reader's language and in the program's
// form, before anything is read, and with the time to wait.
func TestTooManyRequests(t *testing.T) {
	h, err := New(webtest.New(t), Options{Rates: Rates{All: Rate{PerSecond: 1, Burst: 100}, Checks: Rate{PerSecond: 0.1, Burst: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	post := func(path, accept string, body *strings.Reader) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, path, unread{t})
		if body != nil {
			r = httptest.NewRequest(http.MethodPost, path, body)
		}
		r.Header.Set("Content-Type", "text/plain")
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := post("/check", "text/html", strings.NewReader("some words of nobody about nothing")); w.Code != http.StatusOK {
		t.Fatalf("the first: %d", w.Code)
	}
	for _, c := range []struct{ path, accept, want string }{
		{"/check", "text/html", "Too many requests from your network"},
		{"/ar/check", "text/html", "طلبات كثيرة من شبكتك"},
		{"/check", "application/json", `"status": 429`},
	} {
		w := post(c.path, c.accept, nil)
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "10" || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s %s: %d, Retry-After %q, %.300s", c.path, c.accept, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
		if w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: no security headers", c.path)
		}
	}
	// Reading on is still possible, also for the same client.
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusOK {
		t.Errorf("a page: %d", w.Code)
	}
}

// An answer goes out at a step after its paper had arrived, never at once and
// never in between.
func TestAnswersGoOutAtSteps(t *testing.T) {
	clock := newStopped()
	var slept time.Duration
	p := pace{step: 25 * time.Millisecond, clock: clock.now, sleep: func(_ context.Context, d time.Duration) { slept = d }}
	began := clock.t
	for _, took := range []time.Duration{0, time.Nanosecond, 3 * time.Millisecond, 25 * time.Millisecond, 26 * time.Millisecond, 49999999 * time.Nanosecond, time.Second} {
		clock.t = began.Add(took)
		p.release(t.Context(), began)
		if out := took + slept; slept <= 0 || slept > p.step || out%p.step != 0 {
			t.Errorf("after %v it waits %v: out at %v", took, slept, out)
		}
	}
	slept = 0
	pace{clock: clock.now, sleep: p.sleep}.release(t.Context(), began)
	if slept != 0 {
		t.Error("without steps it waits")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	sleep(ended, time.Hour) // returns: the reader went away
}

// The handler itself waits, once for each paper, whatever it answers.
func TestCheckWaitsForTheStep(t *testing.T) {
	src := webtest.New(t)
	s := &site{src: src, opts: Options{Step: time.Millisecond}, printers: map[letter.Lang]*i18n.Printer{}, running: make(chan struct{}, 1)}
	s.opts.fill()
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	s.printers[i18n.English] = p
	if s.assets, err = loadAssets(); err != nil {
		t.Fatal(err)
	}
	waits := 0
	s.pace = pace{step: time.Millisecond, clock: time.Now, sleep: func(context.Context, time.Duration) { waits++ }}
	for i, text := range []string{webtest.InForce, "nobody wrote these words about anything in particular", "x", strings.Repeat("word ", 30_000)} {
		r := httptest.NewRequest(http.MethodPost, "/check", strings.NewReader(text))
		r.Header.Set("Content-Type", "text/plain")
		s.handle(i18n.English, s.check).ServeHTTP(httptest.NewRecorder(), r)
		if waits != i+1 {
			t.Errorf("%.20q: %d waits; want %d", text, waits, i+1)
		}
	}
}
