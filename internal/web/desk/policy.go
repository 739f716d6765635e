package desk

import (
	"slices"
	"strings"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/web/desk/pages/form"
	"chancery.example/internal/web/desk/pages/policy"
	"chancery.example/letter"
	"chancery.example/register"
)

func (d *Desk) policyRoutes() []route {
	return []route{
		{pattern: "GET /desk/policy", act: "see_people", serve: (*call).policyPage},
		{pattern: "POST /desk/policy/key", act: "propose_key", serve: (*call).proposeMyKey},
		{pattern: "GET /desk/policy/officer/{id}", act: "propose_key", serve: (*call).officerForm},
		{pattern: "POST /desk/policy/officer/{id}", act: "propose_key", serve: (*call).officerSent},
		{pattern: "GET /desk/policy/speakers", act: "propose_key", serve: (*call).speakersForm},
		{pattern: "POST /desk/policy/speakers", act: "propose_key", serve: (*call).speakersSent},
		{pattern: "POST /desk/policy/rotate", act: "issue", fresh: true, serve: (*call).rotate},
		{pattern: "GET /desk/policy/revoke/{key}", act: "propose_key", serve: (*call).revokeForm},
		{pattern: "POST /desk/policy/revoke/{key}", act: "propose_key", serve: (*call).revokeSent},
	}
}

// policyPage shows the rules of the office, its officers with their keys, and the
// keys of the office itself.
func (c *call) policyPage() answer {
	p, at, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	v := policy.View{At: at, Rules: p.Rules, Speakers: p.Speakers, RatifyHours: p.RatifyWithin / 3600, MayPropose: c.may("propose_key"), MayRotate: c.may("issue") && c.who.Fresh}
	for _, o := range p.Officers {
		row := policy.Officer{ID: o.ID, Name: o.Name, Person: o.Person, Roles: rolesNames(o.Roles)}
		for _, line := range o.Keys {
			k, err := approval.ParseKey(line)
			if err != nil {
				return c.failed(err)
			}
			origin, _, passkey := k.Passkey()
			row.Keys = append(row.Keys, policy.Key{Fingerprint: k.Fingerprint(), Passkey: passkey, Origin: origin})
		}
		v.Officers = append(v.Officers, row)
	}
	if v.Keys, err = c.d.house.Keys(c.ctx(), c.who.Office); err != nil {
		return c.failed(err)
	}
	return view(policy.Page, v, c.printer.T("desk.policy.title"), "/desk/policy", "people")
}

// amended proposes the policy in force with a change, under the rules in force.
func (c *call) amended(change func(*register.Policy) error) (office.Request, error) {
	p, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return office.Request{}, err //nolint:wrapcheck // the act's own words
	}
	p.Approvals = nil
	p.Officers, p.Speakers = slices.Clone(p.Officers), slices.Clone(p.Speakers)
	if err := change(&p); err != nil {
		return office.Request{}, err
	}
	return c.d.house.ProposePolicy(c.ctx(), c.who.Office, c.who.ID, p) //nolint:wrapcheck // the act's own words
}

// proposeMyKey asks the officers to put one of the reader's own passkeys to approve
// into the policy.
func (c *call) proposeMyKey() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	id, err := c.keyNumber()
	if err != nil {
		return c.failed(err)
	}
	made, err := s.ApprovalKeys(c.ctx(), c.who.Office, c.who.ID)
	if err != nil {
		return c.failed(err)
	}
	for _, k := range made {
		if k.ID != id {
			continue
		}
		q, err := c.amended(func(p *register.Policy) error {
			i := slices.IndexFunc(p.Officers, func(o register.Officer) bool { return o.ID == c.who.ID })
			if i < 0 {
				return kind.Conflict.Errorf("you are no officer in the policy of %s; an officer proposes you first", c.who.Office)
			}
			if slices.Contains(p.Officers[i].Keys, k.Line) {
				return kind.Conflict.Errorf("the policy names this key already")
			}
			p.Officers[i].Keys = append(slices.Clone(p.Officers[i].Keys), k.Line)
			return nil
		})
		if err != nil {
			return c.failed(err)
		}
		return c.proposed(q)
	}
	return c.notFound()
}

// newOfficer stands in the address for an officer who is not there yet. No
// officer's id has a plus sign.
const newOfficer = "+"

func (c *call) officerView() (form.View, error) {
	id := c.PathValue("id")
	v := form.View{Act: "officer", Action: "/desk/policy/officer/" + id, Back: "/desk/policy"}
	p, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	o, there := p.Officer(id)
	if !there && id != newOfficer {
		return v, kind.NotFound.Errorf("there is no such officer")
	}
	roles := form.Field{Name: "role", Label: "roles", Hint: "roles", Sort: form.Checks}
	for _, r := range []register.Role{register.RoleDrafter, register.RoleApprover, register.RoleClerk, register.RolePress} {
		roles.Options = append(roles.Options, form.Option{Value: string(r), Label: c.printer.T("deskrole." + string(r)), Chosen: o.Holds(r)})
	}
	if !there {
		v.Fields = append(v.Fields, form.Field{Name: "id", Label: "officerid", Hint: "officerid", Sort: form.Line, Required: true})
	}
	v.Fields = append(v.Fields,
		form.Field{Name: "name", Label: "name", Sort: form.Line, Value: o.Name, Required: true}, roles,
		form.Field{Name: "keys", Label: "keys", Hint: "keys", Sort: form.Text, Rows: 6, Value: strings.Join(o.Keys, "\n")})
	if there {
		v.Fields = append(v.Fields, form.Field{Name: "remove", Label: "removeofficer", Sort: form.Check})
	}
	return v, nil
}

