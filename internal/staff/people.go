package staff

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// A Person works at an office's desk. ID is that of an officer in the office's
// policy, or of somebody who is none.
type Person struct {
	Office, ID  string
	Name, Email string // Email may be empty: then nothing is mailed
	Lang        letter.Lang
	Roles       []Role // the desk's own; those of the policy are added by the desk
	Active      bool
	Made        time.Time
	Joined      time.Time // when the person made a first passkey; zero before
}

// Has reports whether the desk gave the person a role.
func (p Person) Has(r Role) bool { return slices.Contains(p.Roles, r) }

func personOf(p store.Person) Person {
	out := Person{
		Office: p.Office, ID: p.ID, Name: p.Name, Email: p.Email, Lang: p.Lang, Active: p.Active, Made: p.Made, Joined: p.Joined,
		Roles: make([]Role, len(p.Roles)),
	}
	for i, r := range p.Roles {
		out.Roles[i] = Role(r)
	}
	return out
}

// Details are what is said of a person.
type Details struct {
	Name, Email string
	Lang        letter.Lang // default "en"
}

// limits of what is said of a person, in bytes.
const (
	maxName  = 200
	maxEmail = 254
)

func (d *Details) validate() error {
	d.Name, d.Email = strings.TrimSpace(d.Name), strings.TrimSpace(d.Email)
	if d.Lang == "" {
		d.Lang = "en"
	}
	if err := validLabel("a person's name", d.Name, maxName); err != nil {
		return err
	}
	if d.Email != "" {
		a, err := mail.ParseAddress(d.Email)
		if err != nil || a.Address != d.Email || len(d.Email) > maxEmail {
			return kind.Invalid.Errorf("mail address %.100q: want one such as a.clerk@harbour.example, and nothing else", d.Email)
		}
	}
	if _, err := letter.ParseLang(string(d.Lang)); err != nil {
		return kind.Invalid.Wrap(err)
	}
	return nil
}

// validLabel takes a line of words that people are shown.
func validLabel(what, s string, most int) error {
	hidden := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	}
	if s == "" || len(s) > most || strings.IndexFunc(s, hidden) >= 0 {
		return kind.Invalid.Errorf("%s %.100q: want 1 to %d bytes of one line, without hidden characters", what, s, most)
	}
	return nil
}

// validID takes the short names that a policy takes.
func validID(id string) error {
	bad := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	if id == "" || len(id) > 32 || id[0] == '-' || strings.IndexFunc(id, bad) >= 0 {
		return kind.Invalid.Errorf("short name %.40q of a person: want 1 to 32 of a-z 0-9 -, as the office's policy names officers", id)
	}
	if id == Operator {
		return kind.Invalid.Errorf("short name %q of a person: that is who acts from the command line", id)
	}
	return nil
}

// validRoles takes the desk's own roles, each once, in order.
func validRoles(roles []Role) ([]string, error) {
	var out []string
	for _, r := range OwnRoles() {
		if slices.Contains(roles, r) {
			out = append(out, string(r))
		}
	}
	for _, r := range roles {
		if !slices.Contains(OwnRoles(), r) {
			if r.Valid() {
				return nil, kind.Invalid.Errorf("role %q is given by the office's policy, not at the desk", r)
			}
			return nil, kind.Invalid.Errorf("role %.40q is not known: the desk gives %s", r, joinRoles(OwnRoles()))
		}
	}
	return out, nil
}

