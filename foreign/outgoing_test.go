package foreign_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// TestStandardWebhooks gives what a receiver gets to the library of Standard Webhooks.
func TestStandardWebhooks(t *testing.T) {
	h := officetest.NewInEarnest(t, time.Now()) // the library looks at the clock
	n, err := notify.Open(t.Context(), h.Folder(), notify.Options{Clock: h.Clock.Now, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.Close() }()
	var hook *standardwebhooks.Webhook
	verified, bent := 0, 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := hook.Verify(body, r.Header); err != nil {
			t.Errorf("the library refuses a message: %v", err)
		}
		verified++
		if hook.Verify(append(body, ' '), r.Header) != nil {
			bent++
		}
	}))
	defer s.Close()
	_, secret, err := n.Subscribe(t.Context(), "harbour", "clerk", notify.Subscription{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if hook, err = standardwebhooks.NewWebhook(secret); err != nil {
		t.Fatal(err)
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "The lock opens on Monday.\n"), office.Terms{})
	if err := n.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if verified != 1 || bent != 1 {
		t.Errorf("%d messages verified, %d bent ones refused", verified, bent)
	}
}

// A relay is go-smtp's server with TLS and a password.
type relay struct {
	mu    sync.Mutex
	mails []string
	tls   []bool
}

func (r *relay) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{r: r, secure: secure}, nil
}

type session struct {
	r      *relay
	secure bool
	in     bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "registry" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.r.mails, s.r.tls = append(s.r.mails, string(raw)), append(s.r.tls, s.secure)
	return nil
}

// certificate makes one for this machine, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relay"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

// TestSMTPServer delivers a letter to a server that we did not write: by STARTTLS and
// by TLS from the first byte, with a password; a certificate that nobody vouches for
// gets nothing.
func TestSMTPServer(t *testing.T) {
	cert, pool := certificate(t)
	for _, implicit := range []bool{false, true} {
		r := &relay{}
		s := smtp.NewServer(r)
		s.Domain, s.TLSConfig = "relay", &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		scheme := "smtp"
		if implicit {
			l, scheme = tls.NewListener(l, s.TLSConfig), "smtps"
		}
		go func() { _ = s.Serve(l) }()
		t.Cleanup(func() { _ = s.Close() })
		for _, trusted := range []bool{false, true} {
			out, err := notify.ParseSMTP(scheme+"://registry@"+l.Addr().String(), "secret", "Registry <registry@harbour.example>")
			if err != nil {
				t.Fatal(err)
			}
			if trusted {
				out.Roots = pool
			}
			sent(t, r, out, trusted)
		}
	}
}

func sent(t *testing.T, r *relay, out *notify.SMTP, trusted bool) {
	t.Helper()
	h := officetest.New(t)
	n, err := notify.Open(t.Context(), h.Folder(), notify.Options{Clock: h.Clock.Now, Address: "https://register.example", Mail: out})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.Close() }()
	content := officetest.Content(t, "HC-1", ".\n.\nThe lock opens.\n")
	h.IssueLetter(t, "harbour", content, office.Terms{})
	p := notify.Parcel{Office: "harbour", OfficeName: "هيئة الميناء", Reference: "HC-1", Texts: []letter.LangText{content.Texts[0]}, Proof: []byte("proof")}
	ds, err := n.Dispatch(context.WithoutCancel(t.Context()), "clerk", p, []notify.Addressee{{Name: "The Master", Address: "master@lock.example"}})
	if err == nil {
		ds, err = n.Send(t.Context(), ds)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !trusted {
		if ds[0].State != notify.Waiting || !strings.Contains(ds[0].Problem, "certificate") || len(r.mails) != 0 {
			t.Errorf("a certificate that nobody vouches for: %+v", ds[0])
		}
		return
	}
	if ds[0].State != notify.Done || len(r.mails) != 1 || !r.tls[0] {
		t.Fatalf("%+v, %d mails, by TLS %v", ds[0], len(r.mails), r.tls)
	}
	m, err := mail.ReadMessage(strings.NewReader(r.mails[0]))
	if err != nil || m.Header.Get("To") != "<master@lock.example>" {
		t.Errorf("%v (%v)", m, err)
	}
}
