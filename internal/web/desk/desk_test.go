package desk

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/proof"
	"chancery.example/register"
)

// known are people by the value of a header: "harbour/drafter" and so on.
type known map[string]person

// A person may have a device with passkeys, and the line of the one that approves.
type person struct {
	Who
	device *authenticator.Device
	line   string
}

func (k known) Who(r *http.Request) (Who, error) {
	w, ok := k[r.Header.Get("X-Who")]
	if !ok {
		return w.Who, kind.NotFound.Errorf("nobody is signed in")
	}
	return w.Who, nil
}

// A threshold lets people in by a header; their passkeys are real.
type threshold struct {
	staffed
	known
}

func (d threshold) Who(r *http.Request) (Who, error)    { return d.known.Who(r) }
func (d threshold) May(roles []string, act string) bool { return d.staffed.May(roles, act) }

const deskOrigin = "http://localhost:8080"

// A room is a desk with a house behind it.
type room struct {
	*officetest.House
	t      *testing.T
	staff  *staff.Staff
	people known
	desk   http.Handler
}

// emptyRoom has two offices whose officers have never been at the desk.
func emptyRoom(t *testing.T) *room {
	t.Helper()
	r := &room{House: officetest.New(t), t: t, people: known{}}
	r.Enrol(t, "other", 2, 2)
	var err error
	if r.staff, err = staff.Open(t.Context(), r.Folder(), staff.Options{Clock: r.Clock.Now, Origin: deskOrigin, Name: "Test"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.staff.Close() })
	return r
}

// newRoom is a room whose officers have passkeys; the policy of the harbour names
// those that approve.
func newRoom(t *testing.T) *room {
	t.Helper()
	r := emptyRoom(t)
	for _, office := range []string{"harbour", "other"} {
		for _, o := range officetest.Officers {
			r.people[office+"/"+o.ID] = r.come(office, o.ID, string(o.Role))
		}
		for _, role := range staff.OwnRoles() {
			id := string(role)
			r.people[office+"/"+id] = person{Who: Who{Office: office, ID: id, Name: "The " + id, Roles: []string{id}, Fresh: true}}
		}
	}
	r.people["harbour/stale"] = person{Who: Who{Office: "harbour", ID: "clerk", Name: "The clerk", Roles: []string{string(register.RoleClerk)}}}
	r.name(t, "harbour")
	var err error
	if r.desk, err = New(r.Register, threshold{staffed{r.Register, r.staff}, r.people}, records{r.House}, Options{}); err != nil {
		t.Fatal(err)
	}
	return r
}

// come lets an officer make a passkey to sign in and one to approve.
func (r *room) come(office, id, role string) person {
	r.t.Helper()
	ctx, p := r.t.Context(), person{device: authenticator.New(deskOrigin, r.t.Name()+office+id)}
	made := func(options json.RawMessage, err error) []byte {
		r.t.Helper()
		if err != nil {
			r.t.Fatal(err)
		}
		answer, err := p.device.Create(options)
		if err != nil {
			r.t.Fatal(err)
		}
		return answer
	}
	in, err := r.staff.Invite(ctx, office, id, staff.Details{Name: "The " + id}, nil, staff.Operator)
	if err != nil {
		r.t.Fatal(err)
	}
	_, secret, _ := strings.Cut(in.Link, "#")
	_, session, err := r.staff.FinishRegister(ctx, secret, "device", staff.Caller{}, made(r.staff.BeginRegister(ctx, secret)))
	if err != nil {
		r.t.Fatal(err)
	}
	key, err := r.staff.FinishApprovalKey(ctx, session, "to approve", made(r.staff.BeginApprovalKey(ctx, session)))
	if err != nil {
		r.t.Fatal(err)
	}
	p.line, p.Who = key.Line, Who{Office: office, ID: id, Name: "The " + id, Roles: []string{role}, Fresh: true, Session: session}
	return p
}

// name puts the officers' passkeys into the policy of an office.
func (r *room) name(t *testing.T, officeID string) {
	t.Helper()
	p, _, err := r.PolicyOf(t.Context(), officeID)
	if err != nil {
		t.Fatal(err)
	}
	p.Approvals = nil
	for i, o := range p.Officers {
		p.Officers[i].Keys = append(p.Officers[i].Keys, r.people[officeID+"/"+o.ID].line)
	}
	q, err := r.ProposePolicy(t.Context(), officeID, "clerk", p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Carry(t.Context(), q, "clerk", r.Signer(officeID, "commissioner"), r.Signer(officeID, "legal")); err != nil {
		t.Fatal(err)
	}
}

// records reads the house as the public does.
type records struct{ h *officetest.House }

func (x records) Snapshot(ctx context.Context) (*check.Snapshot, error) {
	read, err := x.h.Folder().Read(ctx, proof.Policy{}, nil)
	if err != nil {
		return nil, err
	}
	return check.NewSnapshot(read.State, nil, read.Folder().Text)
}

func TestNobodyIsLedToSignIn(t *testing.T) {
	r := newRoom(t)
	w := r.get("", "/ar/desk/?x=1")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/ar/desk/sign-in?then=%2Far%2Fdesk%2F%3Fx%3D1" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := r.get("harbour/press", "/desk/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Nothing waits for you") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := r.get("harbour/press", "/desk/no-such-page"); w.Code != http.StatusNotFound {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
