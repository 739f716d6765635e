// Package person is the desk's page of one person: their roles, their access, and
// how they get it back.
package person

import (
	_ "embed"
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
var Page = shared.MustDeskPage[View]("person", source)

// A View is what the page shows. State is a key of messages under
// "desk.person.state".
type View struct {
	ID, Name, Email, State string
	Made, Joined           time.Time
	Given                  []string // roles by the policy
	Own                    []Choice // roles by the desk
	Sessions               int
	MayManage, MayRecover  bool
	Fresh                  bool
	// A recovery that waits for a second custodian.
	Recovering, RecoverMine bool
	RecoverBy               string
	// JustLink: the page shows a link that was made, and nothing else.
	JustLink, Mailed bool
	Link             string
	Until            time.Time
}

// A Choice is a role that the desk can give.
type Choice struct {
	Role   string
	Chosen bool
}
