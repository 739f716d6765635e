// Package forme is the desk's first page: what waits for the one who is signed
// in, the most pressing first.
package forme

import (
	_ "embed"
	"slices"
	"time"

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

// A View is what the page shows, every list with what presses most first.
type View struct {
	Requests   []Row   // that the reader can approve, or has
	Ready      []Row   // approved; the reader can carry them out
	Clearances []Asked // that were asked of the reader
	Enquiries  []Enquiry
	Drafts     []Draft // of the reader
	Copies     []Copy  // given out, and not known to have been received
	MayStart   bool
}

// Nothing reports whether nothing waits.
func (v View) Nothing() bool {
	return len(v.Requests)+len(v.Ready)+len(v.Clearances)+len(v.Enquiries)+len(v.Drafts)+len(v.Copies) == 0
}

// A Row is an act that waits for approvals.
type Row struct {
	ID               int64
	Act              string
	Reference        letter.Ref
	Approved, Needed int
	Mine             bool // the reader has approved it
}

// An Asked is a clearance that waits for the reader's answer.
type Asked struct {
	Reference letter.Ref
	Title     string
	TitleLang letter.Lang
	ID        int64
	Due       time.Time
	Late      bool // its time is over
}

// An Enquiry is a reader's question that nobody has answered.
type Enquiry struct {
	ID    int64
	Words string
	At    time.Time
}

// A Draft is a letter of the reader that is not issued, and what comes next.
type Draft struct {
	Reference letter.Ref
	Title     string
	TitleLang letter.Lang
	Stage     string
	Open      []string // what has to be done by the office, in words
}

// A Copy is one that was given out.
type Copy struct {
	Reference        letter.Ref
	Revision, Number uint32
	Holder           string
	At               time.Time
}

// RowOf makes the row of a request for an officer.
func RowOf(q office.Request, officer string) Row {
	return Row{
		ID: q.ID, Act: string(q.Statement.Act), Reference: q.Reference, Approved: len(q.Approved), Needed: q.Needed,
		Mine: slices.Contains(q.Approved, officer),
	}
}

// Build makes the rows of what waits, for an officer.
func Build(waiting []office.Request, officer string) View {
	var v View
	for _, q := range waiting {
		v.Requests = append(v.Requests, RowOf(q, officer))
	}
	return v
}
