package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
)

// A booth is a browser with an authenticator, on a page of an address.
type booth struct {
	t   *testing.T
	ctx context.Context
	id  webauthn.AuthenticatorID
}

// newBooth opens a tab at an address, whose authenticator finds its owner there,
// or does not.
func newBooth(ctx context.Context, t *testing.T, address string) *booth {
	t.Helper()
	page, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &booth{t: t, ctx: page}
	b.do(chromedp.Navigate(address), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		made, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21, Transport: webauthn.AuthenticatorTransportInternal,
				HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
			},
		})
		b.id = made.AuthenticatorID
		return err
	}))
	return b
}

func (b *booth) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// owner says whether the authenticator finds its owner there.
func (b *booth) owner(there bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: b.id, IsUserVerified: there})
		return err
	}))
}

// ask calls navigator.credentials.create or get with options, as pages do, and
// returns what the page would send; an error is the browser's.
func (b *booth) ask(what string, options json.RawMessage) ([]byte, error) {
	b.t.Helper()
	parse := map[string]string{"create": "parseCreationOptionsFromJSON", "get": "parseRequestOptionsFromJSON"}[what]
	out, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(
		`(async o => JSON.stringify((await navigator.credentials.%s({publicKey: PublicKeyCredential.%s(o.publicKey)})).toJSON()))(%s)`, what, parse, options),
		chromedp.EvalAwaitPromise))
	return []byte(out), err
}

func (b *booth) must(what string, options json.RawMessage, err error) []byte {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := b.ask(what, options)
	if err != nil {
		b.t.Fatal(err)
	}
	return body
}

// A real browser makes passkeys, signs in, proves and approves by the options that
// package staff writes.
func TestPasskeysInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>a page</title>"))
	}))
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	house, address := officetest.New(t), "http://localhost:"+u.Port()
	s, err := staff.Open(t.Context(), house.Folder(), staff.Options{Clock: house.Clock.Now, Origin: address, Name: "Harbour register"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := newBooth(ctx, t, address)

	invited, err := s.Invite(t.Context(), "harbour", "legal", staff.Details{Name: "Legal adviser"}, nil, staff.Operator)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.TrimPrefix(invited.Link, address+staff.JoinPath+"#")
	options, err := s.BeginRegister(t.Context(), secret)
	body := b.must("create", options, err)
	if _, _, err := s.FinishRegister(t.Context(), secret, "laptop", staff.Caller{}, body); err != nil {
		t.Fatalf("joining with %s: %v", body, err)
	}

	options, err = s.BeginLogin(t.Context())
	body = b.must("get", options, err)
	cookie, _, err := s.FinishLogin(t.Context(), staff.Caller{}, body)
	if err != nil {
		t.Fatalf("signing in with %s: %v", body, err)
	}
	session, err := s.Session(t.Context(), cookie)
	if err != nil {
		t.Fatal(err)
	}
	options, err = s.BeginProve(t.Context(), session)
	body = b.must("get", options, err)
	if _, session, err = s.FinishProve(t.Context(), session, staff.Caller{}, body); err != nil {
		t.Fatalf("proving with %s: %v", body, err)
	}
	options, err = s.BeginAddPasskey(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := b.ask("create", options); err == nil {
		t.Errorf("the authenticator made a second passkey of the same person: %s", body)
	}
	approveInBrowser(t, s, b, session)

	// Whose owner is not there signs nobody in: the browser gives nothing back.
	b.owner(false)
	options, err = s.BeginLogin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if body, err := b.ask("get", options); err == nil {
		t.Errorf("signed without its owner: %s", body)
	}
}

// approveInBrowser makes a passkey to approve and approves with it. Signing in
// must still take the other one.
func approveInBrowser(t *testing.T, s *staff.Staff, b *booth, session staff.Session) {
	t.Helper()
	options, err := s.BeginApprovalKey(t.Context(), session)
	body := b.must("create", options, err)
	k, err := s.FinishApprovalKey(t.Context(), session, "approvals", body)
	if err != nil {
		t.Fatalf("a passkey to approve by %s: %v", body, err)
	}
	statement, lines := []byte("what is approved\n"), []string{k.Line}
	options, err = s.BeginApproval(t.Context(), session, statement, lines)
	body = b.must("get", options, err)
	wire, err := s.Evidence(t.Context(), session, statement, lines, body)
	if err != nil {
		t.Fatalf("approving with %s: %v", body, err)
	}
	key, err := approval.ParsePasskeyLine(k.Line)
	if err != nil {
		t.Fatal(err)
	}
	if err := approval.Verify(statement, key, wire); err != nil {
		t.Error(err)
	}
	if _, err := s.Evidence(t.Context(), session, []byte("something else\n"), lines, body); kind.Of(err) != kind.Forbidden {
		t.Errorf("what was approved stands for something else: %v", err)
	}
	options, err = s.BeginLogin(t.Context())
	body = b.must("get", options, err)
	if _, _, err := s.FinishLogin(t.Context(), staff.Caller{}, body); err != nil {
		t.Errorf("signing in beside a passkey to approve, with %s: %v", body, err)
	}
}
