package store

import (
	"encoding/json"
	"fmt"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/letter"
)

// A Person works at an office's desk. Package staff says what that means.
type Person struct {
	Office, ID     string
	Name, Email    string
	Lang           letter.Lang
	Roles          []string // the desk's own
	Active         bool
	Handle         []byte // WebAuthn user handle of passkeys to sign in
	ApprovalHandle []byte // and of those to approve
	Made           time.Time
	Joined         time.Time // when the first passkey was made; zero before
}

const personColumns = `office, id, name, email, lang, roles, active, handle, approval_handle, made_at, COALESCE(joined_at, 0)`

// AddPerson adds a person.
func (t *Tx) AddPerson(p Person) error {
	roles, err := encodeList(p.Roles)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO people (office, id, name, email, lang, roles, active, handle, approval_handle, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		p.Office, p.ID, p.Name, p.Email, string(p.Lang), roles, p.Active, p.Handle, p.ApprovalHandle, unix(p.Made))
	return err
}

// SetPerson changes a person's name, address, language, roles and whether they
// are active; the rest stays.
func (t *Tx) SetPerson(p Person) error {
	roles, err := encodeList(p.Roles)
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE people SET name = $3, email = $4, lang = $5, roles = $6, active = $7 WHERE office = $1 AND id = $2`,
		p.Office, p.ID, p.Name, p.Email, string(p.Lang), roles, p.Active)
	return err
}

// Join keeps when a person made the first passkey.
func (t *Tx) Join(office, id string, at time.Time) error {
	_, err := t.exec(`UPDATE people SET joined_at = COALESCE(joined_at, $3) WHERE office = $1 AND id = $2`, office, id, unix(at))
	return err
}

// Person returns a person of an office.
func (t *Tx) Person(office, id string) (Person, error) {
	p, found, err := one(t, scanPerson, `SELECT `+personColumns+` FROM people WHERE office = $1 AND id = $2`, office, id)
	if err == nil && !found {
		return p, NoPerson(office, id)
	}
	return p, err
}

// NoPerson is the answer of a name that no person of the office has, whether or
// not another office has such a person.
func NoPerson(office, id string) error {
	return kind.NotFound.Errorf("the desk of %s knows no person %q; \"chancery people list\" names them", office, id)
}

// PersonByHandle returns the person with a WebAuthn user handle for signing in.
func (t *Tx) PersonByHandle(handle []byte) (Person, bool, error) {
	return one(t, scanPerson, `SELECT `+personColumns+` FROM people WHERE handle = $1`, handle)
}

// ApprovalHandle reports whether a WebAuthn user handle is somebody's for
// approving.
func (t *Tx) ApprovalHandle(handle []byte) (bool, error) {
	_, found, err := one(t, func(r scanner) (n int, err error) { err = r.Scan(&n); return n, err },
		`SELECT 1 FROM people WHERE approval_handle = $1`, handle)
	return found, err
}

// People returns the people of an office in order of their names.
func (t *Tx) People(office string) ([]Person, error) {
	return all(t, scanPerson, `SELECT `+personColumns+` FROM people WHERE office = $1 ORDER BY id`, office)
}

func scanPerson(r scanner) (p Person, err error) {
	var roles string
	var at, joined int64
	if err = r.Scan(&p.Office, &p.ID, &p.Name, &p.Email, &p.Lang, &roles, &p.Active, &p.Handle, &p.ApprovalHandle, &at, &joined); err != nil {
		return p, err //nolint:wrapcheck // the caller does, and looks for "no rows"
	}
	p.Made, p.Joined = fromUnix(at), maybeUnix(joined)
	p.Roles, err = decodeList(roles)
	return p, err
}

// encodeList writes a list of words as a JSON array.
func encodeList(words []string) (string, error) {
	if words == nil {
		words = []string{}
	}
	b, err := json.Marshal(words)
	if err != nil {
		return "", fmt.Errorf("writing a list: %w", err)
	}
	return string(b), nil
}

func decodeList(s string) (words []string, err error) {
	if err := json.Unmarshal([]byte(s), &words); err != nil {
		return nil, fmt.Errorf("reading a list: %w", err)
	}
	return words, nil
}

// A SecurityEvent is a line of the security journal.
type SecurityEvent struct {
	ID     int64
	At     time.Time
	Office string
	Person string // whom it is about; "" nobody in particular
	Actor  string // who did it
	Act    string
	Text   string
	Alarm  bool // somebody must look at it
}

// AddSecurityEvent adds a line. Lines are never changed.
func (t *Tx) AddSecurityEvent(e SecurityEvent) error {
	_, err := t.exec(`INSERT INTO security_events (at, office, person, actor, act, text, alarm) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		unix(e.At), e.Office, e.Person, e.Actor, e.Act, e.Text, e.Alarm)
	return err
}

// SecurityEvents returns the lines of an office below a number (0: all), the
// newest first, at most so many.
func (t *Tx) SecurityEvents(office string, below int64, most int) ([]SecurityEvent, error) {
	return all(t, func(r scanner) (e SecurityEvent, err error) {
		var at int64
		err = r.Scan(&e.ID, &at, &e.Office, &e.Person, &e.Actor, &e.Act, &e.Text, &e.Alarm)
		e.At = fromUnix(at)
		return e, err
	}, `SELECT id, at, office, person, actor, act, text, alarm FROM security_events
		WHERE office = $1 AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3`, office, below, most)
}
