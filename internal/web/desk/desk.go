// Package desk is the office's own side of the pages: everything that people of
// an office do with letters, from the first draft to the withdrawal, by browser.
//
// Every address stands in one table of routes with what it takes to ask for it:
// nothing, somebody signed in, an act that their roles give them, and for acts
// that change what the public sees a fresh proof of who is there. What is
// another office's is answered as what is not there at all.
//
// The desk decides nothing: acts go through package office, which holds the
// rules of the office's policy. What the desk refuses, it refuses earlier and in
// plainer words.
//
//	pages, err := desk.New(house, who, records, desk.Options{})
//	mux.Handle("/desk/", pages) // and "/ar/desk/"
//
// Each page has its folder under pages, as the public ones have.
package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk/pages/problem"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// A Who is the person behind a request.
type Who struct {
	Office string // its short name
	ID     string // the officer's in the policy, or that of somebody who is no officer
	Name   string
	Roles  []string      // of the policy and of the desk, such as "press officer" or "translator"
	Fresh  bool          // proved that they are there within the last minutes
	Langs  []letter.Lang // that a translator may change; empty for all others
	// Session is that of the browser, for what people do with their own passkeys.
	Session staff.Session
}

// Holds reports whether the person has one of the roles.
func (w Who) Holds(roles ...string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(w.Roles, r) })
}

// People says who sends a request.
type People interface {
	// Who returns the person who is signed in; an error of kind NotFound when
	// nobody is.
	Who(r *http.Request) (Who, error)
	// May reports whether roles give an act of the desk.
	May(roles []string, act string) bool
	// BeginApproval returns what a browser is given to have a statement approved by
	// one of a person's passkeys whose lines are named; an error of kind Conflict or
	// NotFound when the person has made none.
	BeginApproval(ctx context.Context, w Who, statement []byte, lines []string) (json.RawMessage, error)
	// Evidence returns what the browser gave back in the form in which an approval is
	// kept, when it is one of that statement.
	Evidence(ctx context.Context, w Who, statement []byte, lines []string, answer []byte) ([]byte, error)
}

// Records is what the public sees, as of the newest checkpoint.
type Records interface {
	Snapshot(ctx context.Context) (*check.Snapshot, error)
}

// Options are the settings of the desk. With the zero Options nobody can sign in.
type Options struct {
	// Staff signs people in; nil: the pages to sign in say that nobody can.
	Staff *staff.Staff
	// Client names who a request comes from, by which attempts to sign in are
	// limited; nil: they are not.
	Client func(*http.Request) string
	// Notify sends webhooks; nil: none are sent.
	Notify    *notify.Notifier
	HTTPS     bool  // served by https, also behind a proxy
	BodyLimit int64 // bytes of a form; 27 MB when 0
	Log       *slog.Logger
}

const bodyLimit = 27_000_000

// A Desk holds what its pages need.
type Desk struct {
	house    *office.Register
	people   People
	records  Records
	opts     Options
	printers map[letter.Lang]*i18n.Printer
	style    sheet
	scripts  scripts
}

// New returns the handler of all pages of the desk.
func New(house *office.Register, people People, records Records, opts Options) (http.Handler, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.BodyLimit == 0 {
		opts.BodyLimit = bodyLimit
	}
	d := &Desk{house: house, people: people, records: records, opts: opts, printers: map[letter.Lang]*i18n.Printer{}}
	for _, lang := range i18n.Langs() {
		p, err := i18n.Load(lang)
		if err != nil {
			return nil, fmt.Errorf("preparing the desk: %w", err)
		}
		d.printers[lang] = p
	}
	var err error
	if d.style, err = newSheet(); err != nil {
		return nil, fmt.Errorf("preparing the desk: %w", err)
	}
	if d.scripts, err = newScripts(); err != nil {
		return nil, fmt.Errorf("preparing the desk: %w", err)
	}
	return d.protect(d.handler()), nil
}

// A route is an address of the desk. Acts on a letter have their verb before the
// reference, which may hold slashes: "POST /desk/submit/{ref...}".
type route struct {
	pattern string
	act     string // what roles must give; "" for anybody who is signed in
	or      string // another act that gives it as well; "" for none
	open    bool   // for people who are not signed in
	fresh   bool   // takes a fresh proof of who is there
	serve   func(*call) answer
}

// routes is the whole desk. Each part has its function in the file of that part.
func (d *Desk) routes() []route {
	return slices.Concat(
		d.homeRoutes(), d.signInRoutes(), d.letterRoutes(), d.draftRoutes(), d.copyRoutes(), d.clearanceRoutes(), d.recallRoutes(),
		d.requestRoutes(), d.actRoutes(), d.correctRoutes(), d.sayRoutes(), d.finishedRoutes(), d.embargoRoutes(), d.peopleRoutes(), d.keyRoutes(), d.policyRoutes(), d.tokenRoutes(), d.enquiryRoutes(), d.auditRoutes(), d.settingsRoutes(),
	)
}

func (d *Desk) handler() http.Handler {
	mux := http.NewServeMux()
	for _, lang := range i18n.Langs() {
		for _, r := range d.routes() {
			mux.Handle(shared.Under(lang, r.pattern), d.handle(lang, r))
		}
		mux.Handle(shared.Under(lang, "/desk/"), d.handle(lang, route{serve: (*call).notFound}))
	}
	mux.HandleFunc("GET "+d.style.address, d.style.serve)
	for _, s := range d.scripts {
		mux.HandleFunc("GET "+s.address, s.serve)
	}
	return mux
}

// handle finds out who asks, holds the route's conditions, and lets it answer.
func (d *Desk) handle(lang letter.Lang, r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, d.opts.BodyLimit)
		c := &call{Request: req, d: d, w: w, lang: lang, printer: d.printers[lang]}
		who, err := d.people.Who(req)
		switch {
		case err == nil:
			c.who, c.in = who, true
		case kind.Of(err) != kind.NotFound:
			c.write(c.failed(err))
			return
		}
		c.write(c.guarded(r))
	})
}

// guarded answers a route when its conditions hold.
func (c *call) guarded(r route) answer {
	switch {
	case r.open:
		return r.serve(c)
	case !c.in:
		return c.signIn()
	case r.act != "" && !c.may(r.act) && !c.may(r.or):
		return c.problem(problem.View{Kind: "role", Act: r.act})
	case r.fresh && !c.who.Fresh:
		return c.prove()
	}
	return r.serve(c)
}

// ctx is the request's context, in which requests of other offices are not there.
func (c *call) ctx() context.Context { return office.Within(c.Context(), c.who.Office) }

// may reports whether the person's roles give an act.
func (c *call) may(act string) bool { return c.d.people.May(c.who.Roles, act) }
