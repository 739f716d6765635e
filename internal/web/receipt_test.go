package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

type onePost struct{ at time.Time }

func (p *onePost) Receipt(_ context.Context, secret string) (web.Receipt, error) {
	if secret != "good" {
		return web.Receipt{}, kind.NotFound.Errorf("none")
	}
	return web.Receipt{Office: "lights", Reference: "LA-2026-001", Addressee: "<b>The Master</b>", SentAt: time.Unix(1e9, 0), ReceivedAt: p.at}, nil
}

func (p *onePost) Confirm(ctx context.Context, secret string) (web.Receipt, error) {
	if secret == "good" && p.at.IsZero() {
		p.at = time.Unix(2e9, 0)
	}
	return p.Receipt(ctx, secret)
}

// TestReceipt (api.md MUST-9): looking at a receipt says nothing, posting does; a wrong
// address is no address.
func TestReceipt(t *testing.T) {
	p := &onePost{}
	h := serve(t, webtest.New(t), web.Options{Receipts: p})
	ask := func(method, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept", "text/html")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
	if rec := ask("GET", "/receipt/good"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "&lt;b&gt;The Master") || !p.at.IsZero() {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := ask("POST", "/ar/receipt/good"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "لقد وصل") || p.at.IsZero() {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	for _, m := range []string{"GET", "POST"} {
		if rec := ask(m, "/receipt/bad"); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", m, rec.Code)
		}
	}
}
