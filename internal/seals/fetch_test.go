package seals_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"chancery.example/internal/kind"
	"chancery.example/internal/testkit/clockhouse"
)

// vouched is a desk whose seal has a certificate with what change makes of it.
func vouched(t *testing.T, house *clockhouse.House, at time.Time, change func(*x509.Certificate)) (*desk, *x509.Certificate) {
	t.Helper()
	d := newDesk(t, at)
	request, err := d.Request("", "")
	must(t, err)
	block, _ := pem.Decode(request)
	r, err := x509.ParseCertificateRequest(block.Bytes)
	must(t, err)
	own := house.Issue("Harbour", r.PublicKey, change)
	_, err = d.Import("", clockhouse.PEM(own, house.Between, house.Root), time.Time{})
	must(t, err)
	return d, own
}

// TestFetchFromAResponder: what OpenSSL's responder, a process of its own, says of the
// seal's certificate is fetched and goes into the PDF; when it says that the certificate is
// revoked, or unknown, that is refused and what was there stays.
func TestFetchFromAResponder(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED: there is no openssl here (scripts/test.sh installs it), so there is no responder")
	}
	now := time.Now()
	house, at := clockhouse.New(t, now), "http://127.0.0.1:1"
	asks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // one address, several responders
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/ocsp-request" || r.Header.Get("Authorization") != "" {
			t.Errorf("asked by %s, %v", r.Method, r.Header)
		}
		q, err := http.NewRequestWithContext(r.Context(), http.MethodPost, at, r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		q.ContentLength = r.ContentLength
		q.Header = r.Header
		got, err := http.DefaultClient.Do(q)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = got.Body.Close() }()
		var b bytes.Buffer
		_, _ = b.ReadFrom(got.Body)
		_, _ = w.Write(b.Bytes())
	}))
	t.Cleanup(asks.Close)
	d, own := vouched(t, house, now, func(c *x509.Certificate) { c.OCSPServer = []string{asks.URL} })
	_, err := d.Fetch(t.Context())
	refused(t, err, kind.Unavailable, "asking about the certificate of", "502")
	at = house.Responder([]*x509.Certificate{own}, nil)
	if n, err := d.Fetch(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if pdf, _ := d.sealed(t); !bytes.Contains(pdf, []byte("/OCSPs")) {
		t.Error("the answer is not in the PDF")
	}
	at = house.Responder(nil, []*x509.Certificate{own})
	_, err = d.Fetch(t.Context())
	refused(t, err, kind.Invalid, "revoked the certificate of", "new-key and import")
	at = house.Responder(nil, nil)
	_, err = d.Fetch(t.Context())
	refused(t, err, kind.Invalid, "does not know")
	s, err := d.State()
	if err != nil || s.OCSPs != 1 || s.GoodUntil.Sub(now) > 2*time.Hour {
		t.Errorf("what was refused took the place of what was good: %+v, %v", s, err)
	}
	d.now = now.Add(3 * time.Hour) // past the hour for which it is good
	if pdf, _ := d.sealed(t); bytes.Contains(pdf, []byte("/OCSPs")) {
		t.Error("a stale answer goes into the PDF")
	}
}

// TestFetchRefuses: lists and answers over HTTP that are stale, early, about another, by
// another, too long, no such thing, or somewhere else are refused, and nothing is kept.
func TestFetchRefuses(t *testing.T) {
	house := clockhouse.New(t, noon)
	var says atomic.Pointer[http.HandlerFunc]
	say := func(h http.HandlerFunc) { says.Store(&h) }
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*says.Load())(w, r) }))
	t.Cleanup(s.Close)
	gives := func(raw []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(raw) }
	}
	list, owner := vouched(t, house, noon, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{s.URL + "/list.crl"} })
	answer, own := vouched(t, house, noon, func(c *x509.Certificate) { c.OCSPServer = []string{s.URL} })
	stranger := clockhouse.New(t, noon)
	for name, c := range map[string]struct {
		of   *desk
		says http.HandlerFunc
		want kind.Kind
		why  string
	}{
		"revoked by a list":     {list, gives(house.List(time.Hour, owner)), kind.Invalid, "revoked the certificate of"},
		"a stale list":          {list, gives(house.List(-time.Minute)), kind.Invalid, "get the newest"},
		"another's list":        {list, gives(stranger.List(time.Hour)), kind.Invalid, "not signed by an issuer"},
		"a page":                {list, gives([]byte("<html>Sign in to the network</html>")), kind.Invalid, "neither a revocation list"},
		"nothing":               {list, gives(nil), kind.Invalid, "neither a revocation list"},
		"too long":              {list, gives(make([]byte, 600<<10)), kind.Invalid, "more than the"},
		"not there":             {list, http.NotFound, kind.Unavailable, "404"},
		"sent on":               {list, http.RedirectHandler(other.URL, http.StatusFound).ServeHTTP, kind.Unavailable, "302"},
		"sent on, kept":         {answer, http.RedirectHandler(other.URL, http.StatusTemporaryRedirect).ServeHTTP, kind.Unavailable, "307"},
		"about another":         {answer, gives(house.State(owner, ocsp.Good)), kind.Invalid, "neither a revocation list"},
		"by another":            {answer, gives(stranger.State(own, ocsp.Good)), kind.Invalid, "neither a revocation list"},
		"revoked by an answer":  {answer, gives(house.State(own, ocsp.Revoked)), kind.Invalid, "revoked the certificate of"},
		"an answer that errors": {answer, gives(ocsp.UnauthorizedErrorResponse), kind.Invalid, "unauthorized"},
		"without an end, old":   {answer, gives(house.Undated(own, noon.AddDate(0, 0, -8))), kind.Invalid, "get a new one"},
		"from the future":       {answer, gives(house.Undated(own, noon.AddDate(0, 0, 1))), kind.Invalid, "yet to come"},
	} {
		say(c.says)
		_, err := c.of.Fetch(t.Context())
		refused(t, err, c.want, c.why)
		if st, err := c.of.State(); err != nil || st.CRLs+st.OCSPs != 0 {
			t.Errorf("%s: something was kept: %+v, %v", name, st, err)
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("%d requests went where an answer pointed", n)
	}
	say(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := list.Fetch(ctx)
	refused(t, err, kind.Unavailable, "deadline")
	say(gives(house.List(time.Hour)))
	if n, err := list.Fetch(t.Context()); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if pdf, _ := list.sealed(t); !bytes.Contains(pdf, []byte("/CRLs")) {
		t.Error("the list is not in the PDF")
	}
	say(gives(house.Undated(own, noon.AddDate(0, 0, -6))))
	if n, err := answer.Fetch(t.Context()); n != 1 || err != nil {
		t.Errorf("an answer of last week: %d, %v", n, err)
	}
	for _, address := range []string{"ftp://crl.example/list", "ldap://dir.example/cn=x", "file:///etc/passwd", "http://user:word@crl.example/", "http:///list", "list.crl"} {
		d, _ := vouched(t, house, noon, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{address} })
		_, err := d.Fetch(t.Context())
		if kind.Of(err) != kind.Unavailable && kind.Of(err) != kind.Invalid || !strings.Contains(err.Error(), "authority") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
