package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"chancery.example/internal/staff"
)

// TestDesk: the desk stands beside the pages, under the address that passkeys are
// bound to; without one nothing is served.
func TestDesk(t *testing.T) {
	dir := house(t)
	var opened Desk
	s := start(t, Config{Dir: dir, Desk: true, Opened: func(_ context.Context, d Desk) error { opened = d; return nil }})
	if origin := opened.People.Origin(); origin != strings.Replace(s.url, "127.0.0.1", "localhost", 1) {
		t.Errorf("the desk is at %s, the pages at %s", origin, s.url)
	}
	i, err := opened.People.Invite(t.Context(), "harbour", "clerk", staff.Details{Name: "The clerk"}, nil, staff.Operator)
	if err != nil || !strings.HasPrefix(i.Link, opened.People.Origin()+staff.JoinPath+"#") {
		t.Errorf("%+v %v", i, err)
	}
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for path, want := range map[string]string{
		"/desk/": "/desk/sign-in?then=%2Fdesk%2F", "/ar/desk/letters": "/ar/desk/sign-in?then=%2Far%2Fdesk%2Fletters",
		// A number has no passkeys: its pages lead to the name.
		"/desk/sign-in": opened.People.Origin() + "/desk/sign-in",
	} {
		r, err := stay.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != want {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.Header.Get("Location"))
		}
	}
	if code, body := get(t, opened.People.Origin()+"/desk/sign-in"); code != http.StatusOK || !strings.Contains(body, "data-passkey") {
		t.Errorf("%d %s", code, body)
	}
	if sends := (&programs{}).notifier(); sends != nil || (*programs)(nil).notifier() != nil {
		t.Error("where nothing is sent the desk is given something to send with")
	}
	if code, _ := get(t, s.url+"/l/harbour/HC-1"); code != http.StatusOK {
		t.Errorf("the public pages: %d", code)
	}
}

// TestDeskNeedsItsAddress: behind a proxy, and on other machines, nobody can guess
// it.
func TestDeskNeedsItsAddress(t *testing.T) {
	dir := house(t)
	for name, c := range map[string]Config{
		"https": {Dir: dir, Addr: "127.0.0.1:0", HTTPS: true, Desk: true}, "all": {Dir: dir, Addr: "0.0.0.0:0", Desk: true},
		"number": {Dir: dir, Addr: "127.0.0.1:0", Desk: true, URL: "https://192.0.2.1"}, "plain": {Dir: dir, Addr: "127.0.0.1:0", Desk: true, URL: "http://register.example"},
	} {
		c.Log = slog.New(slog.DiscardHandler)
		if err := Serve(t.Context(), c); err == nil || !strings.Contains(err.Error(), "desk") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