func (c *call) officerForm() answer {
	v, err := c.officerView()
	if err != nil {
		return c.failed(err)
	}
	return c.showForm(v, "people")
}

func (c *call) officerSent() answer {
	v, err := c.officerView()
	if err != nil {
		return c.failed(err)
	}
	q, err := c.amended(c.officerOf)
	if err != nil {
		return c.again(err, v, "people")
	}
	return c.proposed(q)
}

// officerOf puts the officer of the form into a policy, or takes them out.
func (c *call) officerOf(p *register.Policy) error {
	id := c.PathValue("id")
	if id == newOfficer {
		id = strings.TrimSpace(c.FormValue("id"))
	}
	i := slices.IndexFunc(p.Officers, func(o register.Officer) bool { return o.ID == id })
	if c.FormValue("remove") != "" && i >= 0 {
		p.Officers = slices.Delete(p.Officers, i, i+1)
		return nil
	}
	if c.PathValue("id") == newOfficer {
		if i >= 0 {
			return kind.Conflict.Errorf("%s is an officer already", id)
		}
		p.Officers, i = append(p.Officers, register.Officer{ID: id, Person: id}), len(p.Officers)
	}
	o := &p.Officers[i]
	o.Name, o.Roles, o.Keys = strings.TrimSpace(c.FormValue("name")), nil, nil
	for _, r := range c.Form["role"] {
		o.Roles = append(o.Roles, register.Role(r))
	}
	for _, line := range lines(c.FormValue("keys")) {
		k, err := approval.ParseKey(line)
		if err != nil {
			return kind.Invalid.Wrap(err)
		}
		o.Keys = append(o.Keys, k.Line())
	}
	return nil
}

func (c *call) speakersView() (form.View, error) {
	v := form.View{Act: "speakers", Action: "/desk/policy/speakers", Back: "/desk/policy"}
	p, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	v.Fields = []form.Field{{Name: "speakers", Label: "speakers", Hint: "speakers", Sort: form.Text, Rows: 6, Value: strings.Join(p.Speakers, "\n")}}
	return v, err //nolint:wrapcheck // the act's own words
}

func (c *call) speakersForm() answer {
	v, err := c.speakersView()
	if err != nil {
		return c.failed(err)
	}
	return c.showForm(v, "people")
}

func (c *call) speakersSent() answer {
	v, err := c.speakersView()
	if err != nil {
		return c.failed(err)
	}
	q, err := c.amended(func(p *register.Policy) error {
		p.Speakers = lines(c.FormValue("speakers"))
		return nil
	})
	if err != nil {
		return c.again(err, v, "people")
	}
	return c.proposed(q)
}

// rotate gives the office a new key, signed for by the one that it has.
func (c *call) rotate() answer {
	if _, err := c.d.house.RotateKey(c.ctx(), c.who.Office, c.who.ID); err != nil {
		return c.failed(err)
	}
	return c.done("/desk/policy", "rotated")
}

// officeKey is the key that an address names, one of the office's own.
func (c *call) officeKey() (letter.Hash, error) {
	id, err := letter.ParseHash(c.PathValue("key"))
	if err != nil {
		return id, kind.NotFound.Errorf("there is no such key")
	}
	all, err := c.d.house.Keys(c.ctx(), c.who.Office)
	if err != nil {
		return id, err //nolint:wrapcheck // the act's own words
	}
	if !slices.ContainsFunc(all, func(k office.KeyState) bool { return k.Thumbprint == id }) {
		return id, kind.NotFound.Errorf("there is no such key")
	}
	return id, nil
}

func (c *call) revokeView() form.View {
	return form.View{Act: "revoke", Action: "/desk/policy/revoke/" + c.PathValue("key"), Back: "/desk/policy", Fields: wordFields("reason", "reason")}
}

func (c *call) revokeForm() answer {
	if _, err := c.officeKey(); err != nil {
		return c.failed(err)
	}
	return c.showForm(c.revokeView(), "people")
}

func (c *call) revokeSent() answer {
	id, err := c.officeKey()
	if err != nil {
		return c.failed(err)
	}
	why, err := c.reason()
	if err != nil {
		return c.again(err, c.revokeView(), "people")
	}
	q, err := c.d.house.ProposeRevokeKey(c.ctx(), c.who.Office, c.who.ID, id, nil, why)
	if err != nil {
		return c.again(err, c.revokeView(), "people")
	}
	return c.proposed(q)
}
