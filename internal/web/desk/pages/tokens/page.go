// Package tokens is the desk's page of the programs that act for an office.
package tokens

import (
	_ "embed"
	"time"

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
var Page = shared.MustDeskPage[View]("tokens", source)

// A View is what the page shows.
type View struct {
	Tokens []staff.Token
	People []staff.Person // in whose name one can act
	Roles  []staff.Role   // that one can have
	Made   string         // the value of one that was just made, shown this once
	Wrong  string
	Fresh  bool // the reader has just shown who they are
	Now    time.Time
}

// State is a key of messages under "desk.tokens".
func (v View) State(t staff.Token) string {
	switch {
	case !t.Revoked.IsZero():
		return "revoked"
	case !t.Until.After(v.Now):
		return "over"
	}
	return "good"
}

// LastDay is the last day that a new token can be good, as a form takes it.
func (v View) LastDay() string { return v.Now.Add(staff.TokenMost).Format("2006-01-02") }
