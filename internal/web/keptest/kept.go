// Package keptest keeps answers and questions in memory, for tests of the pages.
package keptest

import (
	"context"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// Links keeps answers in memory, for tests.
type Links struct {
	All  map[string]web.KeptLink
	Full bool // takes no more
}

// Keep implements web.Links.
func (m *Links) Keep(_ context.Context, l web.KeptLink, _ time.Time) error {
	if m.Full {
		return kind.Unavailable.Errorf("full")
	}
	if m.All == nil {
		m.All = map[string]web.KeptLink{}
	}
	m.All[l.ID] = l
	return nil
}

// Kept implements web.Links.
func (m *Links) Kept(_ context.Context, id string, now time.Time) (web.KeptLink, bool, error) {
	l, ok := m.All[id]
	return l, ok && l.Until.After(now), nil
}

// Forget implements web.Links.
func (m *Links) Forget(_ context.Context, id string, secret [32]byte) (bool, error) {
	if m.All[id].Secret != secret || secret == [32]byte{} {
		return false, nil
	}
	delete(m.All, id)
	return true, nil
}

// AskedSecret is under which a Desk keeps the last question.
const AskedSecret = "0123456789abcdef0123456789abcdef"

// A Desk takes questions for the office "lights" in memory, for tests.
type Desk struct {
	ByAsker map[string]web.Asked
	Sent    []web.Question
	Full    bool // takes no more
}

// Takes implements web.Enquiries.
func (d *Desk) Takes(_ context.Context, office string) bool { return office == "lights" }

// Ask implements web.Enquiries.
func (d *Desk) Ask(_ context.Context, office string, q web.Question) (string, error) {
	switch {
	case d.Full:
		return "", kind.Unavailable.Errorf("full")
	case len([]rune(q.Words)) > 2000:
		return "", kind.Invalid.Errorf("long")
	}
	if d.ByAsker == nil {
		d.ByAsker = map[string]web.Asked{}
	}
	d.Sent = append(d.Sent, q)
	d.ByAsker[AskedSecret] = web.Asked{Office: office, Words: q.Words, AskedAt: webtest.Now, State: "open"}
	return AskedSecret, nil
}

// Asked implements web.Enquiries.
func (d *Desk) Asked(_ context.Context, secret string) (web.Asked, error) {
	a, ok := d.ByAsker[secret]
	if !ok {
		return a, kind.NotFound.Errorf("none")
	}
	return a, nil
}
