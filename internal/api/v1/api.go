// Package v1 is a register for programs, under /api/v1: everything that is public,
// checks, and for the programs of an office what its people do before and after
// they approve. What it is word for word stands in openapi.json, made of the table
// of routes and held to the handlers by tests; docs/formats/api.md has the rules,
// and MUST numbers here are those of api.md.
//
// A program has a token ("Authorization: Bearer cht_..."), which acts in a person's
// name and with some of their roles. No address approves or refuses anything, and
// no token could: a signature is made with an officer's own key, elsewhere.
//
//	h := v1.New(v1.Options{Source: source, Check: pages, Take: limits.Take})
//	mux.Handle("/api/", h)
package v1

import (
	"context"
	_ "embed"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Source is a register as of its newest head.
type Source interface {
	Snapshot(ctx context.Context) (*check.Snapshot, error)
	Entry(ctx context.Context, i register.Index) ([]byte, error)
	Proof(ctx context.Context, office string, ref letter.Ref, w io.Writer) error
	Absence(ctx context.Context, names []lookup.Name, texts []letter.LangText, w io.Writer) error
	Checkpoint(ctx context.Context) (proof.Checkpoint, error)
	Now() time.Time
}

// Options are what the door opens on.
type Options struct {
	Source Source
	// Check answers POST /check as the pages do, with all their limits.
	Check http.Handler
	// Take counts a request against the limits that all doors share.
	Take func(r *http.Request, paper bool) (wait time.Duration, ok bool)
	// The office's side; nil where the folder is a copy to read: then its addresses
	// are not there.
	Office *office.Register
	Staff  *staff.Staff
	Notify *notify.Notifier
	Once   Kept
	Log    *slog.Logger
}

// document is openapi.json (MUST-17).
//
//go:embed openapi.json
var document []byte

// Base is under which address everything is.
const Base = "/api/v1"

type api struct {
	Options
	routes []route
}

// New returns the handler of everything under Base.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Take == nil {
		o.Take = func(*http.Request, bool) (time.Duration, bool) { return 0, true }
	}
	a := &api{Options: o, routes: routes()}
	mux := http.NewServeMux()
	for _, r := range a.routes {
		if r.may == nil || o.Office != nil {
			mux.HandleFunc(r.method+" "+Base+r.path, func(w http.ResponseWriter, q *http.Request) { a.serve(w, q, r) })
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) {
		if strings.HasPrefix(q.URL.Path, Base+"/") && a.otherMethod(mux, w, q) {
			return
		}
		fail(w, notThere)
	})
	return a.protect(mux)
}

// otherMethod says of an address that knows other methods which.
func (a *api) otherMethod(mux *http.ServeMux, w http.ResponseWriter, q *http.Request) bool {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		try := q.Clone(q.Context())
		try.Method = m
		if _, pattern := mux.Handler(try); pattern != "/" && pattern != "" {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) == 0 {
		return false
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	fail(w, refusal{http.StatusMethodNotAllowed, "method", "This address does not take that method.", 0})
	return true
}

// protect sets what every answer has, counts the request, and answers a failure of
// the program.
func (a *api) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Access-Control-Allow-Origin", "*") // nothing here goes by cookies
		h.Set("Cache-Control", "no-store")
		defer func() {
			failure := recover()
			if failure == nil {
				return
			}
			if failure == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
				panic(failure)
			}
			a.Log.ErrorContext(r.Context(), "the api failed", "route", r.Pattern, "failure", failure, "stack", string(debug.Stack()))
			fail(w, refusal{http.StatusInternalServerError, "internal", "Something went wrong here. It was noted.", 0})
		}()
		// Papers are counted by the pages, which check them.
		if r.URL.Path != Base+"/checks" {
			if wait, ok := a.Take(r, false); !ok {
				fail(w, tooMany(wait))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func tooMany(wait time.Duration) refusal {
	return refusal{http.StatusTooManyRequests, "too_many", "Too many requests: wait " + strconv.Itoa(int(wait/time.Second)) + " seconds.", wait}
}

// serve answers one request of a route: who asks, what they may, what they send,
// once, and what comes of it.
func (a *api) serve(w http.ResponseWriter, r *http.Request, rt route) {
	if rt.serve == nil { // the pages answer papers
		a.check(w, r)
		return
	}
	c := &call{Request: r, api: a, w: w, route: rt}
	if rt.may != nil {
		if err := c.identify(); err != nil {
			a.refuse(w, r, err)
			return
		}
	}
	if rt.acts() {
		a.once(c)
		return
	}
	a.answer(c)
}

// answer runs a route and writes what it gives.
func (a *api) answer(c *call) {
	if c.route.may == nil || c.route.public {
		snap, err := a.Source.Snapshot(c.Context())
		if err != nil {
			a.refuse(c.w, c.Request, err)
			return
		}
		c.records = snap
	}
	v, err := c.route.serve(c)
	if err != nil {
		a.refuse(c.w, c.Request, err)
		return
	}
	a.write(c, v)
}
