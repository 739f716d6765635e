// Package found is the page that answers a reference which no public letter of
// the register has, or several have.
package found

import (
	_ "embed"
	"time"

	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustPage[View]("found", source)

// A Row is one letter with the reference.
type Row struct {
	Office   register.OfficeView
	Standing register.Standing
}

// A View is what the page shows.
type View struct {
	Reference letter.Ref
	Rows      []Row
	Head      shared.Head
}

// Build lists the letters that have a reference.
func Build(r shared.Records, ref letter.Ref, at time.Time) View {
	s := r.State()
	v := View{Reference: ref, Head: shared.HeadOf(r)}
	for _, o := range s.Offices() {
		if l, ok := s.Letter(o.Office, ref); ok {
			v.Rows = append(v.Rows, Row{o, shared.StatusOf(r, l, at).Standing})
		}
	}
	return v
}
