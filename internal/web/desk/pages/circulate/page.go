// Package circulate is the desk's form with which numbered copies of a draft are
// given out, and what is to be printed when they were.
package circulate

import (
	_ "embed"

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
var Page = shared.MustDeskPage[View]("circulate", source)

// Rows is how many holders the form has room for; more copies are given out by
// sending it again.
const Rows = 6

// A View is the form as it was filled in.
type View struct {
	Reference  letter.Ref
	Title      string
	TitleLang  letter.Lang
	Langs      []letter.Lang // that every copy holds
	Holders    []Holder
	MayOutside bool
	Answers    office.Answers // "" for the usual
	Wrong      string         // key of a message under "desk.wrong"; "" for none
	Why        string         // in the words of the act, in English
}

// A Holder is a row of the form. N counts from 1.
type Holder struct {
	N int
	office.Holder
}
