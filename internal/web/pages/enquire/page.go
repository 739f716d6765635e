// Package enquire is the page on which a reader asks an office about a paper.
package enquire

import (
	_ "embed"

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
var Page = shared.MustPage[View]("enquire", source)

// A View is what the page shows.
type View struct {
	Office register.OfficeView
	// What was sent and could not be taken, and why: a key of messages under
	// "enquire.bad"; "" at first.
	Words, Exhibit, Contact string
	Bad                     string
}
