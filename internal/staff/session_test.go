package staff_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
)

func TestSessionsEndByThemselves(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	r.Clock.Step(staff.SessionIdle - time.Second)
	if !r.signedIn(legal.cookie) {
		t.Fatal("ended before its rest was over")
	}
	r.Clock.Step(staff.SessionIdle)
	if r.signedIn(legal.cookie) {
		t.Error("goes on after twelve hours of rest")
	}
	// Used all the time, it still ends.
	legal = r.signIn(legal)
	started := r.Staff.Now()
	for r.Staff.Now().Sub(started) < staff.SessionMost-time.Hour {
		r.Clock.Step(time.Hour)
		if !r.signedIn(legal.cookie) {
			t.Fatalf("ended after %v", r.Staff.Now().Sub(started))
		}
		if r.Staff.Now().Sub(started) == 10*time.Hour {
			r.prove(legal) // a proof makes it no longer
		}
	}
	r.Clock.Step(time.Hour)
	if r.signedIn(legal.cookie) {
		t.Error("goes on after seven days")
	}
	if got, err := r.Sessions(t.Context(), "harbour", "legal"); err != nil || len(got) != 0 {
		t.Errorf("sessions %+v, %v", got, err)
	}
}

func TestProvingMakesFreshAndChangesTheCookie(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	old := legal.cookie
	if !legal.session.Fresh(r.Staff.Now()) {
		t.Error("not fresh after signing in")
	}
	r.Clock.Step(staff.FreshFor)
	if now, err := r.Staff.Session(t.Context(), old); err != nil || now.Fresh(r.Staff.Now()) {
		t.Errorf("fresh after ten minutes, or %v", err)
	}
	stale := legal.session
	r.prove(legal)
	if !legal.session.Fresh(r.Staff.Now()) || legal.cookie == old || legal.session.ID != stale.ID || !legal.session.Started.Equal(stale.Started) {
		t.Errorf("after a proof %+v", legal.session)
	}
	if r.signedIn(old) || !r.signedIn(legal.cookie) {
		t.Error("the old cookie is good, or the new one is not")
	}
	if legal.session.Fresh(legal.session.Proved.Add(-time.Second)) {
		t.Error("fresh before it was proved: the clock went back")
	}
	// What the old cookie stood for is over.
	_, err := r.BeginProve(t.Context(), stale)
	r.want(err, kind.NotFound, "proving in a session that goes on elsewhere")
	_, err = r.BeginAddPasskey(t.Context(), stale)
	r.want(err, kind.Forbidden, "adding a passkey in it")
}

// A cookie that somebody planted is never signed in: signing in always makes a
// new value.
func TestSessionsCannotBeFixed(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	planted := strings.Repeat("A", 43)
	if r.signedIn(planted) {
		t.Fatal("a made-up cookie opens a session")
	}
	c := r.signIn(legal)
	if c.cookie == planted || r.signedIn(planted) {
		t.Error("the planted cookie is signed in")
	}
	for _, bad := range []string{"", "A", c.cookie + "A", c.cookie[:42], strings.ToLower(c.cookie), c.cookie[:42] + "=", strings.Repeat("A", 1<<20)} {
		if r.signedIn(bad) {
			t.Errorf("cookie %.50q opens a session", bad)
		}
	}
}

func TestEndingSessions(t *testing.T) {
	r := newRoom(t)
	legal, admin, clerk := r.join("harbour", "legal"), r.join("harbour", "registrar", staff.Admin), r.join("harbour", "clerk")
	second, third := r.signIn(legal), r.signIn(legal)
	r.want(r.EndSession(t.Context(), "harbour", "legal", second.session.ID, "clerk"), kind.Forbidden, "ending another's")
	r.want(r.EndSession(t.Context(), "harbour", "clerk", second.session.ID, "clerk"), kind.NotFound, "ending another's as one's own")
	r.check(r.EndSession(t.Context(), "harbour", "legal", second.session.ID, "legal"))
	if r.signedIn(second.cookie) || !r.signedIn(third.cookie) {
		t.Error("another session ended")
	}
	r.want(r.EndSession(t.Context(), "harbour", "legal", second.session.ID, "legal"), kind.NotFound, "ending it again")
	n, err := r.EndSessions(t.Context(), "harbour", "legal", legal.session.ID, "legal")
	r.check(err)
	if n != 1 || r.signedIn(third.cookie) || !r.signedIn(legal.cookie) {
		t.Errorf("%d ended, or the wrong one", n)
	}
	_, err = r.EndSessions(t.Context(), "harbour", "legal", 0, "clerk")
	r.want(err, kind.Forbidden, "ending all of another's")
	_, err = r.EndSessions(t.Context(), "harbour", "legal", 0, "registrar")
	r.check(err)
	if r.signedIn(legal.cookie) {
		t.Error("an admin ended nothing")
	}
	r.check(r.SignOut(t.Context(), clerk.session))
	r.check(r.SignOut(t.Context(), clerk.session))
	if r.signedIn(clerk.cookie) || !r.signedIn(admin.cookie) {
		t.Error("signing out ended nothing, or too much")
	}
}

func TestCookie(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	c := r.Cookie(legal.cookie)
	if got := c.String(); got != "__Host-chancery="+legal.cookie+"; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Strict" {
		t.Error(got)
	}
	if got := r.NoCookie().String(); got != "__Host-chancery=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict" {
		t.Error(got)
	}
	req := httptest.NewRequest(http.MethodGet, "/desk/", nil)
	if r.CookieOf(req) != "" {
		t.Error("a cookie where there is none")
	}
	req.AddCookie(c)
	if r.CookieOf(req) != legal.cookie {
		t.Error("the cookie is not found")
	}
	req.AddCookie(r.Cookie("planted"))
	if got := r.CookieOf(req); got != "" {
		t.Errorf("of two cookies %q was taken", got)
	}
	local := r.open(staff.Options{Clock: r.Clock.Now, Origin: "http://localhost:8080"})
	if got := local.Cookie("x").String(); got != "chancery=x; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict" {
		t.Error(got)
	}
}

// Looking at pages does not write each time.
func TestSeenIsKeptNowAndThen(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	at := r.Staff.Now()
	r.Clock.Step(time.Minute)
	if got, err := r.Staff.Session(t.Context(), legal.cookie); err != nil || !got.Seen.Equal(at) {
		t.Errorf("seen %v, %v", got.Seen, err)
	}
	r.Clock.Step(5 * time.Minute)
	for range 2 {
		if got, err := r.Staff.Session(t.Context(), legal.cookie); err != nil || !got.Seen.Equal(r.Staff.Now()) {
			t.Errorf("seen %v, %v", got.Seen, err)
		}
	}
}
