// Package enquiries is the desk's page of what readers ask the office.
package enquiries

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
var Page = shared.MustDeskPage[View]("enquiries", source)

// A View is what the page shows.
type View struct{ Open, Ended []Row }

// A Row is one question, and how long it has waited, or waited until it ended.
type Row struct {
	office.Enquiry
	Waits time.Duration
}

// Minutes is how long it waited, in minutes.
func (r Row) Minutes() int { return int(r.Waits.Minutes()) }
