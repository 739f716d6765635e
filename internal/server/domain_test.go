package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"chancery.example/internal/binding"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/web"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestTheOfficePageTellsOfKeysAndDomain: which keys ended, and what the domain
// answered last, on the office's own server; a copy says nothing of the domain.
func TestTheOfficePageTellsOfKeysAndDomain(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	page := func(path, accept string) string {
		t.Helper()
		src, err := Read(ctx, h.Dir, proof.Policy{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		pages, err := web.New(src, web.Options{Domain: domains(src.shown.reading.Folder(), slog.New(slog.DiscardHandler))})
		if err != nil {
			t.Fatal(err)
		}
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", accept)
		pages.ServeHTTP(w, r)
		return w.Body.String()
	}
	want := func(what, text string, there bool, words ...string) {
		t.Helper()
		for _, x := range words {
			if strings.Contains(text, x) != there {
				t.Errorf("%s: %q there: %v, want %v", what, x, !there, there)
			}
		}
	}
	const html, asJSON = "text/html", "application/json"
	want("untouched", page("/o/harbour", html), false, "Revoked", "could not be asked")

	turned, err := h.RotateKey(ctx, "harbour", "clerk")
	if err != nil {
		t.Fatal(err)
	}
	q, err := h.ProposeRevokeKey(ctx, "harbour", "clerk", turned.Old, &turned.Receipt.Index, register.Words{"en": "A new <b>key</b>."})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "clerk", []office.Signer{h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")}...); err != nil {
		t.Fatal(err)
	}
	silent := binding.Checker{Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no name service in this test")
	}}}
	if b, err := h.CheckBinding(ctx, "harbour", silent); err != nil || b.Outcome != string(binding.Unreachable) {
		t.Fatal(b, err)
	}
	want("en", page("/o/harbour", html), true, "Revoked", "Not trusted after entry", "A new &lt;b&gt;key&lt;/b&gt;.", "The domain could not be asked.", `datetime="`+h.Now().Format("2006-01-02T15:04:05Z")+`"`)
	want("ar", page("/ar/o/harbour", html), true, "أُبطل", "لا يوثق به", "تعذّر سؤال النطاق")
	want("json", page("/o/harbour", asJSON), true, "revoked_keys", "not_trusted_after", "domain_asked", "unreachable")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(h.Folder().Database()); err != nil {
		t.Fatal(err)
	}
	want("a copy, of the domain", page("/o/harbour", html), false, "could not be asked")
	want("a copy, of the keys", page("/o/harbour", html), true, "Revoked")
}
