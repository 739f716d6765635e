// Package offices lists the offices that keep their letters in this register.
package offices

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
var Page = shared.MustPage[View]("offices", source)

// A Row is one office.
type Row struct {
	Office  register.OfficeView
	Letters int
}

// A View is what the page shows.
type View struct {
	Name register.Words // of the register
	Rows []Row
	Head shared.Head
}

// Build lists the offices.
func Build(r shared.Records) View {
	s := r.State()
	letters := map[register.Office]int{}
	for _, l := range s.Letters() {
		letters[l.Office]++
	}
	v := View{Name: s.Genesis().Name, Head: shared.HeadOf(r)}
	for _, o := range s.Offices() {
		v.Rows = append(v.Rows, Row{o, letters[o.Office]})
	}
	return v
}
