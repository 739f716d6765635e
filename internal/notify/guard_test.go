package notify

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/store"
	"chancery.example/internal/testkit"
)

// TestNoPrivateNetwork (MUST-4) dials addresses that nothing may be sent to, by name and by
// number.
func TestNoPrivateNetwork(t *testing.T) {
	for _, a := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1",
		"::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1", "::127.0.0.1", "2001::1",
	} {
		addr := netip.MustParseAddr(a)
		g := guard{lookup: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("93.184.215.14"), addr}, nil
		}}
		for _, host := range []string{net.JoinHostPort("example.org", "443"), net.JoinHostPort(a, "443")} {
			if c, err := g.dial(t.Context(), "tcp", host, false); err == nil || !strings.Contains(err.Error(), "no address of the public network") {
				t.Errorf("%s (%s): %v %v", host, a, c, err)
			}
		}
	}
	g := guard{}
	for _, port := range []string{"22", "25", "6379", "8443", "0", "70000"} {
		if _, err := g.dial(t.Context(), "tcp", net.JoinHostPort("93.184.215.14", port), false); err == nil {
			t.Errorf("port %s is dialled", port)
		}
	}
	if _, err := g.dial(t.Context(), "tcp", "93.184.215.14:80", true); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("without TLS: %v", err)
	}
}

// TestKnownTricks tries the addresses of the corpus of server-side request forgery.
func TestKnownTricks(t *testing.T) {
	raw := testkit.Read(t, "attack-generated/ssrf_urls.json")
	var all any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	var urls []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if strings.Contains(v, "://") {
				urls = append(urls, v)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(all)
	var reached atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer s.Close()
	// Every name leads to this machine.
	g := guard{lookup: func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}}
	sender := newSender(g, nil)
	for _, u := range urls {
		if g.validate(u) != nil {
			continue
		}
		if status, _, err := sender.post(t.Context(), u, store.Message{ID: "msg_x", Body: []byte("{}")}, time.Now(), "v1,x"); err == nil {
			t.Errorf("%q is sent to: %d", u, status)
		}
	}
	if len(urls) < 10 || reached.Load() != 0 {
		t.Errorf("%d addresses; %d requests arrived", len(urls), reached.Load())
	}
}

// TestRebinding: a name is resolved once for each message, and what was looked at is
// dialled: a second answer is never asked for.
func TestRebinding(t *testing.T) {
	var asked atomic.Int32
	g := guard{networks: here, exercise: true, lookup: func(context.Context, string) ([]netip.Addr, error) {
		if asked.Add(1) == 1 {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
		return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
	}}
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	sender := newSender(g, nil)
	if status, _, err := sender.post(t.Context(), "http://rebind.example:"+port+"/", store.Message{}, time.Now(), "v1,x"); err != nil || status != 200 {
		t.Errorf("%d %v", status, err)
	}
	if asked.Load() != 1 {
		t.Errorf("the name was resolved %d times for one message", asked.Load())
	}
	if _, _, err := sender.post(t.Context(), "http://rebind.example:"+port+"/", store.Message{}, time.Now(), "v1,x"); err == nil || !strings.Contains(err.Error(), "10.0.0.1") {
		t.Errorf("the second message, to 10.0.0.1: %v", err)
	}
}

// TestNoRedirect (MUST-5): an answer that leads elsewhere is a failure, and nobody follows it.
func TestNoRedirect(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{})
	var reached atomic.Int32
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inner.Close()
	r := newReceiver(t)
	r.answer(http.StatusTemporaryRedirect)
	r.header.Set("Location", inner.URL)
	w := subscribed(t, n, Subscription{URL: r.URL})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "A letter.\n"), office.Terms{})
	settle(t, n)
	ds, err := n.Deliveries(t.Context(), "harbour", w.ID, 0, 10)
	if err != nil || len(ds) != 1 || ds[0].State != store.SendWaiting || !strings.Contains(ds[0].Problem, "redirect") || reached.Load() != 0 {
		t.Errorf("%+v (%v), %d requests at the other address", ds, err, reached.Load())
	}
}

// TestEndlessAnswer: what a receiver says without end is not read to its end.
func TestEndlessAnswer(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		block := make([]byte, 64<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	w := subscribed(t, n, Subscription{URL: s.URL})
	began := time.Now()
	d, err := n.Try(t.Context(), "harbour", "clerk", w.ID)
	if err != nil || d.State != store.SendDone || time.Since(began) > 5*time.Second {
		t.Errorf("%+v (%v) after %s", d, err, time.Since(began))
	}
}

// TestRunEnds: the sender ends with its context, also while a receiver hangs, and the
// message is sent later.
func TestRunEnds(t *testing.T) {
	h := officetest.New(t)
	n := opened(t, h, Options{})
	began := make(chan struct{}, 10)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // only then the server sees that the other side went away
		began <- struct{}{}
		<-r.Context().Done()
	}))
	defer s.Close()
	w := subscribed(t, n, Subscription{URL: s.URL})
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "A letter.\n"), office.Terms{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		n.Run(ctx, 10*time.Millisecond)
		close(ended)
	}()
	<-began
	cancel()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	ds, err := n.Deliveries(t.Context(), "harbour", w.ID, 0, 10)
	if err != nil || len(ds) != 1 || ds[0].State != store.SendWaiting || ds[0].Attempts != 0 {
		t.Errorf("%+v (%v)", ds, err)
	}
}

func FuzzValidateURL(f *testing.F) {
	for _, s := range []string{"https://example.org/x", "http://[::1]:80/", "https://a@b@c/", "https://example.org:0443/", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g := guard{lookup: func(context.Context, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
		}}
		if g.validate(s) != nil {
			return
		}
		if _, _, err := newSender(g, nil).post(t.Context(), s, store.Message{}, time.Unix(0, 0), "v1,x"); err == nil {
			t.Errorf("%q was sent", s)
		}
	})
}
