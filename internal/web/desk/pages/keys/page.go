// Package keys is the desk's page of the reader's own passkeys, to sign in and to
// approve, and of the browsers in which they are signed in.
package keys

import (
	_ "embed"

	"chancery.example/internal/staff"
	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("keys", source)

// A View is what the page shows.
type View struct {
	Login      []staff.Passkey
	Approval   []Approval
	Sessions   []staff.Session
	Session    int64 // that of this browser
	Officer    bool  // the reader is an officer in the office's policy
	Fresh      bool  // and has just shown who they are
	MayPropose bool  // that the policy names a key
}

// An Approval is a passkey to approve. It counts once the policy names it.
type Approval struct {
	staff.ApprovalKey
	Named bool
}
