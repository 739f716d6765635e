// Package forme is the desk's first page: what waits for the one who is signed
// in, the most pressing first.
package forme

import (
	_ "embed"
	"slices"

	"chancery.example/internal/office"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("forme", source)

// A View is what the page shows.
type View struct{ Requests []Row }

// A Row is an act that waits for approvals.
type Row struct {
	ID               int64
	Act              string
	Reference        letter.Ref
	Approved, Needed int
	Mine             bool // the reader has approved it
}

// Build makes the view of an officer.
func Build(waiting []office.Request, officer string) View {
	var v View
	for _, q := range waiting {
		v.Requests = append(v.Requests, Row{
			ID: q.ID, Act: string(q.Statement.Act), Reference: q.Reference, Approved: len(q.Approved), Needed: q.Needed,
			Mine: slices.Contains(q.Approved, officer),
		})
	}
	return v
}
