package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
)

// A Desk is the desk of a register's offices while it is served: its acts, and the
// people who sign in.
type Desk struct {
	House  *office.Register
	People *staff.Staff
}

// deskAddress is where browsers find the desk: what was said, or, when only this
// machine is served, this machine by its name. Passkeys are bound to a name and not
// to a number.
func (c Config) deskAddress(l net.Listener) (string, error) {
	if c.URL != "" {
		return c.URL, nil
	}
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil || !at.Addr().IsLoopback() || c.HTTPS {
		return "", kind.Invalid.Errorf("the desk: say with --url where browsers find it, such as https://register.example; passkeys are bound to that address for good")
	}
	return fmt.Sprintf("http://localhost:%d", at.Port()), nil
}

// withDesk puts the desk beside the public pages. stop closes what it opened.
func (c Config) withDesk(ctx context.Context, l net.Listener, src *Source, house *office.Register, sends *programs, rest http.Handler) (h http.Handler, stop func(), err error) {
	if !c.Desk {
		return rest, func() {}, nil
	}
	url, err := c.deskAddress(l)
	if err != nil {
		return nil, nil, err
	}
	people, err := staff.Open(ctx, house.Folder(), staff.Options{Origin: url, Name: house.Folder().Config.Origin, Mailer: sends.mailer()})
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // says what it opens
	}
	stop = func() {
		if err := people.Close(); err != nil {
			c.Log.Error("closing the desk", "error", err)
		}
	}
	rates := c.rates()
	pages, err := desk.New(house, desk.Staffed(house, people), src, desk.Options{
		Staff: people, Notify: sends.notifier(), Client: rates.Client, HTTPS: c.HTTPS || strings.HasPrefix(url, "https://"), Log: c.Log,
	})
	if err == nil && c.Opened != nil {
		err = c.Opened(ctx, Desk{house, people})
	}
	if err != nil {
		stop()
		return nil, nil, errors.Join(fmt.Errorf("opening the desk: %w", err))
	}
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	for _, lang := range i18n.Langs() {
		mux.Handle(shared.Href(lang, "/desk/"), pages)
	}
	return mux, stop, nil
}
