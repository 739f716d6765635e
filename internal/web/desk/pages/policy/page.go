// Package policy is the desk's page of an office's rules: whose approvals which
// act takes, the officers with their keys, and the keys of the office itself.
package policy

import (
	_ "embed"

	"chancery.example/internal/office"
	"chancery.example/internal/web/shared"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("policy", source)

// A View is what the page shows.
type View struct {
	At                    register.Index // of the entry in force
	Rules                 []register.Rule
	Officers              []Officer
	Speakers              []string
	RatifyHours           uint64 // to ratify an emergency withdrawal; 0: there is none
	Keys                  []office.KeyState
	MayPropose, MayRotate bool
}

// An Officer is one of the policy.
type Officer struct {
	ID, Name, Person string
	Roles            []string
	Keys             []Key
}

// A Key is one with which an officer approves.
type Key struct {
	Fingerprint string
	Passkey     bool
	Origin      string // where the passkey is used
}
