package store

import (
	"math"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/register"
)

// A RequestState is what became of a request.
type RequestState string

// The states of a request.
const (
	Waiting RequestState = "waiting"
	Refused RequestState = "refused"
	Void    RequestState = "void" // overtaken by a new revision, a closing or a recall
	Done    RequestState = "done"
)

// A Request is an act that waits for approvals. Its body is frozen.
type Request struct {
	ID       int64
	Office   string
	Letter   int64 // 0: about no letter of this office
	Revision uint32
	Kind     register.Kind
	Type     string // letter or statement type, for the policy's rule
	Subject  string
	Body     []byte
	Texts    []Text
	State    RequestState
	AskedBy  string
	AskedAt  time.Time
	Intent   int64 // 0 before it is done
}

const requestColumns = `id, office, COALESCE(letter, 0), COALESCE(revision, 0), kind, type, subject, body, texts, state, asked_by, asked_at, COALESCE(intent, 0)`

// AddRequest adds a request and sets its ID.
func (t *Tx) AddRequest(r *Request) error {
	texts, err := encodeTexts(r.Texts)
	if err != nil {
		return err
	}
	var letterID *int64
	if r.Letter != 0 {
		letterID = &r.Letter
	}
	r.ID, err = t.insert(`INSERT INTO requests (office, letter, revision, kind, type, subject, body, texts, state, asked_by, asked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		r.Office, letterID, r.Revision, string(r.Kind), r.Type, r.Subject, r.Body, texts, string(r.State), r.AskedBy, unix(r.AskedAt))
	return err
}

// Request returns a request by its number.
func (t *Tx) Request(id int64) (Request, error) {
	r, found, err := one(t, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE id = $1`, id)
	if err == nil && !found {
		return r, NoRequest(id)
	}
	return r, err
}

// NoRequest is the answer of a number that no request has, and of one that is
// another office's.
func NoRequest(id int64) error {
	return kind.NotFound.Errorf("no request number %d; \"chancery requests\" lists what waits for approval", id)
}

