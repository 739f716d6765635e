// Package server wires a running register together: the folder, the pages, the
// files of the log for those who mirror it. It is the only door that knows the
// layers below the acts.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"chancery.example/internal/api"
	"chancery.example/internal/check"
	"chancery.example/internal/folder"
	"chancery.example/internal/kind"
	"chancery.example/internal/kit"
	"chancery.example/internal/marked"
	"chancery.example/internal/office"
	"chancery.example/internal/shapes"
	"chancery.example/internal/web"
	"chancery.example/internal/witness"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A Config says what to serve and where. Fields with a name are settings, by
// package settings: a flag of "chancery serve", a variable of the environment, a
// key of its file.
type Config struct {
	Dir    string
	Policy proof.Policy

	Addr  string         `name:"addr" word:"HOST:PORT" doc:"to listen on; port 0 takes any free one. A socket that systemd hands over goes before it"`
	Fresh *time.Duration `name:"fresh" word:"AGE" doc:"of the newest proof from which answers are \"could not check\", such as 1h or 720h; 0 asks for no age"`
	HTTPS bool           `name:"https" doc:"readers come by https, through a proxy in front"`
	// Publish keeps the log's head fresh and publishes what the command line
	// leaves; for the register's own machine.
	Publish bool   `name:"publish" doc:"keep the log's head fresh and publish what waits"`
	Desk    bool   `name:"desk" doc:"serve the desk at /desk/, where people of the offices sign in and act; publishes too"`
	URL     string `name:"url" word:"ADDRESS" doc:"at which browsers find the desk and the pages, such as https://register.example; it stands in what is sent, and passkeys are bound to it for good. http://localhost:PORT when empty and only this machine is served"`
	// Step is at which steps answers go out on the office's own server, so that
	// their time tells nothing of sealed drafts; 25 ms when 0, at once when
	// negative.
	Step time.Duration `name:"answer-step" word:"TIME" doc:"at steps of which answers go out on the office's own folder, so that it tells nothing of sealed drafts"`
	// Proxies are whose X-Forwarded-For is believed; this machine's own when
	// empty and HTTPS is set.
	Proxies []netip.Prefix `name:"proxy" word:"NETWORK" doc:"(such as 10.0.0.0/8) of proxies in front, whose X-Forwarded-For is believed; can be repeated. This machine's own with --https"`
	// Also is the address book of registers whose word stands beside answers.
	Also string `name:"also" word:"FOLDER" doc:"of an address book (chancery register --book FOLDER): what its registers say of the same words stands beside answers, each under its own name; nobody is asked while a reader waits"`
	Limits
	Operation
	Outgoing

	// Held keeps the open address from one Serve to the next; nil: it is closed at
	// the end.
	Held *Held
	// Reload ends Serve with ErrReload, when requests under way are finished, so that
	// it can be called again with other settings.
	Reload <-chan struct{}
	// Pictures reads the words of pictures that readers send; nil: none are read.
	Pictures check.PictureReader
	// Shapes is what Pictures learns the pages of issued letters with; nil: they are
	// not compared by their shape.
	Shapes *shapes.Reader
	// PDFs finds out what PDFs show that readers send; nil: none are read.
	PDFs check.PDFReader
	// Forms makes the PDFs that letters are issued as; nil: none can be made.
	Forms office.Forms
	// Marks draws answers on the pictures and PDFs that readers send; nil: none are drawn.
	Marks func(context.Context, marked.Records, check.Finding, []byte) (marked.Answer, error)
	// CheckTime is how long one paper may be looked at; 10 s when 0.
	CheckTime time.Duration
	// Tries are papers offered to readers who have none at hand.
	Tries []web.Try
	// PDFCache is where the command that serves keeps their reader's compiled form.
	PDFCache string `name:"pdf-cache" word:"FOLDER" doc:"in which the compiled reader of PDFs is kept (22 MB, made at the first start of each version; to be writable by this user alone); the user's cache folder without"`
	// Reader gives what browsers read with on their own; nil: nothing.
	Reader *kit.Source
	// PictureReader is where that finds a text reader for pictures.
	PictureReader string `name:"picture-reader" word:"FOLDER" doc:"of the text reader for photos that browsers load when their reader wants it (scripts/device.sh makes one); the one in the user's cache folder without"`
	Log           *slog.Logger
	Ready         func(url string) // called once the address is open
	// Opened is called once the desk is there, before anybody can ask for it.
	Opened func(context.Context, Desk) error
}

