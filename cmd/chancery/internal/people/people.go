// Package people is what "chancery people" does: who works at an office's desk,
// and how they get in. It is the operator's hand on package staff, with no more
// rights than the register's folder gives.
package people

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/folder"
	"chancery.example/internal/staff"
	"chancery.example/letter"
)

// A Call is one run of the command: its words and its flags.
type Call struct {
	Args              []string // "invite", "harbour", "registrar"
	Dir, URL, By      string
	Name, Email, Lang string
	Roles             []string
	Cancel            bool
	End               string // number of a session, or "all"
	Person            string // in whose name a token acts
	Days              int    // how long a token is good
	Revoke            int64  // number of a token; 0 for none
	Out, Err          io.Writer
}

// A UsageError is a call that was typed wrong.
type UsageError struct{ error }

func usage(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

func (p *Call) say(format string, args ...any)  { _, _ = fmt.Fprintf(p.Out, format+"\n", args...) }
func (p *Call) note(format string, args ...any) { _, _ = fmt.Fprintf(p.Err, format+"\n", args...) }

// acts are the words after "people", with how many words follow each.
var acts = map[string]struct {
	least, most int
	do          func(*Call, context.Context, *staff.Staff) error
}{
	"list":       {1, 1, (*Call).list},
	"invite":     {2, 2, (*Call).invite},
	"roles":      {2, 2, (*Call).setRoles},
	"deactivate": {2, 2, (*Call).deactivate},
	"recover":    {2, 2, (*Call).recover},
	"sessions":   {2, 2, (*Call).sessions},
	"token":      {1, 2, (*Call).token},
	"journal":    {1, 1, (*Call).journal},
}

// Run does what the words say.
func (p *Call) Run(ctx context.Context) error {
	if len(p.Args) == 0 {
		return usage("want list, invite, roles, deactivate, recover, sessions, token or journal")
	}
	act, ok := acts[p.Args[0]]
	if !ok {
		return usage("want list, invite, roles, deactivate, recover, sessions, token or journal, not %q", p.Args[0])
	}
	if n := len(p.Args) - 1; n < act.least || n > act.most {
		return usage("%s: want an office, and who or what: see the examples", p.Args[0])
	}
	f, err := folder.Open(p.Dir)
	if err != nil {
		return err
	}
	s, err := staff.Open(ctx, f, staff.Options{Origin: p.URL, Name: f.Config.Origin})
	if err != nil {
		return err
	}
	p.Args = p.Args[1:]
	err = act.do(p, ctx, s)
	return errors.Join(err, s.Close())
}

func (p *Call) given() []staff.Role {
	var out []staff.Role
	for _, r := range p.Roles {
		out = append(out, staff.Role(r))
	}
	return out
}

func (p *Call) list(ctx context.Context, s *staff.Staff) error {
	all, err := s.People(ctx, p.Args[0])
	if err != nil {
		return err
	}
	invited, err := s.Invitations(ctx, p.Args[0])
	if err != nil {
		return err
	}
	for _, who := range all {
		state := "joined " + who.Joined.Format(time.DateOnly)
		switch {
		case !who.Active:
			state = "access ended"
		case who.Joined.IsZero():
			state = "not joined"
		}
		for _, i := range invited {
			if i.Person.ID == who.ID {
				state += ", a link waits until " + i.Until.Format(time.RFC3339)
			}
		}
		p.say("%-20s %s; %s; %s", who.ID, plain.Safe(who.Name), cmp.Or(joined(who.Roles), "no role of the desk's own"), state)
	}
	if len(all) == 0 {
		p.note("nobody works at the desk of %s yet; \"chancery help people\" says how that begins", p.Args[0])
	}
	return nil
}

func joined(roles []staff.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

func (p *Call) invite(ctx context.Context, s *staff.Staff) error {
	if p.URL == "" {
		return usage("at what address is the desk? give --url, such as https://register.example")
	}
	i, err := s.Invite(ctx, p.Args[0], p.Args[1], staff.Details{Name: p.Name, Email: p.Email, Lang: letter.Lang(p.Lang)}, p.given(), p.By)
	if err != nil {
		return err
	}
	p.giveLink(i)
	return nil
}

// giveLink tells what to do with a link.
func (p *Call) giveLink(i staff.Invited) {
	p.say("%s", i.Link)
	p.note("give this link to %s alone: it works once, until %s, and who opens it first signs in as %s", i.Person.ID, i.Until.Format(time.RFC3339), i.Person.ID)
}

func (p *Call) setRoles(ctx context.Context, s *staff.Staff) error {
	if err := s.SetRoles(ctx, p.Args[0], p.Args[1], p.given(), p.By); err != nil {
		return err
	}
	who, err := s.Person(ctx, p.Args[0], p.Args[1])
	if err == nil {
		p.say("%s of %s: %s", who.ID, who.Office, cmp.Or(joined(who.Roles), "no role of the desk's own"))
	}
	return err
}

func (p *Call) deactivate(ctx context.Context, s *staff.Staff) error {
	if err := s.Deactivate(ctx, p.Args[0], p.Args[1], p.By); err != nil {
		return err
	}
	p.say("the access of %s to the desk of %s has ended; a key to approve counts until a new policy leaves it out", p.Args[1], p.Args[0])
	return nil
}

func (p *Call) recover(ctx context.Context, s *staff.Staff) error {
	if p.Cancel {
		if err := s.CancelRecovery(ctx, p.Args[0], p.Args[1], p.By); err != nil {
			return err
		}
		p.say("no recovery of %s waits any more", p.Args[1])
		return nil
	}
	if p.URL == "" {
		return usage("at what address is the desk? give --url, such as https://register.example")
	}
	i, granted, err := s.Recover(ctx, p.Args[0], p.Args[1], p.By)
	if err != nil {
		return err
	}
	if granted {
		p.giveLink(i)
		return nil
	}
	p.say("%s has voted that %s gets in again; the vote of another custodian makes the link", p.By, p.Args[1])
	return nil
}

func (p *Call) sessions(ctx context.Context, s *staff.Staff) error {
	office, who := p.Args[0], p.Args[1]
	if p.End == "all" {
		n, err := s.EndSessions(ctx, office, who, 0, p.By)
		if err == nil {
			p.say("%d sessions of %s ended", n, who)
		}
		return err
	}
	all, err := s.Sessions(ctx, office, who)
	if err != nil {
		return err
	}
	if p.End != "" {
		id, err := strconv.ParseInt(p.End, 10, 64)
		if err != nil {
			return usage("--end: want the number of a session, or all")
		}
		if err := s.EndSession(ctx, office, who, id, p.By); err != nil {
			return err
		}
		p.say("session %d of %s ended", id, who)
		return nil
	}
	for _, one := range all {
		p.say("%d: since %s, last seen %s, %s", one.ID, one.Started.Format(time.RFC3339), one.Seen.Format(time.RFC3339), cmp.Or(plain.Safe(one.Agent), "unknown browser"))
	}
	if len(all) == 0 {
		p.note("%s is not signed in anywhere", who)
	}
	return nil
}

func (p *Call) token(ctx context.Context, s *staff.Staff) error {
	office := p.Args[0]
	switch {
	case p.Revoke != 0:
		if err := s.RevokeToken(ctx, office, p.Revoke, p.By); err != nil {
			return err
		}
		p.say("token %d of %s ended", p.Revoke, office)
		return nil
	case len(p.Args) == 1:
		return p.listTokens(ctx, s)
	case p.Person == "":
		return usage("in whose name does it act? give --person ID")
	case p.Days < 1 || p.Days > 366:
		return usage("--days: want 1 to 366")
	}
	value, made, err := s.NewToken(ctx, office, staff.NewToken{
		Name: p.Args[1], Person: p.Person, Roles: p.given(), Until: s.Now().AddDate(0, 0, p.Days),
	}, p.By)
	if err != nil {
		return err
	}
	p.say("%s", value)
	p.note("token %d, until %s; it is shown this once and kept nowhere", made.ID, made.Until.Format(time.RFC3339))
	return nil
}

func (p *Call) listTokens(ctx context.Context, s *staff.Staff) error {
	all, err := s.Tokens(ctx, p.Args[0])
	for _, k := range all {
		state := "until " + k.Until.Format(time.DateOnly)
		switch {
		case !k.Revoked.IsZero():
			state = "ended " + k.Revoked.Format(time.DateOnly)
		case !k.Good(s.Now()):
			state = "over since " + k.Until.Format(time.DateOnly)
		}
		used := "never used"
		if !k.Used.IsZero() {
			used = "last used " + k.Used.Format(time.DateOnly)
		}
		p.say("%d: %s, for %s with %s; %s; %s", k.ID, plain.Safe(k.Name), k.Person, joined(k.Roles), state, used)
	}
	if err == nil && len(all) == 0 {
		p.note("%s has no tokens", p.Args[0])
	}
	return err
}

// shownEvents is how many lines of the journal are printed.
const shownEvents = 1000

func (p *Call) journal(ctx context.Context, s *staff.Staff) error {
	all, err := s.Journal(ctx, p.Args[0], 0, shownEvents)
	for _, e := range slices.Backward(all) {
		mark := " "
		if e.Alarm {
			mark = "!"
		}
		p.say("%s %s %s: %s, by %s: %s", e.At.Format(time.RFC3339), mark, cmp.Or(e.Person, "-"), e.Act, e.Actor, plain.Safe(e.Text))
	}
	return err
}
