package staff_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
)

const origin = "https://register.example"

// A room is a desk with its register, two offices and a post box.
type room struct {
	*officetest.House
	*staff.Staff
	t    testing.TB
	post *post
}

// A mail is what the post box got.
type sent struct{ to, subject, text string }

type post struct {
	mu   sync.Mutex
	got  []sent
	down error
}

func (p *post) Mail(_ context.Context, to, subject, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down != nil {
		return p.down
	}
	p.got = append(p.got, sent{to, subject, text})
	return nil
}

// last returns the newest mail.
func (p *post) last(t testing.TB) sent {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.got) == 0 {
		t.Fatal("no mail was sent")
	}
	return p.got[len(p.got)-1]
}

func newRoom(t testing.TB) *room {
	t.Helper()
	h := officetest.New(t)
	h.Enrol(t, "pilots", 1, 1)
	r := &room{House: h, t: t, post: &post{}}
	r.Staff = r.open(staff.Options{Clock: h.Clock.Now, Origin: origin, Name: "Harbour register"})
	return r
}

// open opens the desk once more, as another process would.
func (r *room) open(o staff.Options) *staff.Staff {
	r.t.Helper()
	s, err := staff.Open(r.t.Context(), r.Folder(), o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = s.Close() })
	return s
}

func (r *room) check(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// want fails unless an error is of a kind.
func (r *room) want(err error, k kind.Kind, what string) {
	r.t.Helper()
	if !errors.Is(err, k) {
		r.t.Errorf("%s: %v; want %v", what, err, k)
	}
}

// A colleague is a person with a device, signed in.
type colleague struct {
	device  *authenticator.Device
	cookie  string
	session staff.Session
}

// secretOf returns the secret of a link that was not mailed.
func secretOf(t testing.TB, i staff.Invited) string {
	t.Helper()
	secret, ok := cutPrefix(i.Link, origin+staff.JoinPath+"#")
	if !ok {
		t.Fatalf("link %q", i.Link)
	}
	return secret
}

func cutPrefix(s, p string) (string, bool) {
	if len(s) < len(p) || s[:len(p)] != p {
		return s, false
	}
	return s[len(p):], true
}

// invite makes a person known to an office and returns the secret of their link.
func (r *room) invite(office, id string, roles ...staff.Role) string {
	r.t.Helper()
	i, err := r.Invite(r.t.Context(), office, id, staff.Details{Name: "The " + id}, roles, staff.Operator)
	r.check(err)
	return secretOf(r.t, i)
}

// join invites a person, who makes a passkey and is signed in.
func (r *room) join(office, id string, roles ...staff.Role) *colleague {
	r.t.Helper()
	return r.accept(r.invite(office, id, roles...), authenticator.New(origin, office+"/"+id))
}

// accept makes a passkey on a device with a link's secret.
func (r *room) accept(secret string, d *authenticator.Device) *colleague {
	r.t.Helper()
	options, err := r.BeginRegister(r.t.Context(), secret)
	r.check(err)
	body, err := d.Create(options)
	r.check(err)
	c := &colleague{device: d}
	c.cookie, c.session, err = r.FinishRegister(r.t.Context(), secret, "first", staff.Caller{Agent: "a browser"}, body)
	r.check(err)
	return c
}

// answer signs in on a device, bent as told, and returns what the browser gave.
func (r *room) answer(d *authenticator.Device, bends ...func(*authenticator.Ceremony)) []byte {
	r.t.Helper()
	options, err := r.BeginLogin(r.t.Context())
	r.check(err)
	body, err := d.Get(options, bends...)
	r.check(err)
	return body
}

// signIn signs a person in once more.
func (r *room) signIn(c *colleague) *colleague {
	r.t.Helper()
	cookie, session, err := r.FinishLogin(r.t.Context(), staff.Caller{Agent: "another browser"}, r.answer(c.device))
	r.check(err)
	return &colleague{c.device, cookie, session}
}

// prove proves once more who a person is.
func (r *room) prove(c *colleague) {
	r.t.Helper()
	options, err := r.BeginProve(r.t.Context(), c.session)
	r.check(err)
	body, err := c.device.Get(options)
	r.check(err)
	c.cookie, c.session, err = r.FinishProve(r.t.Context(), c.session, staff.Caller{}, body)
	r.check(err)
}

// signedIn reports whether a cookie opens a session.
func (r *room) signedIn(cookie string) bool {
	r.t.Helper()
	_, err := r.Staff.Session(r.t.Context(), cookie)
	if err != nil && !errors.Is(err, kind.NotFound) {
		r.t.Fatal(err)
	}
	return err == nil
}

// happened returns what the journal says of an office, the newest first.
func (r *room) happened(office string) []staff.Event {
	r.t.Helper()
	out, err := r.Journal(r.t.Context(), office, 0, 1000)
	r.check(err)
	return out
}

// alarms counts the alarms of an office of a sort.
func (r *room) alarms(office string, what staff.Happening) int {
	r.t.Helper()
	return len(slices.DeleteFunc(r.happened(office), func(e staff.Event) bool { return !e.Alarm || e.Act != what }))
}

// tamper changes a member of a browser's answer.
func tamper(t testing.TB, body []byte, f func(map[string]any)) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	f(m)
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func deviceOf(seed string) *authenticator.Device { return authenticator.New(origin, seed) }
