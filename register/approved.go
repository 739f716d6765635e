package register

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"chancery.example/approval"
	"chancery.example/letter"
)

// An ApprovedBy is one officer's approval of an entry, verified.
type ApprovedBy struct {
	Officer string
	Name    string
	Key     string // fingerprint
	// Passkey is the origin at which the approval was made by passkey; "" when it
	// was made with an SSH key.
	Passkey string `json:"Passkey,omitempty"`
}

// With says in English what an approval was made with: "passkey at
// https://register.example SHA256:..." or "SSH key SHA256:...".
func (a ApprovedBy) With() string {
	if a.Passkey != "" {
		return "passkey at " + a.Passkey + " " + a.Key
	}
	return "SSH key " + a.Key
}

// An approvalSet is the outcome of checking an entry's approvals.
type approvalSet struct {
	by     []ApprovedBy
	needed int
}

// CheckApprovals verifies the approvals of body under policy as it is at its
// position (standing.md MUST-4 to MUST-6): the right policy, officers that it
// names, their own keys, signatures over exactly this statement, k distinct
// persons with the roles that the act's rule asks for. typ is the letter type or
// statement type. It returns who approved and how many the rule asks for.
func CheckApprovals(origin string, office Office, policy Policy, b Body, typ string) ([]ApprovedBy, int, error) {
	statement, err := StatementFor(origin, office, b)
	if err != nil {
		return nil, 0, err
	}
	rule, ok := policy.RuleFor(statement.Act, typ)
	if !ok {
		return nil, 0, fmt.Errorf("the office's policy does not allow the act %q", statement.Act)
	}
	set, _ := ApprovalsOf(b)
	message := statement.Bytes()
	var by []ApprovedBy
	persons, held := map[string]bool{}, map[Role]bool{}
	for _, sig := range set.Signatures {
		officer, ok := policy.Officer(sig.Officer)
		if !ok {
			return nil, rule.K, fmt.Errorf("officer %q is not in the office's policy", sig.Officer)
		}
		key, err := verifyOfficer(message, officer, sig.Signature)
		if err != nil {
			return nil, rule.K, fmt.Errorf("approval of %s: %w", sig.Officer, err)
		}
		at, _, _ := key.Passkey()
		by = append(by, ApprovedBy{officer.ID, officer.Name, key.Fingerprint(), at})
		if officer.holdsAny(rule.Roles) {
			persons[officer.Person] = true
		}
		for _, r := range officer.Roles {
			held[r] = true
		}
	}
	if len(persons) < rule.K {
		return by, rule.K, fmt.Errorf("%d of %d approvals by distinct persons with the role %s", len(persons), rule.K, roleNames(rule.Roles))
	}
	for _, r := range rule.Required {
		if !held[r] {
			return by, rule.K, fmt.Errorf("no approval by a holder of the role %q, which the policy requires", r)
		}
	}
	return by, rule.K, nil
}

// verifyOfficer returns with which of an officer's keys, SSH or passkey, a
// statement was approved.
func verifyOfficer(message []byte, o Officer, signature []byte) (approval.Key, error) {
	wire, err := approval.Wire(signature)
	if err != nil {
		return approval.Key{}, err
	}
	if !bytes.Equal(wire, signature) {
		return approval.Key{}, errors.New("the signature is not in wire form") // approval.md MUST-6
	}
	key, err := approval.Signer(signature)
	if err != nil {
		return approval.Key{}, err
	}
	if !slices.Contains(o.Keys, key.Line()) {
		return approval.Key{}, fmt.Errorf("key %s is not one of %s's", key.Fingerprint(), o.Name)
	}
	return key, approval.Verify(message, key, signature)
}

// approved checks an entry's approvals at its position in the log.
func (s *State) approved(l Logged, o *officeRecord, b Body, typ string) (approvalSet, error) {
	return s.approvedAt(l.Index, o, b, typ)
}

// approvedAt checks approvals as at a position of the log.
func (s *State) approvedAt(at Index, o *officeRecord, b Body, typ string) (approvalSet, error) {
	set, _ := ApprovalsOf(b)
	n := len(o.policies)
	for n > 0 && o.policies[n-1].index >= at {
		n--
	}
	if n == 0 {
		return approvalSet{}, errors.New("the office has no policy yet")
	}
	current := o.policies[n-1]
	if set.Policy != current.index {
		return approvalSet{}, fmt.Errorf("approved under policy entry %d; at this position %d is in force", set.Policy, current.index)
	}
	by, needed, err := CheckApprovals(s.genesis.Origin, o.view.Office, current.policy, b, typ)
	return approvalSet{by, needed}, err
}

// subjectOf checks the rest of what an entry about a letter claims.
func subjectOf(origin string, e Entry, ref letter.Ref) error {
	want := LetterSubject(origin, e.Claims.Issuer, ref)
	if e.Claims.Subject != want {
		return fmt.Errorf("its subject is %q, want %q", e.Claims.Subject, want)
	}
	return nil
}

// roleNames lists roles for people.
func roleNames(roles []Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, " or ")
}
