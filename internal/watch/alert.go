package watch

import (
	"crypto/sha256"
	"fmt"
	"time"

	"chancery.example/register"
)

// A Level says what an alert is about.
type Level string

// The levels, the worst last.
const (
	Trouble      Level = "trouble"      // something could not be looked at
	Noteworthy   Level = "alert"        // something happened that somebody asked to be told
	Misbehaviour Level = "misbehaviour" // the record or the log contradicts itself
)

// rank orders levels.
func (l Level) rank() int {
	switch l {
	case Trouble:
		return 1
	case Noteworthy:
		return 2
	case Misbehaviour:
		return 3
	}
	return 0
}

// Worse returns the worse of two levels; "" is no alert at all.
func (l Level) Worse(o Level) Level {
	if o.rank() > l.rank() {
		return o
	}
	return l
}

// An AlertKind names what happened.
type AlertKind string

// The kinds of alerts.
const (
	AlertFork        AlertKind = "fork"         // two signed heads do not fit
	AlertOlder       AlertKind = "older_head"   // an older head than was seen before
	AlertHidden      AlertKind = "hidden_head"  // others were shown a longer log
	AlertMalformed   AlertKind = "malformed"    // an entry that is none
	AlertIgnored     AlertKind = "ignored"      // an entry that the rules do not allow
	AlertFlagged     AlertKind = "flagged"      // an entry that counts and must be pointed out
	AlertGap         AlertKind = "sequence_gap" // the numbers of commitments
	AlertConflict    AlertKind = "conflict"     // the record of a letter contradicts itself
	AlertIndex       AlertKind = "index_wrong"  // the look-up map of the log is another
	AlertStale       AlertKind = "stale"        // the newest head is old
	AlertUnwitnessed AlertKind = "unwitnessed"  // the policy's witnesses do not vouch for a fresh head
	AlertUnreachable AlertKind = "unreachable"
	AlertFormMissing AlertKind = "pdf_missing" // an issued PDF cannot be had
	AlertFormAltered AlertKind = "pdf_altered" // under its name is another file
	AlertFormErased  AlertKind = "pdf_erased"  // a tombstone says so
	AlertFormBack    AlertKind = "pdf_back"    // it is there again as the log names it
	AlertKeyAdd      AlertKind = "key_added"
	AlertKeyRevoke   AlertKind = "key_revoked"
	AlertPolicy      AlertKind = "policy_changed"
	AlertOffice      AlertKind = "office"       // an entry of an office that is watched
	AlertReference   AlertKind = "reference"    // an entry about a letter that is watched
	AlertPhrase      AlertKind = "phrase"       // a text holds words that are watched
	AlertNearPhrase  AlertKind = "phrase_close" // a text holds words that are close to them
)

// An Alert is one thing that a monitor tells. It holds nothing that is not public
// but what was asked for: a phrase is not repeated, it is named by its number.
type Alert struct {
	At        time.Time       `json:"at"`
	Level     Level           `json:"level"`
	Kind      AlertKind       `json:"kind"`
	Register  string          `json:"register"` // its address
	Origin    string          `json:"origin,omitempty"`
	Size      uint64          `json:"size,omitempty"` // of the log as it was seen
	Entry     *register.Index `json:"entry,omitempty"`
	Office    register.Office `json:"office,omitempty"`
	Reference string          `json:"reference,omitempty"`
	Text      string          `json:"text"`
	Evidence  string          `json:"evidence,omitempty"` // file
	ID        string          `json:"id"`                 // the same for the same thing, for who hears it twice
}

// String returns the alert as one line.
func (a Alert) String() string {
	where := a.Origin
	if where == "" {
		where = a.Register
	}
	if a.Entry != nil {
		where += fmt.Sprintf(" entry %d", *a.Entry)
	}
	return fmt.Sprintf("%s: %s: %s: %s", a.Level, a.Kind, where, a.Text)
}

// id names the thing, not the moment.
func (a Alert) id() string {
	entry := int64(-1)
	if a.Entry != nil {
		entry = int64(*a.Entry) //nolint:gosec // below 2^62
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %d %s %d %s", len(a.Kind), a.Kind, len(a.Register), a.Register, entry, a.Text))
	return fmt.Sprintf("%x", sum[:8])
}
