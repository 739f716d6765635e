package store

import "time"

// A Token lets a program act for an office.
type Token struct {
	ID             int64
	Hash           []byte
	Office, Person string // Person is in whose name it acts
	Name           string
	Roles          []string
	By             string
	Made, Until    time.Time
	Used, Revoked  time.Time // zero when it was not
}

const tokenColumns = `id, hash, office, person, name, roles, by, made_at, until, COALESCE(used_at, 0), COALESCE(revoked_at, 0)` //nolint:gosec // names of columns

// AddToken adds a token and sets its ID.
func (t *Tx) AddToken(k *Token) error {
	roles, err := encodeList(k.Roles)
	if err != nil {
		return err
	}
	k.ID, err = t.insert(`INSERT INTO tokens (hash, office, person, name, roles, by, made_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		k.Hash, k.Office, k.Person, k.Name, roles, k.By, unix(k.Made), unix(k.Until))
	return err
}

// TokenByHash returns the token whose value has a hash.
func (t *Tx) TokenByHash(hash []byte) (Token, bool, error) {
	return one(t, scanToken, `SELECT `+tokenColumns+` FROM tokens WHERE hash = $1`, hash)
}

// Tokens returns an office's tokens, also those that ended, the newest first.
func (t *Tx) Tokens(office string) ([]Token, error) {
	return all(t, scanToken, `SELECT `+tokenColumns+` FROM tokens WHERE office = $1 ORDER BY id DESC`, office)
}

// UseToken keeps when a token was last used.
func (t *Tx) UseToken(id int64, at time.Time) error {
	_, err := t.exec(`UPDATE tokens SET used_at = $2 WHERE id = $1`, id, unix(at))
	return err
}

// RevokeToken ends a token; false when the office has none of that number that
// still holds.
func (t *Tx) RevokeToken(office string, id int64, at time.Time) (bool, error) {
	n, err := t.exec(`UPDATE tokens SET revoked_at = $3 WHERE office = $1 AND id = $2 AND revoked_at IS NULL`, office, id, unix(at))
	return n > 0, err
}

// RevokeTokensOf ends the tokens that act in a person's name or that the person
// made, and says how many.
func (t *Tx) RevokeTokensOf(office, person string, at time.Time) (int64, error) {
	return t.exec(`UPDATE tokens SET revoked_at = $3 WHERE office = $1 AND (person = $2 OR by = $2) AND revoked_at IS NULL`, office, person, unix(at))
}

func scanToken(r scanner) (k Token, err error) {
	var roles string
	var made, until, used, revoked int64
	if err = r.Scan(&k.ID, &k.Hash, &k.Office, &k.Person, &k.Name, &roles, &k.By, &made, &until, &used, &revoked); err != nil {
		return k, err //nolint:wrapcheck // the caller does, and looks for "no rows"
	}
	k.Made, k.Until, k.Used, k.Revoked = fromUnix(made), fromUnix(until), maybeUnix(used), maybeUnix(revoked)
	k.Roles, err = decodeList(roles)
	return k, err
}
