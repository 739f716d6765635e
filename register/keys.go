package register

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"chancery.example/letter"
)

// A Revocation says that a key is not trusted for what it signed after a position.
type Revocation struct {
	Index      Index // of the key-revoke; entries after it do not count
	At         Stamp
	After      Index
	Reason     Words
	ApprovedBy []ApprovedBy
}

// A RoleKey is a key of the register's operator that does not sign entries.
type RoleKey struct {
	Role       KeyRole
	Key        PublicKey
	Thumbprint letter.Hash
	Added      Index
	At         Stamp
	Revoked    *Revocation
}

// keyRecord is a key of an office.
type keyRecord struct {
	key     PublicKey
	added   Index
	by      letter.Hash // the key that added it; zero: the operator's
	revoked *Revocation
}

// A signerRun says which key signed an office's entries from a position on:
// offices change keys seldom.
type signerRun struct {
	from Index
	key  letter.Hash
}

// signedBy finds the office that signed an entry with a key it has at this
// position (standing.md MUST-8, MUST-22).
func (s *State) signedBy(l Logged) (*officeRecord, error) {
	o, ok := s.offices[l.Entry.Claims.Issuer]
	if !ok {
		return nil, fmt.Errorf("office %s is not enrolled", l.Entry.Claims.Issuer)
	}
	return o, o.signed(l.Entry)
}

func (o *officeRecord) signed(e Entry) error {
	k, ok := o.keys[e.KeyID]
	if !ok {
		return fmt.Errorf("key %s is not one of %s", e.KeyID, o.view.Office)
	}
	if k.revoked != nil {
		return fmt.Errorf("key %s of %s is revoked since entry %d", e.KeyID, o.view.Office, k.revoked.Index)
	}
	return e.Verify(k.key)
}

// wrote notes which key signed an entry that counts.
func (o *officeRecord) wrote(l Logged) {
	if _, own := o.keys[l.Entry.KeyID]; !own || l.Entry.Claims.Issuer != o.view.Office {
		return // the operator's
	}
	if n := len(o.signers); n == 0 || o.signers[n-1].key != l.Entry.KeyID {
		o.signers = append(o.signers, signerRun{l.Index, l.Entry.KeyID})
	}
}

// signer returns the key that signed the office's entry at a position.
func (o *officeRecord) signer(i Index) (letter.Hash, *keyRecord) {
	n, exact := slices.BinarySearchFunc(o.signers, i, func(r signerRun, i Index) int {
		return cmp.Compare(r.from, i)
	})
	if !exact {
		n--
	}
	if n < 0 {
		return letter.Hash{}, nil
	}
	return o.signers[n].key, o.keys[o.signers[n].key]
}

// laterRevoked returns which of an office's entries were signed with a key that
// was later revoked from a position before them (standing.md MUST-23).
func (s *State) laterRevoked(office Office, entries []Index) []Index {
	o, ok := s.offices[office]
	if !ok || len(o.revokes) == 0 {
		return nil
	}
	var out []Index
	for _, i := range entries {
		if _, k := o.signer(i); k != nil && k.revoked != nil && i > k.revoked.After && i < k.revoked.Index {
			out = append(out, i)
		}
	}
	return out
}

// hasKey reports whether the office can sign anything.
func (o *officeRecord) hasKey() bool {
	for _, k := range o.keys {
		if k.revoked == nil {
			return true
		}
	}
	return false
}

// showKeys makes the view of the office's keys anew: what was given out before
// stays as it was.
func (o *officeRecord) showKeys() {
	o.view.Keys = make([]KeyView, 0, len(o.keys))
	for id, k := range o.keys {
		o.view.Keys = append(o.view.Keys, KeyView{id, k.key, k.added, k.revoked})
	}
	slices.SortFunc(o.view.Keys, func(a, b KeyView) int { return cmp.Compare(a.Added, b.Added) })
}

func (s *State) addKey(l Logged, k KeyAdd) error {
	if k.Role != "" {
		return s.addRoleKey(l, k)
	}
	o, enrolled := s.offices[k.Office]
	switch {
	case !enrolled:
		return s.enrol(l, k)
	case o.keys[k.Key.Thumbprint()] != nil:
		return fmt.Errorf("the office has or had key %s already", k.Key.Thumbprint())
	case k.ID != o.view.ID:
		return fmt.Errorf("the office's short name is %s, not %s", o.view.ID, k.ID)
	case !maps.Equal(k.Name, o.view.Name): // a stolen key must not put another name on all that the office said
		return errors.New("the office was enrolled under another name: a key does not rename it")
	}
	rec := &keyRecord{key: k.Key, added: l.Index}
	switch {
	case o.hasKey():
		if l.Entry.Claims.Issuer != k.Office {
			return errors.New("a further key of an office is added by a key it already has")
		}
		if err := o.signed(l.Entry); err != nil {
			return fmt.Errorf("a further key of an office is added by a key it already has: %w", err)
		}
		rec.by = l.Entry.KeyID
	default: // standing.md MUST-21: all its keys are revoked
		if err := s.byOperator(l.Entry); err != nil {
			return fmt.Errorf("an office without a key gets one from the register's operator: %w", err)
		}
	}
	o.keys[k.Key.Thumbprint()] = rec
	o.showKeys()
	return nil
}

