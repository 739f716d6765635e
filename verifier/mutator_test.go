package verifier_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"chancery.example/approval"
	"chancery.example/proof"
	"chancery.example/register"
)

// A mutator changes proofs at random.
type mutator struct{ *rand.Rand }

func (m mutator) change(q question) question {
	q.Proof = bytes.Clone(q.Proof)
	switch m.IntN(10) {
	case 0: // as it is
	case 1, 2:
		q.Proof = m.bend(q.Proof)
	case 3:
		q.Policy = string(m.bend([]byte(q.Policy)))
	case 4:
		q.At = q.At.Add(time.Duration(m.IntN(1<<20)-1<<19) * time.Minute)
	default:
		if b, err := proof.Parse(q.Proof); err == nil {
			q.Proof = m.parts(b)
		} else {
			q.Proof = m.bend(q.Proof)
		}
	}
	return q
}

// bend changes one place of some bytes.
func (m mutator) bend(b []byte) []byte {
	if len(b) == 0 {
		return []byte{byte(m.IntN(256))}
	}
	i := m.IntN(len(b))
	switch m.IntN(6) {
	case 0, 1, 2:
		b[i] ^= 1 << m.IntN(8)
	case 3:
		b[i] = byte(m.IntN(256))
	case 4:
		b = slices.Delete(b, i, i+1)
	default:
		b = slices.Insert(b, i, byte(m.IntN(256)))
	}
	return b
}

// parts changes a proof as somebody who knows the format could, or an operator
// who has the log's key and all the others.
func (m mutator) parts(b proof.Bundle) []byte {
	switch m.IntN(8) {
	case 0:
		if len(b.Support) > 0 {
			b.Support = slices.Delete(slices.Clone(b.Support), m.IntN(len(b.Support)), len(b.Support))
		}
	case 1:
		if len(b.Texts) > 0 {
			b.Texts = slices.Delete(slices.Clone(b.Texts), 0, 1)
		}
	case 2:
		b.Proof = m.bend(bytes.Clone(b.Proof))
	default:
		b = m.forge(b)
	}
	raw, err := b.Bytes()
	if err != nil {
		return nil
	}
	return raw
}

// forge changes an entry from within and signs everything anew: entry, approvals,
// checkpoint. What is wrong then is what it says.
func (m mutator) forge(b proof.Bundle) proof.Bundle {
	tp, err := proof.ParseTLogProof(b.Proof)
	if err != nil {
		return b
	}
	entries := map[register.Index][]byte{register.Index(tp.Index): b.Entry}
	for _, s := range b.Support {
		if s.Index > 1000 {
			return b
		}
		entries[s.Index] = s.Entry
	}
	at := []register.Index{}
	for i := range entries {
		at = append(at, i)
	}
	slices.Sort(at)
	i := at[m.IntN(len(at))]
	if m.IntN(3) == 0 {
		i = register.Index(tp.Index)
	}
	if raw, err := m.entry(entries[i]); err == nil {
		entries[i] = raw
	}
	return m.relog(b, tp, entries)
}

// relog puts entries into a log of their own, at their positions.
func (m mutator) relog(b proof.Bundle, tp proof.TLogProof, entries map[register.Index][]byte) proof.Bundle {
	last := register.Index(0)
	for i := range entries {
		last = max(last, i)
	}
	l := &tree{}
	for i := range last + 1 + register.Index(m.IntN(3)) {
		l.add(entries[i]) // an empty one in between
	}
	support := slices.Clone(b.Support)
	for n, s := range support {
		support[n].Entry, support[n].Path = entries[s.Index], l.path(s.Index)
	}
	b.Support, b.Entry = support, entries[register.Index(tp.Index)]
	tp.Path, tp.Checkpoint = l.path(register.Index(tp.Index)), l.checkpoint()
	b.Proof = proof.FormatTLogProof(tp)
	return b
}

var deterministic = func() cbor.EncMode {
	m, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err)
	}
	return m
}()

type sign1 struct {
	_           struct{} `cbor:",toarray"`
	Protected   []byte
	Unprotected struct{}
	Payload     []byte
	Signature   []byte
}

// entry changes something in an entry and signs it anew.
func (m mutator) entry(raw []byte) ([]byte, error) {
	var w sign1
	if len(raw) == 0 {
		return raw, nil
	}
	if err := cbor.Unmarshal(raw[1:], &w); err != nil {
		return nil, err
	}
	what := &w.Payload
	if m.IntN(8) == 0 {
		what = &w.Protected
	}
	var v any
	if err := cbor.Unmarshal(*what, &v); err != nil {
		return nil, err
	}
	v = m.value(v)
	out, err := deterministic.Marshal(v)
	if err != nil {
		return nil, err
	}
	*what = out
	if e, err := register.Parse(m.sealed(w)); err == nil && m.IntN(4) > 0 {
		return m.approved(e)
	}
	return m.sealed(w), nil
}

