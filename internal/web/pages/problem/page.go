// Package problem is the page of everything that could not be done: it says
// what was wrong and what to do, and nothing about who asked.
package problem

import (
	_ "embed"

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

// Statuses of HTTP. The page is also made in a browser, where package net/http
// would weigh more than all pages together.
const (
	badRequest    = 400
	forbidden     = 403
	notFound      = 404
	notAllowed    = 405
	tooLarge      = 413
	mediaType     = 415
	unprocessable = 422
	tooMany       = 429
	internal      = 500
	unavailable   = 503
)

// The kinds of problems, each with its HTTP status.
var statuses = map[string]int{
	"not_found":       notFound,
	"bad_form":        badRequest,
	"nothing_sent":    badRequest,
	"too_large":       tooLarge,
	"text_too_large":  tooLarge,
	"too_many_words":  tooLarge,
	"too_few":         badRequest,
	"too_many_sides":  badRequest,
	"media_type":      mediaType,
	"method":          notAllowed,
	"cross_origin":    forbidden,
	"busy":            unavailable,
	"too_many":        tooMany,
	"too_slow":        unavailable,
	"unavailable":     unavailable,
	"internal":        internal,
	"cannot_be_read":  unprocessable,
	"proof_not_ready": unavailable,

	"link_gone":     notFound,
	"link_too_late": badRequest,

	"no_picture_reader":  unprocessable,
	"picture_too_large":  tooLarge,
	"picture_broken":     unprocessable,
	"picture_too_slow":   unprocessable,
	"picture_unreadable": unprocessable,

	"no_pdf_reader": unprocessable,
	"pdf_locked":    unprocessable,
	"pdf_broken":    unprocessable,
	"pdf_too_large": tooLarge,
	"pdf_too_slow":  unprocessable,
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
		kind, status = "internal", internal
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
