// Package verify is the page to which somebody brings a proof file: it is verified
// on the reader's own device, or by the server for who has no scripts.
package verify

import (
	_ "embed"

	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Page is the page in all languages.
var Page = shared.MustPage[View]("verify", source)

// A View is what the page shows.
type View struct {
	Device *shared.Device // nil: the form is sent to the server
}