func (s *State) enrol(l Logged, k KeyAdd) error {
	if err := l.Entry.Verify(s.genesis.Operator); err != nil {
		return fmt.Errorf("the first key of an office is enrolled by the register's operator: %w", err)
	}
	if owner, taken := s.ids[k.ID]; taken {
		return fmt.Errorf("the short name %s is %s's", k.ID, owner)
	}
	o := &officeRecord{keys: map[letter.Hash]*keyRecord{}, used: map[uint64]bool{}}
	o.view = OfficeView{Office: k.Office, ID: k.ID, Name: k.Name, Domain: k.Domain, Since: l.Entry.Claims.IssuedAt, Enrolled: l.Index}
	o.keys[k.Key.Thumbprint()] = &keyRecord{key: k.Key, added: l.Index}
	o.showKeys()
	s.offices[k.Office], s.ids[k.ID] = o, k.Office
	return nil
}

// byOperator checks that the register's operator signed an entry in its own name.
func (s *State) byOperator(e Entry) error {
	if e.Claims.Issuer != s.operator {
		return fmt.Errorf("its issuer is %s, the operator is %s", e.Claims.Issuer, s.operator)
	}
	return e.Verify(s.genesis.Operator)
}

// addRoleKey: only the operator has keys with a role, and a key has one use
// (standing.md MUST-21).
func (s *State) addRoleKey(l Logged, k KeyAdd) error {
	if k.Office != s.operator {
		return fmt.Errorf("a key with the role %q is the register's operator's, %s, not %s's", k.Role, s.operator, k.Office)
	}
	if err := s.byOperator(l.Entry); err != nil {
		return err
	}
	id := k.Key.Thumbprint()
	if s.roleKey(id) != nil || k.Key.Equal(s.genesis.Operator) {
		return fmt.Errorf("key %s has a use already", id)
	}
	s.roleKeys = append(s.roleKeys, &RoleKey{Role: k.Role, Key: k.Key, Thumbprint: id, Added: l.Index, At: StampOf(l.Entry.Claims.IssuedAt)})
	return nil
}

func (s *State) roleKey(id letter.Hash) *RoleKey {
	i := slices.IndexFunc(s.roleKeys, func(k *RoleKey) bool { return k.Thumbprint == id })
	if i < 0 {
		return nil
	}
	return s.roleKeys[i]
}

// revokeKey is standing.md MUST-22.
func (s *State) revokeKey(l Logged, b KeyRevoke) error {
	if want := OfficeSubject(b.Office); l.Entry.Claims.Subject != want {
		return fmt.Errorf("its subject is %q, want %q", l.Entry.Claims.Subject, want)
	}
	r := &Revocation{Index: l.Index, At: StampOf(l.Entry.Claims.IssuedAt), After: b.After, Reason: b.Reason}
	if k := s.roleKey(b.Thumbprint); k != nil && b.Office == s.operator {
		return s.revokeRoleKey(l, k, b, r)
	}
	o, ok := s.offices[b.Office]
	if !ok {
		return fmt.Errorf("office %s is not enrolled", b.Office)
	}
	k := o.keys[b.Thumbprint]
	if k == nil {
		return fmt.Errorf("key %s is not one of %s", b.Thumbprint, b.Office)
	}
	if err := revocable(r, k.added, k.revoked); err != nil {
		return err
	}
	if err := s.mayRevoke(l, o, b); err != nil {
		return err
	}
	if len(o.policies) == 0 && b.Approvals != nil {
		return errors.New("it carries approvals of an office that has no policy")
	}
	if len(o.policies) > 0 {
		if b.Approvals == nil {
			return errors.New("an office that has a policy approves the revocation of its keys")
		}
		set, err := s.approved(l, o, b, "")
		if err != nil {
			return err
		}
		r.ApprovedBy = set.by
	}
	o.revokes = append(o.revokes, l.Index)
	s.revokeAll(o, b.Thumbprint, r)
	o.showKeys()
	return nil
}

func (s *State) revokeRoleKey(l Logged, k *RoleKey, b KeyRevoke, r *Revocation) error {
	if b.Approvals != nil {
		return errors.New("the operator's own keys are revoked without approvals")
	}
	if err := revocable(r, k.Added, k.Revoked); err != nil {
		return err
	}
	if err := s.byOperator(l.Entry); err != nil {
		return err
	}
	changed := *k
	changed.Revoked = r
	s.roleKeys = slices.Clone(s.roleKeys)
	s.roleKeys[slices.Index(s.roleKeys, k)] = &changed
	return nil
}

