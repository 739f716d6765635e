// Package web is the public face of a register: pages that anybody can read and
// that answer where a paper stands.
//
// Every page works without JavaScript, in English under "/" and in Arabic under
// "/ar/", and most answer programs at the same address with JSON when the
// request accepts only that. The pages hold no cookies and store nothing: the
// answer to a check is made for one request and forgotten.
//
//	handler, err := web.New(source, web.Options{})
//	http.ListenAndServe("127.0.0.1:8080", handler)
//
// Each page has its folder under pages: what it shows (page.go), how
// (page.tmpl, page.css) and its test. This package routes, reads requests, sets
// the limits and the security headers. Records come from a Source; the package
// opens no file and no connection.
package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/kit"
	"chancery.example/internal/marked"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/office"
	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// A Source is the register that pages show.
type Source interface {
	// Snapshot returns the register as of its newest checkpoint.
	Snapshot(ctx context.Context) (*check.Snapshot, error)
	// Entry returns the bytes of an entry that a snapshot covers.
	Entry(ctx context.Context, i register.Index) ([]byte, error)
	// Proof writes the proof of a letter.
	Proof(ctx context.Context, office string, ref letter.Ref, w io.Writer) error
	// Trust is under whose keys the register is read, and proof files are verified.
	Trust() proof.Policy
	// HeadAt returns what the log said when it had size entries.
	HeadAt(ctx context.Context, size uint64) (proof.Head, error)
	// Now is the reader's time, on which embargoes and expiry depend. A register
	// that is an exercise has its own.
	Now() time.Time
}

// Options are the settings of the pages. The zero Options are good.
type Options struct {
	FileLimit    int64         // bytes of an uploaded file; 25 MB when 0
	TextLimit    int64         // bytes of pasted text; 2 MB when 0
	CheckTimeout time.Duration // 10 s when 0
	Checks       int           // at the same time; 4 when 0
	Rates        Rates         // for each client
	Limits       *Limits       // shared with other doors; made of Rates when nil
	// Pictures reads the words of pictures; without it they are answered with what
	// to do instead. PicturesAtOnce of them are read at the same time; half the
	// processors when 0.
	Pictures       check.PictureReader
	PicturesAtOnce int
	PDFs           check.PDFReader // likewise what PDFs show
	// Marks draws the differences on the pictures and PDFs that readers send, and on the
	// registered page beside; nil: they are listed and not drawn.
	Marks func(context.Context, marked.Records, check.Finding, []byte) (marked.Answer, error)
	// Step is at which steps after a paper has arrived its answer goes out; at
	// once when 0. For a server that answers about sealed drafts.
	Step time.Duration
	// Domain says what was found when an office's domain was asked; nil when nobody
	// did. Without it the pages say nothing of that.
	Domain func(context.Context, register.OfficeView) *office.Domain
	// Form reports whether the PDF of a digest is among the register's public files; nil:
	// none is.
	Form func(letter.Hash) bool
	// Links keeps answers that readers choose to keep; nil where nothing can be kept,
	// as on a mirror. The pages then say nothing of it.
	Links Links
	// Enquiries takes readers' questions to offices; nil where nobody can be asked.
	Enquiries Enquiries
	// Receipts are what addressees of mailed letters confirm; nil where none is sent.
	Receipts Receipts
	// Others is what other registers say of the same words, each under its own name; nil
	// where none is followed. It must neither ask anybody nor wait for anybody.
	Others func(check.Asked, time.Time) []check.Elsewhere
	// Tries are papers offered to who has none at hand, as on a server that shows a story.
	Tries []Try
	// Security is whom to tell about holes; without a contact there is no security.txt.
	Security Security
	// Reader gives what browsers read with on their own; nil: nothing, and forms are
	// sent to the server.
	Reader *kit.Source
	HTTPS  bool         // served by https, also behind a proxy: browsers are told to keep to it
	Log    *slog.Logger // of failures, never of what people look up; none when nil
}

const megabyte = 1_000_000

