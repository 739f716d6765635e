package register

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"chancery.example/commitment"
	"chancery.example/letter"
)

// EmbargoDigest is what an office commits to when it issues a letter under an
// embargo (commitment.md MUST-7): the whole payload of the issue entry to come,
// its approvals included, without the citation of the commitment itself.
func EmbargoDigest(payload []byte) letter.Hash {
	h := sha256.New()
	writePrefixed(h, []byte("chancery/v1/embargo"))
	writePrefixed(h, payload)
	return letter.Hash(h.Sum(nil))
}

// EmbargoOf returns the opening of the commitment that puts an issue under
// embargo; its nonce is still to be drawn.
func EmbargoOf(i Issue) (commitment.Opening, error) {
	i.Embargo = nil
	payload, err := EncodeBody(i)
	if err != nil {
		return commitment.Opening{}, err
	}
	seal := i.Seal.Opening
	return commitment.Opening{
		Register: seal.Register, Office: seal.Office, Tag: seal.Tag, Purpose: commitment.Issue,
		Revision: seal.Revision, Previous: seal.Commitment(), Digest: EmbargoDigest(payload),
	}, nil
}

// validateEmbargo checks that the commitment that an issue cites is to this very
// issue (entry.md MUST-29).
func (i Issue) validateEmbargo() error {
	if i.Embargo == nil {
		return nil
	}
	if i.NotBefore == 0 {
		return errors.New("it cites an embargo, but says no hour")
	}
	if i.Embargo.Index <= i.Seal.Index {
		return fmt.Errorf("the embargo it cites, entry %d, is not later than its seal, entry %d", i.Embargo.Index, i.Seal.Index)
	}
	cited := *i.Embargo
	i.Embargo = nil
	payload, err := encode(i)
	if err != nil {
		return err
	}
	seal, op := i.Seal.Opening, cited.Opening
	switch {
	case op.Purpose != commitment.Issue:
		return fmt.Errorf("the embargo it cites is for %q: want %q", op.Purpose, commitment.Issue)
	case op.Register != seal.Register || op.Office != seal.Office || op.Tag != seal.Tag || op.Revision != seal.Revision || op.Previous != seal.Commitment():
		return errors.New("the embargo it cites is of another letter or revision")
	case op.Digest != EmbargoDigest(payload):
		return errors.New("the embargo it cites is of another issue")
	}
	return nil
}

// underEmbargo checks an issue that cites a commitment, and returns the position
// at which its approvals count: that of the commitment, which holds them
// (standing.md MUST-4).
func (s *State) underEmbargo(l Logged, o *officeRecord, b Issue) (*commitRecord, Index, error) {
	if b.Embargo == nil {
		return nil, l.Index, nil
	}
	c, err := s.sealed(o.view.Office, *b.Embargo, l.Index)
	if err != nil {
		return nil, 0, fmt.Errorf("its embargo: %w", err)
	}
	if at := StampOf(l.Entry.Claims.IssuedAt); at < b.NotBefore {
		return nil, 0, fmt.Errorf("it is dated %s, before its embargo ends at %s", at.Time().Format(time.RFC3339), b.NotBefore.Time().Format(time.RFC3339))
	}
	return c, b.Embargo.Index, nil
}

// A HeldIssue is an issue under embargo as those know it to whom its office gave
// it before its hour: the commitment, and the issue entry to come, to which it
// commits.
type HeldIssue struct {
	Link  Link   `cbor:"1,keyasint"`
	Issue []byte `cbor:"2,keyasint"` // payload of the issue entry, without the citation
}

// NewHeldIssue returns what the holder of an issue under embargo is given; link
// opens its commitment.
func NewHeldIssue(i Issue, link Link) (HeldIssue, error) {
	i.Embargo = nil
	payload, err := EncodeBody(i)
	return HeldIssue{link, payload}, err
}

// Entry returns the issue entry to come, citing its commitment.
func (h HeldIssue) Entry() (Issue, error) {
	body, err := DecodeBody(KindIssue, h.Issue)
	if err != nil {
		return Issue{}, fmt.Errorf("the issue under embargo: %w", err)
	}
	i, ok := body.(Issue)
	if !ok || i.Embargo != nil {
		return Issue{}, errors.New("the issue under embargo is not one without its citation")
	}
	i.Embargo = &h.Link
	if err := i.validate(); err != nil {
		return Issue{}, fmt.Errorf("the issue under embargo: %w", err)
	}
	return i, nil
}

// An embargoed issue is a held issue that was verified.
type embargoed struct {
	issue Issue
	at    Index // of its commitment
	since Stamp
	set   approvalSet
}

// heldIssue verifies that the issue that h holds, if it holds one, is approved
// and committed to (standing.md MUST-17).
func (s *State) heldIssue(o Office, h HeldDraft) (*embargoed, error) {
	if h.Embargo == nil {
		return nil, nil //nolint:nilnil // no embargo, no fault
	}
	issue, err := h.Embargo.Entry()
	if err != nil {
		return nil, err
	}
	if issue.Seal != h.Link {
		return nil, errors.New("the issue under embargo is of another revision")
	}
	c, err := s.sealed(o, h.Embargo.Link, s.next)
	if err != nil {
		return nil, fmt.Errorf("the embargo: %w", err)
	}
	rec, ok := s.offices[o]
	if !ok {
		return nil, fmt.Errorf("no office %s", o)
	}
	set, err := s.approvedAt(h.Embargo.Link.Index, rec, issue, string(issue.Type))
	if err != nil {
		return nil, fmt.Errorf("the issue under embargo: %w", err)
	}
	return &embargoed{issue, h.Embargo.Link.Index, c.at, set}, nil
}

// on puts the embargo on a draft; what the log says beyond that goes first.
func (e *embargoed) on(st Status) Status {
	if e == nil || st.Standing != DraftOpened {
		return st
	}
	st.Standing, st.Record.Entry = Embargoed, e.at
	st.IssuedAt, st.NotBefore, st.Expires = e.since, e.issue.NotBefore, e.issue.Expires
	st.ApprovedBy, st.Needed = e.set.by, e.set.needed
	st.Entries = append(slices.Clone(st.Entries), e.at, e.issue.Approvals.Policy)
	slices.Sort(st.Entries)
	st.Entries = slices.Compact(st.Entries)
	return st
}
