// Package entry is the page of one entry of the log: what it says, who signed
// and approved it, and its bytes to take away.
package entry

import (
	_ "embed"
	"time"

	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustPage[View]("entry", source)

// A View is what the page shows.
type View struct {
	Index     register.Index
	Size      uint64
	Kind      register.Kind
	Office    register.OfficeView
	At        time.Time
	Digest    letter.Hash
	Key       letter.Hash
	Subject   string
	Bytes     int
	Approvals []shared.Approval
	Needed    int
	Policy    register.Index // under which the approvals count; 0: the kind has none
	Unproved  string         // why the approvals do not count
	Flag      string         // why the entry changes nothing, or must be pointed out
	Ignored   bool
	Fields    []Field
	Bodies    []shared.Body // public words of the entry
	Letter    *Link         // the letter it is about
	Previous  bool
	Next      bool
	Head      shared.Head
}

// A Link leads to a letter's page.
type Link struct {
	Office    string
	Reference letter.Ref
}

// Build shows an entry. policy is the policy that the entry's approvals name,
// or nil.
func Build(p *i18n.Printer, r shared.Records, i register.Index, raw []byte, e register.Entry, policy *register.Policy) View {
	s := r.State()
	v := View{
		Index: i, Size: s.Size(), Kind: e.Body.Kind(), Office: shared.SignerOf(s, e),
		At: e.Claims.IssuedAt, Digest: e.LeafHash(), Key: e.KeyID, Subject: e.Claims.Subject, Bytes: len(raw),
		Fields: Fields(p, r, e.Body), Bodies: bodies(p, r, e.Body),
		Previous: i > 0, Next: uint64(i)+1 < s.Size(), Head: shared.HeadOf(r),
	}
	v.Letter = letterOf(s, v.Office, e.Body)
	for _, problem := range s.Problems() {
		if problem.Index == i {
			v.Flag, v.Ignored = problem.Why, problem.Ignored
		}
	}
	v.approve(s, e, policy)
	return v
}

// approve verifies the entry's approvals anew, whatever the fold made of them.
func (v *View) approve(s *register.State, e register.Entry, policy *register.Policy) {
	set, carries := register.ApprovalsOf(e.Body)
	if !carries || policy == nil {
		return
	}
	by, needed, err := register.CheckApprovals(s.Origin(), e.Claims.Issuer, *policy, e.Body, typeOf(s, e))
	if err != nil {
		v.Unproved = err.Error()
	}
	v.Policy, v.Needed = set.Policy, needed
	for _, a := range by {
		v.Approvals = append(v.Approvals, shared.Approval(a))
	}
}

// typeOf returns the letter type or statement type by which a policy chooses
// its rule.
func typeOf(s *register.State, e register.Entry) string {
	switch b := e.Body.(type) {
	case register.Issue:
		return string(b.Type)
	case register.Statement:
		return string(b.Type)
	case register.Withdraw:
		return letterType(s, e.Claims.Issuer, b.Target.Reference)
	case register.Supersede:
		return letterType(s, e.Claims.Issuer, b.Target.Reference)
	case register.Correct:
		return letterType(s, e.Claims.Issuer, b.Target.Reference)
	case register.Ratify:
		return letterType(s, e.Claims.Issuer, b.Target.Reference)
	}
	return ""
}

func letterType(s *register.State, o register.Office, ref letter.Ref) string {
	if l, ok := s.Letter(o, ref); ok {
		return string(l.Type)
	}
	return ""
}

// letterOf returns the letter that an entry is about, when its page exists.
func letterOf(s *register.State, o register.OfficeView, b register.Body) *Link {
	var ref letter.Ref
	switch b := b.(type) {
	case register.Issue:
		ref = b.Reference
	case register.DraftOpen:
		ref = b.Reference
	case register.DraftClose:
		ref = b.Reference
	case register.Withdraw:
		ref = b.Target.Reference
	case register.Supersede:
		ref = b.Target.Reference
	case register.Correct:
		ref = b.Target.Reference
	case register.Ratify:
		ref = b.Target.Reference
	}
	if _, ok := s.Letter(o.Office, ref); !ok || ref == "" {
		return nil
	}
	return &Link{o.ID, ref}
}
