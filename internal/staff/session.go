package staff

import (
	"context"
	"net/http"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// A Session is a browser in which a person is signed in.
type Session struct {
	ID      int64 // for a list; it opens nothing
	Person  Person
	Agent   string    // what the browser calls itself
	Started time.Time // when the person signed in
	Seen    time.Time // when it was last used, to within some minutes
	Proved  time.Time // when the person last proved who they are
	hash    []byte
}

// Fresh reports whether the person proved who they are so short ago that they
// need not again.
func (s Session) Fresh(now time.Time) bool {
	age := now.Sub(s.Proved)
	return age >= 0 && age < FreshFor
}

// Ends is when the session ends if it is not used any more.
func (s Session) Ends() time.Time {
	idle, most := s.Seen.Add(SessionIdle), s.Started.Add(SessionMost)
	if idle.Before(most) {
		return idle
	}
	return most
}

// seenEvery is how exactly it is kept when a session or a token was last used: a
// page that is looked at shall not write each time.
const seenEvery = 5 * time.Minute

// errNoSession is the answer of a cookie that opens nothing, whatever the cause.
func errNoSession() error { return kind.NotFound.Errorf("nobody is signed in here") }

// Session returns the session of a cookie's value; NotFound when there is none,
// it is over, or its person's access ended.
func (s *Staff) Session(ctx context.Context, cookie string) (Session, error) {
	if len(cookie) != secretLen {
		return Session{}, errNoSession()
	}
	hash := hashOf(forSession, cookie)
	var out Session
	err := s.db.View(ctx, func(t *store.Tx) (err error) {
		out, err = s.alive(t, hash)
		return err
	})
	if err != nil || s.Now().Sub(out.Seen) < seenEvery {
		return out, err
	}
	out.Seen = s.Now()
	return out, s.db.Update(ctx, func(t *store.Tx) error { return t.SeeSession(out.ID, out.Seen) })
}

// alive returns the session with a hash, if it is not over.
func (s *Staff) alive(t *store.Tx, hash []byte) (Session, error) {
	row, found, err := t.SessionByHash(hash)
	if err != nil {
		return Session{}, err
	}
	if !found {
		return Session{}, errNoSession()
	}
	out := sessionOf(row)
	if !s.Now().Before(out.Ends()) {
		return Session{}, errNoSession()
	}
	p, err := t.Person(row.Office, row.Person)
	if err != nil {
		return Session{}, err
	}
	if !p.Active {
		return Session{}, errNoSession()
	}
	out.Person = personOf(p)
	return out, nil
}

func sessionOf(r store.Session) Session {
	return Session{ID: r.ID, Agent: r.Agent, Started: r.Started, Seen: r.Seen, Proved: r.Proved, hash: r.Hash}
}

// signIn starts a session: always a new one with a new cookie, whatever the
// browser had before.
func (s *Staff) signIn(t *turn, p store.Person, agent string) (cookie string, out Session, err error) {
	cookie, hash, err := s.secret(forSession)
	if err != nil {
		return "", out, err
	}
	if err := t.SweepSessions(t.now.Add(-SessionMost), t.now.Add(-SessionIdle)); err != nil {
		return "", out, err
	}
	row := store.Session{Hash: hash, Office: p.Office, Person: p.ID, Agent: clip(agent, 200), Started: t.now, Seen: t.now, Proved: t.now}
	if err := t.AddSession(&row); err != nil {
		return "", out, err
	}
	out = sessionOf(row)
	out.Person = personOf(p)
	return cookie, out, nil
}

// inSession changes what is of the person who is signed in; the session must
// still be there, and fresh when that is asked for.
func (s *Staff) inSession(ctx context.Context, in Session, fresh bool, f func(*turn, store.Person) error) error {
	return s.act(ctx, in.Person.Office, func(t *turn) error {
		now, err := s.alive(t.Tx, in.hash)
		if err != nil {
			return err
		}
		if fresh && !now.Fresh(t.now) {
			return errNotFresh()
		}
		p, err := t.Person(now.Person.Office, now.Person.ID)
		if err != nil {
			return err
		}
		return f(t, p)
	})
}

func errNotFresh() error {
	return kind.Forbidden.Errorf("show your passkey once more before this: the last time is more than %d minutes ago", int(FreshFor.Minutes()))
}

// SignOut ends the session of a cookie. One that is not there is no error.
func (s *Staff) SignOut(ctx context.Context, in Session) error {
	return s.act(ctx, in.Person.Office, func(t *turn) error {
		ended, err := t.EndSession(in.Person.Office, in.Person.ID, in.ID)
		if err != nil || !ended {
			return err
		}
		return t.note(in.Person.ID, in.Person.ID, SignedOut, "signed out")
	})
}

// Sessions returns a person's sessions, the newest first.
func (s *Staff) Sessions(ctx context.Context, office, person string) ([]Session, error) {
	var out []Session
	err := s.view(ctx, office, func(t *store.Tx) error {
		p, err := t.Person(office, person)
		if err != nil {
			return err
		}
		rows, err := t.Sessions(office, person)
		for _, r := range rows {
			if one := sessionOf(r); s.Now().Before(one.Ends()) {
				one.Person = personOf(p)
				out = append(out, one)
			}
		}
		return err
	})
	return out, err
}

// EndSession ends one session of a person, by who does it: the person themself,
// an admin, or the operator.
func (s *Staff) EndSession(ctx context.Context, office, person string, id int64, by string) error {
	return s.act(ctx, office, func(t *turn) error {
		if err := t.selfOrAdmin(by, person); err != nil {
			return err
		}
		if _, err := t.Person(office, person); err != nil {
			return err
		}
		ended, err := t.EndSession(office, person, id)
		if err != nil {
			return err
		}
		if !ended {
			return kind.NotFound.Errorf("%s has no session number %d", person, id)
		}
		return t.note(by, person, SessionsEnded, "session %d ended", id)
	})
}

// EndSessions ends all sessions of a person but one (0: all), and says how many.
func (s *Staff) EndSessions(ctx context.Context, office, person string, but int64, by string) (int64, error) {
	var n int64
	err := s.act(ctx, office, func(t *turn) error {
		if err := t.selfOrAdmin(by, person); err != nil {
			return err
		}
		if _, err := t.Person(office, person); err != nil {
			return err
		}
		var err error
		if n, err = t.EndSessions(office, person, but); err != nil || n == 0 {
			return err
		}
		return t.note(by, person, SessionsEnded, "%d sessions ended", n)
	})
	return n, err
}

// Cookie makes the cookie of a session. Over https it is one of this host alone
// that no script reads and no other site's page brings along; http://localhost,
// which has no https, gets a plainer one.
func (s *Staff) Cookie(value string) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure wherever there is https
		Name: s.CookieName(), Value: value, Path: "/", Secure: s.https(), HttpOnly: true, SameSite: http.SameSiteStrictMode,
		MaxAge: int(SessionMost / time.Second),
	}
}

// NoCookie makes the cookie that takes a session's away.
func (s *Staff) NoCookie() *http.Cookie {
	c := s.Cookie("") //nolint:gosec // likewise
	c.MaxAge = -1
	return c
}

// CookieName is the name of a session's cookie.
func (s *Staff) CookieName() string {
	if s.https() {
		return "__Host-chancery"
	}
	return "chancery"
}

func (s *Staff) https() bool { return len(s.opts.Origin) > 8 && s.opts.Origin[:8] == "https://" }

// CookieOf returns the value of a request's session cookie, "" when there is
// none. Of several none is taken: somebody planted one.
func (s *Staff) CookieOf(r *http.Request) string {
	all := r.CookiesNamed(s.CookieName())
	if len(all) != 1 {
		return ""
	}
	return all[0].Value
}
