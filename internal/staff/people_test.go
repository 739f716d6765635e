package staff_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
)

func TestRoles(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "registrar", staff.Admin)
	r.join("harbour", "keeper", staff.Custodian)
	r.join("harbour", "legal")
	set := func(id, by string, roles ...staff.Role) error {
		return r.SetRoles(t.Context(), "harbour", id, roles, by)
	}
	r.check(set("legal", "registrar", staff.Auditor, staff.Translator))
	got, err := r.Person(t.Context(), "harbour", "legal")
	r.check(err)
	if !slices.Equal(got.Roles, []staff.Role{staff.Translator, staff.Auditor}) {
		t.Errorf("roles %v", got.Roles)
	}
	for name, c := range map[string]struct {
		id, by string
		roles  []staff.Role
		want   kind.Kind
	}{
		"one's own":                     {"registrar", "registrar", []staff.Role{staff.Admin, staff.Auditor}, kind.Forbidden},
		"by who may not":                {"registrar", "legal", nil, kind.Forbidden},
		"by nobody":                     {"legal", "nobody", nil, kind.Forbidden},
		"a custodian by an admin":       {"legal", "registrar", []staff.Role{staff.Custodian, staff.Translator, staff.Auditor}, kind.Forbidden},
		"a custodian less, by an admin": {"keeper", "registrar", nil, kind.Forbidden},
		"an admin by a custodian":       {"legal", "keeper", []staff.Role{staff.Admin}, kind.Forbidden},
		"both by a custodian":           {"legal", "keeper", []staff.Role{staff.Admin, staff.Custodian}, kind.Forbidden},
		"of the policy":                 {"legal", "registrar", []staff.Role{staff.Approver}, kind.Invalid},
		"unknown":                       {"legal", "registrar", []staff.Role{"king"}, kind.Invalid},
		"of nobody":                     {"nobody", "registrar", nil, kind.NotFound},
	} {
		r.want(set(c.id, c.by, c.roles...), c.want, name)
	}
	r.check(set("legal", "keeper", staff.Translator, staff.Auditor, staff.Custodian))
	r.check(set("legal", "keeper", staff.Translator, staff.Auditor))
	r.check(set("legal", staff.Operator, staff.Custodian))
	_, err = r.Invite(t.Context(), "harbour", "new", staff.Details{Name: "N"}, []staff.Role{staff.Custodian}, "registrar")
	r.want(err, kind.Forbidden, "inviting a custodian")
	_, err = r.Invite(t.Context(), "harbour", "new", staff.Details{Name: "N"}, nil, "keeper")
	r.want(err, kind.Forbidden, "inviting as a custodian")
	_, err = r.Invite(t.Context(), "harbour", "new", staff.Details{Name: "N"}, []staff.Role{staff.Auditor}, "registrar")
	r.check(err)
}

func TestLastAdminStays(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "registrar", staff.Admin)
	r.invite("harbour", "second", staff.Admin) // who cannot sign in yet
	r.join("pilots", "registrar", staff.Admin)
	r.want(r.SetRoles(t.Context(), "harbour", "registrar", nil, staff.Operator), kind.Conflict, "the last admin's role")
	r.want(r.Deactivate(t.Context(), "harbour", "registrar", staff.Operator), kind.Conflict, "the last admin's access")
	r.want(r.Deactivate(t.Context(), "harbour", "registrar", "registrar"), kind.Forbidden, "one's own access")
	third := r.join("harbour", "third", staff.Admin)
	r.check(r.Deactivate(t.Context(), "harbour", "registrar", "third"))
	r.want(r.SetRoles(t.Context(), "harbour", "third", nil, staff.Operator), kind.Conflict, "the last admin's role")
	if !r.signedIn(third.cookie) {
		t.Error("the last admin is out")
	}
}

