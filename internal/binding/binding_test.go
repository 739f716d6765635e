package binding_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"chancery.example/internal/binding"
	"chancery.example/letter"
)

const domain = "harbour.example"

func want() binding.Binding {
	return binding.Binding{
		Register: "letters.harbour.example/main", LogKey: "letters.harbour.example/main+aa2cb2f1+AQID", Office: "https://harbour.example", ShortName: "harbour",
		Keys: []letter.Hash{{1}, {2}},
	}
}

// A world is a name service and a web server of our own.
type world struct {
	checker binding.Checker
	mu      sync.Mutex // of what the services read and count
	txt     []string   // nil: no such name
	silent  bool       // the name service does not answer
	address netip.Addr
	asked   int // for addresses
	serve   http.HandlerFunc
	hits    int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	raw, err := binding.File([]binding.Binding{want()})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{txt: []string{"something else", want().Record()}, address: netip.MustParseAddr("127.0.0.1"), serve: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(raw) }}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.hits++
		serve := w.serve
		w.mu.Unlock()
		if r.Host != domain || r.URL.Path != binding.Path || r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("asked for %s%s (%v)", r.Host, r.URL.Path, r.Header)
		}
		serve(rw, r)
	}))
	s.Config.ErrorLog = nil
	cert, pool := certificate(t)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	dns := w.names(t)
	w.checker = binding.Checker{
		Roots: pool, Port: port, Private: true, Patience: 2 * time.Second,
		Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", dns)
		}},
	}
	return w
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{domain}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// names runs the name service.
func (w *world) names(t *testing.T) string {
	t.Helper()
	c, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			if out := w.reply(buf[:n]); out != nil {
				_, _ = c.WriteTo(out, from)
			}
		}
	}()
	return c.LocalAddr().String()
}

func (w *world) reply(raw []byte) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var m dnsmessage.Message
	if w.silent || m.Unpack(raw) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	out := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true}, Questions: m.Questions}
	head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}
	switch {
	case q.Type == dnsmessage.TypeA && q.Name.String() == domain+"." && w.address.Is4():
		w.asked++
		out.Answers = append(out.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: w.address.As4()}})
	case q.Type == dnsmessage.TypeAAAA && q.Name.String() == domain+"." && w.address.Is6():
		w.asked++
		out.Answers = append(out.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: w.address.As16()}})
	case q.Type == dnsmessage.TypeTXT && q.Name.String() == binding.Name(domain)+"." && w.txt != nil:
		for _, s := range w.txt {
			var parts []string
			for ; len(s) > 255; s = s[255:] {
				parts = append(parts, s[:255])
			}
			out.Answers = append(out.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.TXTResource{TXT: append(parts, s)}})
		}
	case q.Type == dnsmessage.TypeTXT:
		out.RCode = dnsmessage.RCodeNameError
	}
	b, err := out.Pack()
	if err != nil {
		return nil
	}
	return b
}

