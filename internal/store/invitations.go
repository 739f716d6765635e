package store

import "time"

// An Invitation lets a person make their first passkey, or a new one after the
// older ones were lost.
type Invitation struct {
	Hash           []byte // of the link's secret
	Office, Person string
	Recover        bool // the person's older passkeys end when it is used
	By             string
	Made, Until    time.Time
}

const invitationColumns = `hash, office, person, recover, by, made_at, until`

// AddInvitation adds an invitation; those that the person had before end.
func (t *Tx) AddInvitation(i Invitation) error {
	if err := t.EndInvitations(i.Office, i.Person); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO invitations (`+invitationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		i.Hash, i.Office, i.Person, i.Recover, i.By, unix(i.Made), unix(i.Until))
	return err
}

// InvitationByHash returns the invitation whose secret has a hash.
func (t *Tx) InvitationByHash(hash []byte) (Invitation, bool, error) {
	return one(t, scanInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE hash = $1`, hash)
}

// Invitations returns an office's invitations that wait.
func (t *Tx) Invitations(office string) ([]Invitation, error) {
	return all(t, scanInvitation, `SELECT `+invitationColumns+` FROM invitations WHERE office = $1 ORDER BY person`, office)
}

// UseInvitation ends an invitation; false when it was ended before.
func (t *Tx) UseInvitation(hash []byte) (bool, error) {
	n, err := t.exec(`DELETE FROM invitations WHERE hash = $1`, hash)
	return n > 0, err
}

// EndInvitations ends a person's invitations.
func (t *Tx) EndInvitations(office, person string) error {
	_, err := t.exec(`DELETE FROM invitations WHERE office = $1 AND person = $2`, office, person)
	return err
}

func scanInvitation(r scanner) (i Invitation, err error) {
	var made, until int64
	err = r.Scan(&i.Hash, &i.Office, &i.Person, &i.Recover, &i.By, &made, &until)
	i.Made, i.Until = fromUnix(made), fromUnix(until)
	return i, err
}

// A Recovery is one custodian's vote that waits for another's.
type Recovery struct {
	Office, Person string
	By             string
	Made, Until    time.Time
}

// AddRecovery keeps a first vote, in place of one that came before.
func (t *Tx) AddRecovery(r Recovery) error {
	_, err := t.exec(`INSERT OR REPLACE INTO recoveries (office, person, by, made_at, until) VALUES ($1, $2, $3, $4, $5)`,
		r.Office, r.Person, r.By, unix(r.Made), unix(r.Until))
	return err
}

// Recoveries returns the votes of an office that wait.
func (t *Tx) Recoveries(office string) ([]Recovery, error) {
	return all(t, scanRecovery, `SELECT office, person, by, made_at, until FROM recoveries WHERE office = $1 ORDER BY person`, office)
}

// Recovery returns the vote that waits for a person; false when none does.
func (t *Tx) Recovery(office, person string) (Recovery, bool, error) {
	return one(t, scanRecovery, `SELECT office, person, by, made_at, until FROM recoveries WHERE office = $1 AND person = $2`, office, person)
}

// EndRecovery takes away the vote that waits for a person; false when none did.
func (t *Tx) EndRecovery(office, person string) (bool, error) {
	n, err := t.exec(`DELETE FROM recoveries WHERE office = $1 AND person = $2`, office, person)
	return n > 0, err
}

func scanRecovery(r scanner) (v Recovery, err error) {
	var made, until int64
	err = r.Scan(&v.Office, &v.Person, &v.By, &made, &until)
	v.Made, v.Until = fromUnix(made), fromUnix(until)
	return v, err
}
