package register

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"chancery.example/approval"
	"chancery.example/letter"
)

// A Genesis is entry 0 of every register: it names the log and the operator.
type Genesis struct {
	Origin   string    `cbor:"1,keyasint"` // the log's origin line, also its key name
	Name     Words     `cbor:"2,keyasint"`
	Operator PublicKey `cbor:"3,keyasint"`
	LogKey   string    `cbor:"4,keyasint"` // verifier key of the log (C2SP signed-note)
	// Exercise marks a register whose clock is simulated; everything shown
	// from it says so.
	Exercise bool `cbor:"5,keyasint,omitempty"`
}

// Kind implements Body.
func (Genesis) Kind() Kind { return KindGenesis }

func (g Genesis) validate() error {
	if err := ValidateOrigin(g.Origin); err != nil {
		return err
	}
	if g.Operator.IsZero() {
		return errors.New("the operator's key is missing")
	}
	if !strings.HasPrefix(g.LogKey, g.Origin+"+") || len(g.LogKey) > 400 {
		return fmt.Errorf("log key %.60q: want the verifier key of %s", g.LogKey, g.Origin)
	}
	return g.Name.validateName("name of the register")
}

// ValidateOrigin checks a log's origin: a schema-less address such as
// letters.harbour.example/main/2026.
func ValidateOrigin(s string) error {
	if s == "" || len(s) > 120 || !strings.Contains(s, ".") || strings.HasPrefix(s, "/") || strings.HasSuffix(s, "/") {
		return fmt.Errorf("origin %.60q: want an address such as letters.harbour.example/main/2026", s)
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-./", r) {
			return fmt.Errorf("origin %.60q: character %q is not allowed", s, r)
		}
	}
	return nil
}

// A Role is what an officer may do.
type Role string

// The roles that a policy can ask for.
const (
	RoleDrafter  Role = "drafter"
	RoleApprover Role = "approver"
	RoleClerk    Role = "issuing clerk"
	RolePress    Role = "press officer"
)

// Valid reports whether r is a known role.
func (r Role) Valid() bool {
	return slices.Contains([]Role{RoleDrafter, RoleApprover, RoleClerk, RolePress}, r)
}

// An Officer is a person of an office. Two officers with the same Person are
// one person in two posts, and count once.
type Officer struct {
	ID     string   `cbor:"1,keyasint"`
	Person string   `cbor:"2,keyasint"`
	Name   string   `cbor:"3,keyasint"`
	Roles  []Role   `cbor:"4,keyasint"`
	Keys   []string `cbor:"5,keyasint"` // lines of SSH keys and passkeys (approval.Key.Line)
}

// A Rule says whose approvals an act takes: K distinct persons who hold one of
// Roles, among them at least one holder of each of Required. A rule for a
// letter type or statement type goes before one for all types (Type empty).
type Rule struct {
	Act      approval.Act `cbor:"1,keyasint"`
	Type     string       `cbor:"2,keyasint,omitempty"`
	K        int          `cbor:"3,keyasint"`
	Roles    []Role       `cbor:"4,keyasint"`
	Required []Role       `cbor:"5,keyasint,omitempty"`
}

// A Policy says who counts for an office, from its position in the log on.
type Policy struct {
	Officers []Officer `cbor:"1,keyasint"`
	Rules    []Rule    `cbor:"2,keyasint"`
	// Speakers are the names under which the press quotes this office.
	Speakers []string `cbor:"3,keyasint,omitempty"`
	// Approvals are needed by every policy of an office but its first, under
	// the policy that it replaces: a stolen office key cannot name new officers.
	Approvals *Approvals `cbor:"4,keyasint,omitempty"`
	// RatifyWithin is how many seconds there are to ratify an emergency
	// withdrawal; 0 when the policy has no rule for one.
	RatifyWithin uint64 `cbor:"5,keyasint,omitempty"`
}

// Kind implements Body.
func (Policy) Kind() Kind { return KindPolicy }

func (p Policy) approvals() Approvals {
	if p.Approvals == nil {
		return Approvals{}
	}
	return *p.Approvals
}

func (p Policy) withSignatures(sigs []OfficerSignature) Body {
	if p.Approvals != nil { // a copy: the caller's body stays as it is
		p.Approvals = &Approvals{p.Approvals.Policy, p.Approvals.Nonce, sigs}
	}
	return p
}

func (p Policy) topic() (approval.Act, string, letter.Hash, error) {
	return approval.SetPolicy, "-", letter.Hash{}, nil
}