func TestDeactivation(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "registrar", staff.Admin)
	legal := r.join("harbour", "legal", staff.Admin, staff.Custodian)
	namesake := r.join("pilots", "legal", staff.Admin)
	var tokens []string
	for _, n := range []struct{ person, by string }{{"legal", "registrar"}, {"registrar", "legal"}, {"registrar", "registrar"}} {
		value, _, err := r.NewToken(t.Context(), "harbour", staff.NewToken{
			Name: "robot", Person: n.person, Roles: []staff.Role{staff.Clerk}, Until: r.Staff.Now().Add(time.Hour),
		}, n.by)
		r.check(err)
		tokens = append(tokens, value)
	}
	r.want(r.Deactivate(t.Context(), "harbour", "registrar", "nobody"), kind.Forbidden, "by nobody")
	pending := r.answer(legal.device)
	r.check(r.Deactivate(t.Context(), "harbour", "legal", "registrar"))
	if r.signedIn(legal.cookie) || !r.signedIn(namesake.cookie) {
		t.Error("the session goes on, or a namesake's ended")
	}
	_, _, err := r.FinishLogin(t.Context(), staff.Caller{}, pending)
	r.want(err, kind.Forbidden, "signing in")
	for i, value := range tokens {
		_, err := r.Token(t.Context(), value)
		if i < 2 {
			r.want(err, kind.NotFound, "a token of who left")
		} else {
			r.check(err)
		}
	}
	r.want(r.Deactivate(t.Context(), "harbour", "legal", "registrar"), kind.Conflict, "again")
	r.want(r.SetRoles(t.Context(), "harbour", "registrar", nil, "legal"), kind.Forbidden, "acting after it")
	_, err = r.BeginProve(t.Context(), legal.session)
	r.want(err, kind.NotFound, "proving after it")
	// No admin becomes that person by inviting the name again.
	_, err = r.Invite(t.Context(), "harbour", "legal", staff.Details{Name: "L"}, nil, "registrar")
	r.want(err, kind.Conflict, "inviting again")
}

func TestRecovery(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "registrar", staff.Admin)
	for _, id := range []string{"keeper-a", "keeper-b", "keeper-c"} {
		r.join("harbour", id, staff.Custodian)
	}
	r.join("pilots", "keeper", staff.Custodian)
	legal := r.join("harbour", "legal")
	vote := func(id, by string) (staff.Invited, bool, error) { return r.Recover(t.Context(), "harbour", id, by) }
	for by, want := range map[string]kind.Kind{
		"registrar": kind.Forbidden, "legal": kind.Forbidden, "keeper": kind.Forbidden, "nobody": kind.Forbidden, staff.Operator: kind.Forbidden,
	} {
		_, _, err := vote("legal", by)
		r.want(err, want, "a vote of "+by)
	}
	_, _, err := vote("nobody", "keeper-a")
	r.want(err, kind.NotFound, "a vote for nobody")
	_, _, err = vote("keeper-a", "keeper-a")
	r.want(err, kind.Forbidden, "a vote for oneself")

	first, granted, err := vote("legal", "keeper-a")
	r.check(err)
	if granted || first.Link != "" {
		t.Fatalf("one vote made %+v", first)
	}
	_, _, err = vote("legal", "keeper-a")
	r.want(err, kind.Conflict, "the same custodian again")
	if got, err := r.Recoveries(t.Context(), "harbour"); err != nil || len(got) != 1 || got[0].By != "keeper-a" || got[0].Person.ID != "legal" {
		t.Errorf("votes %+v, %v", got, err)
	}
	// The person cancels; so the next vote is a first one.
	r.want(r.CancelRecovery(t.Context(), "harbour", "legal", "registrar"), kind.Forbidden, "cancelling as an admin")
	r.check(r.CancelRecovery(t.Context(), "harbour", "legal", "legal"))
	r.want(r.CancelRecovery(t.Context(), "harbour", "legal", "legal"), kind.NotFound, "cancelling again")
	_, granted, err = vote("legal", "keeper-b")
	r.check(err)
	if granted {
		t.Fatal("a vote that was cancelled counts")
	}
	// It waits for a day.
	r.Clock.Step(staff.RecoveryFor)
	_, granted, err = vote("legal", "keeper-c")
	r.check(err)
	if granted {
		t.Fatal("an old vote counts")
	}
	legal = r.signIn(legal)
	link, granted, err := vote("legal", "keeper-b")
	r.check(err)
	if !granted || !r.signedIn(legal.cookie) {
		t.Fatalf("two votes: %+v; what was must stay until the link is used", link)
	}
	i, err := r.Invitation(t.Context(), secretOf(t, link))
	r.check(err)
	if !i.Recover {
		t.Error("the link does not say that it is a recovery's")
	}
	again := r.accept(secretOf(t, link), legal.device) // on the same device
	if r.signedIn(legal.cookie) || !r.signedIn(again.cookie) {
		t.Error("the older session goes on, or the new one does not")
	}
	if keys, err := r.Passkeys(t.Context(), "harbour", "legal"); err != nil || len(keys) != 1 {
		t.Errorf("passkeys %+v, %v; want the new one alone", keys, err)
	}
	_, _, err = r.FinishLogin(t.Context(), staff.Caller{}, r.answer(legal.device, func(c *authenticator.Ceremony) {
		c.Passkey, c.Signer = legal.device.Passkeys()[0], legal.device.Passkeys()[0]
	}))
	r.want(err, kind.Forbidden, "the lost passkey")
	_, err = r.BeginRegister(t.Context(), secretOf(t, link))
	r.want(err, kind.NotFound, "the link again")
}

