package shared

import _ "embed"

//go:embed desk.tmpl
var deskLayout string

//go:embed desk.css
var deskStyle string

//go:embed forms.css
var formStyle string

// DeskStyle is the style sheet of what stands around the pages of the desk, and of
// its forms.
var DeskStyle = deskStyle + formStyle

// A Desk is what stands around a page of the desk: who is signed in, and what
// waits.
type Desk struct {
	Office    string // its short name
	Name      string // of who is signed in
	Roles     []string
	Waiting   int // acts that wait for who is signed in
	Enquiries int // that nobody has answered
	// What their roles let them open. What everybody may is not said.
	SeesLetters, SeesEnquiries, SeesPeople, SeesAudit, SeesSettings bool
	Done                                                            string // key of the message about the act just done; "" for none
}

// MustDeskPage is MustPage for a page of the desk.
func MustDeskPage[V any](name, source string) Page[V] { return mustPage[V](name, deskLayout, source) }
