// Package problem is the page of everything that could not be done: it says
// what was wrong and what to do, and nothing about who asked.
package problem

import (
	_ "embed"
	"net/http"

	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
)

//go:embed page.tmpl
var source string

// Style is the page's style sheet.
//
//go:embed page.css
var Style string

// Page is the page in all languages.
var Page = shared.MustPage[View]("problem", source)

// A View is what the page shows. Kind is a key of messages under "problem".
type View struct {
	Kind   string
	Status int
	Limit  int // in megabytes, seconds or percent, where the kind has one
}

// Details is the same in the form of RFC 9457.
type Details struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// The kinds of problems, each with its HTTP status.
var statuses = map[string]int{
	"not_found":       http.StatusNotFound,
	"bad_form":        http.StatusBadRequest,
	"nothing_sent":    http.StatusBadRequest,
	"too_large":       http.StatusRequestEntityTooLarge,
	"text_too_large":  http.StatusRequestEntityTooLarge,
	"too_many_words":  http.StatusRequestEntityTooLarge,
	"too_few":         http.StatusBadRequest,
	"too_many_sides":  http.StatusBadRequest,
	"media_type":      http.StatusUnsupportedMediaType,
	"method":          http.StatusMethodNotAllowed,
	"cross_origin":    http.StatusForbidden,
	"busy":            http.StatusServiceUnavailable,
	"too_many":        http.StatusTooManyRequests,
	"too_slow":        http.StatusServiceUnavailable,
	"unavailable":     http.StatusServiceUnavailable,
	"internal":        http.StatusInternalServerError,
	"cannot_be_read":  http.StatusUnprocessableEntity,
	"proof_not_ready": http.StatusServiceUnavailable,

	"link_gone":     http.StatusNotFound,
	"link_too_late": http.StatusBadRequest,

	"no_picture_reader":  http.StatusUnprocessableEntity,
	"picture_too_large":  http.StatusRequestEntityTooLarge,
	"picture_broken":     http.StatusUnprocessableEntity,
	"picture_too_slow":   http.StatusUnprocessableEntity,
	"picture_unreadable": http.StatusUnprocessableEntity,
}

// Kinds returns the kinds of problems, in no order.
func Kinds() []string {
	out := make([]string, 0, len(statuses))
	for k := range statuses {
		out = append(out, k)
	}
	return out
}

// New returns the view of a kind of problem; one that is not known is internal.
func New(kind string, limit int) View {
	status, ok := statuses[kind]
	if !ok {
		kind, status = "internal", http.StatusInternalServerError
	}
	return View{kind, status, limit}
}

// Details says the problem for programs.
func (v View) Details(p *i18n.Printer) Details {
	return Details{
		Type: "about:blank#" + v.Kind, Title: p.T("problem." + v.Kind + ".title"), Status: v.Status,
		Detail: p.T("problem."+v.Kind+".text", "n", v.Limit),
	}
}
