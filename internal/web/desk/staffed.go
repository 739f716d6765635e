package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/letter"
	"chancery.example/register"
)

// Staffed returns the people of a register as the desk asks for them: who is
// signed in by their session, with the roles that the desk gave them and those of
// the office's policy.
func Staffed(house *office.Register, s *staff.Staff) People { return staffed{house, s} }

type staffed struct {
	house *office.Register
	staff *staff.Staff
}

// Who implements People.
func (s staffed) Who(r *http.Request) (Who, error) {
	in, err := s.staff.Session(r.Context(), s.staff.CookieOf(r))
	if err != nil {
		return Who{}, err //nolint:wrapcheck // says that nobody is signed in
	}
	p := in.Person
	w := Who{Office: p.Office, ID: p.ID, Name: p.Name, Fresh: in.Fresh(s.staff.Now()), Session: in}
	for _, role := range p.Roles {
		w.Roles = append(w.Roles, string(role))
	}
	if p.Has(staff.Translator) {
		w.Langs = []letter.Lang{p.Lang}
	}
	given, err := s.given(r.Context(), p)
	if err != nil {
		return Who{}, err
	}
	for _, role := range given {
		if !slices.Contains(w.Roles, string(role)) {
			w.Roles = append(w.Roles, string(role))
		}
	}
	return w, nil
}

// given returns the roles that the office's policy gives a person. An office
// without a policy gives none.
func (s staffed) given(ctx context.Context, p staff.Person) ([]register.Role, error) {
	policy, _, err := s.house.PolicyOf(ctx, p.Office)
	if kind.Of(err) == kind.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding the roles of %s: %w", p.ID, err)
	}
	officer, _ := policy.Officer(p.ID)
	return officer.Roles, nil
}

// BeginApproval implements People.
func (s staffed) BeginApproval(ctx context.Context, w Who, statement []byte, lines []string) (json.RawMessage, error) {
	return s.staff.BeginApproval(ctx, w.Session, statement, lines) //nolint:wrapcheck // the act's own words
}

// Evidence implements People.
func (s staffed) Evidence(ctx context.Context, w Who, statement []byte, lines []string, answer []byte) ([]byte, error) {
	return s.staff.Evidence(ctx, w.Session, statement, lines, answer) //nolint:wrapcheck // the act's own words
}

// May implements People.
func (staffed) May(roles []string, act string) bool {
	return staff.May(rolesOf(roles), staff.Act(act))
}

func rolesOf(roles []string) []staff.Role {
	out := make([]staff.Role, len(roles))
	for i, r := range roles {
		out[i] = staff.Role(r)
	}
	return out
}
