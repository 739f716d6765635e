package store

import (
	"time"

	"chancery.example/internal/kind"
)

// A Link is an answer that a reader chose to keep under an address.
type Link struct {
	ID     string
	Secret [32]byte // SHA-256 of what deletes it
	Answer []byte
	Until  time.Time
}

// MostLinks is how many links are kept at a time.
const MostLinks = 20_000

// AddLink keeps a link and deletes those that have ended.
func (t *Tx) AddLink(l Link, now time.Time) error {
	if err := t.EndLinks(now); err != nil {
		return err
	}
	n, _, err := one(t, func(r scanner) (n int, err error) { return n, r.Scan(&n) }, `SELECT count(*) FROM links`)
	if err != nil {
		return err
	}
	if n >= MostLinks {
		return kind.Unavailable.Errorf("%d links are kept: no more until some of them end", n)
	}
	_, err = t.exec(`INSERT INTO links (id, secret, answer, until) VALUES ($1, $2, $3, $4)`, l.ID, l.Secret[:], l.Answer, unix(l.Until))
	return err
}

// LinkOf returns a link that has not ended.
func (t *Tx) LinkOf(id string, now time.Time) (Link, bool, error) {
	return one(t, func(r scanner) (l Link, err error) {
		var secret []byte
		var until int64
		err = r.Scan(&l.ID, &secret, &l.Answer, &until)
		copy(l.Secret[:], secret)
		l.Until = fromUnix(until)
		return l, err
	}, `SELECT id, secret, answer, until FROM links WHERE id = $1 AND until > $2`, id, unix(now))
}

// DeleteLink deletes a link; found is false when there is none with this secret.
func (t *Tx) DeleteLink(id string, secret [32]byte) (found bool, err error) {
	// What is deleted in SQLite may stay in the file for a while: overwritten first.
	n, err := t.exec(`UPDATE links SET answer = zeroblob(length(answer)) WHERE id = $1 AND secret = $2`, id, secret[:])
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.exec(`DELETE FROM links WHERE id = $1`, id)
	return err == nil, err
}

// EndLinks deletes the links that have ended.
func (t *Tx) EndLinks(now time.Time) error {
	if _, err := t.exec(`UPDATE links SET answer = zeroblob(length(answer)) WHERE until <= $1`, unix(now)); err != nil {
		return err
	}
	_, err := t.exec(`DELETE FROM links WHERE until <= $1`, unix(now))
	return err
}
