package staff_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
)

func TestLinksAreGoodOnce(t *testing.T) {
	r := newRoom(t)
	secret := r.invite("harbour", "legal", staff.Auditor)
	i, err := r.Invitation(t.Context(), secret)
	r.check(err)
	if i.Person.ID != "legal" || i.Recover || i.By != staff.Operator || !i.Until.Equal(r.Staff.Now().Add(staff.InvitationFor)) {
		t.Errorf("%+v", i)
	}
	waiting, err := r.Invitations(t.Context(), "harbour")
	r.check(err)
	if len(waiting) != 1 || waiting[0].Person.ID != "legal" {
		t.Errorf("links that wait: %+v", waiting)
	}

	// A newer link ends the older one.
	newer := r.invite("harbour", "legal", staff.Auditor)
	_, err = r.Invitation(t.Context(), secret)
	r.want(err, kind.NotFound, "a link that was replaced")
	_, err = r.BeginRegister(t.Context(), secret)
	r.want(err, kind.NotFound, "a link that was replaced")

	// Two browsers open it; the first one to finish has it.
	a, b := authenticator.New(origin, "a"), authenticator.New(origin, "b")
	bodies := make([][]byte, 2)
	for i, d := range []*authenticator.Device{a, b} {
		options, err := r.BeginRegister(t.Context(), newer)
		r.check(err)
		bodies[i], err = d.Create(options)
		r.check(err)
	}
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range bodies {
		both.Go(func() { _, _, errs[i] = r.FinishRegister(t.Context(), newer, "", staff.Caller{}, bodies[i]) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("one link, two browsers: %v and %v", errs[0], errs[1])
	}
	r.want(errors.Join(errs...), kind.NotFound, "the slower browser")
	_, err = r.Invitation(t.Context(), newer)
	r.want(err, kind.NotFound, "a link that was used")
	if keys, err := r.Passkeys(t.Context(), "harbour", "legal"); err != nil || len(keys) != 1 || keys[0].Name != "passkey" {
		t.Errorf("passkeys %+v, %v", keys, err)
	}
	_, err = r.Invite(t.Context(), "harbour", "legal", staff.Details{Name: "L"}, nil, staff.Operator)
	r.want(err, kind.Conflict, "inviting who has joined")

	late := r.invite("harbour", "clerk")
	options, err := r.BeginRegister(t.Context(), late)
	r.check(err)
	body, err := a.Create(options)
	r.check(err)
	r.Clock.Step(staff.InvitationFor)
	_, err = r.BeginRegister(t.Context(), late)
	r.want(err, kind.NotFound, "an old link")
	_, _, err = r.FinishRegister(t.Context(), late, "", staff.Caller{}, body)
	r.want(err, kind.Conflict, "an old link")
	if waiting, err := r.Invitations(t.Context(), "harbour"); err != nil || len(waiting) != 0 {
		t.Errorf("links that wait: %+v, %v", waiting, err)
	}
	for _, secret := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 4300)} {
		_, err := r.Invitation(t.Context(), secret)
		r.want(err, kind.NotFound, "a link of nobody's")
		_, _, err = r.FinishRegister(t.Context(), secret, "", staff.Caller{}, body)
		r.want(err, kind.Conflict, "a link of nobody's")
	}
}

// badMakings bend one field each of a new passkey; none is taken.
var badMakings = map[string]func(*authenticator.Ceremony){
	"another origin":          func(c *authenticator.Ceremony) { c.Client.Origin = "https://evil.example" },
	"in a frame":              func(c *authenticator.Ceremony) { c.Client.CrossOrigin = "true" },
	"used, not made":          func(c *authenticator.Ceremony) { c.Client.Type = "webauthn.get" },
	"another relying party":   func(c *authenticator.Ceremony) { c.RPIDHash = make([]byte, 32) },
	"user not verified":       func(c *authenticator.Ceremony) { c.Flags &^= authenticator.UserVerified },
	"user not present":        func(c *authenticator.Ceremony) { c.Flags &^= authenticator.UserPresent },
	"no credential":           func(c *authenticator.Ceremony) { c.Flags &^= authenticator.Credential; c.Credential = nil },
	"credential cut":          func(c *authenticator.Ceremony) { c.Credential = c.Credential[:30] },
	"backed up, not eligible": func(c *authenticator.Ceremony) { c.Flags |= authenticator.BackedUp },
	"bytes after it":          func(c *authenticator.Ceremony) { c.Extensions = []byte{0} },
	"challenge of nobody":     func(c *authenticator.Ceremony) { c.Client.Challenge = strings.Repeat("A", 86) },
	"id of another": func(c *authenticator.Ceremony) {
		c.Answer = func(m map[string]any) { m["id"], m["rawId"] = strings.Repeat("A", 43), strings.Repeat("A", 43) }
	},
}