// A vote counts only while who gave it is a custodian.
func TestVotesOfWhoLeft(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "keeper-a", staff.Custodian)
	r.join("harbour", "keeper-b", staff.Custodian)
	r.join("harbour", "legal")
	_, _, err := r.Recover(t.Context(), "harbour", "legal", "keeper-a")
	r.check(err)
	r.check(r.SetRoles(t.Context(), "harbour", "keeper-a", nil, "keeper-b"))
	_, _, err = r.Recover(t.Context(), "harbour", "legal", "keeper-b")
	r.want(err, kind.Forbidden, "with the vote of who is no custodian any more")
	// Where one custodian is left, the operator lets people in, and it is an alarm.
	link, granted, err := r.Recover(t.Context(), "harbour", "legal", staff.Operator)
	r.check(err)
	if !granted || r.alarms("harbour", staff.RecoveryGranted) != 1 {
		t.Errorf("granted %v, %d alarms", granted, r.alarms("harbour", staff.RecoveryGranted))
	}
	r.check(r.CancelRecovery(t.Context(), "harbour", "legal", "legal"))
	_, err = r.Invitation(t.Context(), secretOf(t, link))
	r.want(err, kind.NotFound, "a link that was cancelled")
}

// Ending an access ends what would bring the person back: a vote, and a link.
func TestDeactivationEndsRecovery(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "keeper-a", staff.Custodian)
	r.join("harbour", "keeper-b", staff.Custodian)
	r.join("harbour", "legal")
	r.join("harbour", "clerk")
	for _, id := range []string{"legal", "clerk"} {
		_, _, err := r.Recover(t.Context(), "harbour", id, "keeper-a")
		r.check(err)
	}
	link, _, err := r.Recover(t.Context(), "harbour", "legal", "keeper-b")
	r.check(err)
	for _, id := range []string{"legal", "clerk"} {
		r.check(r.Deactivate(t.Context(), "harbour", id, staff.Operator))
	}
	_, err = r.Invitation(t.Context(), secretOf(t, link))
	r.want(err, kind.NotFound, "a link of who was deactivated since")
	_, granted, err := r.Recover(t.Context(), "harbour", "clerk", "keeper-b")
	r.check(err)
	if granted {
		t.Error("a vote from before counts")
	}
}

// Who was deactivated comes back by two custodians.
func TestComingBack(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "keeper-a", staff.Custodian)
	r.join("harbour", "keeper-b", staff.Custodian)
	legal := r.join("harbour", "legal")
	r.check(r.Deactivate(t.Context(), "harbour", "legal", staff.Operator))
	_, _, err := r.Recover(t.Context(), "harbour", "legal", "keeper-a")
	r.check(err)
	link, _, err := r.Recover(t.Context(), "harbour", "legal", "keeper-b")
	r.check(err)
	if got, err := r.Person(t.Context(), "harbour", "legal"); err != nil || got.Active {
		t.Errorf("active before the link is used: %+v, %v", got, err)
	}
	again := r.accept(secretOf(t, link), legal.device)
	if !again.session.Person.Active || !r.signedIn(again.cookie) {
		t.Error("not back")
	}
}

