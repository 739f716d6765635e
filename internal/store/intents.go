package store

import (
	"time"

	"chancery.example/internal/kind"
	"chancery.example/register"
)

// An Intent is an entry that must get into the log, exactly once.
type Intent struct {
	Seq      int64
	Name     string // unique: "issue:harbour/HC-2026-0012"
	Office   string // short name; "" for the operator
	Issuer   register.Office
	Subject  string
	Kind     register.Kind
	Body     []byte
	Texts    []Text
	At       time.Time
	Entry    []byte // signed once, nil before
	Position register.Index
	Logged   bool
}

const intentColumns = `seq, name, office, issuer, subject, kind, body, texts, at, entry, position`

// AddIntent adds an intent and sets its Seq. A name that was used is a conflict:
// the act has been done.
func (t *Tx) AddIntent(i *Intent) error {
	texts, err := encodeTexts(i.Texts)
	if err != nil {
		return err
	}
	i.Seq, err = t.insert(`INSERT INTO intents (name, office, issuer, subject, kind, body, texts, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		i.Name, i.Office, string(i.Issuer), i.Subject, string(i.Kind), i.Body, texts, unix(i.At))
	if isDuplicate(err) {
		return kind.Conflict.Errorf("%s: this act was done already and is done only once", i.Name)
	}
	return err
}

// Pending returns the oldest intents that are not known to be in the log.
func (t *Tx) Pending(most int) ([]Intent, error) {
	return all(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE position IS NULL ORDER BY seq LIMIT $1`, most)
}

// Intent returns one intent.
func (t *Tx) Intent(seq int64) (Intent, error) {
	i, found, err := one(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE seq = $1`, seq)
	if err == nil && !found {
		return i, kind.NotFound.Errorf("no intent %d", seq)
	}
	return i, err
}

// Intents returns all intents in order: what the office ever meant to log.
func (t *Tx) Intents(from int64, most int) ([]Intent, error) {
	return all(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE seq > $1 ORDER BY seq LIMIT $2`, from, most)
}

func scanIntent(r scanner) (i Intent, err error) {
	var texts []byte
	var at int64
	var position *uint64
	if err := r.Scan(&i.Seq, &i.Name, &i.Office, &i.Issuer, &i.Subject, &i.Kind, &i.Body, &texts, &at, &i.Entry, &position); err != nil {
		return i, err //nolint:wrapcheck // wrapped by the caller
	}
	if position != nil {
		i.Position, i.Logged = register.Index(*position), true
	}
	i.At = fromUnix(at)
	i.Texts, err = decodeTexts(texts)
	return i, err
}

// SetEntry keeps the signed bytes of an intent. They are set once: a second
// signature would be a second entry.
func (t *Tx) SetEntry(seq int64, entry []byte) error {
	n, err := t.exec(`UPDATE intents SET entry = $2 WHERE seq = $1 AND entry IS NULL`, seq, entry)
	if err == nil && n != 1 {
		return kind.Conflict.Errorf("intent %d was signed already", seq)
	}
	return err
}

// SetPosition records where in the log an intent's entry is. Saying the same
// twice is harmless, saying two things is a conflict.
func (t *Tx) SetPosition(seq int64, at register.Index) error {
	n, err := t.exec(`UPDATE intents SET position = $2 WHERE seq = $1 AND (position IS NULL OR position = $2)`, seq, uint64(at))
	if err == nil && n != 1 {
		return kind.Conflict.Errorf("intent %d is in the log twice", seq)
	}
	return err
}

// Confirmed returns how many positions of the log are known to hold an intent's
// entry: scanning can begin there.
func (t *Tx) Confirmed() (register.Index, error) {
	n, _, err := one(t, func(r scanner) (n uint64, err error) { err = r.Scan(&n); return n, err },
		`SELECT COALESCE(MAX(position) + 1, 0) FROM intents`)
	return register.Index(n), err
}

// Missing returns a position below Confirmed that no intent holds; ok is false
// when there is none.
func (t *Tx) Missing() (at register.Index, ok bool, err error) {
	counts, _, err := one(t, func(r scanner) (n [2]uint64, err error) { err = r.Scan(&n[0], &n[1]); return n, err },
		`SELECT COUNT(position), COALESCE(MAX(position) + 1, 0) FROM intents`)
	if err != nil || counts[0] == counts[1] {
		return 0, false, err
	}
	n, found, err := one(t, func(r scanner) (n uint64, err error) { err = r.Scan(&n); return n, err },
		`SELECT i.position + 1 FROM intents i WHERE i.position IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM intents j WHERE j.position = i.position + 1)
			AND i.position + 1 < $1 ORDER BY i.position LIMIT 1`, counts[1])
	return register.Index(n), err == nil && (found || counts[0] != counts[1]), err
}

// LastAt returns the time of the newest intent; the zero time without any.
func (t *Tx) LastAt() (time.Time, error) {
	n, _, err := one(t, func(r scanner) (n int64, err error) { err = r.Scan(&n); return n, err },
		`SELECT COALESCE(MAX(at), 0) FROM intents`)
	if err != nil || n == 0 {
		return time.Time{}, err
	}
	return fromUnix(n), nil
}

// NewestIntent returns the newest intent of a kind of an office.
func (t *Tx) NewestIntent(office string, k register.Kind) (Intent, error) {
	i, found, err := one(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE office = $1 AND kind = $2 ORDER BY seq DESC LIMIT 1`, office, string(k))
	if err == nil && !found {
		return i, kind.NotFound.Errorf("office %s has no %s entry", office, k)
	}
	return i, err
}

// IntentsOf returns all intents of a kind of an office, the oldest first.
func (t *Tx) IntentsOf(office string, k register.Kind) ([]Intent, error) {
	return all(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE office = $1 AND kind = $2 ORDER BY seq`, office, string(k))
}

// IntentNamed returns the intent with a name; found is false when there is none.
func (t *Tx) IntentNamed(name string) (i Intent, found bool, err error) {
	return one(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE name = $1`, name)
}

// IntentAt returns the intent whose entry is at a position; found is false when
// there is none.
func (t *Tx) IntentAt(at register.Index) (i Intent, found bool, err error) {
	return one(t, scanIntent, `SELECT `+intentColumns+` FROM intents WHERE position = $1`, uint64(at))
}
