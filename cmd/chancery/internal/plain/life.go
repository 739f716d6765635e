package plain

import (
	"time"

	"chancery.example/proof"
	"chancery.example/register"
)

// life says what happened to a letter that its standing alone does not say:
// corrections, a withdrawal in an emergency, a key that was revoked later. at is
// the reader's time.
func (w Writer) life(v proof.Verified, at time.Time) {
	date := func(s register.Stamp) string { return s.Time().Format(time.DateOnly) }
	if v.Status.Written != "" {
		w.say("recorded later: put on record on %s; written, by the office's word, in %s", date(v.Status.IssuedAt), v.Status.Written)
	}
	for _, c := range v.Status.Corrected {
		why, _ := c.Correct.Reason.In(w.Lang)
		w.say("corrected on %s by entry %d: %s", date(c.At), c.Index, Safe(why))
		w.say("the corrected words are the ones to use; what was wrong stays public")
	}
	if e := v.Status.Emergency; e != nil {
		switch {
		case e.Ratified != nil:
			w.say("withdrawn in an emergency; ratified on %s by entry %d", date(e.Ratified.At), e.Ratified.Index)
		case e.Overdue(at):
			w.say("withdrawn in an emergency, and not ratified, as far as this proof shows, though that was due by %s", e.RatifyBy.Time().Format(time.RFC3339))
		default:
			w.say("withdrawn in an emergency, not ratified yet, as far as this proof shows; due by %s", e.RatifyBy.Time().Format(time.RFC3339))
		}
	}
	if n := len(v.Status.LaterRevoked); n > 0 {
		w.say("key later revoked: %s signed with a key that the office revoked afterwards; what its officers approved stands", were(v.Status.LaterRevoked))
	}
}

func were(is []register.Index) string {
	if len(is) == 1 {
		return entries(is) + " was"
	}
	return entries(is) + " were"
}

type lifeJSON struct {
	Corrected    []correctedJSON  `json:"corrected,omitempty"`
	Emergency    *emergencyJSON   `json:"emergency,omitempty"`
	LaterRevoked []register.Index `json:"key_later_revoked,omitempty"` // entries
}

type correctedJSON struct {
	Entry  register.Index `json:"entry"`
	At     time.Time      `json:"at"`
	Reason register.Words `json:"reason"`
}

type emergencyJSON struct {
	RatifyBy   time.Time       `json:"ratify_by"`
	Ratified   *register.Index `json:"ratified"` // the entry that did
	RatifiedAt *time.Time      `json:"ratified_at,omitempty"`
}

func lifeOf(s register.Status) lifeJSON {
	out := lifeJSON{LaterRevoked: s.LaterRevoked}
	for _, c := range s.Corrected {
		out.Corrected = append(out.Corrected, correctedJSON{c.Index, c.At.Time(), c.Correct.Reason})
	}
	if e := s.Emergency; e != nil {
		out.Emergency = &emergencyJSON{RatifyBy: e.RatifyBy.Time()}
		if e.Ratified != nil {
			at := e.Ratified.At.Time()
			out.Emergency.Ratified, out.Emergency.RatifiedAt = &e.Ratified.Index, &at
		}
	}
	return out
}