func (o *Options) fill() {
	if o.FileLimit == 0 {
		o.FileLimit = 25 * megabyte
	}
	if o.TextLimit == 0 {
		o.TextLimit = 2 * megabyte
	}
	if o.CheckTimeout == 0 {
		o.CheckTimeout = 10 * time.Second
	}
	if o.Checks == 0 {
		o.Checks = 4
	}
	o.Rates.fill()
	if o.Limits == nil {
		o.Limits = NewLimits(o.Rates)
	}
	if o.PicturesAtOnce == 0 {
		o.PicturesAtOnce = max(1, runtime.NumCPU()/2)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

type site struct {
	src      Source
	opts     Options
	assets   *assets
	printers map[letter.Lang]*i18n.Printer
	running  chan struct{} // one element for each check under way
	reading  chan struct{} // one for each of them that is about a picture, or waits to be
	asks     *limiter      // of questions to offices
	pace     pace
	linkKey  [32]byte // seals answers that readers may have kept, until this server ends
}

// New returns the handler of all pages.
func New(src Source, opts Options) (http.Handler, error) {
	opts.fill()
	if err := opts.Security.Check(); err != nil {
		return nil, err
	}
	s := &site{src: src, opts: opts, printers: map[letter.Lang]*i18n.Printer{}, running: make(chan struct{}, opts.Checks), reading: make(chan struct{}, opts.PicturesAtOnce),
		asks: newLimiter(asking, time.Now), pace: pace{opts.Step, time.Now, sleep},
	}
	_, _ = rand.Read(s.linkKey[:]) // never fails (crypto/rand)
	for _, lang := range i18n.Langs() {
		p, err := i18n.Load(lang)
		if err != nil {
			return nil, err
		}
		s.printers[lang] = p
	}
	var err error
	if s.assets, err = loadAssets(); err != nil {
		return nil, fmt.Errorf("loading style sheet and fonts: %w", err)
	}
	return s.protect(s.limit(s.routes())), nil
}

// routes maps addresses to handlers, for each language.
func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	for _, lang := range i18n.Langs() {
		page := func(pattern string, serve func(*call) answer) {
			mux.Handle(shared.Under(lang, pattern), s.handle(lang, serve))
		}
		fixed := func(pattern string, serve func(*call) answer) {
			mux.Handle(shared.Under(lang, pattern), s.always(lang, serve))
		}
		page("GET /{$}", s.ask)
		page("GET /verify", s.verifyForm)
		page("POST /check", s.check)
		page("GET /check", s.backToForm)
		if len(s.opts.Tries) > 0 {
			page("GET /try/{name}", s.try)
		}
		page("GET /compare", s.compareForm)
		page("POST /compare", s.compare)
		page("GET /l/{office}/{ref...}", s.letter)
		page("GET /o/{$}", s.offices)
		page("GET /o", s.offices)
		page("GET /o/{office}", s.office)
		page("GET /o/{office}/feed.atom", s.feed)
		page("GET /o/{office}/feed.json", s.feed)
		page("GET /log", s.log)
		page("GET /log/{n}", s.entry)
		fixed("GET /q/{$}", s.code)
		fixed("GET /q", s.code)
		fixed("GET /about", s.about)
		if s.opts.Enquiries != nil {
			page("GET /o/{office}/ask", s.enquireForm)
			page("POST /o/{office}/ask", s.enquire)
			page("GET /e/{secret}", s.enquiry)
		}
		if s.opts.Receipts != nil {
			page("GET /receipt/{secret}", s.receipt)
			page("POST /receipt/{secret}", s.confirm)
		}
		if s.opts.Links != nil {
			page("POST /r/{$}", s.keepAnswer)
			page("GET /r/{id}", s.keptAnswer)
			page("GET /r/{id}/{secret}", s.manageLink)
			page("POST /r/{id}/{secret}", s.deleteLink)
		}
		mux.Handle(shared.Under(lang, "GET /manifest.webmanifest"), s.manifest(lang))
		fixed("/", s.notFound)
	}
	mux.HandleFunc("GET /log/{n}/raw", s.rawEntry)
	mux.HandleFunc("GET /.well-known/chancery.json", s.binding)
	mux.HandleFunc("GET /robots.txt", robots)
	if len(s.opts.Security.Contacts) > 0 {
		mux.HandleFunc("GET /.well-known/security.txt", s.security)
	}
	mux.HandleFunc("GET /device/{digest}/{name}", s.deviceFile)
	s.assets.register(mux)
	return mux
}

// A call is one request for a page, in one language.
type call struct {
	*http.Request
	w       http.ResponseWriter
	lang    letter.Lang
	printer *i18n.Printer
	records *check.Snapshot
	at      time.Time
}

// handle reads the register, lets a page answer, and writes the answer as HTML
// or JSON.
func (s *site) handle(lang letter.Lang, serve func(*call) answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, w: w, lang: lang, printer: s.printers[lang], at: s.src.Now()}
		snapshot, err := s.src.Snapshot(r.Context())
		if err != nil {
			s.opts.Log.ErrorContext(c.Context(), "reading the register for a page", "error", err)
			s.write(c, s.problem(c, "unavailable", 0))
			return
		}
		c.records = snapshot
		s.write(c, serve(c))
	})
}

// always lets a page answer that does not depend on the register, also when the
// register cannot be read: the address of a paper code must lead somewhere.
func (s *site) always(lang letter.Lang, serve func(*call) answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, w: w, lang: lang, printer: s.printers[lang], at: s.src.Now()}
		if snapshot, err := s.src.Snapshot(r.Context()); err == nil {
			c.records = snapshot // only to say which register this is
		}
		s.write(c, serve(c))
	})
}

// An answer is what a page makes of a call.
type answer struct {
	status   int
	cache    string                              // Cache-Control; "no-store" when empty
	redirect string                              // with status 303
	json     any                                 // the same for programs
	typ      string                              // media type of json; application/json when empty
	html     func(io.Writer, shared.Frame) error // writes the page
	frame    shared.Frame                        // title, path and so on; the rest is filled in
	file     *download
	data     *document
	pictures bool // the page holds pictures of its own
}

// A document is an answer for programs, which may ask for it from any page: a
// feed, a badge, data.
type document struct {
	media string
	bytes []byte
}

// A download is an answer that is a file.
type download struct {
	name, media string
	data        []byte
}

// view makes the answer that shows a page.
func view[V any](p shared.Page[V], v V, json any, f shared.Frame) answer {
	return answer{
		status: http.StatusOK, json: json, frame: f,
		html: func(w io.Writer, f shared.Frame) error { return p.Render(w, f, v) },
	}
}

// problem makes the answer that says what could not be done.
func (s *site) problem(c *call, kind string, limit int) answer {
	return replied(reply.Problem(c.printer, kind, limit))
}
