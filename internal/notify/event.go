package notify

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/store"
	"chancery.example/letter"
	"chancery.example/register"
)

// The events (MUST-1). Test is sent only by Notifier.Test.
const (
	LetterIssued       = "letter.issued"
	LetterCorrected    = "letter.corrected"
	LetterSuperseded   = "letter.superseded"
	LetterWithdrawn    = "letter.withdrawn"
	StatementPublished = "statement.published"
	DraftOpened        = "draft.opened"
	DisavowalPublished = "disavowal.published"
	Test               = "webhook.test"
)

// Events lists the events that can be subscribed to.
func Events() []string {
	return []string{LetterIssued, LetterCorrected, LetterSuperseded, LetterWithdrawn, StatementPublished, DraftOpened, DisavowalPublished}
}

// A Payload is the body of a message. It names what is public and where, and holds
// no words of letters: who wants them asks the register, and checks.
type Payload struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened, by the entry
	Data      Data      `json:"data"`
}

// Data says what an event is about.
type Data struct {
	Register  string          `json:"register"` // the log's origin
	Office    string          `json:"office"`
	OfficeURI register.Office `json:"office_uri"`
	Entry     register.Index  `json:"entry"`
	Leaf      string          `json:"leaf"` // RFC 6962 leaf hash of that entry, in hexadecimal
	Reference letter.Ref      `json:"reference,omitempty"`
	// Of an issue.
	LetterType letter.Type    `json:"letter_type,omitempty"`
	Expires    *time.Time     `json:"expires,omitempty"`
	Supersedes []letter.Ref   `json:"supersedes,omitempty"`
	Reason     register.Words `json:"reason,omitempty"`
	// Successor is the letter that replaces this one.
	Successor letter.Ref `json:"successor,omitempty"`
	// Emergency: withdrawn by fewer than it takes, to be ratified.
	Emergency bool `json:"emergency,omitempty"`
	// Of a statement.
	StatementType register.StatementType `json:"statement_type,omitempty"`
	Regarding     []Regarded             `json:"regarding,omitempty"`
	Revisions     []uint32               `json:"revisions,omitempty"` // that were opened
	// Where to look: addresses when the register knows its own, else paths.
	EntryURL  string `json:"entry_url"`
	LetterURL string `json:"letter_url,omitempty"`
	ProofURL  string `json:"proof_url,omitempty"`
}

// A Regarded is a letter that a statement is about.
type Regarded struct {
	OfficeURI register.Office `json:"office_uri"`
	Reference letter.Ref      `json:"reference,omitempty"`
	Entry     register.Index  `json:"entry,omitempty"`
}

// An event is a payload before it has its bytes.
type event struct {
	typ  string
	data Data
}

// eventsOf returns what an entry tells the public.
func eventsOf(k register.Kind, payload []byte) ([]event, error) {
	body, err := register.DecodeBody(k, payload)
	if err != nil {
		return nil, fmt.Errorf("reading an entry: %w", err)
	}
	switch b := body.(type) {
	case register.Issue:
		first := Data{Reference: b.Reference, LetterType: b.Type, Expires: moment(b.Expires)}
		var later []event
		for _, t := range b.Supersedes {
			first.Supersedes = append(first.Supersedes, t.Reference)
			later = append(later, event{LetterSuperseded, Data{Reference: t.Reference, Successor: b.Reference}})
		}
		return append([]event{{LetterIssued, first}}, later...), nil
	case register.Correct:
		return []event{{LetterCorrected, Data{Reference: b.Target.Reference, Reason: b.Reason}}}, nil
	case register.Supersede:
		return []event{{LetterSuperseded, Data{Reference: b.Target.Reference, Successor: b.Successor.Reference}}}, nil
	case register.Withdraw:
		return []event{{LetterWithdrawn, Data{Reference: b.Target.Reference, Reason: b.Reason, Emergency: b.Emergency}}}, nil
	case register.Statement:
		return []event{{StatementPublished, Data{StatementType: b.Type, Regarding: regarded(b.Regarding)}}}, nil
	case register.DraftOpen:
		d := Data{Reference: b.Reference}
		for _, r := range b.Revisions {
			d.Revisions = append(d.Revisions, r.Number)
		}
		return []event{{DraftOpened, d}}, nil
	case register.Disavow:
		return []event{{DisavowalPublished, Data{Reason: b.Reason, Regarding: regarded(b.Regarding)}}}, nil
	}
	return nil, nil
}

func moment(s register.Stamp) *time.Time {
	if s == 0 {
		return nil
	}
	t := s.Time()
	return &t
}

func regarded(targets []register.Target) (out []Regarded) {
	for _, t := range targets {
		out = append(out, Regarded{t.Office, t.Reference, t.Index})
	}
	return out
}

// messages are what an entry of an office is told by.
func (n *Notifier) messages(i store.Intent) ([]store.Message, error) {
	events, err := eventsOf(i.Kind, i.Body)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", i.Position, err)
	}
	var out []store.Message
	for _, e := range events {
		leaf := register.LeafHash(i.Entry)
		e.data.Register, e.data.Office, e.data.OfficeURI = n.folder.Config.Origin, i.Office, i.Issuer
		e.data.Entry, e.data.Leaf = i.Position, leaf.String()
		e.data.EntryURL = n.opts.Address + fmt.Sprintf("/log/%d", i.Position)
		if e.data.Reference != "" {
			e.data.LetterURL = n.letterURL(i.Office, e.data.Reference)
			e.data.ProofURL = e.data.LetterURL + "/proof"
		}
		body, err := json.Marshal(Payload{e.typ, i.At, e.data})
		if err != nil {
			return nil, kind.Invalid.Wrap(err)
		}
		out = append(out, store.Message{ID: messageID(leaf[:], e.typ, string(e.data.Reference)), Type: e.typ, Body: body, At: n.now()})
	}
	return out, nil
}

func (n *Notifier) letterURL(officeID string, ref letter.Ref) string {
	parts := strings.Split(string(ref), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return n.opts.Address + "/l/" + url.PathEscape(officeID) + "/" + strings.Join(parts, "/")
}

// messageID names a message by what it says, so that it is the same however often
// the log is read.
func messageID(leaf []byte, parts ...string) string {
	h := sha256.New()
	h.Write([]byte("chancery/v1/webhook\x00"))
	h.Write(leaf)
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return "msg_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:20]))
}
