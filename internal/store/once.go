package store

import "time"

// An Once is the answer kept for a request with an Idempotency-Key.
type Once struct {
	Caller, Key string
	Digest      []byte // of the request
	Status      int    // 0: it is still being answered
	Header      []byte
	Body        []byte
	At          time.Time
}

// BeginOnce takes a key for a request. When it is taken, what is kept under it is
// returned, and taken is true.
func (t *Tx) BeginOnce(o Once) (kept Once, taken bool, err error) {
	n, err := t.exec(`INSERT INTO once (caller, key, digest, header, body, at) VALUES ($1, $2, $3, x'', x'', $4) ON CONFLICT DO NOTHING`, o.Caller, o.Key, o.Digest, unix(o.At))
	if err != nil || n == 1 {
		return o, false, err
	}
	kept, _, err = one(t, func(r scanner) (k Once, err error) {
		var at int64
		err = r.Scan(&k.Caller, &k.Key, &k.Digest, &k.Status, &k.Header, &k.Body, &at)
		k.At = fromUnix(at)
		return k, err
	}, `SELECT caller, key, digest, status, header, body, at FROM once WHERE caller = $1 AND key = $2`, o.Caller, o.Key)
	return kept, true, err
}

// EndOnce keeps the answer to a request.
func (t *Tx) EndOnce(o Once) error {
	_, err := t.exec(`UPDATE once SET status = $3, header = $4, body = $5 WHERE caller = $1 AND key = $2`, o.Caller, o.Key, o.Status, o.Header, o.Body)
	return err
}

// DropOnce gives a key free again.
func (t *Tx) DropOnce(caller, key string) error {
	_, err := t.exec(`DELETE FROM once WHERE caller = $1 AND key = $2`, caller, key)
	return err
}

// ForgetOnce removes answers kept before a time.
func (t *Tx) ForgetOnce(before time.Time) error {
	_, err := t.exec(`DELETE FROM once WHERE at < $1`, unix(before))
	return err
}

// DropUnanswered gives the keys free that a process took which ended before it
// answered.
func (t *Tx) DropUnanswered() error {
	_, err := t.exec(`DELETE FROM once WHERE status = 0`)
	return err
}
