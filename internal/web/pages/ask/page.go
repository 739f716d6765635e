// Package ask is the first page: the form to which a reader gives a file, some
// words or a reference.
package ask

import (
	_ "embed"

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
var Page = shared.MustPage[View]("ask", source)

// A View is what the page shows.
type View struct {
	Offices int
	Letters int
	Example letter.Ref // a reference of this register, "" when it has none
	FileMB  int        // limits, for the hints
	TextMB  int
	Device  *shared.Device // nil: the form is sent to the server
	Tries   []Try          // papers on offer
}

// A Try is a paper on offer to who has none at hand.
type Try struct {
	Name    string // its file's
	Title   string
	Lang    letter.Lang // of the title
	Picture bool        // it can be shown
}

// Build fills the page's hints from the register.
func Build(r shared.Records, fileMB, textMB int) View {
	v := View{FileMB: fileMB, TextMB: textMB}
	if r == nil {
		return v
	}
	letters := r.State().Letters()
	v.Offices, v.Letters = len(r.State().Offices()), len(letters)
	if len(letters) > 0 {
		v.Example = letters[len(letters)-1].Reference
	}
	return v
}
