// Package join is the page that an invitation leads to: it makes the first passkey
// of a person, or one more after all were lost.
package join

import (
	_ "embed"

	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("join", source)

// A View is what the page shows.
type View struct {
	Then   string // where to go afterwards: a path of the desk, in the page's language
	Closed bool   // nobody can join here: the desk's address was not said
}
