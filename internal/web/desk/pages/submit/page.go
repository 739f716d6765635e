// Package submit is the desk's form that puts a letter up for approval, on its
// terms.
package submit

import (
	_ "embed"

	"chancery.example/internal/web/desk/pages/given"
	"chancery.example/internal/web/desk/pages/paper"
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
var Page = shared.MustDeskPage[View]("submit", source+given.Part)

// A View is the form as it was filled in, and what is still missing.
type View struct {
	Reference  letter.Ref
	Title      string
	TitleLang  letter.Lang
	Before     []paper.Condition // what has to happen first
	Blocked    bool              // by them
	NotBefore  string            // as the form holds it
	Expires    string
	Supersedes []Other
	Regarding  []Other
	Given      *given.View // a PDF made elsewhere that is to be the letter's form; nil: none was chosen
	Wrong      []Wrong
}

// An Other is an issued letter of the office that can be named.
type Other struct {
	Reference letter.Ref
	Title     string
	TitleLang letter.Lang
	Chosen    bool
}

// A Wrong is something that is wrong with a field: a message under "desk.wrong",
// and what the program says of it.
type Wrong struct{ Field, Key, Why string }

// Of returns what is wrong with a field; nil when nothing is.
func (v View) Of(field string) *Wrong {
	for i := range v.Wrong {
		if v.Wrong[i].Field == field {
			return &v.Wrong[i]
		}
	}
	return nil
}