func TestTokens(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "registrar", staff.Admin)
	r.join("harbour", "legal")
	good := staff.NewToken{Name: "robot", Person: "legal", Roles: []staff.Role{staff.Press, staff.Clerk, staff.Press}, Until: r.Staff.Now().AddDate(1, 0, 0)}
	for name, c := range map[string]struct {
		bend func(*staff.NewToken)
		by   string
		want kind.Kind
	}{
		"no name":            {func(n *staff.NewToken) { n.Name = " " }, "registrar", kind.Invalid},
		"no role":            {func(n *staff.NewToken) { n.Roles = nil }, "registrar", kind.Invalid},
		"approver":           {func(n *staff.NewToken) { n.Roles = []staff.Role{staff.Approver} }, "registrar", kind.Invalid},
		"admin":              {func(n *staff.NewToken) { n.Roles = []staff.Role{staff.Admin} }, "registrar", kind.Invalid},
		"custodian":          {func(n *staff.NewToken) { n.Roles = []staff.Role{staff.Custodian} }, "registrar", kind.Invalid},
		"unknown role":       {func(n *staff.NewToken) { n.Roles = []staff.Role{"king"} }, "registrar", kind.Invalid},
		"over already":       {func(n *staff.NewToken) { n.Until = r.Staff.Now() }, "registrar", kind.Invalid},
		"for ever":           {func(n *staff.NewToken) { n.Until = r.Staff.Now().AddDate(1, 0, 2) }, "registrar", kind.Invalid},
		"of nobody":          {func(n *staff.NewToken) { n.Person = "nobody" }, "registrar", kind.NotFound},
		"by who may not":     {func(*staff.NewToken) {}, "legal", kind.Forbidden},
		"by nobody":          {func(*staff.NewToken) {}, "nobody", kind.Forbidden},
		"hidden in its name": {func(n *staff.NewToken) { n.Name = "a\u200bb" }, "registrar", kind.Invalid},
	} {
		n := good
		n.Roles = slices.Clone(good.Roles)
		c.bend(&n)
		_, _, err := r.NewToken(t.Context(), "harbour", n, c.by)
		r.want(err, c.want, name)
	}
	value, made, err := r.NewToken(t.Context(), "harbour", good, "registrar")
	r.check(err)
	if !strings.HasPrefix(value, "cht_") || len(value) != 47 {
		t.Errorf("token %q", value)
	}
	got, err := r.Token(t.Context(), value)
	r.check(err)
	if got.ID != made.ID || got.Office != "harbour" || got.Person != "legal" || !slices.Equal(got.Roles, []staff.Role{staff.Clerk, staff.Press}) || got.Used.IsZero() {
		t.Errorf("%+v", got)
	}
	if !got.May(staff.State) || !got.May(staff.Issue) || got.May(staff.Approve) || got.May(staff.EditText) {
		t.Error("the token may too much or too little")
	}
	for _, bad := range []string{"", "cht_", value[4:], "chx_" + value[4:], value + "A", value[:46], strings.ToUpper(value), "cht_" + strings.Repeat("A", 43)} {
		_, err := r.Token(t.Context(), bad)
		r.want(err, kind.NotFound, "token "+bad)
	}
	r.want(r.RevokeToken(t.Context(), "pilots", made.ID, staff.Operator), kind.NotFound, "another office's")
	r.want(r.RevokeToken(t.Context(), "harbour", made.ID+9, "registrar"), kind.NotFound, "one that is not there")
	r.check(r.RevokeToken(t.Context(), "harbour", made.ID, "legal")) // in whose name it acts
	r.want(r.RevokeToken(t.Context(), "harbour", made.ID, "registrar"), kind.NotFound, "again")
	_, err = r.Token(t.Context(), value)
	r.want(err, kind.NotFound, "a revoked token")

	value, _, err = r.NewToken(t.Context(), "harbour", good, "registrar")
	r.check(err)
	r.Clock.Step(good.Until.Sub(r.Staff.Now()))
	_, err = r.Token(t.Context(), value)
	r.want(err, kind.NotFound, "a token whose time is over")
	all, err := r.Tokens(t.Context(), "harbour")
	r.check(err)
	if len(all) != 2 || all[0].Good(r.Staff.Now()) || all[1].Revoked.IsZero() {
		t.Errorf("tokens %+v", all)
	}
}

// A custodian is no help for themself: of two, the other cannot vote alone.
func TestOneOtherCustodianIsNotEnough(t *testing.T) {
	r := newRoom(t)
	r.join("harbour", "keeper-a", staff.Custodian)
	r.join("harbour", "keeper-b", staff.Custodian)
	if _, granted, err := r.Recover(t.Context(), "harbour", "keeper-a", staff.Operator); err != nil || !granted {
		t.Errorf("granted %v, %v", granted, err)
	}
}