// revocable checks the position: not before the key was there, not after the
// entry itself; one that was revoked before may be revoked from further back.
func revocable(r *Revocation, added Index, before *Revocation) error {
	switch {
	case r.After >= r.Index:
		return fmt.Errorf("position %d is not before the entry itself", r.After)
	case r.After < added:
		return fmt.Errorf("position %d is before the key was added, at %d", r.After, added)
	case before != nil && r.After >= before.After:
		return fmt.Errorf("the key is revoked already, from position %d on", before.After)
	}
	return nil
}

// mayRevoke: another key of the office, one that does not fall with the revoked
// one, or the operator's key.
func (s *State) mayRevoke(l Logged, o *officeRecord, b KeyRevoke) error {
	_, own := o.keys[l.Entry.KeyID]
	if l.Entry.Claims.Issuer != b.Office || !own {
		return s.byOperator(l.Entry)
	}
	if slices.Contains(o.fallsWith(b.Thumbprint, b.After), l.Entry.KeyID) {
		return errors.New("a key cannot revoke itself, nor the key that added it after the position: the register's operator signs that")
	}
	return o.signed(l.Entry)
}

// fallsWith returns a key and those that it added after a position, and they
// added in turn.
func (o *officeRecord) fallsWith(id letter.Hash, after Index) []letter.Hash {
	out := []letter.Hash{id}
	for n := 0; n < len(out); n++ {
		for other, k := range o.keys {
			if k.by == out[n] && k.added > after && !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out
}

// revokeAll revokes a key and all that it added after the position.
func (s *State) revokeAll(o *officeRecord, id letter.Hash, r *Revocation) {
	for _, fallen := range o.fallsWith(id, r.After) {
		k := o.keys[fallen]
		own := *r
		own.After = max(r.After, k.added)
		if k.revoked != nil { // what came after the first revocation never counted
			own.Index, own.At = k.revoked.Index, k.revoked.At
		}
		k.revoked = &own
	}
	var doubted []Index
	for i, c := range s.commits {
		if c.office == o.view.Office && !c.doubted && len(s.laterRevoked(c.office, []Index{i})) > 0 {
			c.doubted = true
			doubted = append(doubted, i)
		}
	}
	if len(o.policies) > 0 && !o.policyDoubted && len(s.laterRevoked(o.view.Office, []Index{o.policies[0].index})) > 0 {
		o.policyDoubted = true // the one policy that nobody approved
		doubted = append(doubted, o.policies[0].index)
	}
	slices.Sort(doubted)
	for _, i := range doubted {
		s.report(i, false, fmt.Sprintf("entry %d revoked the key that signed it, from position %d on", r.Index, r.After))
	}
}

// MaySign returns the keys of an office that could sign a body now, the newest
// first.
func (s *State) MaySign(office Office, b Body) []letter.Hash {
	o, ok := s.offices[office]
	if !ok {
		return nil
	}
	var falls []letter.Hash
	if k, isRevoke := b.(KeyRevoke); isRevoke {
		falls = o.fallsWith(k.Thumbprint, k.After)
	}
	var out []letter.Hash
	for _, k := range slices.Backward(o.view.Keys) {
		if k.Revoked == nil && !slices.Contains(falls, k.Thumbprint) {
			out = append(out, k.Thumbprint)
		}
	}
	return out
}

// RoleKeys returns the operator's keys with a role, in order of the log.
func (s *State) RoleKeys(role KeyRole) []RoleKey {
	var out []RoleKey
	for _, k := range s.roleKeys {
		if k.Role == role {
			out = append(out, *k)
		}
	}
	return out
}

// Operator returns the address of the register's operator, "" before its genesis.
func (s *State) Operator() Office { return s.operator }

// An IndexHeadRecord is an index-head of the log.
type IndexHeadRecord struct {
	Index Index
	At    Stamp
	Head  IndexHead
}

// addIndexHead is standing.md MUST-24. Whether the root is that of the map takes
// the map: package lookup.
func (s *State) addIndexHead(l Logged, h IndexHead) error {
	if err := s.byOperator(l.Entry); err != nil {
		return err
	}
	if want := RegisterSubject(s.genesis.Origin); l.Entry.Claims.Subject != want {
		return fmt.Errorf("its subject is %q, want %q", l.Entry.Claims.Subject, want)
	}
	if h.Size != uint64(l.Index) {
		return fmt.Errorf("it covers %d entries and stands at position %d", h.Size, l.Index)
	}
	s.indexHeads = append(s.indexHeads, IndexHeadRecord{l.Index, StampOf(l.Entry.Claims.IssuedAt), h})
	return nil
}

// IndexHeads returns the index heads in order of the log.
func (s *State) IndexHeads() []IndexHeadRecord { return s.indexHeads }
