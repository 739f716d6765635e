// Package enquiry is the page that belongs to one question of a reader to an
// office: what became of it. Its address is known to the reader alone.
package enquiry

import (
	_ "embed"
	"time"

	"chancery.example/internal/web/i18n"
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
var Page = shared.MustPage[View]("enquiry", source)

// A View is what the page shows.
type View struct {
	Office   register.OfficeView
	New      bool   // just asked
	Address  string // of this page in full, to be kept
	Words    string
	AskedAt  time.Time
	State    string // open, answered, dismissed
	Reason   string // of one that was dismissed
	EndedAt  time.Time
	Took     string       // in words, from the question to its end
	Answer   *shared.Said // the statement or disavowal that answers it, when it is in the log that is shown
	AnswerAt register.Index
}

// Took says a length of time in its largest unit, rounded down, so that nobody
// is said to have been quicker than they were by more than that.
func Took(p *i18n.Printer, d time.Duration) string {
	switch hours := int(d.Hours()); {
	case hours >= 48:
		return p.N("enquiry.days", hours/24)
	case hours >= 1:
		return p.N("enquiry.hours", hours)
	}
	return p.N("enquiry.minutes", max(1, int(d.Minutes())))
}