// sealed signs an entry with the key of whoever it names.
func (m mutator) sealed(w sign1) []byte {
	var h struct {
		KeyID []byte `cbor:"4,keyasint"`
	}
	_ = cbor.Unmarshal(w.Protected, &h)
	k := key("harbour")
	for _, name := range []string{"operator", "harbour", "other"} {
		id := publicKey(key(name)).Thumbprint()
		if bytes.Equal(id[:], h.KeyID) {
			k = key(name)
		}
	}
	tbs, _ := deterministic.Marshal([]any{"Signature1", w.Protected, []byte{}, w.Payload})
	w.Signature = ed25519.Sign(k, tbs)
	out, _ := deterministic.Marshal(w)
	return append([]byte{0xd2}, out...)
}

// approved approves an entry anew, if it is one that is approved.
func (m mutator) approved(e register.Entry) ([]byte, error) {
	a, ok := register.ApprovalsOf(e.Body)
	s, err := register.StatementFor(origin, e.Claims.Issuer, e.Body)
	if !ok || err != nil {
		return e.Bytes(), nil
	}
	var sigs []register.OfficerSignature
	for _, x := range a.Signatures {
		if raw, ok := m.evidence(x.Officer, s.Bytes()); ok {
			sigs = append(sigs, register.OfficerSignature{Officer: x.Officer, Signature: raw})
			continue
		}
		k, err := ssh.NewSignerFromKey(key("officer " + x.Officer))
		if err != nil {
			return nil, err
		}
		sig, err := sshsig.Sign(bytes.NewReader(s.Bytes()), k, sshsig.HashSHA512, approval.Namespace)
		if err != nil {
			return nil, err
		}
		sigs = append(sigs, register.OfficerSignature{Officer: x.Officer, Signature: sig.Marshal()})
	}
	var w sign1
	if err := cbor.Unmarshal(e.Bytes()[1:], &w); err != nil {
		return nil, err
	}
	if w.Payload, err = deterministic.Marshal(register.WithSignatures(e.Body, sigs)); err != nil {
		return nil, err
	}
	return m.sealed(w), nil
}

// value changes one place of a value.
func (m mutator) value(v any) any {
	switch x := v.(type) {
	case map[any]any:
		return m.within(x)
	case []any:
		if len(x) == 0 || m.IntN(8) == 0 {
			return append(x, uint64(m.IntN(3)))
		}
		i := m.IntN(len(x))
		switch m.IntN(8) {
		case 0:
			return slices.Delete(x, i, i+1)
		case 1:
			return append(x, x[i])
		}
		x[i] = m.value(x[i])
		return x
	case []byte:
		if m.IntN(3) == 0 {
			return make([]byte, len(x))
		}
		return m.bend(bytes.Clone(x))
	case string:
		return m.text(x)
	case bool:
		return !x
	case uint64:
		return [...]any{x + 1, x - 1, uint64(0), uint64(m.IntN(40)), uint64(1) << m.IntN(64), x + uint64(m.IntN(1<<30))}[m.IntN(6)]
	case int64:
		return x + int64(m.IntN(5)) - 2
	}
	return uint64(0)
}

func (m mutator) within(x map[any]any) any {
	keys := []any{}
	for k := range x {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	if len(keys) == 0 || m.IntN(24) == 0 {
		x[uint64(m.IntN(12))] = [...]any{uint64(1), "x", []byte{1}, true, nil, []any{}}[m.IntN(6)]
		return x
	}
	k := keys[m.IntN(len(keys))]
	if m.IntN(16) == 0 {
		delete(x, k)
		return x
	}
	x[k] = m.value(x[k])
	return x
}

// text changes a word, often to one that is known elsewhere.
func (m mutator) text(s string) string {
	known := []string{
		"", "-", "draft", "copies", "public", "on_presentation", "letter", "notice", "issue", "withdraw", "about", "received", "holding", "collected", "approver",
		"press officer", "form", "alice", "bob", "HC-1", "HC-2", "a/../b", "a/.", "https://harbour.example", "https://other.example", "en", "ar", "text/en", "text/de",
		"reference", "e\u0301", "a\u00a0b", "a\u2028b", "a\u200eb", "a\u2067b", "a\ufe0fb", " a", "a\nb", "a\n\n\nb", "\u0378", strings.Repeat("a\u0301", 3), "a" + strings.Repeat("\u0323", 40),
		strings.Repeat("x", 401), strings.Repeat("x", 4001), "receipt", "log", "operator", "correct", "ratify", "withdraw-emergency", "revoke-key",
	}
	if m.IntN(2) == 0 {
		return known[m.IntN(len(known))]
	}
	return strings.ToValidUTF8(string(m.bend([]byte(s))), "?")
}
