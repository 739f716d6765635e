package store

import (
	"encoding/json"
	"fmt"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/letter"
)

// A ClearanceAnswer is what somebody who was asked says of a revision.
type ClearanceAnswer string

// The five answers (lifecycle, "Clearance"). The zero value is none yet.
const (
	Clear     ClearanceAnswer = "clear"
	Remark    ClearanceAnswer = "remark"     // clear, with a remark
	Condition ClearanceAnswer = "condition"  // clear once something is met
	Objection ClearanceAnswer = "objection"  // not clear
	NilReturn ClearanceAnswer = "nil-return" // seen, nothing to say
)

// A Settlement is how a clearance that held a letter up no longer does.
type Settlement string

// The settlements. The zero value is none.
const (
	Resolved  Settlement = "resolved"  // its clearer says that it is met
	Overruled Settlement = "overruled" // the office goes on without, and says why
)

// A Clearance is one question to one clearer about one sealed revision, with what
// became of it.
type Clearance struct {
	ID       int64
	Letter   int64
	Revision uint32
	Of       string
	Outside  bool
	Parts    []letter.Field // empty: the whole letter
	Note     string
	Due      time.Time
	AskedBy  string
	AskedAt  time.Time

	Answer     ClearanceAnswer // "": none yet
	Comment    string
	AnsweredBy string
	AnsweredAt time.Time // zero: not yet

	Settled   Settlement // "": not settled
	Reason    string
	SettledBy string
	SettledAt time.Time
}

// AddClearance adds a question and sets its ID.
func (t *Tx) AddClearance(c *Clearance) error {
	parts, err := json.Marshal(c.Parts)
	if err != nil {
		return fmt.Errorf("writing what a clearance is about: %w", err)
	}
	c.ID, err = t.insert(`INSERT INTO clearances (letter, revision, of, outside, parts, note, due, asked_by, asked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.Letter, c.Revision, c.Of, c.Outside, string(parts), c.Note, unix(c.Due), c.AskedBy, unix(c.AskedAt))
	return err
}

// Clearances returns what was asked about a letter, in order.
func (t *Tx) Clearances(letterID int64) ([]Clearance, error) {
	return all(t, scanClearance, `SELECT id, letter, revision, of, outside, parts, note, due, asked_by, asked_at,
		answer, comment, answered_by, answered_at, settled, reason, settled_by, settled_at
		FROM clearances WHERE letter = $1 ORDER BY id`, letterID)
}

func scanClearance(r scanner) (c Clearance, err error) {
	var parts string
	var due, asked, answered, settled int64
	err = r.Scan(&c.ID, &c.Letter, &c.Revision, &c.Of, &c.Outside, &parts, &c.Note, &due, &c.AskedBy, &asked,
		&c.Answer, &c.Comment, &c.AnsweredBy, &answered, &c.Settled, &c.Reason, &c.SettledBy, &settled)
	if err != nil {
		return c, err //nolint:wrapcheck // wrapped by the caller
	}
	c.Due, c.AskedAt, c.AnsweredAt, c.SettledAt = fromUnix(due), fromUnix(asked), maybe(answered), maybe(settled)
	return c, json.Unmarshal([]byte(parts), &c.Parts)
}

// maybe is a time that may never have been.
func maybe(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return fromUnix(n)
}

// AnswerClearance keeps an answer; an earlier one and its settlement go.
func (t *Tx) AnswerClearance(id int64, a ClearanceAnswer, comment, by string, at time.Time) error {
	return t.changeClearance(`UPDATE clearances SET answer = $2, comment = $3, answered_by = $4, answered_at = $5,
		settled = '', reason = '', settled_by = '', settled_at = 0 WHERE id = $1`, id, string(a), comment, by, unix(at))
}

// SettleClearance keeps how a clearance was settled.
func (t *Tx) SettleClearance(id int64, s Settlement, reason, by string, at time.Time) error {
	return t.changeClearance(`UPDATE clearances SET settled = $2, reason = $3, settled_by = $4, settled_at = $5 WHERE id = $1`,
		id, string(s), reason, by, unix(at))
}

func (t *Tx) changeClearance(query string, id int64, args ...any) error {
	n, err := t.exec(query, append([]any{id}, args...)...)
	if err == nil && n != 1 {
		return kind.NotFound.Errorf("no clearance number %d", id)
	}
	return err
}

// An Accepted is a difference between languages that somebody accepts.
type Accepted struct {
	Finding string
	Reason  string
	By      string
	At      time.Time
}

// AcceptParity keeps that somebody accepts a difference; a later reason replaces
// the earlier, which the journal keeps.
func (t *Tx) AcceptParity(letterID int64, a Accepted) error {
	_, err := t.exec(`INSERT INTO parity_accepted (letter, finding, reason, by, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (letter, finding) DO UPDATE SET reason = excluded.reason, by = excluded.by, at = excluded.at`,
		letterID, a.Finding, a.Reason, a.By, unix(a.At))
	return err
}

// AcceptedParity returns what is accepted of a letter, by finding.
func (t *Tx) AcceptedParity(letterID int64) ([]Accepted, error) {
	return all(t, func(r scanner) (a Accepted, err error) {
		var at int64
		err = r.Scan(&a.Finding, &a.Reason, &a.By, &at)
		a.At = fromUnix(at)
		return a, err
	}, `SELECT finding, reason, by, at FROM parity_accepted WHERE letter = $1 ORDER BY finding`, letterID)
}

// Glossary returns an office's glossary as JSON; "" when there is none.
func (t *Tx) Glossary(office string) (string, error) {
	s, _, err := one(t, func(r scanner) (s string, err error) { err = r.Scan(&s); return s, err },
		`SELECT concepts FROM glossaries WHERE office = $1`, office)
	return s, err
}

// SetGlossary replaces an office's glossary.
func (t *Tx) SetGlossary(office, concepts string) error {
	_, err := t.exec(`INSERT INTO glossaries (office, concepts) VALUES ($1, $2)
		ON CONFLICT (office) DO UPDATE SET concepts = excluded.concepts`, office, concepts)
	return err
}
