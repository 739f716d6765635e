// Package settings is the desk's page of how an office is set up: its domain, its
// glossary, and who is told by program.
package settings

import (
	_ "embed"
	"time"

	"chancery.example/internal/binding"
	"chancery.example/internal/office"
	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("settings", source)

// A View is what the page shows.
type View struct {
	Domain      string
	Binding     binding.Binding
	Checks      []office.BindingCheck // the newest first
	Concepts    int                   // of the glossary
	MayGlossary bool
	MayChange   bool // the administrators: all but the glossary
	Webhooks    bool // this server sends them
	Hooks       []Hook
	Events      []string
	PublicKey   string
	Made        string // address of a webhook that was just added,
	Secret      string // and its secret, shown this once
	Wrong, URL  string // why one was not added
	Fresh       bool   // the reader has just shown who they are
}

// A Hook is a program that is told.
type Hook struct {
	ID, URL, Note, Disabled string
	Events                  []string // empty: all
	SucceededAt             time.Time
}
