package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/register"
)

// Limits of what a reader can ask.
const (
	maxQuestion  = 2000     // characters
	maxExhibit   = 64 << 10 // bytes of the text that the reader chose to send
	maxContact   = 254      // bytes of an address
	maxEnquiries = 500      // open ones of an office
)

// ForgetAfter is how long an office keeps a reader's address and the text that the
// reader sent once the question was answered or dismissed.
const ForgetAfter = 30 * 24 * time.Hour

// A Question is what a reader asks an office.
type Question struct {
	Words   string // at most 2,000 characters
	Exhibit string // the text in question, when the reader chose to send it; at most 64 kB
	Contact string // an address to answer to, when the reader wishes; one line of at most 254 bytes
}

// An EnquiryState is what became of a question.
type EnquiryState = store.EnquiryState

// The states of an enquiry.
const (
	EnquiryOpen      = store.EnquiryOpen
	EnquiryAnswered  = store.EnquiryAnswered
	EnquiryDismissed = store.EnquiryDismissed
)

// An Enquiry is a reader's question as the office sees it.
type Enquiry struct {
	ID     int64
	Office string
	Question
	AskedAt time.Time
	State   EnquiryState
	Entry   register.Index // of the statement or disavowal, when it is answered
	Reason  string         // when it is dismissed
	EndedBy string
	EndedAt time.Time // zero: open
	// Secret is what the reader's own page is found by: 32 hexadecimal digits. It is
	// known to nobody but the reader, and stands only in what Enquire returns.
	Secret string
}

// An EnquiryView is what the reader who asked sees.
type EnquiryView struct {
	Office  string // its short name
	Words   string
	AskedAt time.Time
	State   EnquiryState
	Entry   register.Index // of the statement or disavowal, when it is answered
	Kind    register.Kind  // of that entry
	Reason  string         // when it is dismissed
	EndedAt time.Time      // zero: open
	Took    time.Duration  // from the question to its end; 0: open
}

// Enquire takes a reader's question to an office, from the public. How often
// somebody may ask is for who calls to limit; an office with 500 open questions
// takes no more. Nothing of it is public, not even how many there are.
func (r *Register) Enquire(ctx context.Context, officeID string, q Question) (Enquiry, error) {
	if err := q.check(); err != nil {
		return Enquiry{}, err
	}
	var row store.Enquiry
	var secret [16]byte
	err := r.act(ctx, func(t *turn) error {
		o, err := t.Office(officeID)
		if err != nil {
			return err
		}
		n, err := t.OpenEnquiries(o.ID)
		if err != nil {
			return err
		}
		if n >= maxEnquiries {
			return kind.Unavailable.Errorf("asking %s: it has too many questions open to take another; try again tomorrow, or use the contact on its own pages", o.ID)
		}
		if err := t.draw(secret[:]); err != nil {
			return err
		}
		row = store.Enquiry{
			Office: o.ID, Secret: sha256.Sum256(secret[:]), Words: q.Words, Exhibit: q.Exhibit, Contact: q.Contact,
			AskedAt: t.now, State: EnquiryOpen,
		}
		return t.AddEnquiry(&row)
	})
	e := enquiryOf(row)
	e.Secret = hex.EncodeToString(secret[:])
	return e, err
}

// check refuses what is too long, empty, or no text.
func (q Question) check() error {
	const what = "asking"
	switch {
	case strings.TrimSpace(q.Words) == "":
		return kind.Invalid.Errorf("%s: write what you want to know", what)
	case utf8.RuneCountInString(q.Words) > maxQuestion:
		return kind.Invalid.Errorf("%s: the question has %d characters; at most %d", what, utf8.RuneCountInString(q.Words), maxQuestion)
	case len(q.Exhibit) > maxExhibit:
		return kind.Invalid.Errorf("%s: the text has %d bytes; at most %d", what, len(q.Exhibit), maxExhibit)
	case len(q.Contact) > maxContact || strings.ContainsFunc(q.Contact, func(r rune) bool { return r < ' ' }):
		return kind.Invalid.Errorf("%s: the address is one line of at most %d bytes", what, maxContact)
	}
	for _, s := range []string{q.Words, q.Exhibit, q.Contact} {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return kind.Invalid.Errorf("%s: it is not UTF-8 text", what)
		}
	}
	return nil
}

func enquiryOf(e store.Enquiry) Enquiry {
	return Enquiry{
		ID: e.ID, Office: e.Office, Question: Question{e.Words, e.Exhibit, e.Contact}, AskedAt: e.AskedAt,
		State: e.State, Entry: e.Entry, Reason: e.Reason, EndedBy: e.EndedBy, EndedAt: e.EndedAt,
	}
}

// PublicEnquiry returns what the reader who holds the secret may see. An unknown
// secret is not found, whatever it looks like.
func (r *Register) PublicEnquiry(ctx context.Context, secret string) (v EnquiryView, err error) {
	raw, err := hex.DecodeString(secret)
	if err != nil || len(raw) != 16 || hex.EncodeToString(raw) != secret {
		return v, errNoEnquiry
	}
	err = r.db.View(ctx, func(tx *store.Tx) error {
		e, found, err := tx.EnquiryBySecret(sha256.Sum256(raw))
		if err != nil {
			return err
		}
		if !found {
			return errNoEnquiry
		}
		v = EnquiryView{
			Office: e.Office, Words: e.Words, AskedAt: e.AskedAt, State: e.State, Entry: e.Entry, Reason: e.Reason, EndedAt: e.EndedAt,
		}
		if e.State == EnquiryOpen {
			return nil
		}
		v.Took = e.EndedAt.Sub(e.AskedAt)
		if e.State != EnquiryAnswered {
			return nil
		}
		i, found, err := tx.IntentAt(e.Entry)
		if err == nil && !found {
			err = fmt.Errorf("enquiry %d is answered by entry %d, which is not here", e.ID, e.Entry)
		}
		v.Kind = i.Kind
		return err
	})
	return v, err
}

var errNoEnquiry = kind.NotFound.Errorf("there is no question under this address")
