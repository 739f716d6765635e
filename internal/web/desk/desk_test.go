package desk

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"chancery.example/approval"
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

// A person has a passkey to approve with, or none.
type person struct {
	Who
	passkey *authenticator.Passkey
}

func (k known) Who(r *http.Request) (Who, error) {
	w, ok := k[r.Header.Get("X-Who")]
	if !ok {
		return w.Who, kind.NotFound.Errorf("nobody is signed in")
	}
	return w.Who, nil
}

func (known) May(roles []string, act string) bool { return staffed{}.May(roles, act) }

func (k known) ApprovalKeys(_ context.Context, w Who) ([]ApprovalKey, error) {
	if p := k[w.Office+"/"+w.ID].passkey; p != nil {
		line, err := approval.NewPasskeyLine(deskOrigin, "localhost", p.COSE())
		return []ApprovalKey{{p.ID, line}}, err
	}
	return nil, nil
}

const deskOrigin = "http://localhost:8080"

// A room is a desk with a house behind it, whose officers have passkeys.
type room struct {
	*officetest.House
	t      *testing.T
	people known
	desk   http.Handler
}

func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{House: officetest.New(t), t: t, people: known{}}
	r.Enrol(t, "other", 2, 2)
	device := authenticator.New(deskOrigin, t.Name())
	for _, office := range []string{"harbour", "other"} {
		for _, o := range officetest.Officers {
			r.people[office+"/"+o.ID] = person{Who{Office: office, ID: o.ID, Name: "The " + o.ID, Roles: []string{string(o.Role)}, Fresh: true}, device.Make("localhost", authenticator.ES256)}
		}
	}
	for _, office := range []string{"harbour", "other"} {
		for _, role := range staff.OwnRoles() {
			id := string(role)
			r.people[office+"/"+id] = person{Who{Office: office, ID: id, Name: "The " + id, Roles: []string{id}, Fresh: true}, nil}
		}
	}
	r.people["harbour/stale"] = person{Who{Office: "harbour", ID: "clerk", Name: "The clerk", Roles: []string{string(register.RoleClerk)}}, nil}
	r.name(t, "harbour")
	var err error
	if r.desk, err = New(r.Register, r.people, records{r.House}, Options{}); err != nil {
		t.Fatal(err)
	}
	return r
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
		keys, err := r.people.ApprovalKeys(t.Context(), r.people[officeID+"/"+o.ID].Who)
		if err != nil {
			t.Fatal(err)
		}
		p.Officers[i].Keys = append(p.Officers[i].Keys, keys[0].Line)
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
