// Package code is the page that the code on a paper leads to.
//
// The address is "/q/" with the payload of the code in the fragment, which
// browsers keep to themselves: this server never learns which paper was looked
// at. The page is the same for every code. It confirms nothing by itself: a
// code can be copied onto another paper.
package code

import (
	_ "embed"

	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Script reads the code on the reader's machine, when scripts run.
//
//go:embed code.js
var Script []byte

// Page is the page in all languages.
var Page = shared.MustPage[View]("code", source)

// A View is what the page shows; it is the same for every code.
type View struct{}
