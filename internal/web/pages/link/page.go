// Package link is the page about an address under which an answer is kept: what
// it is, until when, and how it is deleted.
package link

import (
	_ "embed"
	"time"

	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustPage[View]("link", source)

// A View is what the page shows.
type View struct {
	Path    string // of the answer, without the language's prefix
	Address string // the same in full, to be copied
	Manage  string // path of this page, for who made the link alone
	Until   time.Time
	Copy    bool // the copy's words are kept as well
	New     bool // just made
	Deleted bool
}
