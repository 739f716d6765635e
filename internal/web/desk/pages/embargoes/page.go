// Package embargoes is the desk's page of letters that are issued and not public
// before their hour.
package embargoes

import (
	_ "embed"

	"chancery.example/internal/office"
	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("embargoes", source)

// A View is what the page shows.
type View struct {
	Letters  []office.Embargo
	Fresh    bool // the reader has just shown who they are
	MayClose bool
}
