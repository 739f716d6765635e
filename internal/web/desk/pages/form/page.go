// Package form is the page on which people of an office propose an act: what the
// act does, the fields it takes, and one button. What was typed stays when
// something is wrong, and the page says what to do.
package form

import (
	_ "embed"

	"chancery.example/internal/web/desk/pages/given"
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
var Page = shared.MustDeskPage[View]("form", source+given.Part)

// A View is what the page shows. Act is a key of messages under "desk.act".
type View struct {
	Act       string
	Reference letter.Ref // "" when the act is about no letter
	Action    string     // where the form goes, without the language's prefix
	Back      string     // where "cancel" leads, likewise
	Fields    []Field
	Wrong     string      // why it was not done, in the act's words
	Files     bool        // the form sends files
	Given     *given.View // a PDF made elsewhere that is to be the letter's form; nil: none was chosen
}

// The sorts of fields.
const (
	Line     = "line"
	Text     = "text"
	Time     = "time" // a minute in UTC
	Select   = "select"
	Check    = "check"
	Checks   = "checks" // several of the options
	FileSort = "file"
)

// A Field is one thing that an act asks for. Label and Hint are keys of messages
// under "desk.field" and "desk.hint".
type Field struct {
	Name, Label, Hint string
	Sort              string
	Lang              letter.Lang // of a text
	Value             string
	Options           []Option
	Required          bool
	Rows              int
}

// An Option is one choice. Words that are not of the program come as Label.
type Option struct {
	Value, Label string
	Chosen       bool
}
