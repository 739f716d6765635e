package store

import (
	"fmt"
	"time"

	"chancery.example/internal/kind"
)

// What a passkey is for. One is never for both.
const (
	PasskeyLogin    = "login"
	PasskeyApproval = "approval"
)

// A Passkey is the public half of a WebAuthn credential.
type Passkey struct {
	ID         int64
	Office     string
	Person     string
	Purpose    string
	Credential []byte // the credential's id
	PublicKey  []byte // COSE_Key
	Line       string // the policy's line, of one for approval
	Name       string // what the person calls it
	Transports []string
	Flags      uint8
	Counter    uint32
	Made, Used time.Time // Used is zero before the first time
}

const passkeyColumns = `id, office, person, purpose, credential, public_key, line, name, transports, flags, counter, made_at, COALESCE(used_at, 0)` //nolint:gosec // names of columns

// AddPasskey adds a passkey and sets its ID. A credential that anybody has
// already is refused.
func (t *Tx) AddPasskey(k *Passkey) error {
	transports, err := encodeList(k.Transports)
	if err != nil {
		return err
	}
	k.ID, err = t.insert(`INSERT INTO passkeys (office, person, purpose, credential, public_key, line, name, transports, flags, counter, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		k.Office, k.Person, k.Purpose, k.Credential, k.PublicKey, k.Line, k.Name, transports, k.Flags, k.Counter, unix(k.Made))
	if isDuplicate(err) {
		return kind.Conflict.Errorf("this passkey is in use already; make a new one, on another device perhaps")
	}
	return err
}

// Passkeys returns a person's passkeys for a purpose, the oldest first.
func (t *Tx) Passkeys(office, person, purpose string) ([]Passkey, error) {
	return all(t, scanPasskey, `SELECT `+passkeyColumns+` FROM passkeys WHERE office = $1 AND person = $2 AND purpose = $3 ORDER BY id`, office, person, purpose)
}

// UsePasskey keeps what a passkey said of itself when it was used.
func (t *Tx) UsePasskey(id int64, flags uint8, counter uint32, at time.Time) error {
	_, err := t.exec(`UPDATE passkeys SET flags = $2, counter = $3, used_at = $4 WHERE id = $1`, id, flags, counter, unix(at))
	return err
}

// NamePasskey gives a person's passkey another name.
func (t *Tx) NamePasskey(office, person string, id int64, name string) (bool, error) {
	n, err := t.exec(`UPDATE passkeys SET name = $4 WHERE office = $1 AND person = $2 AND id = $3`, office, person, id, name)
	return n > 0, err
}

// RemovePasskey removes a person's passkey of a purpose.
func (t *Tx) RemovePasskey(office, person, purpose string, id int64) (bool, error) {
	n, err := t.exec(`DELETE FROM passkeys WHERE office = $1 AND person = $2 AND purpose = $3 AND id = $4`, office, person, purpose, id)
	return n > 0, err
}

// RemovePasskeys removes all of a person's passkeys of a purpose.
func (t *Tx) RemovePasskeys(office, person, purpose string) error {
	_, err := t.exec(`DELETE FROM passkeys WHERE office = $1 AND person = $2 AND purpose = $3`, office, person, purpose)
	return err
}

func scanPasskey(r scanner) (k Passkey, err error) {
	var transports string
	var made, used int64
	if err = r.Scan(&k.ID, &k.Office, &k.Person, &k.Purpose, &k.Credential, &k.PublicKey, &k.Line, &k.Name, &transports,
		&k.Flags, &k.Counter, &made, &used); err != nil {
		return k, err //nolint:wrapcheck // the caller does, and looks for "no rows"
	}
	k.Made, k.Used = fromUnix(made), maybeUnix(used)
	k.Transports, err = decodeList(transports)
	return k, err
}

// maybeUnix reads a time that 0 stands for when there is none.
func maybeUnix(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return fromUnix(n)
}

// ChallengeKey returns the key by which challenges are made, and keeps the one
// given when there is none yet.
func (t *Tx) ChallengeKey(fresh []byte) ([]byte, error) {
	if _, err := t.exec(`INSERT INTO challenge_key (id, key) VALUES (1, $1) ON CONFLICT DO NOTHING`, fresh); err != nil {
		return nil, err
	}
	key, found, err := one(t, func(r scanner) (k []byte, err error) { err = r.Scan(&k); return k, err }, `SELECT key FROM challenge_key WHERE id = 1`)
	if err == nil && !found {
		err = fmt.Errorf("database: no key for challenges")
	}
	return key, err
}

// SpendChallenge marks a challenge as answered, by its hash; false when it was
// before. Marks whose time is over are swept away.
func (t *Tx) SpendChallenge(hash []byte, until, now time.Time) (bool, error) {
	if _, err := t.exec(`DELETE FROM challenges WHERE until < $1`, unix(now)); err != nil {
		return false, err
	}
	n, err := t.exec(`INSERT INTO challenges (hash, until) VALUES ($1, $2) ON CONFLICT DO NOTHING`, hash, unix(until))
	return n == 1, err
}