// TestCheck plays domains that agree, disagree, say nothing or attack (binding.md
// MUST-1, MUST-5 to MUST-8).
func TestCheck(t *testing.T) {
	other := want()
	other.Keys = []letter.Hash{{1}, {3}}
	foreign := want()
	foreign.ShortName = "pilots"
	fileOf := func(b binding.Binding) http.HandlerFunc {
		raw, err := binding.File([]binding.Binding{b})
		if err != nil {
			t.Fatal(err)
		}
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(raw) }
	}
	for name, c := range map[string]struct {
		bend func(*world)
		want binding.Outcome
		says string
	}{
		"both agree":                    {func(*world) {}, binding.Bound, "what the log says"},
		"another key in the file":       {func(w *world) { w.serve = fileOf(other) }, binding.Disagrees, "list of the office's keys"},
		"another office in the file":    {func(w *world) { w.serve = fileOf(foreign) }, binding.Missing, "does not name harbour"},
		"a record of other keys":        {func(w *world) { w.txt = []string{other.Record()} }, binding.Disagrees, "something else than the log"},
		"no record":                     {func(w *world) { w.txt = nil }, binding.Missing, "no TXT record"},
		"other records":                 {func(w *world) { w.txt = []string{"v=spf1 -all"} }, binding.Missing, "no TXT record"},
		"two records, one of them ours": {func(w *world) { w.txt = []string{other.Record(), want().Record()} }, binding.Bound, "what the log says"},
		"a huge record":                 {func(w *world) { w.txt = []string{want().Record(), "v=chancery1 " + strings.Repeat("x", 1000)} }, binding.Disagrees, "longer records"},
		"no file":                       {func(w *world) { w.serve = http.NotFound }, binding.Missing, "status 404"},
		"a file of nonsense": {func(w *world) {
			w.serve = func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>") }
		}, binding.Disagrees, "not a binding"},
		"a huge file": {func(w *world) {
			w.serve = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte(" "), 1<<20)) }
		}, binding.Disagrees, "more than 65536 bytes"},
		"to another host": {func(w *world) {
			w.serve = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://evil.example/", http.StatusFound)
			}
		}, binding.Disagrees, "leads elsewhere"},
		"to itself without TLS": {func(w *world) {
			w.serve = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://harbour.example"+binding.Path, http.StatusMovedPermanently)
			}
		}, binding.Disagrees, "leads elsewhere"},
		"a server's failure": {func(w *world) {
			w.serve = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusInternalServerError) }
		}, binding.Unreachable, "status 500"},
		"a slow server": {func(w *world) {
			w.checker.Patience = 200 * time.Millisecond
			w.serve = func(_ http.ResponseWriter, r *http.Request) {
				<-r.Context().Done()
				panic(http.ErrAbortHandler) // or an empty answer might overtake who gives up
			}
		}, binding.Unreachable, "fetching"},
		"a silent name service":    {func(w *world) { w.silent, w.checker.Patience = true, 200*time.Millisecond }, binding.Unreachable, ""},
		"a stranger's certificate": {func(w *world) { w.checker.Roots = x509.NewCertPool() }, binding.Unreachable, "certificate"},
		"a private address":        {func(w *world) { w.checker.Private, w.address = false, netip.MustParseAddr("10.1.2.3") }, binding.Unreachable, "no public network"},
		"this machine":             {func(w *world) { w.checker.Private = false }, binding.Unreachable, "no public network"},
		"this machine, mapped":     {func(w *world) { w.checker.Private, w.address = false, netip.MustParseAddr("::ffff:127.0.0.1") }, binding.Unreachable, ""},
		"nobody listens":           {func(w *world) { w.checker.Port = "1" }, binding.Unreachable, "nothing answers"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.mu.Lock()
			c.bend(w)
			w.mu.Unlock()
			r := w.checker.Check(t.Context(), domain, want(), time.Unix(1_800_000_000, 0))
			if r.Outcome != c.want || !strings.Contains(r.File+r.Record, c.says) || r.Domain != domain || r.At.Unix() != 1_800_000_000 {
				t.Errorf("%s: file: %s; record: %s; want %s, %q", r.Outcome, r.File, r.Record, c.want, c.says)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.hits > 1 || w.asked > 1 {
				t.Errorf("%d requests, resolved %d times", w.hits, w.asked)
			}
			if !w.checker.Private && w.hits > 0 {
				t.Error("a private address was asked")
			}
		})
	}
}