func (p Policy) validate() error {
	if len(p.Officers) == 0 || len(p.Officers) > 500 || len(p.Rules) > 200 || len(p.Speakers) > 500 {
		return fmt.Errorf("%d officers, %d rules, %d speakers: want 1 to 500, at most 200, at most 500",
			len(p.Officers), len(p.Rules), len(p.Speakers))
	}
	keys := map[string]string{}
	ids := map[string]bool{}
	for _, o := range p.Officers {
		if err := o.validate(keys); err != nil {
			return fmt.Errorf("officer %q: %w", o.ID, err)
		}
		if ids[o.ID] {
			return fmt.Errorf("officer %q stands twice", o.ID)
		}
		ids[o.ID] = true
	}
	for _, r := range p.Rules {
		if err := p.validateRule(r); err != nil {
			return fmt.Errorf("rule for %s: %w", r.Act, err)
		}
	}
	for _, s := range p.Speakers {
		if err := validateLine("speaker", s, 200); err != nil {
			return err
		}
	}
	if err := p.validateEmergency(); err != nil {
		return err
	}
	return p.approvals().validate()
}

const maxRatifyWithin = 366 * 24 * 3600

// validateEmergency: who allows a withdrawal in an emergency says how long it
// may stand without being ratified, and nobody else says so (MUST-31).
func (p Policy) validateEmergency() error {
	allows := slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.Act == approval.WithdrawEmergency })
	switch {
	case allows && p.RatifyWithin == 0:
		return fmt.Errorf("it allows %s and does not say within what time that must be ratified", approval.WithdrawEmergency)
	case !allows && p.RatifyWithin != 0:
		return fmt.Errorf("it gives a time to ratify, and has no rule for %s", approval.WithdrawEmergency)
	case p.RatifyWithin > maxRatifyWithin:
		return fmt.Errorf("%d seconds to ratify: at most %d", p.RatifyWithin, maxRatifyWithin)
	}
	return nil
}

func (o Officer) validate(keys map[string]string) error {
	if err := validateID(o.ID); err != nil {
		return err
	}
	if err := validateID(o.Person); err != nil {
		return fmt.Errorf("person: %w", err)
	}
	if err := validateLine("name", o.Name, 200); err != nil {
		return err
	}
	for _, r := range o.Roles {
		if !r.Valid() {
			return fmt.Errorf("role %q is not known", r)
		}
	}
	if len(o.Keys) > 16 {
		return fmt.Errorf("%d keys: at most 16", len(o.Keys))
	}
	for _, line := range o.Keys {
		k, err := approval.ParseKey(line)
		if err != nil {
			return err
		}
		if k.Line() != line {
			return errors.New("a key is not in its canonical form (type, base64, no comment)")
		}
		// By the key alone: one passkey entered for two origins is not two persons.
		if person, taken := keys[k.Identity()]; taken && person != o.Person {
			return fmt.Errorf("key %s is also %s's: a key belongs to one person", k.Fingerprint(), person)
		}
		keys[k.Identity()] = o.Person
	}
	return nil
}

func (p Policy) validateRule(r Rule) error {
	if !r.Act.Valid() || len(r.Type) > 40 {
		return errors.New("the act or type is not known")
	}
	if len(r.Roles) == 0 {
		return errors.New("it names no roles")
	}
	for _, role := range append(slices.Clone(r.Roles), r.Required...) {
		if !role.Valid() {
			return fmt.Errorf("role %q is not known", role)
		}
	}
	persons := map[string]bool{}
	for _, o := range p.Officers {
		if o.holdsAny(r.Roles) {
			persons[o.Person] = true
		}
	}
	if r.K < 1 || r.K > len(persons) {
		return fmt.Errorf("it asks for %d persons; %d hold the roles", r.K, len(persons))
	}
	return nil
}

func (o Officer) holdsAny(roles []Role) bool {
	return slices.ContainsFunc(o.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// insteadOf are the acts that go by another act's rule when the policy has none
// for them (MUST-36): policies that were made before there was such an act stay
// usable, and none of them becomes easier than what it stands for.
var insteadOf = map[approval.Act]approval.Act{
	approval.Correct: approval.Issue, approval.Ratify: approval.Withdraw, approval.RevokeKey: approval.SetPolicy,
}

// RuleFor returns the rule for an act of a type; false when the policy does not
// allow the act at all.
func (p Policy) RuleFor(a approval.Act, typ string) (Rule, bool) {
	r, ok := p.ruleFor(a, typ)
	if other, has := insteadOf[a]; !ok && has {
		return p.ruleFor(other, typ)
	}
	return r, ok
}

func (p Policy) ruleFor(a approval.Act, typ string) (Rule, bool) {
	var general *Rule
	for i, r := range p.Rules {
		if r.Act != a {
			continue
		}
		if r.Type == typ && typ != "" {
			return r, true
		}
		if r.Type == "" && general == nil {
			general = &p.Rules[i]
		}
	}
	if general == nil {
		return Rule{}, false
	}
	return *general, true
}

// Officer returns the officer with an id.
func (p Policy) Officer(id string) (Officer, bool) {
	i := slices.IndexFunc(p.Officers, func(o Officer) bool { return o.ID == id })
	if i < 0 {
		return Officer{}, false
	}
	return p.Officers[i], true
}

// Holds reports whether the officer holds a role.
func (o Officer) Holds(r Role) bool { return slices.Contains(o.Roles, r) }

// ValidID checks the short name alone.
func (k KeyAdd) ValidID() error { return validateID(k.ID) }
