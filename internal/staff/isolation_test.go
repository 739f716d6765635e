package staff_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
)

// notOfAnOffice are the methods that take no office, or take it from a session or
// a secret, so that nothing of another can be named.
var notOfAnOffice = []string{
	"BeginAddPasskey", "BeginApproval", "BeginApprovalKey", "BeginLogin", "BeginProve", "BeginRegister", "Close", "Cookie", "CookieName", "CookieOf",
	"Evidence", "FinishAddPasskey", "FinishApprovalKey", "FinishLogin", "FinishProve", "FinishRegister", "Invitation", "Link", "NamePasskey", "NoCookie",
	"Now", "Origin", "RemoveApprovalKey", "RemovePasskey", "Session", "SignOut", "Token",
}

// foreignActs are all others: each asks, in the name of pilots, for what is
// harbour's or nobody's.
var foreignActs = map[string]func(ctx context.Context, s *staff.Staff, id string, number int64) error{
	"ApprovalKeys": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		_, err := s.ApprovalKeys(ctx, "pilots", id)
		return err
	},
	"CancelRecovery": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		return s.CancelRecovery(ctx, "pilots", id, "keeper")
	},
	"Deactivate": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		return s.Deactivate(ctx, "pilots", id, "registrar")
	},
	"EndSession": func(ctx context.Context, s *staff.Staff, id string, n int64) error {
		return s.EndSession(ctx, "pilots", id, n, "registrar")
	},
	"EndSessions": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		_, err := s.EndSessions(ctx, "pilots", id, 0, "registrar")
		return err
	},
	"NewToken": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		_, _, err := s.NewToken(ctx, "pilots", staff.NewToken{Name: "n", Person: id, Roles: []staff.Role{staff.Press}, Until: s.Now().Add(time.Hour)}, "registrar")
		return err
	},
	"Passkeys": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		_, err := s.Passkeys(ctx, "pilots", id)
		return err
	},
	"Person": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		_, err := s.Person(ctx, "pilots", id)
		return err
	},
	"Recover": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		_, _, err := s.Recover(ctx, "pilots", id, "keeper")
		return err
	},
	"RevokeToken": func(ctx context.Context, s *staff.Staff, _ string, n int64) error {
		return s.RevokeToken(ctx, "pilots", n, "registrar")
	},
	"Sessions": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		_, err := s.Sessions(ctx, "pilots", id)
		return err
	},
	"SetDetails": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		return s.SetDetails(ctx, "pilots", id, staff.Details{Name: "N"}, "registrar")
	},
	"SetRoles": func(ctx context.Context, s *staff.Staff, id string, _ int64) error {
		return s.SetRoles(ctx, "pilots", id, []staff.Role{staff.Auditor}, "registrar")
	},
}

// lists are the methods that name an office and nobody: of an office that is not
// there they say so, of another they show its own alone.
var lists = map[string]func(ctx context.Context, s *staff.Staff, office string) (int, error){
	"Invitations": func(ctx context.Context, s *staff.Staff, o string) (int, error) {
		got, err := s.Invitations(ctx, o)
		return len(got), err
	},
	"Journal": func(ctx context.Context, s *staff.Staff, o string) (int, error) {
		got, err := s.Journal(ctx, o, 0, 1000)
		return len(got), err
	},
	"People": func(ctx context.Context, s *staff.Staff, o string) (int, error) {
		got, err := s.People(ctx, o)
		return len(got), err
	},
	"Recoveries": func(ctx context.Context, s *staff.Staff, o string) (int, error) {
		got, err := s.Recoveries(ctx, o)
		return len(got), err
	},
	"Tokens": func(ctx context.Context, s *staff.Staff, o string) (int, error) {
		got, err := s.Tokens(ctx, o)
		return len(got), err
	},
}

// What is another office's answers as what nobody has.
func TestOfficesAreApart(t *testing.T) {
	r := newRoom(t)
	r.join("pilots", "registrar", staff.Admin)
	r.join("pilots", "keeper", staff.Custodian)
	secretive := r.join("harbour", "secretive", staff.Custodian)
	r.join("harbour", "keeper", staff.Custodian)
	r.invite("harbour", "guest")
	_, token, err := r.NewToken(t.Context(), "harbour", staff.NewToken{
		Name: "robot", Person: "secretive", Roles: []staff.Role{staff.Press}, Until: r.Staff.Now().Add(time.Hour),
	}, staff.Operator)
	r.check(err)
	_, _, err = r.Recover(t.Context(), "harbour", "secretive", "keeper")
	r.check(err)
	before := r.happened("harbour")
	for name, act := range foreignActs {
		foreign := act(t.Context(), r.Staff, "secretive", secretive.session.ID)
		if name == "RevokeToken" {
			foreign = act(t.Context(), r.Staff, "", token.ID)
		}
		absent := act(t.Context(), r.Staff, "secretivf", 1<<40)
		if kind.Of(foreign) != kind.NotFound || kind.Of(absent) != kind.NotFound {
			t.Errorf("%s: %v and %v: want not found", name, foreign, absent)
			continue
		}
		said := strings.NewReplacer("secretivf", "secretive", "1099511627776", "1").Replace(absent.Error())
		if said != foreign.Error() {
			t.Errorf("%s tells that it is there: %q, absent %q", name, foreign, absent)
		}
	}
	if after := r.happened("harbour"); len(after) != len(before) {
		t.Errorf("the other office's journal has %d lines more", len(after)-len(before))
	}
	empty := map[string]bool{"Invitations": true, "Recoveries": true, "Tokens": true}
	for name, list := range lists {
		if n, err := list(t.Context(), r.Staff, "pilots"); err != nil || empty[name] != (n == 0) {
			t.Errorf("%s of pilots: %d, %v", name, n, err)
		}
		if n, err := list(t.Context(), r.Staff, "harbour"); err != nil || n == 0 {
			t.Errorf("%s of harbour: %d, %v", name, n, err)
		}
		if _, err := list(t.Context(), r.Staff, "nowhere"); kind.Of(err) != kind.NotFound {
			t.Errorf("%s of nowhere: %v", name, err)
		}
	}
	typ := reflect.TypeFor[*staff.Staff]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		if foreignActs[name] == nil && lists[name] == nil && name != "Invite" && !slices.Contains(notOfAnOffice, name) {
			t.Errorf("Staff.%s is in no list here: is what it takes of another office refused?", name)
		}
	}
	// An admin of one office is nobody in another.
	_, err = r.Invite(t.Context(), "harbour", "mole", staff.Details{Name: "M"}, nil, "registrar")
	r.want(err, kind.Forbidden, "inviting into another office")
}