// TestFile (MUST-2, MUST-3): one form, and every part by its rule.
func TestFile(t *testing.T) {
	raw, err := binding.File([]binding.Binding{want()})
	if err != nil {
		t.Fatal(err)
	}
	got, err := binding.Parse(raw)
	if err != nil || len(got) != 1 || got[0].Digest() != want().Digest() {
		t.Fatalf("%+v (%v)", got, err)
	}
	if _, err := binding.Parse([]byte(strings.ReplaceAll(string(raw), "\n", "\r\n\t"))); err != nil {
		t.Errorf("white space is free: %v", err)
	}
	for name, change := range map[string][2]string{
		"another format": {"binding/v1", "binding/v2"}, "a member more": {`"format"`, `"more": 1, "format"`}, "a member twice": {`"format"`, `"format": "x", "format"`},
		"a register that is none": {"letters.harbour.example/main\"", "Letters\""}, "a key of another log": {"main+aa", "mine+aa"}, "an office that is none": {"https://harbour", "http://harbour"},
		"a short name that is none": {`"short_name": "harbour"`, `"short_name": "Harbour"`}, "capitals in a key": {"0100", "0A00"}, "a key twice": {"02000000", "01000000"}, "no keys": {`"keys"`, `"keyz"`},
		"capitals in a member": {`"register"`, `"Register"`}, "no bindings": {`"bindings"`, `"binding"`}, "more behind it": {"\n}\n", "\n}\n{}"}, "an escape": {"harbour.example/main\"", "h\\u0061rbour.example/main\""},
	} {
		bent := strings.Replace(string(raw), change[0], change[1], 1)
		if bent == string(raw) {
			t.Fatalf("%s: nothing changed in %s", name, raw)
		}
		if _, err := binding.Parse([]byte(bent)); err == nil {
			t.Errorf("%s is taken: %s", name, bent)
		}
	}
	second := want()
	second.ShortName = "pilots"
	both, err := binding.File([]binding.Binding{second, want()})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := binding.Parse(both); err != nil || len(got) != 2 || got[0].ShortName != "harbour" {
		t.Errorf("two offices of a domain: %v (%v)", got, err)
	}
	if _, err := binding.File([]binding.Binding{want(), want()}); err == nil {
		if raw, _ := binding.File([]binding.Binding{want(), want()}); raw != nil {
			if _, err := binding.Parse(raw); err == nil {
				t.Error("one office twice is taken")
			}
		}
	}
}

// TestDigestBindsEveryPart (MUST-4).
func TestDigestBindsEveryPart(t *testing.T) {
	for name, change := range map[string]func(*binding.Binding){
		"register": func(b *binding.Binding) { b.Register += "x" }, "log key": func(b *binding.Binding) { b.LogKey += "x" },
		"office": func(b *binding.Binding) { b.Office += "x" }, "short name": func(b *binding.Binding) { b.ShortName += "x" },
		"key": func(b *binding.Binding) { b.Keys[1][31] = 1 }, "fewer keys": func(b *binding.Binding) { b.Keys = b.Keys[:1] },
		"boundary": func(b *binding.Binding) { b.Register, b.LogKey = b.Register+b.LogKey[:1], b.LogKey[1:] },
	} {
		b := want()
		change(&b)
		if b.Digest() == want().Digest() {
			t.Errorf("another %s, the same digest", name)
		}
	}
	page, err := os.ReadFile("../../docs/formats/binding.md")
	if err != nil || !strings.Contains(string(page), "v=chancery1 ") || !strings.HasPrefix(want().Record(), "v=chancery1 ") || len(want().Record()) != 12+64 {
		t.Errorf("the record %q is not that of the page (%v)", want().Record(), err)
	}
}

// TestPublic (MUST-6): no address of a private, local or special network is asked.
func TestPublic(t *testing.T) {
	for a, want := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f:cb07:6820:80da:af6b:8b2c": true, "8.8.8.8": true,
		"127.0.0.1": false, "::1": false, "10.0.0.1": false, "172.16.9.9": false, "192.168.1.1": false, "169.254.169.254": false, "fe80::1": false, "fc00::1": false,
		"0.0.0.0": false, "::": false, "224.0.0.1": false, "255.255.255.255": false, "100.64.0.1": false, "198.18.0.1": false, "192.0.2.1": false, "240.0.0.1": false,
		"::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:db8::1": false, "::7f00:1": false, "fec0::1": false,
	} {
		if got := binding.Public(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: public %v", a, got)
		}
	}
	if binding.Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func FuzzParse(f *testing.F) {
	raw, err := binding.File([]binding.Binding{want()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := binding.Parse(raw)
		if err != nil {
			return
		}
		if _, err := binding.File(all); err != nil {
			t.Errorf("%q: read, and not written again: %v", raw, err)
		}
	})
}
