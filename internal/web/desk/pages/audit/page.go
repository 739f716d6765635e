// Package audit is the desk's page of what was done in an office, and by whom.
package audit

import (
	_ "embed"
	"net/url"
	"strings"
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
var Page = shared.MustDeskPage[View]("audit", source)

// A View is what the page shows.
type View struct {
	Query Query
	Rows  []Row
	Later bool   // there are newer lines than those of the page
	Older string // where older lines begin; "" when there are none
}

// A Query says which lines are asked for; what is empty asks for all.
type Query struct {
	Person, Letter string
	From, To       time.Time // To is not included
}

// Has reports whether a line is asked for.
func (q Query) Has(r Row) bool {
	return (q.Person == "" || r.Who == q.Person || r.About == q.Person) && (q.Letter == "" || r.Letter == q.Letter) &&
		(q.From.IsZero() || !r.At.Before(q.From)) && (q.To.IsZero() || r.At.Before(q.To))
}

// OlderPage is the address of the page of older lines of what was asked for.
func (v View) OlderPage() string { return v.Query.page(v.Older) }

// NewestPage is the address of its newest lines.
func (v View) NewestPage() string { return v.Query.page("") }

func (q Query) page(before string) string {
	a := url.Values{}
	for name, value := range map[string]string{"before": before, "person": q.Person, "letter": q.Letter, "from": q.FromDay(), "to": q.ToDay()} {
		if value != "" {
			a.Set(name, value)
		}
	}
	return strings.TrimSuffix("/desk/audit?"+a.Encode(), "?")
}

// FromDay and ToDay are the days as a form takes them.
func (q Query) FromDay() string { return day(q.From) }

// ToDay is the last day, included.
func (q Query) ToDay() string {
	if q.To.IsZero() {
		return ""
	}
	return day(q.To.AddDate(0, 0, -1))
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}

// A Row is one line of a journal.
type Row struct {
	ID     int64     `json:"-"` // in its journal
	At     time.Time `json:"time"`
	Who    string    `json:"who"`
	Act    string    `json:"act"`
	Letter string    `json:"letter,omitempty"`
	About  string    `json:"person,omitempty"`
	Text   string    `json:"note,omitempty"`
	Alarm  bool      `json:"alarm,omitempty"`
}
