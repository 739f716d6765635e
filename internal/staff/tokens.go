package staff

import (
	"context"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
)

// A Token lets a program act for an office in a person's name. It never approves.
type Token struct {
	ID            int64
	Office        string
	Person        string // in whose name it acts
	Name          string // what the program is
	Roles         []Role // what it may at most; the policy decides on each act
	By            string // who made it
	Made, Until   time.Time
	Used, Revoked time.Time // zero when it was not
}

// TokenPrefix begins every token, so that one that leaked is found by those who
// look for secrets.
const TokenPrefix = "cht_"

// Good reports whether the token is neither revoked nor over.
func (k Token) Good(now time.Time) bool { return k.Revoked.IsZero() && now.Before(k.Until) }

// May reports whether the token may do something. Approving it may never, nor what
// is for people alone: keys, people, tokens, recoveries.
func (k Token) May(a Act) bool {
	return !slices.Contains(personal, a) && May(k.Roles, a)
}

// personal are the acts that no program does.
var personal = []Act{Approve, RecallApproval, EnrolKey, Recover, ManagePeople, ManageTokens}

// TokenRoles are the roles that a token may have.
func TokenRoles() []Role { return []Role{Drafter, Translator, Clearer, Clerk, Press, Auditor} }

// A NewToken is what is asked for.
type NewToken struct {
	Name   string
	Person string // in whose name it acts; one of the office's people
	Roles  []Role // one at least of TokenRoles
	Until  time.Time
}

// NewToken makes a token, by an admin or the operator, and returns its value: it
// is shown once and kept nowhere. It ends after TokenMost at the latest, and with
// the access of its person or of who made it.
func (s *Staff) NewToken(ctx context.Context, office string, n NewToken, by string) (value string, out Token, err error) {
	if err := s.validToken(&n); err != nil {
		return "", out, err
	}
	secret, _, err := s.secret(forToken)
	if err != nil {
		return "", out, err
	}
	value = TokenPrefix + secret
	row := store.Token{Hash: hashOf(forToken, value), Office: office, Person: n.Person, Name: n.Name, By: by, Until: n.Until}
	for _, r := range n.Roles {
		row.Roles = append(row.Roles, string(r))
	}
	err = s.act(ctx, office, func(t *turn) error {
		if err := t.authority(by, Admin); err != nil {
			return err
		}
		p, err := t.Person(office, n.Person)
		if err != nil {
			return err
		}
		if !p.Active {
			return kind.Conflict.Errorf("the access of %s has ended", n.Person)
		}
		row.Made = t.now
		if err := t.AddToken(&row); err != nil {
			return err
		}
		return t.note(by, n.Person, TokenMade, "number %d, %q, with %s, until %s", row.ID, n.Name, joinRoles(n.Roles), n.Until.Format(time.RFC3339))
	})
	if err != nil {
		return "", out, err
	}
	return value, tokenOf(row), nil
}

func (s *Staff) validToken(n *NewToken) error {
	n.Name = strings.TrimSpace(n.Name)
	if err := validLabel("the name of a token", n.Name, 80); err != nil {
		return err
	}
	if len(n.Roles) == 0 {
		return kind.Invalid.Errorf("a token needs a role: one of %s", joinRoles(TokenRoles()))
	}
	for _, r := range n.Roles {
		if !slices.Contains(TokenRoles(), r) {
			return kind.Invalid.Errorf("role %.40q is not for a token: it may have %s, and never approves", r, joinRoles(TokenRoles()))
		}
	}
	n.Roles = slices.Clone(n.Roles) // the caller's stay as they are
	slices.Sort(n.Roles)
	n.Roles = slices.Compact(n.Roles)
	n.Until = n.Until.UTC().Truncate(time.Second)
	if now := s.Now(); !n.Until.After(now) || n.Until.After(now.Add(TokenMost)) {
		return kind.Invalid.Errorf("a token ends in the future, and within a year at most")
	}
	return nil
}

func tokenOf(r store.Token) Token {
	out := Token{
		ID: r.ID, Office: r.Office, Person: r.Person, Name: r.Name, By: r.By, Made: r.Made, Until: r.Until, Used: r.Used, Revoked: r.Revoked,
		Roles: make([]Role, len(r.Roles)),
	}
	for i, role := range r.Roles {
		out.Roles[i] = Role(role)
	}
	return out
}

// errNoToken is the answer of a value that opens nothing, whatever the cause.
func errNoToken() error { return kind.NotFound.Errorf("this token opens nothing") }

// Token returns the token of a value, and keeps that it was used; NotFound when
// there is none or it is over.
func (s *Staff) Token(ctx context.Context, value string) (Token, error) {
	if len(value) != len(TokenPrefix)+secretLen || !strings.HasPrefix(value, TokenPrefix) {
		return Token{}, errNoToken()
	}
	var out Token
	err := s.db.View(ctx, func(t *store.Tx) error {
		row, found, err := t.TokenByHash(hashOf(forToken, value))
		if err != nil {
			return err
		}
		if out = tokenOf(row); !found || !out.Good(s.Now()) {
			return errNoToken()
		}
		p, err := t.Person(out.Office, out.Person)
		if err == nil && !p.Active {
			err = errNoToken()
		}
		return err
	})
	if err != nil {
		return Token{}, err
	}
	if now := s.Now(); now.Sub(out.Used) >= seenEvery {
		out.Used = now
		err = s.db.Update(ctx, func(t *store.Tx) error { return t.UseToken(out.ID, now) })
	}
	return out, err
}

// Tokens returns an office's tokens, also those that ended, the newest first.
func (s *Staff) Tokens(ctx context.Context, office string) ([]Token, error) {
	var out []Token
	err := s.view(ctx, office, func(t *store.Tx) error {
		rows, err := t.Tokens(office)
		for _, r := range rows {
			out = append(out, tokenOf(r))
		}
		return err
	})
	return out, err
}

// RevokeToken ends a token, by an admin, the operator, or in whose name it acts.
func (s *Staff) RevokeToken(ctx context.Context, office string, id int64, by string) error {
	return s.act(ctx, office, func(t *turn) error {
		rows, err := t.Tokens(office)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r store.Token) bool { return r.ID == id })
		if i < 0 || !rows[i].Revoked.IsZero() {
			return kind.NotFound.Errorf("%s has no token number %d that still holds", office, id)
		}
		if err := t.selfOrAdmin(by, rows[i].Person); err != nil {
			return err
		}
		if _, err := t.RevokeToken(office, id, t.now); err != nil {
			return err
		}
		return t.note(by, rows[i].Person, TokenRevoked, "number %d, %q", id, rows[i].Name)
	})
}
