package desk

import (
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk/pages/tokens"
)

func (d *Desk) tokenRoutes() []route {
	return []route{
		{pattern: "GET /desk/tokens", act: "tokens", serve: func(c *call) answer { return c.tokensPage("", "") }},
		{pattern: "POST /desk/tokens", act: "tokens", fresh: true, serve: (*call).newToken},
		{pattern: "POST /desk/tokens/revoke", act: "tokens", fresh: true, serve: (*call).revokeToken},
	}
}

// tokensPage shows the programs that act for the office. made is the value of a
// token that was just made: it is shown once.
func (c *call) tokensPage(made, wrong string) answer {
	v := tokens.View{Made: made, Wrong: wrong, Fresh: c.who.Fresh, Roles: staff.TokenRoles()}
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	if v.Tokens, err = s.Tokens(c.ctx(), c.who.Office); err != nil {
		return c.failed(err)
	}
	all, err := s.People(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	for _, p := range all {
		if p.Active {
			v.People = append(v.People, p)
		}
	}
	v.Now = s.Now()
	return view(tokens.Page, v, c.printer.T("desk.tokens.title"), "/desk/tokens", "people")
}

func (c *call) newToken() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	_ = c.FormValue("") // reads the form
	n := staff.NewToken{Name: strings.TrimSpace(c.FormValue("name")), Person: c.FormValue("person")}
	for _, r := range c.Form["role"] {
		n.Roles = append(n.Roles, staff.Role(r))
	}
	if n.Until, err = time.Parse("2006-01-02", c.FormValue("until")); err != nil {
		err = kind.Invalid.Errorf("until when is the token good? write a day, at most a year from now")
	}
	var value string
	if err == nil {
		value, _, err = s.NewToken(c.ctx(), c.who.Office, n, c.who.ID)
	}
	if err != nil {
		if k := kind.Of(err); k != kind.Invalid && k != kind.Conflict && k != kind.Forbidden {
			return c.failed(err)
		}
		a := c.tokensPage("", c.told(err))
		a.status = problemStatus(err)
		return a
	}
	return c.tokensPage(value, "")
}

func (c *call) revokeToken() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	id, err := c.keyNumber()
	if err == nil {
		err = s.RevokeToken(c.ctx(), c.who.Office, id, c.who.ID)
	}
	if err != nil {
		return c.failed(err)
	}
	return c.done("/desk/tokens", "revokedtoken")
}
