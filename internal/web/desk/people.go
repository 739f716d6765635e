package desk

import (
	"fmt"
	"slices"
	"strings"

	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk/pages/people"
	personpage "chancery.example/internal/web/desk/pages/person"
	"chancery.example/letter"
	"chancery.example/register"
)

func (d *Desk) peopleRoutes() []route {
	return []route{
		{pattern: "GET /desk/people", act: "see_people", serve: (*call).peoplePage},
		{pattern: "POST /desk/people", act: "people", fresh: true, serve: (*call).invite},
		{pattern: "GET /desk/person/{id}", act: "see_people", serve: (*call).personPage},
		{pattern: "POST /desk/person/{id}/roles", act: "people", fresh: true, serve: (*call).setRoles},
		{pattern: "POST /desk/person/{id}/end", act: "people", fresh: true, serve: (*call).endAccess},
		{pattern: "POST /desk/person/{id}/sessions", act: "people", fresh: true, serve: (*call).endSessions},
		{pattern: "POST /desk/person/{id}/recover", act: "recover", fresh: true, serve: (*call).recoverAccess},
		{pattern: "POST /desk/person/{id}/cancel", act: "recover", serve: (*call).cancelRecovery},
	}
}

// peoplePage shows who works here and what they may.
func (c *call) peoplePage() answer {
	v, err := c.peopleView()
	if err != nil {
		return c.failed(err)
	}
	return view(people.Page, v, c.printer.T("desk.people.title"), "/desk/people", "people")
}

func (c *call) peopleView() (people.View, error) {
	v := people.View{MayInvite: c.may("people"), MayTokens: c.may("tokens"), Fresh: c.who.Fresh, Given: staff.OwnRoles()}
	s, err := c.within()
	if err != nil {
		return v, err
	}
	all, err := s.People(c.ctx(), c.who.Office)
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	waiting, err := s.Invitations(c.ctx(), c.who.Office)
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	recoveries, err := s.Recoveries(c.ctx(), c.who.Office)
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	for _, p := range all {
		row := people.Row{ID: p.ID, Name: p.Name, State: stateOf(p), Roles: allRoles(p, policy)}
		row.Invited = slices.ContainsFunc(waiting, func(i staff.Invitation) bool { return i.Person.ID == p.ID })
		row.Recovering = slices.ContainsFunc(recoveries, func(r staff.Recovery) bool { return r.Person.ID == p.ID })
		v.People = append(v.People, row)
	}
	for _, o := range policy.Officers {
		if !slices.ContainsFunc(all, func(p staff.Person) bool { return p.ID == o.ID }) {
			v.People = append(v.People, people.Row{ID: o.ID, Name: o.Name, State: "outside", Roles: rolesNames(o.Roles)})
		}
	}
	return v, nil
}

// stateOf is a key of messages under "desk.person.state".
func stateOf(p staff.Person) string {
	switch {
	case !p.Active:
		return "ended"
	case p.Joined.IsZero():
		return "invited"
	}
	return "active"
}

// allRoles are those of the policy and those of the desk.
func allRoles(p staff.Person, policy register.Policy) []string {
	o, _ := policy.Officer(p.ID)
	out := rolesNames(o.Roles)
	for _, r := range p.Roles {
		if !slices.Contains(out, string(r)) {
			out = append(out, string(r))
		}
	}
	return out
}

func rolesNames(roles []register.Role) []string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return out
}

// chosenRoles are the desk's own roles that a form gives.
func (c *call) chosenRoles() []staff.Role {
	_ = c.FormValue("") // reads the form
	var out []staff.Role
	for _, r := range c.Form["role"] {
		out = append(out, staff.Role(r))
	}
	return out
}

// invite makes a person known. The link is shown once, when it was not mailed.
func (c *call) invite() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	d := staff.Details{Name: strings.TrimSpace(c.FormValue("name")), Email: strings.TrimSpace(c.FormValue("email")), Lang: letter.Lang(c.FormValue("lang"))}
	in, err := s.Invite(c.ctx(), c.who.Office, strings.TrimSpace(c.FormValue("id")), d, c.chosenRoles(), c.who.ID)
	if err != nil {
		v, errView := c.peopleView()
		if errView != nil {
			return c.failed(errView)
		}
		v.Typed = people.Typed{ID: c.FormValue("id"), Name: d.Name, Email: d.Email, Wrong: c.told(err), Roles: c.Form["role"]}
		a := view(people.Page, v, c.printer.T("desk.people.title"), "/desk/people", "people")
		a.status = problemStatus(err)
		if a.status == 0 || a.status >= 500 {
			return c.failed(err)
		}
		return a
	}
	return c.link(in)
}

