package store

import "time"

// A Session is a browser in which somebody is signed in.
type Session struct {
	ID                    int64
	Hash                  []byte // of the cookie's value
	Office, Person        string
	Agent                 string
	Started, Seen, Proved time.Time
}

const sessionColumns = `id, hash, office, person, agent, started_at, seen_at, proved_at`

// AddSession adds a session and sets its ID.
func (t *Tx) AddSession(s *Session) (err error) {
	s.ID, err = t.insert(`INSERT INTO sessions (hash, office, person, agent, started_at, seen_at, proved_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.Hash, s.Office, s.Person, s.Agent, unix(s.Started), unix(s.Seen), unix(s.Proved))
	return err
}

// SessionByHash returns the session whose cookie has a hash.
func (t *Tx) SessionByHash(hash []byte) (Session, bool, error) {
	return one(t, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE hash = $1`, hash)
}

// Sessions returns a person's sessions, the newest first.
func (t *Tx) Sessions(office, person string) ([]Session, error) {
	return all(t, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE office = $1 AND person = $2 ORDER BY id DESC`, office, person)
}

// SeeSession keeps when a session was last used.
func (t *Tx) SeeSession(id int64, at time.Time) error {
	_, err := t.exec(`UPDATE sessions SET seen_at = max(seen_at, $2) WHERE id = $1`, id, unix(at))
	return err
}

// RenewSession gives a session a new cookie after its person proved again who
// they are.
func (t *Tx) RenewSession(id int64, hash []byte, at time.Time) error {
	_, err := t.exec(`UPDATE sessions SET hash = $2, seen_at = $3, proved_at = $3 WHERE id = $1`, id, hash, unix(at))
	return err
}

// EndSession ends one session of a person.
func (t *Tx) EndSession(office, person string, id int64) (bool, error) {
	n, err := t.exec(`DELETE FROM sessions WHERE office = $1 AND person = $2 AND id = $3`, office, person, id)
	return n > 0, err
}

// EndSessions ends all sessions of a person but one (0: all), and says how many.
func (t *Tx) EndSessions(office, person string, but int64) (int64, error) {
	return t.exec(`DELETE FROM sessions WHERE office = $1 AND person = $2 AND id <> $3`, office, person, but)
}

// SweepSessions takes away what started or was last seen too long ago.
func (t *Tx) SweepSessions(started, seen time.Time) error {
	_, err := t.exec(`DELETE FROM sessions WHERE started_at < $1 OR seen_at < $2`, unix(started), unix(seen))
	return err
}

func scanSession(r scanner) (s Session, err error) {
	var started, seen, proved int64
	err = r.Scan(&s.ID, &s.Hash, &s.Office, &s.Person, &s.Agent, &started, &seen, &proved)
	s.Started, s.Seen, s.Proved = fromUnix(started), fromUnix(seen), fromUnix(proved)
	return s, err
}
