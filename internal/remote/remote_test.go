package remote_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/remote"
	"chancery.example/letter"
)

func client(t *testing.T, address string) *remote.Client {
	t.Helper()
	c, err := remote.New(address, remote.Options{Timeout: 2 * time.Second, Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t *testing.T, h http.HandlerFunc) (*remote.Client, *httptest.Server) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return client(t, s.URL), s
}

func TestNewRefuses(t *testing.T) {
	for _, bad := range []string{
		"", "letters.example", "ftp://letters.example", "https://", "https:letters.example", "https://user:secret@letters.example",
		"https://letters.example/?a=1", "https://letters.example/?", "https://letters.example/#x", "file:///etc/passwd", "https://a b/", "\x00",
	} {
		if _, err := remote.New(bad, remote.Options{}); kind.Of(err) != kind.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	c, err := remote.New("https://letters.example/mirror/", remote.Options{})
	if err != nil || c.Address() != "https://letters.example/mirror" {
		t.Errorf("%v %v", c, err)
	}
}

// TestFile: what is there, what is not, and what is too much (folder.md MUST-13).
func TestFile(t *testing.T) {
	var bomb bytes.Buffer // 8 MB of nothing in some kilobytes
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 8<<20))
	_ = z.Close()
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good":
			_, _ = w.Write([]byte("words"))
		case "/empty":
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		case "/zipped":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write([]byte("words"))
			_ = z.Close()
		case "/brotli":
			w.Header().Set("Content-Encoding", "br")
			_, _ = w.Write([]byte("words"))
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/forbidden":
			w.WriteHeader(http.StatusForbidden)
		case "/headers":
			w.Header().Set("X-Long", strings.Repeat("x", 64<<10))
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("half"))
		default:
			http.NotFound(w, r)
		}
	})
	for name, want := range map[string]string{"good": "words", "empty": "", "zipped": "words"} {
		if got, err := c.File(t.Context(), name, 5); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, says := range map[string]string{
		"bomb": "more than 1000 bytes", "brotli": `comes as "br"`, "forbidden": "403", "headers": "header", "cut": "broke off",
	} {
		_, err := c.File(t.Context(), name, 1000)
		if kind.Of(err) != kind.Unavailable || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), c.Address()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"nowhere", "gone"} {
		if _, err := c.File(t.Context(), name, 10); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, ok, err := c.Text(t.Context(), letter.Hash{1}); ok || err != nil {
		t.Errorf("a text that is not there: %v %v", ok, err)
	}
	if got, err := c.Witnessed(t.Context()); got != nil || err != nil {
		t.Errorf("no witnessed head: %v %v", got, err)
	}
}

// TestRedirects go to the same host alone, and say nothing of where they come
// from (folder.md MUST-13).
func TestRedirects(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" {
			t.Errorf("it tells where it comes from: %v", r.Header)
		}
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, "/end", http.StatusMovedPermanently)
		case "/end":
			_, _ = w.Write([]byte("here"))
		case "/other":
			http.Redirect(w, r, other.URL+"/end", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		}
	})
	if got, err := c.File(t.Context(), "same", 10); err != nil || string(got) != "here" {
		t.Errorf("on the same host: %q %v", got, err)
	}
	for name, says := range map[string]string{"other": "another host", "loop": "redirects"} {
		if _, err := c.File(t.Context(), name, 10); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("another host was asked")
	}
	_ = s
}

// TestNothingIdentifies: all that a request says is which file is wanted
// (folder.md MUST-13).
func TestNothingIdentifies(t *testing.T) {
	var got http.Header
	c, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "you"})
	})
	for range 2 {
		if _, err := c.File(t.Context(), "checkpoint", 10); err != nil {
			t.Fatal(err)
		}
	}
	for name := range got {
		if name != "User-Agent" && name != "Accept-Encoding" {
			t.Errorf("it sends %s: %v", name, got[name])
		}
	}
	if got.Get("User-Agent") != "chancery" {
		t.Errorf("it calls itself %q", got.Get("User-Agent"))
	}
}

// TestTriesAgain after trouble that passes, as long as the server asks, and not
// for ever.
func TestTriesAgain(t *testing.T) {
	var asked atomic.Int32
	c, s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		switch {
		case r.URL.Path == "/busy" && n < 3:
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		case r.URL.Path == "/broken":
			w.WriteHeader(http.StatusBadGateway)
		case r.URL.Path == "/forbidden":
			w.WriteHeader(http.StatusForbidden)
		}
	})
	for name, want := range map[string]int32{"busy": 3, "broken": 3, "forbidden": 1} {
		asked.Store(0)
		_, err := c.File(t.Context(), name, 10)
		if (err == nil) != (name == "busy") || asked.Load() != want {
			t.Errorf("%s: asked %d times, want %d (%v)", name, asked.Load(), want, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.File(ctx, "busy", 10); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	s.Close()
	if _, err := c.File(t.Context(), "busy", 10); kind.Of(err) != kind.Unavailable {
		t.Errorf("nobody there: %v", err)
	}
}

// TestSlowServer: a server that never ends does not hold a reader.
func TestSlowServer(t *testing.T) {
	ended := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("a"))
		w.(http.Flusher).Flush()
		select {
		case <-ended:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(ended)
	c, err := remote.New(s.URL, remote.Options{Timeout: 100 * time.Millisecond, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	var late net
	if _, err := c.File(t.Context(), "slow", 100); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("%v", err)
	}
}

type net interface{ Timeout() bool }

var _ net = (*url.Error)(nil)
