package store

import (
	"time"

	"chancery.example/internal/kind"
	"chancery.example/register"
)

// An EnquiryState is what became of a reader's question.
type EnquiryState string

// The states of an enquiry.
const (
	EnquiryOpen      EnquiryState = "open"
	EnquiryAnswered  EnquiryState = "answered"  // by a statement or a disavowal
	EnquiryDismissed EnquiryState = "dismissed" // ended without one, with a reason
)

// An Enquiry is a reader's question to an office.
type Enquiry struct {
	ID      int64
	Office  string
	Secret  [32]byte // SHA-256 of what its page is found by
	Words   string
	Exhibit string
	Contact string
	AskedAt time.Time
	State   EnquiryState
	Entry   register.Index // when answered
	Reason  string         // when dismissed
	EndedBy string
	EndedAt time.Time // zero: open
}

const selectEnquiry = `SELECT id, office, secret, words, exhibit, contact, asked_at, state, COALESCE(entry, 0), reason, ended_by, ended_at FROM enquiries`

// AddEnquiry adds a question and sets its ID.
func (t *Tx) AddEnquiry(e *Enquiry) (err error) {
	e.ID, err = t.insert(`INSERT INTO enquiries (office, secret, words, exhibit, contact, asked_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Office, e.Secret[:], e.Words, e.Exhibit, e.Contact, unix(e.AskedAt))
	return err
}

// OpenEnquiries counts the open questions to an office.
func (t *Tx) OpenEnquiries(office string) (int, error) {
	n, _, err := one(t, func(r scanner) (n int, err error) { err = r.Scan(&n); return n, err },
		`SELECT count(*) FROM enquiries WHERE office = $1 AND state = 'open'`, office)
	return n, err
}

// Enquiries returns the questions to an office: the open ones first, the oldest
// before the newer; then at most 200 that ended, the newest first.
func (t *Tx) Enquiries(office string) ([]Enquiry, error) {
	open, err := all(t, scanEnquiry, selectEnquiry+` WHERE office = $1 AND state = 'open' ORDER BY id`, office)
	if err != nil {
		return nil, err
	}
	ended, err := all(t, scanEnquiry, selectEnquiry+` WHERE office = $1 AND state <> 'open' ORDER BY ended_at DESC, id DESC LIMIT 200`, office)
	return append(open, ended...), err
}

// Enquiry returns a question to an office.
func (t *Tx) Enquiry(office string, id int64) (Enquiry, error) {
	e, found, err := one(t, scanEnquiry, selectEnquiry+` WHERE office = $1 AND id = $2`, office, id)
	if err == nil && !found {
		return e, kind.NotFound.Errorf("no enquiry number %d; \"chancery enquiries\" lists them", id)
	}
	return e, err
}

// EnquiryBySecret returns the question whose page a secret finds.
func (t *Tx) EnquiryBySecret(hash [32]byte) (e Enquiry, found bool, err error) {
	return one(t, scanEnquiry, selectEnquiry+` WHERE secret = $1`, hash[:])
}

func scanEnquiry(r scanner) (e Enquiry, err error) {
	var secret []byte
	var asked, ended int64
	if err := r.Scan(&e.ID, &e.Office, &secret, &e.Words, &e.Exhibit, &e.Contact, &asked, &e.State, &e.Entry, &e.Reason, &e.EndedBy, &ended); err != nil {
		return e, err //nolint:wrapcheck // wrapped by the caller
	}
	copy(e.Secret[:], secret)
	e.AskedAt, e.EndedAt = fromUnix(asked), maybe(ended)
	return e, nil
}

// EndEnquiry ends an open question: answered by an entry, or dismissed with a
// reason.
func (t *Tx) EndEnquiry(id int64, s EnquiryState, entry register.Index, reason, by string, at time.Time) error {
	var e *register.Index
	if s == EnquiryAnswered {
		e = &entry
	}
	n, err := t.exec(`UPDATE enquiries SET state = $2, entry = $3, reason = $4, ended_by = $5, ended_at = $6 WHERE id = $1 AND state = 'open'`,
		id, string(s), e, reason, by, unix(at))
	if err == nil && n != 1 {
		return kind.Conflict.Errorf("enquiry %d is no longer open", id)
	}
	return err
}

// ForgetEnquirers empties what readers left of themselves in questions that ended
// before a time, and returns in how many it did.
func (t *Tx) ForgetEnquirers(before time.Time) (int64, error) {
	return t.exec(`UPDATE enquiries SET contact = '', exhibit = '' WHERE state <> 'open' AND ended_at < $1 AND (contact <> '' OR exhibit <> '')`, unix(before))
}