// Requests returns an office's requests in a state, the oldest first.
func (t *Tx) Requests(office string, s RequestState) ([]Request, error) {
	return all(t, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE office = $1 AND state = $2 ORDER BY id`, office, string(s))
}

// RequestsOf returns all requests about a letter, the oldest first.
func (t *Tx) RequestsOf(letterID int64) ([]Request, error) {
	return all(t, scanRequest, `SELECT `+requestColumns+` FROM requests WHERE letter = $1 ORDER BY id`, letterID)
}

func scanRequest(row scanner) (r Request, err error) {
	var texts []byte
	var at int64
	err = row.Scan(&r.ID, &r.Office, &r.Letter, &r.Revision, &r.Kind, &r.Type, &r.Subject, &r.Body, &texts, &r.State, &r.AskedBy, &at, &r.Intent)
	if err != nil {
		return r, err //nolint:wrapcheck // wrapped by the caller
	}
	r.AskedAt = fromUnix(at)
	r.Texts, err = decodeTexts(texts)
	return r, err
}

// EndRequest moves a waiting request to another state; intent is that of the
// act when it is done.
func (t *Tx) EndRequest(id int64, s RequestState, intent int64) error {
	var i *int64
	if intent != 0 {
		i = &intent
	}
	n, err := t.exec(`UPDATE requests SET state = $2, intent = $3 WHERE id = $1 AND state = 'waiting'`, id, string(s), i)
	if err == nil && n != 1 {
		return kind.Conflict.Errorf("request %d is no longer waiting", id)
	}
	return err
}

// VoidRequests voids what waits about a letter, of the given kinds, all when
// none is given.
func (t *Tx) VoidRequests(letterID int64, kinds ...register.Kind) error {
	waiting, err := t.RequestsOf(letterID)
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if r.State != Waiting || !among(r.Kind, kinds) {
			continue
		}
		if err := t.EndRequest(r.ID, Void, 0); err != nil {
			return err
		}
	}
	return nil
}

func among[T comparable](k T, kinds []T) bool {
	for _, x := range kinds {
		if x == k {
			return true
		}
	}
	return len(kinds) == 0
}

// An Answer is an officer's answer to a request.
type Answer struct {
	Request   int64
	Officer   string
	Approved  bool
	Signature []byte
	Reason    string // of a refusal
	At        time.Time
}

// PutAnswer keeps an officer's answer; a later one replaces the earlier.
func (t *Tx) PutAnswer(a Answer) error {
	if a.Signature == nil {
		a.Signature = []byte{}
	}
	_, err := t.exec(`INSERT INTO answers (request, officer, approved, signature, reason, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (request, officer) DO UPDATE SET approved = excluded.approved, signature = excluded.signature,
			reason = excluded.reason, at = excluded.at`,
		a.Request, a.Officer, a.Approved, a.Signature, a.Reason, unix(a.At))
	return err
}

// Answers returns the answers to a request in order of officer.
func (t *Tx) Answers(request int64) ([]Answer, error) {
	return all(t, func(r scanner) (a Answer, err error) {
		var at int64
		err = r.Scan(&a.Request, &a.Officer, &a.Approved, &a.Signature, &a.Reason, &at)
		a.At = fromUnix(at)
		return a, err
	}, `SELECT request, officer, approved, signature, reason, at FROM answers WHERE request = $1 ORDER BY officer`, request)
}

// SignaturesBeginning returns the approvals whose bytes begin with prefix: those by
// one passkey, in whatever office and post. A nil prefix finds none.
func (t *Tx) SignaturesBeginning(prefix []byte) ([][]byte, error) {
	return all(t, func(r scanner) (b []byte, err error) {
		err = r.Scan(&b)
		return b, err
	}, `SELECT signature FROM answers WHERE approved AND substr(signature, 1, $1) = $2 ORDER BY request, officer`, len(prefix), prefix)
}

// A Note is one line of the office's own journal.
type Note struct {
	At     time.Time
	Office string
	Letter int64 // 0: about none
	Actor  string
	Act    string
	Text   string
}

// AddNote writes a line into the journal.
func (t *Tx) AddNote(n Note) error {
	var letterID *int64
	if n.Letter != 0 {
		letterID = &n.Letter
	}
	_, err := t.exec(`INSERT INTO journal (at, office, letter, actor, act, note) VALUES ($1, $2, $3, $4, $5, $6)`,
		unix(n.At), n.Office, letterID, n.Actor, n.Act, n.Text)
	return err
}

// Journal returns the lines about a letter in order.
func (t *Tx) Journal(letterID int64) ([]Note, error) {
	return all(t, func(r scanner) (n Note, err error) {
		var at int64
		err = r.Scan(&at, &n.Office, &n.Letter, &n.Actor, &n.Act, &n.Text)
		n.At = fromUnix(at)
		return n, err
	}, `SELECT at, office, COALESCE(letter, 0), actor, act, note FROM journal WHERE letter = $1 ORDER BY id`, letterID)
}

// A LetterNote is a line of the journal with the reference of the letter that it
// is about, "" when it is about none.
type LetterNote struct {
	ID        int64
	Reference string
	Note
}

// JournalOf returns an office's lines whose number is below one (0: all), the
// newest first, at most so many.
func (t *Tx) JournalOf(office string, below int64, most int) ([]LetterNote, error) {
	if below <= 0 {
		below = math.MaxInt64
	}
	return all(t, func(r scanner) (n LetterNote, err error) {
		var at int64
		err = r.Scan(&n.ID, &at, &n.Office, &n.Letter, &n.Actor, &n.Act, &n.Text, &n.Reference)
		n.At = fromUnix(at)
		return n, err
	}, `SELECT j.id, j.at, j.office, COALESCE(j.letter, 0), j.actor, j.act, j.note, COALESCE(l.reference, '')
		FROM journal j LEFT JOIN letters l ON l.id = j.letter WHERE j.office = $1 AND j.id < $2 ORDER BY j.id DESC LIMIT $3`, office, below, most)
}