func TestBentPasskeysAreRefused(t *testing.T) {
	r := newRoom(t)
	secret := r.invite("harbour", "legal")
	d := authenticator.New(origin, "legal")
	for name, bend := range badMakings {
		options, err := r.BeginRegister(t.Context(), secret)
		r.check(err)
		body, err := d.Create(options, bend)
		r.check(err)
		cookie, _, err := r.FinishRegister(t.Context(), secret, "", staff.Caller{}, body)
		if k := kind.Of(err); cookie != "" || k != kind.Forbidden && k != kind.Invalid && k != kind.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if keys, err := r.Passkeys(t.Context(), "harbour", "legal"); err != nil || len(keys) != 0 {
		t.Errorf("passkeys %+v, %v", keys, err)
	}
	// The link is still good, and its answer is so once.
	options, err := r.BeginRegister(t.Context(), secret)
	r.check(err)
	body, err := authenticator.New(origin, "again").Create(options)
	r.check(err)
	for _, name := range []string{strings.Repeat("n", 81), "a\nb", "a\u202eb"} {
		_, _, err = r.FinishRegister(t.Context(), secret, name, staff.Caller{}, body)
		r.want(err, kind.Invalid, "a name that is none")
	}
	_, _, err = r.FinishRegister(t.Context(), secret, "mine", staff.Caller{}, body)
	r.check(err)
	_, _, err = r.FinishRegister(t.Context(), secret, "mine", staff.Caller{}, body)
	r.want(err, kind.NotFound, "the same again")
	// Nobody else takes the same credential.
	other := r.invite("pilots", "legal")
	options, err = r.BeginRegister(t.Context(), other)
	r.check(err)
	stolen := authenticator.New(origin, "again")
	body, err = stolen.Create(options)
	r.check(err)
	_, _, err = r.FinishRegister(t.Context(), other, "", staff.Caller{}, body)
	r.want(err, kind.Conflict, "another's credential")
}

func TestPasskeysOfAPerson(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	keys, err := r.Passkeys(t.Context(), "harbour", "legal")
	r.check(err)
	r.want(r.RemovePasskey(t.Context(), legal.session, keys[0].ID), kind.Conflict, "removing the last one")

	options, err := r.BeginAddPasskey(t.Context(), legal.session)
	r.check(err)
	if _, err := legal.device.Create(options); err == nil {
		t.Error("a device is asked for a second passkey of the same person")
	}
	second := authenticator.New(origin, "second")
	body, err := second.Create(options)
	r.check(err)
	k, err := r.FinishAddPasskey(t.Context(), legal.session, "the blue key", body)
	r.check(err)
	_, err = r.FinishAddPasskey(t.Context(), legal.session, "again", body)
	r.want(err, kind.Conflict, "the same answer again")
	body, err = authenticator.New(origin, "third").Create(options)
	r.check(err)
	_, err = r.FinishAddPasskey(t.Context(), legal.session, "again", body)
	r.want(err, kind.Conflict, "another answer to the same challenge")
	options, err = r.BeginApprovalKey(t.Context(), legal.session)
	r.check(err)
	body, err = authenticator.New(origin, "fourth").Create(options)
	r.check(err)
	_, err = r.FinishAddPasskey(t.Context(), legal.session, "again", body)
	r.want(err, kind.Conflict, "a passkey to approve, for signing in")
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, r.answer(second))
	r.check(err)
	r.check(r.NamePasskey(t.Context(), legal.session, k.ID, "the green key"))
	r.want(r.NamePasskey(t.Context(), legal.session, k.ID+100, "x"), kind.NotFound, "naming what is not there")
	if keys, err = r.Passkeys(t.Context(), "harbour", "legal"); err != nil || len(keys) != 2 || keys[1].Name != "the green key" {
		t.Errorf("passkeys %+v, %v", keys, err)
	}
	// Another person's number is not there.
	clerk := r.join("pilots", "clerk")
	r.want(r.RemovePasskey(t.Context(), clerk.session, k.ID), kind.NotFound, "removing another's")
	r.want(r.NamePasskey(t.Context(), clerk.session, k.ID, "mine"), kind.NotFound, "naming another's")

	r.check(r.RemovePasskey(t.Context(), legal.session, keys[0].ID))
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, r.answer(legal.device))
	r.want(err, kind.Forbidden, "a passkey that was removed")

	// All of it takes a fresh proof.
	r.Clock.Step(staff.FreshFor)
	_, err = r.BeginAddPasskey(t.Context(), legal.session)
	r.want(err, kind.Forbidden, "a stale session")
	_, err = r.BeginApprovalKey(t.Context(), legal.session)
	r.want(err, kind.Forbidden, "a stale session")
	r.want(r.RemovePasskey(t.Context(), legal.session, k.ID), kind.Forbidden, "a stale session")
	r.want(r.RemoveApprovalKey(t.Context(), legal.session, k.ID), kind.Forbidden, "a stale session")
}

