// Package about says how the pages work, what becomes of what readers enter, for
// whom the pages are made, and what an answer cannot say.
package about

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
var Page = shared.MustPage[View]("about", source)

// A View is what the page shows.
type View struct {
	Links     int  // days that a link to an answer is kept; 0: this server keeps none
	Enquiries bool // readers can ask an office here
	Sealed    bool // this server also answers about sealed drafts
}
