package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/refusal"
	"chancery.example/internal/web/desk/pages/forme"
	"chancery.example/internal/web/desk/pages/problem"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// A call is one request for a page of the desk, in one language.
type call struct {
	*http.Request
	d       *Desk
	w       http.ResponseWriter
	lang    letter.Lang
	printer *i18n.Printer
	who     Who
	in      bool // somebody is signed in
}

// An answer is what a route makes of a call.
type answer struct {
	status    int
	redirect  string // with status 303; a path without the language's prefix
	elsewhere string // with status 303; a whole address of this desk
	json      any    // for the desk's own scripts
	html      func(io.Writer, shared.Frame) error
	frame     shared.Frame
	cookies   []*http.Cookie
	file      *download
}

// A download is an answer that is a file.
type download struct {
	name, media string
	data        []byte
}

// view makes the answer that shows a page. nav is the part of the desk that it
// belongs to.
func view[V any](p shared.Page[V], v V, title, path, nav string) answer {
	return answer{
		status: http.StatusOK, frame: shared.Frame{Title: title, Path: path, Nav: nav, NoIndex: true},
		html: func(w io.Writer, f shared.Frame) error { return p.Render(w, f, v) },
	}
}

// done leads on after an act, to a page that says so: notice is a key of
// messages under "desk.done".
func (c *call) done(path, notice string) answer {
	if notice != "" {
		path += "?done=" + url.QueryEscape(notice)
	}
	return answer{redirect: path}
}

// problemKinds are the problems that errors of acts become, by their kind.
var problemKinds = map[kind.Kind]string{
	kind.Invalid: "invalid", kind.NotFound: "not_found", kind.Conflict: "conflict", kind.Forbidden: "forbidden", kind.Unavailable: "unavailable",
}

// problemStatus is the status in HTTP of an act's error.
func problemStatus(err error) int { return problem.View{Kind: problemKinds[kind.Of(err)]}.Status() }

// told is why something was refused, in the page's language where it has words of it.
func (c *call) told(err error) string {
	if c.lang == i18n.Arabic {
		if r, ok := refusal.Of(err); ok {
			return shared.Translated + r.Arabic()
		}
	}
	return err.Error()
}

// failed answers an error of an act by its kind; what went wrong in the house
// stays in the program's log.
func (c *call) failed(err error) answer {
	v := problem.View{Kind: problemKinds[kind.Of(err)], Why: c.told(err)}
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		v.Kind, v.Why = "too_large", ""
	case v.Kind == "not_found":
		return c.notFound()
	case v.Kind == "":
		c.d.opts.Log.ErrorContext(c.Context(), "at the desk", "path", c.Pattern, "error", err)
		v.Kind, v.Why = "internal", ""
	}
	return c.problem(v)
}

// notFound is the one answer to all that is not there, or is another office's.
func (c *call) notFound() answer { return c.problem(problem.View{Kind: "not_found"}) }

func (c *call) problem(v problem.View) answer {
	a := view(problem.Page, v, c.printer.T("desk.problem."+v.Kind+".title"), "/desk/", "")
	a.status = v.Status()
	a.json = map[string]string{"problem": v.Kind, "detail": shared.Plain(strings.TrimPrefix(v.Why, shared.Translated))}
	return a
}

// signIn leads to the page to sign in, and from there back.
func (c *call) signIn() answer { return answer{redirect: "/desk/sign-in" + c.back()} }

// prove leads to the page on which people show again that it is they.
func (c *call) prove() answer { return answer{redirect: "/desk/prove" + c.back()} }

// back remembers a page that was asked for; a form that was sent is not.
func (c *call) back() string {
	if c.Method != http.MethodGet {
		return ""
	}
	return "?then=" + url.QueryEscape(c.URL.RequestURI())
}

func (c *call) write(a answer) {
	h := c.w.Header()
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept, Cookie")
	for _, cookie := range a.cookies {
		http.SetCookie(c.w, cookie)
	}
	switch {
	case a.file != nil:
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.file.name}))
		c.send(http.StatusOK, a.file.media, a.file.data)
	case a.elsewhere != "":
		http.Redirect(c.w, c.Request, a.elsewhere, http.StatusSeeOther)
	case a.redirect != "":
		http.Redirect(c.w, c.Request, shared.Href(c.lang, a.redirect), http.StatusSeeOther) //nolint:gosec // a path of our own
	case a.json != nil && (a.html == nil || c.Header.Get("Accept") == "application/json"):
		body, err := json.Marshal(a.json)
		if err != nil {
			c.d.opts.Log.ErrorContext(c.Context(), "writing an answer as JSON", "path", c.Pattern, "error", err)
			http.Error(c.w, "the answer could not be written", http.StatusInternalServerError)
			return
		}
		c.send(max(a.status, http.StatusOK), "application/json", body)
	default:
		c.page(a)
	}
}

func (c *call) page(a answer) {
	f := a.frame
	f.Lang, f.Dir, f.Style, f.Other = c.lang, shared.Dir(c.lang), c.d.style.address, i18n.Arabic
	if c.lang == i18n.Arabic {
		f.Other = i18n.English
	}
	f.Exercise, f.Origin = c.d.house.Folder().Config.Exercise, c.d.house.Folder().Config.Origin
	if c.in {
		f.Desk = c.desk()
	}
	var buf bytes.Buffer
	if err := a.html(&buf, f); err != nil {
		c.d.opts.Log.ErrorContext(c.Context(), "showing a page of the desk", "path", c.Pattern, "error", err)
		http.Error(c.w, "the page could not be shown", http.StatusInternalServerError)
		return
	}
	c.w.Header().Set("Content-Language", string(c.lang))
	c.send(a.status, "text/html; charset=utf-8", buf.Bytes())
}

// desk is what stands around the pages for who is signed in.
func (c *call) desk() *shared.Desk {
	s := &shared.Desk{
		Office: c.who.Office, Name: c.who.Name, Roles: c.who.Roles,
		SeesLetters: c.may("see_drafts"), SeesEnquiries: c.may("see_enquiries"), SeesPeople: c.may("see_people"),
		SeesAudit: c.may("audit"), SeesSettings: c.may("settings") || c.may("submit"),
	}
	if done := c.URL.Query().Get("done"); c.printer.Has("desk.done." + done) {
		s.Done = "desk.done." + done
	}
	// What cannot be counted now is not shown; its own page says why.
	var v forme.View
	if err := c.waitingForMe(&v); err == nil {
		for _, q := range append(v.Requests, v.Ready...) {
			if !q.Mine {
				s.Waiting++
			}
		}
	}
	if c.may("answer_enquiry") {
		if open, err := c.openEnquiries(); err == nil {
			s.Enquiries = len(open)
		}
	}
	return s
}

func (c *call) send(status int, media string, body []byte) {
	h := c.w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	if c.Method != http.MethodHead {
		_, _ = c.w.Write(body) // a reader who went away is not our failure
	}
}
