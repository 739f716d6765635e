package store

import (
	"time"

	"chancery.example/internal/kind"
	"chancery.example/letter"
)

// A Mail is a message on its way to one recipient.
type Mail struct {
	ID        int64
	Office    string // "" is the register's own
	Recipient string
	Subject   string
	Message   []byte // as RFC 5322 has it; empty once it is sent or given up
	State     SendState
	Attempts  int
	MadeAt    time.Time
	NextAt    time.Time
	Problem   string
}

const mailColumns = `id, office, recipient, subject, message, state, attempts, made_at, next_at, problem`

// AddMail puts a mail on its way and sets its ID.
func (t *Tx) AddMail(m *Mail) (err error) {
	m.ID, err = t.insert(`INSERT INTO mails (office, recipient, subject, message, state, made_at, next_at) VALUES ($1, $2, $3, $4, 'waiting', $5, $6)`,
		m.Office, m.Recipient, m.Subject, m.Message, unix(m.MadeAt), unix(m.NextAt))
	return err
}

// MailsDue returns what is to be sent by now, the earliest first.
func (t *Tx) MailsDue(now time.Time, most int) ([]Mail, error) {
	return all(t, scanMail, `SELECT `+mailColumns+` FROM mails WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, id LIMIT $2`, unix(now), most)
}

func scanMail(r scanner) (m Mail, err error) {
	var made, next int64
	err = r.Scan(&m.ID, &m.Office, &m.Recipient, &m.Subject, &m.Message, &m.State, &m.Attempts, &made, &next, &m.Problem)
	m.MadeAt, m.NextAt = fromUnix(made), fromUnix(next)
	return m, err
}

// Mail returns a mail by its number.
func (t *Tx) Mail(id int64) (Mail, error) {
	m, found, err := one(t, scanMail, `SELECT `+mailColumns+` FROM mails WHERE id = $1`, id)
	if err == nil && !found {
		return m, kind.NotFound.Errorf("no mail %d", id)
	}
	return m, err
}

// ClaimMail takes a mail for one attempt: until a time nobody else is shown it. It
// reports whether it was still to be had.
func (t *Tx) ClaimMail(m Mail, until time.Time) (bool, error) {
	n, err := t.exec(`UPDATE mails SET next_at = $3 WHERE id = $1 AND state = 'waiting' AND next_at = $2`, m.ID, unix(m.NextAt), unix(until))
	return n == 1, err
}

// SetMail records what became of an attempt. What is no longer waiting loses its
// words.
func (t *Tx) SetMail(m Mail) error {
	if m.State != SendWaiting {
		m.Message = []byte{}
	}
	_, err := t.exec(`UPDATE mails SET message = $2, state = $3, attempts = $4, next_at = $5, problem = $6 WHERE id = $1`,
		m.ID, m.Message, string(m.State), m.Attempts, unix(m.NextAt), m.Problem)
	return err
}

// ForgetMails removes settled mails made before a time that no dispatch names.
func (t *Tx) ForgetMails(before time.Time) error {
	_, err := t.exec(`DELETE FROM mails WHERE state <> 'waiting' AND made_at < $1 AND NOT EXISTS (SELECT 1 FROM dispatches d WHERE d.mail = mails.id)`, unix(before))
	return err
}

// A Dispatch is an issued letter that was sent to one addressee.
type Dispatch struct {
	ID         int64
	Office     string
	Reference  letter.Ref
	Addressee  string
	Recipient  string      // mail address
	Secret     letter.Hash // SHA-256 of the one in the receipt's address
	Mail       int64
	SentBy     string
	MadeAt     time.Time
	ReceivedAt time.Time // when the addressee said so; zero: not yet
	State      SendState // of the mail
	Attempts   int
	Problem    string
}

const selectDispatch = `SELECT d.id, d.office, d.reference, d.addressee, d.recipient, d.secret, d.mail, d.sent_by, d.made_at, d.received_at, m.state, m.attempts, m.problem
	FROM dispatches d JOIN mails m ON m.id = d.mail`

// AddDispatch adds a dispatch and sets its ID.
func (t *Tx) AddDispatch(d *Dispatch) (err error) {
	d.ID, err = t.insert(`INSERT INTO dispatches (office, reference, addressee, recipient, secret, mail, sent_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.Office, string(d.Reference), d.Addressee, d.Recipient, d.Secret[:], d.Mail, d.SentBy, unix(d.MadeAt))
	return err
}

// Dispatches returns to whom a letter was sent, the oldest first.
func (t *Tx) Dispatches(office string, ref letter.Ref) ([]Dispatch, error) {
	return all(t, scanDispatch, selectDispatch+` WHERE d.office = $1 AND d.reference = $2 ORDER BY d.id`, office, string(ref))
}

// DispatchBy returns the dispatch whose receipt has a secret; found is false when
// there is none.
func (t *Tx) DispatchBy(secret letter.Hash) (d Dispatch, found bool, err error) {
	return one(t, scanDispatch, selectDispatch+` WHERE d.secret = $1`, secret[:])
}

func scanDispatch(r scanner) (d Dispatch, err error) {
	var secret []byte
	var made, received int64
	err = r.Scan(&d.ID, &d.Office, &d.Reference, &d.Addressee, &d.Recipient, &secret, &d.Mail, &d.SentBy, &made, &received, &d.State, &d.Attempts, &d.Problem)
	copy(d.Secret[:], secret)
	d.MadeAt, d.ReceivedAt = fromUnix(made), sinceEver(received)
	return d, err
}

// SetReceived records that the addressee has the letter. The first word stays.
func (t *Tx) SetReceived(id int64, at time.Time) error {
	_, err := t.exec(`UPDATE dispatches SET received_at = $2 WHERE id = $1 AND received_at = 0`, id, unix(at))
	return err
}
