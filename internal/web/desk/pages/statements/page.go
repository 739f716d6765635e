// Package statements is the desk's page of what the office says in public: the
// ways to say something, the newest first of what was said, and how to take it
// back.
package statements

import (
	_ "embed"

	"chancery.example/internal/web/desk/pages/forme"
	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("statements", source)

// A View is what the page shows.
type View struct {
	MaySay, MayDisavow, MayRetract bool
	Waiting                        []forme.Row // statements that wait for approvals
	Said                           []shared.Said
	More                           int // older ones
}

// Papers are the statements about papers of others, by the names of their forms.
func (View) Papers() []string { return []string{"received", "sighting", "collected"} }
