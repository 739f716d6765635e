package office_test

import (
	"slices"
	"time"

	"chancery.example/approval"
	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/register"
)

// modelLater is what can happen to a letter after it was approved: an embargo, a
// correction, a withdrawal in an emergency.
type modelLater struct {
	hour                time.Time       // of the embargo
	held                string          // words under embargo
	past                map[string]bool // words that a correction took out
	emergency, ratified bool
}

// A modelKey is a key of the office.
type modelKey struct {
	id      letter.Hash
	added   register.Index
	by      *modelKey // who added it; nil: the operator
	revoked bool
	after   register.Index // what it signed later is marked
	ended   register.Index // where it was revoked
}

// standsIn is which act's rule serves for an act that has none.
var standsIn = map[approval.Act]approval.Act{
	approval.Correct: approval.Issue, approval.Ratify: approval.Withdraw, approval.RevokeKey: approval.SetPolicy,
}

// author is the person whose own approval does not count alone.
func (m *model) author(q *modelRequest) string {
	id := q.askedBy
	if l := m.letters[q.ref]; l != nil && q.act == approval.Issue {
		id = l.drafter
	}
	o, _ := m.officer(id)
	return o.Person
}

// closable refuses to close what is not a draft, nor under embargo before its
// hour.
func (m *model) closable(ref letter.Ref, now time.Time) kind.Kind {
	if l := m.letters[ref]; l != nil && l.stage == "embargoed" {
		return unless(now.Before(l.hour), kind.Conflict)
	}
	return m.live(ref)
}

// issue issues a letter, or puts it under embargo.
func (l *modelLetter) issue(m *model, q *modelRequest, now time.Time) {
	l.issued, l.past = q.words[0], map[string]bool{}
	if now.Before(q.hour) {
		l.stage, l.issued, l.hour, l.held = "embargoed", "", q.hour, q.words[0]
		return
	}
	m.issues++
	l.stage, l.issuedAs = "issued", m.issues
	for _, old := range q.supersedes {
		m.letters[old].replaced = true
	}
}

// due are the letters whose embargo is over.
func (m *model) due(now time.Time) (out []letter.Ref) {
	for ref, l := range m.letters {
		if l.stage == "embargoed" && !now.Before(l.hour) {
			out = append(out, ref)
		}
	}
	slices.Sort(out)
	return out
}

func (m *model) release(ref letter.Ref) {
	l := m.letters[ref]
	m.issues++
	l.stage, l.issued, l.issuedAs = "issued", l.held, m.issues
}

// correct puts other words in the place of those that stand; words that come back
// stand again.
func (l *modelLetter) correct(words string) {
	l.past[l.issued] = true
	delete(l.past, words)
	l.issued = words
}

func (l *modelLetter) official(words string) bool {
	return l.stage == "issued" && (l.issued == words || l.past[words])
}

// falls are the keys that end with a key: those that it added after a position,
// and those that they added.
func (m *model) falls(k *modelKey, after register.Index) []*modelKey {
	out := []*modelKey{k}
	for n := 0; n < len(out); n++ {
		for _, other := range m.keys {
			if other.by == out[n] && other.added > after && !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out
}

// signer is the key that signs, after some have fallen; nil: none is left.
func (m *model) signer(without ...*modelKey) *modelKey {
	for _, k := range slices.Backward(m.keys) {
		if !k.revoked && !slices.Contains(without, k) {
			return k
		}
	}
	return nil
}

func (m *model) revoke(q *modelRequest, entry register.Index) {
	for _, k := range m.falls(q.key, q.after) {
		k.after = max(q.after, k.added)
		if !k.revoked {
			k.revoked, k.ended = true, entry
		}
	}
}

// doubtful reports whether an entry that a key signed is marked.
func (k *modelKey) doubtful(entry register.Index) bool {
	return k.revoked && entry > k.after && entry < k.ended
}

// closableAtAll refuses to propose closing what is neither a draft nor under
// embargo; whether the hour has come is looked at when it is carried out.
func (m *model) closableAtAll(ref letter.Ref) kind.Kind {
	if l := m.letters[ref]; l != nil && l.stage == "embargoed" {
		return allowed
	}
	return m.live(ref)
}

// sealCorrection: what is to be corrected is sealed, and an earlier proposal void.
func (m *model) sealCorrection(q *modelRequest) {
	l := m.letters[q.ref]
	if l.freshAs(q.words[0]) == 1 {
		l.sealed = append(l.sealed, q.words[0])
	}
	m.void(q.ref, approval.Correct)
}

// freshAs says how many entries it takes to seal words.
func (l *modelLetter) freshAs(words string) int {
	if len(l.sealed) > 0 && l.sealed[len(l.sealed)-1] == words {
		return 0
	}
	return 1
}
