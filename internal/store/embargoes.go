package store

import (
	"time"

	"chancery.example/commitment"
	"chancery.example/internal/kind"
)

// An EmbargoState is what became of an issue under embargo.
type EmbargoState string

// The states of an embargo.
const (
	Held     EmbargoState = "held"     // its hour is to come, or it is about to be issued
	Released EmbargoState = "issued"   // its issue entry is intended
	Recalled EmbargoState = "recalled" // the letter was closed before the hour
)

// An Embargo is an issue that waits for its hour.
type Embargo struct {
	Letter    int64
	Office    string
	Request   int64
	Subject   string
	Body      []byte // of the issue entry, without its citation
	Texts     []Text
	Opening   commitment.Opening
	NotBefore time.Time
	Intent    int64 // of the commitment
	State     EmbargoState
	// Position of its commitment in the log; Logged is false before it is there.
	Position uint64
	Logged   bool
}

const selectEmbargo = `SELECT e.letter, e.office, e.request, e.subject, e.body, e.texts, e.opening, e.not_before, e.intent, e.state, i.position
	FROM embargoes e JOIN intents i ON i.seq = e.intent`

// AddEmbargo keeps an issue until its hour.
func (t *Tx) AddEmbargo(e Embargo) error {
	texts, err := encodeTexts(e.Texts)
	if err != nil {
		return err
	}
	opening, err := encodeOpening(e.Opening)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO embargoes (letter, office, request, subject, body, texts, opening, not_before, intent, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		e.Letter, e.Office, e.Request, e.Subject, e.Body, texts, opening, unix(e.NotBefore), e.Intent, string(Held))
	if isDuplicate(err) {
		return kind.Conflict.Errorf("the letter was under embargo already")
	}
	return err
}

// EmbargoOf returns the embargo of a letter; found is false when it never had one.
func (t *Tx) EmbargoOf(letterID int64) (e Embargo, found bool, err error) {
	return one(t, scanEmbargo, selectEmbargo+` WHERE e.letter = $1`, letterID)
}

// EmbargoBy returns the embargo whose commitment an intent is; found is false when
// it is another entry.
func (t *Tx) EmbargoBy(intent int64) (e Embargo, found bool, err error) {
	return one(t, scanEmbargo, selectEmbargo+` WHERE e.intent = $1`, intent)
}

// EmbargoesDue returns what waits and whose hour has come, the earliest first.
func (t *Tx) EmbargoesDue(at time.Time) ([]Embargo, error) {
	return all(t, scanEmbargo, selectEmbargo+` WHERE e.state = 'held' AND e.not_before <= $1 ORDER BY e.not_before, e.letter`, unix(at))
}

// Embargoes returns what waits of an office, the earliest first; of all offices
// when office is "".
func (t *Tx) Embargoes(office string) ([]Embargo, error) {
	return all(t, scanEmbargo, selectEmbargo+` WHERE e.state = 'held' AND ($1 = '' OR e.office = $1) ORDER BY e.not_before, e.letter`, office)
}

func scanEmbargo(row scanner) (e Embargo, err error) {
	var texts, opening []byte
	var notBefore int64
	var position *uint64
	if err := row.Scan(&e.Letter, &e.Office, &e.Request, &e.Subject, &e.Body, &texts, &opening, &notBefore, &e.Intent, &e.State, &position); err != nil {
		return e, err //nolint:wrapcheck // wrapped by the caller
	}
	if position != nil {
		e.Position, e.Logged = *position, true
	}
	e.NotBefore = fromUnix(notBefore)
	if e.Texts, err = decodeTexts(texts); err != nil {
		return e, err
	}
	e.Opening, err = decodeOpening(opening)
	return e, err
}

// EndEmbargo moves a waiting embargo to another state.
func (t *Tx) EndEmbargo(letterID int64, s EmbargoState) error {
	n, err := t.exec(`UPDATE embargoes SET state = $2 WHERE letter = $1 AND state = 'held'`, letterID, string(s))
	if err == nil && n != 1 {
		return kind.Conflict.Errorf("the letter is no longer under embargo")
	}
	return err
}