// Serve serves the register until ctx ends, then lets requests finish.
func Serve(ctx context.Context, c Config) error {
	c.Publish = c.Publish || c.Desk
	fresh := FreshFor
	if c.Fresh != nil {
		fresh = *c.Fresh
	}
	src, err := ReadFresh(ctx, c.Dir, c.Policy, fresh, nil)
	if err != nil {
		return err
	}
	src.fail = func(err error) { c.Log.Error("reading the register anew", "error", err) }
	src.find.say = func(what string) { c.Log.Warn("the finding index is not used", "note", what) }
	if note := src.IndexNote(); note != "" {
		src.find.say(note)
	}
	listener, err := c.open(ctx)
	if err != nil {
		return err
	}
	watched := newOperated(c, src)
	stop, err := c.beside(ctx, src, watched)
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer stop()
	options := c.pages(src.drafts != nil)
	if err := c.keep(ctx, watched.house, &options); err != nil {
		_ = listener.Close()
		return err
	}
	sends, stopSending, err := c.sending(ctx, src.shown.reading.Folder(), watched.house)
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer stopSending()
	sends.receipts(&options)
	options.Limits = web.NewLimits(options.Rates)
	stopOthers, err := c.others(ctx, &options)
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer stopOthers()
	options.Form = src.shown.reading.Folder().HasForm
	options.Domain = domains(src.shown.reading.Folder(), c.Log)
	pages, err := web.New(src, options)
	if err != nil {
		_ = listener.Close()
		return fmt.Errorf("preparing the pages: %w", err)
	}
	all, closeDesk, err := c.withDesk(ctx, listener, src, watched.house, sends, c.withPrograms(withSCITT(Handler(absences(src, pages), src.shown.reading.Folder(), src.Form), src), pages, src, sends, options.Limits))
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer closeDesk()
	return c.run(ctx, listener, watched, all)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, kind.Unavailable.Errorf("another program listens on %s already: end it, or choose another address with --addr 127.0.0.1:0 (any free port): %w", addr, err)
	case errors.Is(err, syscall.EACCES):
		return nil, kind.Unavailable.Errorf("this user may not listen on %s: ports below 1024 are the system's; choose another with --addr", addr)
	case err != nil:
		return nil, kind.Invalid.Errorf("cannot listen on %q: want HOST:PORT, such as 127.0.0.1:8080: %w", addr, err)
	}
	return l, nil
}

// InUse reports whether an error says that another program has the address.
func InUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// AnswerStep is at which steps answers go out, when nobody says otherwise, where sealed drafts may answer: more
// than the search for all but the longest papers takes.
const AnswerStep = 25 * time.Millisecond

// pages are the settings of the pages.
func (c Config) pages(own bool) web.Options {
	o := web.Options{Security: web.Security{Contacts: c.SecurityContact, URL: c.URL}, HTTPS: c.HTTPS, Pictures: c.Pictures, PDFs: c.PDFs, Marks: c.Marks, Tries: c.Tries, Reader: c.Reader, Log: c.Log, Rates: c.rates(), FileLimit: c.MaxFile * 1_000_000, TextLimit: c.MaxText * 1_000_000, Checks: c.Checks, CheckTimeout: c.CheckTime}
	if own {
		o.Step = cmp.Or(c.Step, AnswerStep)
	}
	return o
}

// beside runs what goes on beside the pages: the reading of drafts that answer,
// where the folder is the office's own, and the sequencer.
func (c Config) beside(ctx context.Context, src *Source, watched *operated) (stop func(), err error) {
	src.drafts = NewDrafts(ctx, src.shown.reading.Folder(), func(err error) { c.Log.Warn("sealed drafts do not answer", "error", err) })
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	end := func() {
		cancel()
		running.Wait()
	}
	if src.drafts != nil {
		running.Go(func() { src.drafts.follow(ctx, freshFor) })
	}
	if c.Shapes != nil {
		running.Go(func() {
			c.Shapes.Follow(ctx, src.Folder(), func(ctx context.Context) (shapes.Records, error) {
				now, err := src.newest(ctx)
				return now.snapshot, err
			})
		})
	}
	if !c.Publish {
		return end, nil
	}
	house, err := office.Open(ctx, c.Dir, office.Options{Alarm: c.alarm, Forms: c.Forms})
	if err != nil {
		end()
		return nil, err
	}
	watched.house = house
	running.Go(func() { house.Run(ctx, 100*time.Millisecond, c.seldom(watched)) })
	running.Go(func() { keepIndex(ctx, src, c.Log) })
	collector := witness.NewCollector(house.Folder(), witness.Options{Log: c.Log})
	watched.witnesses = collector.States
	running.Go(func() { collector.Run(ctx) })
	return func() {
		end()
		if err := house.Close(); err != nil {
			c.Log.Error("closing the register", "error", err)
		}
	}, nil
}

