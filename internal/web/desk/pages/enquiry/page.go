// Package enquiry is the desk's page of one question of a reader.
package enquiry

import (
	_ "embed"
	"time"

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
var Page = shared.MustDeskPage[View]("enquiry", source)

// A View is what the page shows.
type View struct {
	office.Enquiry
	Waits     time.Duration
	Today     string // what a reader of the paper is told now
	MayAnswer bool
	Said      []shared.Said // that can be the answer, the newest first
}

// Minutes is how long it waited, in minutes.
func (v View) Minutes() int { return int(v.Waits.Minutes()) }
