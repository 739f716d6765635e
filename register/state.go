package register

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/commitment"
	"chancery.example/letter"
)

// A Logged is an entry with its position in the log.
type Logged struct {
	Index Index
	Entry Entry
}

// A Problem is an entry that changes nothing because the rules do not allow it
// at its position, or one that is kept but must be pointed out.
type Problem struct {
	Index   Index
	Ignored bool // false: kept and flagged
	Why     string
}

func (p Problem) String() string {
	if p.Ignored {
		return fmt.Sprintf("entry %d is ignored: %s", p.Index, p.Why)
	}
	return fmt.Sprintf("entry %d: %s", p.Index, p.Why)
}

// A State is what the entries of a register add up to. It is a pure fold: the
// same entries in the same order always give the same State, and nothing else
// goes in. Add must not run beside anything else; all other methods may run
// beside each other. What they return must not be changed.
type State struct {
	genesis  *Genesis
	operator Office
	next     Index
	last     Stamp
	dense    bool // no position was left out so far

	offices    map[Office]*officeRecord
	ids        map[string]Office
	commits    map[Index]*commitRecord
	letters    map[letterKey]*Letter
	order      []*Letter
	refs       map[refKey][]*Letter
	issues     map[Index]*Letter
	closed     map[closeKey]Closing
	tags       map[closeKey]*Letter  // letters whose tag is known, by close tag
	leaves     map[Index]letter.Hash // of entries that others may point at
	statements map[Index]*StatementRecord
	disavowals map[Index]*Disavowal
	spoken     []*StatementRecord
	denied     []*Disavowal
	regarding  map[refKey][]*StatementRecord
	files      map[letter.Hash][]RecordID
	said       map[saidKey]Index
	emergency  map[Index]*Letter // withdrawals that are to be ratified
	roleKeys   []*RoleKey
	indexHeads []IndexHeadRecord
	problems   []Problem
}

type letterKey struct {
	office Office
	tag    commitment.Tag
}

type refKey struct {
	office Office
	ref    letter.Ref
}

type closeKey struct {
	office Office
	tag    letter.Hash
}

type commitRecord struct {
	office     Office
	commitment commitment.Commitment
	at         Stamp
	opened     bool
	doubted    bool // sealed with a key that was revoked later
}

type policyRecord struct {
	index  Index
	policy Policy
}

type officeRecord struct {
	view     OfficeView
	keys     map[letter.Hash]*keyRecord
	signers  []signerRun // which key signed what, in order of the log
	revokes  []Index     // the key-revoke entries of its keys
	policies []policyRecord
	sequence uint64          // highest number of a commitment
	used     map[uint64]bool // numbers of commitments

	policyDoubted bool // the first policy was set with a key that was revoked later
}

// A saidKey names what an office said, but for who approved it.
type saidKey struct {
	office     Office
	parameters letter.Hash
}

// NewState returns the state of a register without entries.
func NewState() *State {
	return &State{
		dense:   true,
		offices: map[Office]*officeRecord{}, ids: map[string]Office{},
		commits: map[Index]*commitRecord{}, letters: map[letterKey]*Letter{},
		refs: map[refKey][]*Letter{}, issues: map[Index]*Letter{}, closed: map[closeKey]Closing{},
		tags: map[closeKey]*Letter{}, leaves: map[Index]letter.Hash{},
		statements: map[Index]*StatementRecord{}, disavowals: map[Index]*Disavowal{},
		regarding: map[refKey][]*StatementRecord{}, files: map[letter.Hash][]RecordID{},
		said: map[saidKey]Index{}, emergency: map[Index]*Letter{},
	}
}

// Fold returns the state that entries add up to.
func Fold(entries []Logged) *State {
	s := NewState()
	for _, l := range entries {
		s.Add(l)
	}
	return s
}

// Add takes the next entry. Positions may be left out (a proof carries only
// some), but must rise. An entry that the rules do not allow changes nothing and
// comes back as a Problem (standing.md MUST-2); so does one that is kept but
// dated before the entry it follows (standing.md MUST-3).
func (s *State) Add(l Logged) *Problem {
	if l.Index < s.next || l.Index > maxIndex {
		return s.report(l.Index, true, "its position was taken already, or is none")
	}
	if l.Index > s.next {
		s.dense = false
	}
	s.next = l.Index + 1
	if err := s.admitOnce(l); err != nil {
		return s.report(l.Index, true, err.Error())
	}
	at := StampOf(l.Entry.Claims.IssuedAt)
	if at < s.last {
		return s.report(l.Index, false, fmt.Sprintf("it is dated %s, before the entry it follows (%s)",
			at.Time().Format(time.RFC3339), s.last.Time().Format(time.RFC3339)))
	}
	s.last = at
	return nil
}

func (s *State) report(i Index, ignored bool, why string) *Problem {
	p := Problem{i, ignored, why}
	s.problems = append(s.problems, p)
	return &p
}

// maxIndex leaves room for the positions after it; no log is that long.
const maxIndex = Index(1) << 62

