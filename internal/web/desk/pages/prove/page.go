// Package prove is the desk's page on which people show once more that it is they,
// before an act that changes what the public sees.
package prove

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
var Page = shared.MustDeskPage[View]("prove", source)

// A View is what the page shows.
type View struct {
	Then   string // where to go afterwards: a path of the desk, in the page's language
	Closed bool   // nobody can do so here: the desk's address was not said
	Form   bool   // a form was sent, which has to be sent again
}