func joinRoles(roles []Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// People returns the people of an office in order of their short names, also
// those whose access ended.
func (s *Staff) People(ctx context.Context, office string) ([]Person, error) {
	var out []Person
	err := s.view(ctx, office, func(t *store.Tx) error {
		rows, err := t.People(office)
		for _, p := range rows {
			out = append(out, personOf(p))
		}
		return err
	})
	return out, err
}

// Person returns a person of an office; NotFound when it has none of that name.
func (s *Staff) Person(ctx context.Context, office, id string) (Person, error) {
	var out Person
	err := s.view(ctx, office, func(t *store.Tx) error {
		p, err := t.Person(office, id)
		out = personOf(p)
		return err
	})
	return out, err
}

// SetDetails changes what is said of a person, by an admin, the operator or the
// person. Who has another mail address now is told at the old one.
func (s *Staff) SetDetails(ctx context.Context, office, id string, d Details, by string) error {
	if err := d.validate(); err != nil {
		return err
	}
	var before store.Person
	err := s.act(ctx, office, func(t *turn) error {
		if err := t.selfOrAdmin(by, id); err != nil {
			return err
		}
		p, err := t.Person(office, id)
		if err != nil {
			return err
		}
		before = p
		p.Name, p.Email, p.Lang = d.Name, d.Email, d.Lang
		if err := t.SetPerson(p); err != nil {
			return err
		}
		return t.note(by, id, DetailsChanged, "name %q, mail address %q, was %q and %q", p.Name, p.Email, before.Name, before.Email)
	})
	if err == nil && before.Email != "" && before.Email != d.Email {
		_, err = s.mail(ctx, before, mailAddressChanged, "")
	}
	return err
}

// SetRoles gives a person these roles and no others of the desk's own. Admins
// change them, and the operator; only a custodian or the operator makes and
// unmakes custodians. Nobody changes their own, and the last admin who can sign in
// stays one.
func (s *Staff) SetRoles(ctx context.Context, office, id string, roles []Role, by string) error {
	names, err := validRoles(roles)
	if err != nil {
		return err
	}
	return s.act(ctx, office, func(t *turn) error {
		p, err := t.Person(office, id)
		if err != nil {
			return err
		}
		if by == id {
			return kind.Forbidden.Errorf("nobody changes their own roles; ask another admin")
		}
		if err := t.mayGive(by, p.Roles, names); err != nil {
			return err
		}
		before := p.Roles
		p.Roles = names
		if err := t.keepsAdmin(p); err != nil {
			return err
		}
		if err := t.SetPerson(p); err != nil {
			return err
		}
		return t.note(by, id, RolesChanged, "%s, was %s", listOr(names), listOr(before))
	})
}

func listOr(words []string) string {
	if len(words) == 0 {
		return "no role of the desk's own"
	}
	return strings.Join(words, ", ")
}

// mayGive reports whether somebody may change roles from these to those.
func (t *turn) mayGive(by string, from, to []string) error {
	custody := slices.Contains(from, string(Custodian)) != slices.Contains(to, string(Custodian))
	without := func(roles []string) []string {
		return slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r == string(Custodian) })
	}
	if custody {
		if err := t.authority(by, Custodian); err != nil {
			return err
		}
		if slices.Equal(without(from), without(to)) {
			return nil
		}
	}
	return t.authority(by, Admin)
}

// authority reports whether somebody is the operator, or an active person of the
// office with a role.
func (t *turn) authority(by string, role Role) error {
	if by == Operator {
		return nil
	}
	p, err := t.Person(t.office, by)
	if kind.Of(err) == kind.NotFound || err == nil && (!p.Active || !slices.Contains(p.Roles, string(role))) {
		return kind.Forbidden.Errorf("this takes a person with the role %q of %s, and %q is none", role, t.office, by)
	}
	return err
}

// selfOrAdmin reports whether somebody acts for themself, or may for others.
func (t *turn) selfOrAdmin(by, person string) error {
	if by == person {
		return nil
	}
	return t.authority(by, Admin)
}

// keepsAdmin refuses to make a change after which nobody who can sign in would
// administer the desk, where somebody does.
func (t *turn) keepsAdmin(changed store.Person) error {
	all, err := t.People(t.office)
	if err != nil {
		return err
	}
	before, after := false, false
	for _, p := range all {
		able, err := t.able(p, Admin)
		if err != nil {
			return err
		}
		before = before || able
		if p.ID == changed.ID {
			p.Roles, p.Active = changed.Roles, changed.Active
			if able, err = t.able(p, Admin); err != nil {
				return err
			}
		}
		after = after || able
	}
	if before && !after {
		return kind.Conflict.Errorf("%s is the last admin of %s who can sign in: make another one first", changed.ID, t.office)
	}
	return nil
}

// able reports whether a person has a role and can sign in.
func (t *turn) able(p store.Person, role Role) (bool, error) {
	if !p.Active || !slices.Contains(p.Roles, string(role)) {
		return false, nil
	}
	keys, err := t.Passkeys(p.Office, p.ID, store.PasskeyLogin)
	return len(keys) > 0, err
}

// Deactivate ends a person's access at once: sessions, passkeys to sign in,
// invitations, and tokens that act in the person's name or that the person made.
// What the policy says of their keys stays: that takes a new policy. Coming back
// takes what a recovery takes.
func (s *Staff) Deactivate(ctx context.Context, office, id, by string) error {
	return s.act(ctx, office, func(t *turn) error {
		if err := t.authority(by, Admin); err != nil {
			return err
		}
		p, err := t.Person(office, id)
		if err != nil {
			return err
		}
		switch {
		case by == id:
			return kind.Forbidden.Errorf("nobody ends their own access; ask another admin")
		case !p.Active:
			return kind.Conflict.Errorf("the access of %s has ended already", id)
		}
		p.Active = false
		if err := t.keepsAdmin(p); err != nil {
			return err
		}
		if err := t.SetPerson(p); err != nil {
			return err
		}
		if err := t.RemovePasskeys(office, id, store.PasskeyLogin); err != nil {
			return err
		}
		sessions, err := t.EndSessions(office, id, 0)
		if err != nil {
			return err
		}
		if err := t.EndInvitations(office, id); err != nil {
			return err
		}
		if _, err := t.EndRecovery(office, id); err != nil {
			return err
		}
		tokens, err := t.RevokeTokensOf(office, id, t.now)
		if err != nil {
			return err
		}
		return t.note(by, id, Deactivated, "%d sessions and %d tokens ended; keys to approve stay until a new policy leaves them out", sessions, tokens)
	})
}