// link shows a link to who has to pass it on. It is never shown again.
func (c *call) link(in staff.Invited) answer {
	v := personpage.View{ID: in.Person.ID, Name: in.Person.Name, Link: in.Link, Mailed: in.Mailed, Until: in.Until, JustLink: true}
	return view(personpage.Page, v, c.printer.T("desk.person.link"), "/desk/people", "people")
}

// personPage shows one person of the reader's office.
func (c *call) personPage() answer {
	v, err := c.personView()
	if err != nil {
		return c.failed(err)
	}
	return view(personpage.Page, v, v.Name, "/desk/person/"+v.ID, "people")
}

func (c *call) personView() (personpage.View, error) {
	var v personpage.View
	s, err := c.within()
	if err != nil {
		return v, err
	}
	p, err := s.Person(c.ctx(), c.who.Office, c.PathValue("id"))
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return v, err //nolint:wrapcheck // the act's own words
	}
	o, _ := policy.Officer(p.ID)
	v = personpage.View{
		ID: p.ID, Name: p.Name, State: stateOf(p), Made: p.Made, Joined: p.Joined, Given: rolesNames(o.Roles), Fresh: c.who.Fresh,
		MayManage: c.may("people") && p.ID != c.who.ID, MayRecover: c.may("recover") && p.ID != c.who.ID,
	}
	for _, r := range staff.OwnRoles() {
		v.Own = append(v.Own, personpage.Choice{Role: string(r), Chosen: p.Has(r)})
	}
	if v.MayManage {
		v.Email = p.Email
		open, err := s.Sessions(c.ctx(), c.who.Office, p.ID)
		if err != nil {
			return v, err //nolint:wrapcheck // the act's own words
		}
		v.Sessions = len(open)
	}
	recoveries, err := s.Recoveries(c.ctx(), c.who.Office)
	for _, r := range recoveries {
		if r.Person.ID == p.ID {
			v.Recovering, v.RecoverBy, v.RecoverMine = true, r.By, r.By == c.who.ID
		}
	}
	return v, err //nolint:wrapcheck // the act's own words
}

// ofPerson does something to the person of the address and leads back to them.
func (c *call) ofPerson(notice string, do func(*staff.Staff, string) error) answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	id := c.PathValue("id")
	if err := do(s, id); err != nil {
		return c.failed(err)
	}
	return c.done("/desk/person/"+id, notice)
}

func (c *call) setRoles() answer {
	return c.ofPerson("roles", func(s *staff.Staff, id string) error {
		return s.SetRoles(c.ctx(), c.who.Office, id, c.chosenRoles(), c.who.ID) //nolint:wrapcheck // the act's own words
	})
}

func (c *call) endAccess() answer {
	return c.ofPerson("ended", func(s *staff.Staff, id string) error {
		return s.Deactivate(c.ctx(), c.who.Office, id, c.who.ID) //nolint:wrapcheck // the act's own words
	})
}

func (c *call) endSessions() answer {
	return c.ofPerson("sessions", func(s *staff.Staff, id string) error {
		_, err := s.EndSessions(c.ctx(), c.who.Office, id, 0, c.who.ID)
		if err != nil {
			return fmt.Errorf("ending sessions: %w", err)
		}
		return nil
	})
}

// recoverAccess is a custodian's vote; that of a second one makes the link.
func (c *call) recoverAccess() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	in, granted, err := s.Recover(c.ctx(), c.who.Office, c.PathValue("id"), c.who.ID)
	if err != nil {
		return c.failed(err)
	}
	if granted {
		return c.link(in)
	}
	return c.done("/desk/person/"+c.PathValue("id"), "voted")
}

func (c *call) cancelRecovery() answer {
	return c.ofPerson("cancelled", func(s *staff.Staff, id string) error {
		return s.CancelRecovery(c.ctx(), c.who.Office, id, c.who.ID) //nolint:wrapcheck // the act's own words
	})
}
