// Package checker is the page of a checker that somebody hosts without a server: a
// newsroom, an archive, a reader from a disc behind any file server. Everything
// happens in the browser; nothing is sent.
package checker

import (
	_ "embed"

	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Page is the page in all languages.
var Page = shared.MustSite[View]("checker", source)

// A View is what the page shows.
type View struct {
	Origin  string // of the register's log
	Device  shared.Device
	Keys    []string // whom the page trusts, as a policy file has them
	Own     bool     // they are the register's own word
	Connect string   // another host from which the register is downloaded; "" for none
}

// ContentSecurity is the content security policy of the page.
func (v View) ContentSecurity() string {
	connect := "'self'"
	if v.Connect != "" {
		connect += " " + v.Connect
	}
	return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src " + connect +
		"; font-src 'self'; worker-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'"
}
