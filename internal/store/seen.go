package store

import "time"

// AddSeen notes that an officer was shown a revision; the first time counts.
func (t *Tx) AddSeen(letterID int64, revision uint32, officer string, at time.Time) error {
	_, err := t.exec(`INSERT INTO seen (letter, revision, officer, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		letterID, revision, officer, unix(at))
	return err
}

// Seen returns the revisions of a letter that an officer was shown, in order.
func (t *Tx) Seen(letterID int64, officer string) ([]uint32, error) {
	return all(t, func(r scanner) (n uint32, err error) { err = r.Scan(&n); return n, err },
		`SELECT revision FROM seen WHERE letter = $1 AND officer = $2 ORDER BY revision`, letterID, officer)
}