// admitOnce lets an act count once (standing.md MUST-7). A log may hold an
// entry twice, and who has an office's key may sign an old act anew with the
// approvals it had (approval.md MUST-7): both change nothing.
func (s *State) admitOnce(l Logged) error {
	if l.Entry.Body == nil {
		return errors.New("it has no body")
	}
	parameters, err := Parameters(l.Entry.Body)
	if err != nil {
		return err
	}
	key := saidKey{l.Entry.Claims.Issuer, parameters}
	if first, twice := s.said[key]; twice {
		return fmt.Errorf("it repeats entry %d, which counts", first)
	}
	if err := s.admit(l); err != nil {
		return err
	}
	s.said[key] = l.Index
	if o, ok := s.offices[l.Entry.Claims.Issuer]; ok {
		o.wrote(l)
	}
	return nil
}

// admit checks who signed, then hands the entry to the rule of its kind.
func (s *State) admit(l Logged) error {
	if s.genesis == nil {
		g, ok := l.Entry.Body.(Genesis)
		if !ok || l.Index != 0 {
			return errors.New("a register begins with its genesis entry")
		}
		return s.begin(l, g)
	}
	switch b := l.Entry.Body.(type) { // the operator may sign these
	case KeyAdd:
		return s.addKey(l, b)
	case KeyRevoke:
		return s.revokeKey(l, b)
	case IndexHead:
		return s.addIndexHead(l, b)
	}
	o, err := s.signedBy(l)
	if err != nil {
		return err
	}
	return s.admitOffice(l, o)
}

// admitOffice hands what an office signed to the rule of its kind.
func (s *State) admitOffice(l Logged, o *officeRecord) error {
	switch b := l.Entry.Body.(type) {
	case Genesis:
		return errors.New("a register has one genesis entry")
	case Policy:
		return s.setPolicy(l, o, b)
	case Commit:
		return s.addCommit(l, o, b)
	case DraftOpen:
		return s.open(l, o, b)
	case DraftClose:
		return s.close(l, o, b)
	case Issue:
		return s.issue(l, o, b)
	case Withdraw:
		return s.withdraw(l, o, b)
	case Supersede:
		return s.supersede(l, o, b)
	case Statement:
		return s.state(l, o, b)
	case Correct:
		return s.correct(l, o, b)
	case Ratify:
		return s.ratify(l, o, b)
	case Retract:
		return s.retract(l, o, b)
	case Disavow:
		return s.disavow(l, o, b)
	}
	return fmt.Errorf("kind %s has no rule", l.Entry.Body.Kind())
}

func (s *State) begin(l Logged, g Genesis) error {
	if err := l.Entry.Verify(g.Operator); err != nil {
		return err
	}
	s.genesis, s.operator = &g, l.Entry.Claims.Issuer
	return nil
}

func (s *State) setPolicy(l Logged, o *officeRecord, p Policy) error {
	if len(o.policies) > 0 {
		if p.Approvals == nil {
			return errors.New("a later policy needs approvals under the one it replaces")
		}
		if _, err := s.approved(l, o, p, ""); err != nil {
			return err
		}
	}
	o.policies = append(o.policies, policyRecord{l.Index, p})
	o.view.Policy, o.view.Speakers = l.Index, p.Speakers
	return nil
}

// addCommit takes a commitment. Numbers follow each other without a gap, so that
// none can be kept back. One that comes early, as after a failed write, or a
// second time is kept and flagged (standing.md MUST-9): a proof does not carry
// the others, and must come to the same answer.
func (s *State) addCommit(l Logged, o *officeRecord, c Commit) error {
	n := c.Number()
	if o.used[n] {
		s.report(l.Index, false, fmt.Sprintf("commitment number %d was used already", n))
	}
	if s.dense && n > o.sequence+1 {
		s.report(l.Index, false, fmt.Sprintf("commitment number %d comes before number %d", n, o.sequence+1))
	}
	o.used[n], o.sequence = true, max(o.sequence, n)
	o.view.Sealed++
	s.commits[l.Index] = &commitRecord{office: o.view.Office, commitment: c.Commitment, at: StampOf(l.Entry.Claims.IssuedAt)}
	return nil
}

// Origin returns the origin of the register's log, "" before its genesis.
func (s *State) Origin() string {
	if s.genesis == nil {
		return ""
	}
	return s.genesis.Origin
}

// Genesis returns the first entry's content; the zero Genesis before it.
func (s *State) Genesis() Genesis {
	if s.genesis == nil {
		return Genesis{}
	}
	return *s.genesis
}

// Exercise reports whether the register runs on a simulated clock.
func (s *State) Exercise() bool { return s.genesis != nil && s.genesis.Exercise }

// Size returns the number of log positions taken in.
func (s *State) Size() uint64 { return uint64(s.next) }

// Complete reports whether no position was left out: only then may absence be
// spoken of.
func (s *State) Complete() bool { return s.dense && s.genesis != nil }

// LastTime returns the latest time of an entry; the zero time without entries.
func (s *State) LastTime() time.Time { return s.last.Time() }

// Problems returns what was ignored or flagged, in order of the log.
func (s *State) Problems() []Problem {
	return slices.SortedStableFunc(slices.Values(s.problems), func(a, b Problem) int { return cmp.Compare(a.Index, b.Index) })
}
