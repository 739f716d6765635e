// Package problem is the desk's page of everything that could not be done: what
// was wrong, in the words of the act that refused it, and what to do.
package problem

import (
	_ "embed"
	"net/http"

	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustDeskPage[View]("deskproblem", source)

// A View is what the page shows. Kind is a key of messages under "desk.problem".
type View struct {
	Kind string
	Act  string // what the roles of who is signed in do not give, for "role"
	Why  string // in the words of the act, in English
}

var statuses = map[string]int{
	"not_found":    http.StatusNotFound,
	"role":         http.StatusForbidden,
	"invalid":      http.StatusUnprocessableEntity,
	"conflict":     http.StatusConflict,
	"forbidden":    http.StatusForbidden,
	"unavailable":  http.StatusServiceUnavailable,
	"internal":     http.StatusInternalServerError,
	"too_large":    http.StatusRequestEntityTooLarge,
	"cross_origin": http.StatusForbidden,
}

// Status is the status in HTTP.
func (v View) Status() int { return statuses[v.Kind] }

// Kinds lists the kinds of problems.
func Kinds() []string {
	out := make([]string, 0, len(statuses))
	for k := range statuses {
		out = append(out, k)
	}
	return out
}
