package store

import "time"

// A BindingCheck is what was found when an office's domain was asked.
type BindingCheck struct {
	Office, Domain        string
	At                    time.Time
	Outcome, File, Record string
}

// AddBindingCheck keeps what was found. Earlier findings stay.
func (t *Tx) AddBindingCheck(b BindingCheck) error {
	_, err := t.exec(`INSERT INTO bindings (office, domain, at, outcome, file, record) VALUES ($1, $2, $3, $4, $5, $6)`,
		b.Office, b.Domain, unix(b.At), b.Outcome, b.File, b.Record)
	return err
}

// BindingChecks returns what was found of an office, the newest first.
func (t *Tx) BindingChecks(office string, most int) ([]BindingCheck, error) {
	return all(t, func(r scanner) (b BindingCheck, err error) {
		var at int64
		err = r.Scan(&b.Office, &b.Domain, &at, &b.Outcome, &b.File, &b.Record)
		b.At = fromUnix(at)
		return b, err
	}, `SELECT office, domain, at, outcome, file, record FROM bindings WHERE office = $1 ORDER BY id DESC LIMIT $2`, office, most)
}