func TestPasskeysAreLimited(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	for i := range 16 {
		options, err := r.BeginAddPasskey(t.Context(), legal.session)
		r.check(err)
		body, err := authenticator.New(origin, strings.Repeat("x", i+1)).Create(options)
		r.check(err)
		_, err = r.FinishAddPasskey(t.Context(), legal.session, "", body)
		if i < 15 {
			r.check(err)
		} else {
			r.want(err, kind.Conflict, "the seventeenth")
		}
	}
}

// No secret that opens something stands in the database.
func TestOnlyHashesAreKept(t *testing.T) {
	r := newRoom(t)
	legal := r.join("harbour", "legal")
	waiting := r.invite("harbour", "clerk")
	token, _, err := r.NewToken(t.Context(), "harbour", staff.NewToken{
		Name: "robot", Person: "legal", Roles: []staff.Role{staff.Drafter}, Until: r.Staff.Now().Add(time.Hour),
	}, staff.Operator)
	r.check(err)
	_, err = r.Staff.Session(t.Context(), legal.cookie)
	r.check(err)
	files, err := filepath.Glob(r.Folder().Database() + "*")
	r.check(err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		r.check(err)
		for name, secret := range map[string]string{"cookie": legal.cookie, "link": waiting, "token": token, "token without its prefix": token[4:]} {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s holds the %s", filepath.Base(file), name)
			}
		}
	}
}

func TestDetails(t *testing.T) {
	r := newRoom(t)
	for _, d := range []staff.Details{
		{}, {Name: " "}, {Name: strings.Repeat("n", 201)}, {Name: "a\nb"}, {Name: "a\u202eb"}, {Name: "A", Email: "nobody"}, {Name: "A", Email: "A <a@b.example>"},
		{Name: "A", Email: "a@b.example\r\nBcc: c@d.example"}, {Name: "A", Email: "a@b.example,c@d.example"}, {Name: "A", Lang: "no language"},
	} {
		_, err := r.Invite(t.Context(), "harbour", "legal", d, nil, staff.Operator)
		r.want(err, kind.Invalid, d.Name+d.Email)
	}
	for _, id := range []string{"", "Legal", "-legal", "le gal", strings.Repeat("l", 33), staff.Operator, "legal\n"} {
		_, err := r.Invite(t.Context(), "harbour", id, staff.Details{Name: "A"}, nil, staff.Operator)
		r.want(err, kind.Invalid, id)
	}
	legal, admin := r.join("harbour", "legal"), r.join("harbour", "registrar", staff.Admin)
	d := staff.Details{Name: "أ. المستشار", Email: "legal@harbour.example", Lang: "ar"}
	r.check(r.SetDetails(t.Context(), "harbour", "legal", d, "legal"))
	r.check(r.SetDetails(t.Context(), "harbour", "legal", d, "registrar"))
	r.want(r.SetDetails(t.Context(), "harbour", "registrar", d, "legal"), kind.Forbidden, "changing another's")
	r.want(r.SetDetails(t.Context(), "harbour", "nobody", d, "registrar"), kind.NotFound, "changing nobody's")
	r.want(r.SetDetails(t.Context(), "harbour", "legal", staff.Details{}, "legal"), kind.Invalid, "no name")
	got, err := r.Person(t.Context(), "harbour", "legal")
	r.check(err)
	if got.Name != d.Name || got.Email != d.Email || got.Lang != "ar" || !got.Active || got.Joined.IsZero() {
		t.Errorf("%+v", got)
	}
	again, err := r.Staff.Session(t.Context(), legal.cookie)
	r.check(err)
	if again.Person.Name != d.Name || !admin.session.Person.Has(staff.Admin) {
		t.Errorf("the session says %+v", again.Person)
	}
}