// alarm tells whoever watches the server's log that an officer's passkey may have
// been copied; the office's own journal has it too.
func (c Config) alarm(a office.PasskeyAlarm) {
	c.Log.Warn("an officer's passkey may have been copied: its counter did not rise", "office", a.Office, "officer", a.Officer,
		"request", a.Request, "key", a.Key.Fingerprint(), "counter", a.Counter, "before", a.Before)
}

// seldom logs an error of publishing when it is another than the one before, and once a minute
// while it stays: what is tried ten times a second fails ten times a second.
func (c Config) seldom(watched *operated) func(error) {
	var last string
	var at time.Time
	return func(err error) {
		watched.failed(err)
		if text := err.Error(); text != last || time.Since(at) >= time.Minute {
			last, at = text, time.Now()
			c.Log.Error("publishing", "error", err)
		}
	}
}

// Handler serves the log's files (C2SP tlog-tiles), texts and issued PDFs beside
// the pages, so that anybody can follow or mirror the register (folder.md MUST-12).
// named finds the letter whose PDF has a digest, when that is public; nil: none is.
func Handler(pages http.Handler, f folder.Folder, named func(context.Context, letter.Hash) (folder.Form, bool)) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle("GET /checkpoint", file(f.LogDir(), "/", "no-cache", "text/plain; charset=utf-8"))
	mux.Handle("GET /witnessed", file(f.LogDir(), "/", "public, max-age=5", "text/plain; charset=utf-8"))
	mux.Handle("GET /"+folder.ConfigName, file(f.Dir, "/", "no-cache", "text/plain; charset=utf-8"))
	mux.Handle("GET /policy", file(f.Dir, "/", "no-cache", "text/plain; charset=utf-8"))
	mux.Handle("GET /tile/", file(filepath.Join(f.LogDir(), "tile"), "/tile/", "public, max-age=31536000, immutable", "application/octet-stream"))
	mux.Handle("GET /texts/", file(filepath.Join(f.Dir, "texts"), "/texts/", "public, max-age=300", "text/plain; charset=utf-8"))
	mux.Handle("GET /files/", issuedForms(f, named))
	mux.Handle("GET /index/", indexFiles(f))
	return mux
}

// withSCITT puts the addresses of SCRAPI beside all others.
func withSCITT(rest http.Handler, src *Source) http.Handler {
	mux, scitt := http.NewServeMux(), api.SCITT(src)
	mux.Handle("/", rest)
	for _, address := range api.Addresses() {
		mux.Handle(address, scitt)
	}
	return mux
}

// indexFiles serves the finding index: files that never change, and the manifest
// that names them.
func indexFiles(f folder.Folder) http.Handler {
	const prefix = "/index/"
	manifest := file(f.IndexDir(), prefix, "no-cache", "text/plain; charset=utf-8")
	content := file(f.IndexDir(), prefix, "public, max-age=31536000, immutable", "application/octet-stream")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == prefix+"manifest" {
			manifest.ServeHTTP(w, r)
			return
		}
		content.ServeHTTP(w, r)
	})
}

// file serves plain files under dir by the request's own path.
func file(dir, prefix, cache, media string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			http.Error(w, "not available", http.StatusServiceUnavailable)
			return
		}
		defer func() { _ = root.Close() }()
		name := filepath.FromSlash(strings.TrimPrefix(r.URL.Path, prefix))
		if strings.HasPrefix(filepath.Base(name), ".") { // half-written, or the log's own
			http.NotFound(w, r)
			return
		}
		info, err := root.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			http.NotFound(w, r)
			return
		}
		f, err := root.Open(name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer func() { _ = f.Close() }()
		h := w.Header()
		h.Set("Content-Type", media)
		h.Set("Cache-Control", cache)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Access-Control-Allow-Origin", "*") // public data, for monitors in browsers
		http.ServeContent(w, r, "", info.ModTime(), f)
	})
}
