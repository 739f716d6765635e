package desk

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk/pages/keys"
)

func (d *Desk) keyRoutes() []route {
	return []route{
		{pattern: "GET /desk/keys", serve: (*call).keysPage},
		{pattern: "POST /desk/keys/login/options", fresh: true, serve: func(c *call) answer { return c.newKey((*staff.Staff).BeginAddPasskey) }},
		{pattern: "POST /desk/keys/login/finish", fresh: true, serve: (*call).addLogin},
		{pattern: "POST /desk/keys/approval/options", fresh: true, serve: func(c *call) answer { return c.newKey((*staff.Staff).BeginApprovalKey) }},
		{pattern: "POST /desk/keys/approval/finish", fresh: true, serve: (*call).addApproval},
		{pattern: "POST /desk/keys/login/remove", fresh: true, serve: func(c *call) answer { return c.removeKey((*staff.Staff).RemovePasskey) }},
		{pattern: "POST /desk/keys/approval/remove", fresh: true, serve: func(c *call) answer { return c.removeKey((*staff.Staff).RemoveApprovalKey) }},
		{pattern: "POST /desk/keys/name", serve: (*call).nameKey},
		{pattern: "POST /desk/keys/session", serve: (*call).endOneSession},
	}
}

// keysPage shows the reader's own passkeys and sessions.
func (c *call) keysPage() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	v := keys.View{Fresh: c.who.Fresh, MayPropose: c.may("propose_key"), Session: c.who.Session.ID}
	if v.Login, err = s.Passkeys(c.ctx(), c.who.Office, c.who.ID); err != nil {
		return c.failed(err)
	}
	made, err := s.ApprovalKeys(c.ctx(), c.who.Office, c.who.ID)
	if err != nil {
		return c.failed(err)
	}
	if v.Sessions, err = s.Sessions(c.ctx(), c.who.Office, c.who.ID); err != nil {
		return c.failed(err)
	}
	policy, _, err := c.d.house.PolicyOf(c.ctx(), c.who.Office)
	if err != nil {
		return c.failed(err)
	}
	me, officer := policy.Officer(c.who.ID)
	v.Officer = officer
	for _, k := range made {
		v.Approval = append(v.Approval, keys.Approval{ApprovalKey: k, Named: slices.Contains(me.Keys, k.Line)})
	}
	return c.passkeys(view(keys.Page, v, c.printer.T("desk.keys.title"), "/desk/keys", "people"))
}

func (c *call) newKey(begin func(*staff.Staff, context.Context, staff.Session) (json.RawMessage, error)) answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	return c.ceremony(begin(s, c.ctx(), c.who.Session))
}

func (c *call) addLogin() answer {
	s, o, err := c.made()
	if err != nil {
		return c.failed(err)
	}
	if _, err := s.FinishAddPasskey(c.ctx(), c.who.Session, o.Name, o.Credential); err != nil {
		return c.failed(err)
	}
	return answer{json: map[string]bool{"ok": true}}
}

func (c *call) addApproval() answer {
	s, o, err := c.made()
	if err != nil {
		return c.failed(err)
	}
	if _, err := s.FinishApprovalKey(c.ctx(), c.who.Session, o.Name, o.Credential); err != nil {
		return c.failed(err)
	}
	return answer{json: map[string]bool{"ok": true}}
}

// made reads what a browser made.
func (c *call) made() (*staff.Staff, opening, error) {
	s, err := c.within()
	if err != nil {
		return nil, opening{}, err
	}
	o, err := c.opening()
	return s, o, err
}

// keyNumber is the number of a passkey or a session in a form.
func (c *call) keyNumber() (int64, error) {
	n, err := strconv.ParseInt(c.FormValue("id"), 10, 64)
	if err != nil {
		return 0, kind.NotFound.Errorf("there is no such key")
	}
	return n, nil
}

func (c *call) removeKey(remove func(*staff.Staff, context.Context, staff.Session, int64) error) answer {
	return c.ofKey("removed", func(s *staff.Staff, id int64) error { return remove(s, c.ctx(), c.who.Session, id) })
}

func (c *call) nameKey() answer {
	return c.ofKey("named", func(s *staff.Staff, id int64) error {
		return s.NamePasskey(c.ctx(), c.who.Session, id, c.FormValue("name")) //nolint:wrapcheck // the act's own words
	})
}

func (c *call) endOneSession() answer {
	return c.ofKey("sessions", func(s *staff.Staff, id int64) error {
		return s.EndSession(c.ctx(), c.who.Office, c.who.ID, id, c.who.ID) //nolint:wrapcheck // the act's own words
	})
}

func (c *call) ofKey(notice string, do func(*staff.Staff, int64) error) answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	id, err := c.keyNumber()
	if err == nil {
		err = do(s, id)
	}
	if err != nil {
		return c.failed(err)
	}
	return c.done("/desk/keys", notice)
}
