// Package signin is the desk's page to sign in with a passkey.
package signin

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
var Page = shared.MustDeskPage[View]("signin", source)

// A View is what the page shows.
type View struct {
	Then   string // where to go afterwards: a path of the desk, in the page's language
	Closed bool   // nobody can sign in here: the desk's address was not said
}
