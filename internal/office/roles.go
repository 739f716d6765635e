package office

import (
	"slices"
	"strings"
	"time"

	"chancery.example/approval"
	"chancery.example/register"
)

func joinRoles(roles []register.Role, sep string) string {
	if len(roles) == 0 {
		return "without a role"
	}
	s := make([]string, len(roles))
	for i, r := range roles {
		s[i] = string(r)
	}
	return strings.Join(s, sep)
}

// oneOf names one holder of any of the roles: "a drafter or an issuing clerk".
func oneOf(roles []register.Role) string {
	s := make([]string, len(roles))
	for i, r := range roles {
		article := "a "
		if strings.ContainsRune("aeiou", rune(r[0])) {
			article = "an "
		}
		s[i] = article + string(r)
	}
	return strings.Join(s, " or ")
}

func officerList(p register.Policy) string {
	ids := make([]string, len(p.Officers))
	for i, o := range p.Officers {
		ids[i] = o.ID
	}
	return strings.Join(ids, ", ")
}

// holders names the officers who hold one of the roles.
func holders(p register.Policy, roles []register.Role) string {
	var ids []string
	for _, o := range p.Officers {
		if slices.ContainsFunc(roles, o.Holds) {
			ids = append(ids, o.ID)
		}
	}
	if len(ids) == 0 {
		return "for a new policy: nobody holds that role"
	}
	return strings.Join(ids, " or ")
}

// RatifyWithin is the usual time to ratify a withdrawal in an emergency: a weekend.
const RatifyWithin = 72 * time.Hour

// Policy returns a policy with the usual rules: see Rules.
func Policy(officers []register.Officer, speakers []string, approvals, statements int) register.Policy {
	p := register.Policy{Officers: officers, Speakers: speakers, Rules: Rules(officers, approvals, statements)}
	if slices.ContainsFunc(p.Rules, func(r register.Rule) bool { return r.Act == approval.WithdrawEmergency }) {
		p.RatifyWithin = uint64(RatifyWithin / time.Second)
	}
	return p
}

// Rules returns the usual rules for an office of these officers: letters take
// approvals approvers, public words take statements of press officers and
// approvers, and what must be quick or does no harm takes one person. A rule
// never asks for more persons than there are.
func Rules(officers []register.Officer, approvals, statements int) []register.Rule {
	approver, press := []register.Role{register.RoleApprover}, []register.Role{register.RolePress, register.RoleApprover}
	var rules []register.Rule
	add := func(act approval.Act, typ string, k int, roles, required []register.Role) {
		k = min(k, persons(officers, roles))
		required = slices.DeleteFunc(slices.Clone(required), func(r register.Role) bool {
			return persons(officers, []register.Role{r}) == 0
		})
		if k > 0 {
			rules = append(rules, register.Rule{Act: act, Type: typ, K: k, Roles: roles, Required: required})
		}
	}
	add(approval.Issue, "", approvals, approver, nil)
	add(approval.Withdraw, "", approvals, approver, nil)
	add(approval.Supersede, "", approvals, approver, nil)
	add(approval.Correct, "", approvals, approver, nil)
	add(approval.WithdrawEmergency, "", 1, press, nil)
	add(approval.Ratify, "", approvals, approver, nil)
	add(approval.Open, "", 2, press, press)
	add(approval.Close, "", 2, []register.Role{register.RoleDrafter, register.RoleApprover}, approver)
	add(approval.State, "", statements, press, nil)
	for _, quick := range []register.StatementType{register.Holding, register.Received, register.Sighting, register.Collected} {
		add(approval.State, string(quick), 1, press, nil)
	}
	add(approval.Retract, "", statements, press, nil)
	add(approval.Disavow, "", statements, press, nil)
	keepers := approver
	if persons(officers, approver) == 0 {
		keepers = press
	}
	add(approval.SetPolicy, "", max(approvals, 1), keepers, nil)
	add(approval.RevokeKey, "", max(approvals, 1), keepers, nil)
	return rules
}

// persons counts the distinct persons who hold one of the roles.
func persons(officers []register.Officer, roles []register.Role) int {
	seen := map[string]bool{}
	for _, o := range officers {
		if slices.ContainsFunc(roles, o.Holds) {
			seen[o.Person] = true
		}
	}
	return len(seen)
}
