// Package people is the desk's page of who works there and what they may.
package people

import (
	_ "embed"
	"slices"

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
var Page = shared.MustDeskPage[View]("people", source)

// A View is what the page shows.
type View struct {
	People               []Row
	MayInvite, MayTokens bool
	Fresh                bool         // the reader has just shown who they are
	Given                []staff.Role // that the desk gives
	Typed                Typed
}

// A Row is one person. State is a key of messages under "desk.person.state".
type Row struct {
	ID, Name, State     string
	Roles               []string
	Invited, Recovering bool
}

// Typed is what an invitation that was refused said, and why it was refused.
type Typed struct {
	ID, Name, Email, Wrong string
	Roles                  []string
}

// Has reports whether a role was chosen.
func (t Typed) Has(r staff.Role) bool { return slices.Contains(t.Roles, string(r)) }
