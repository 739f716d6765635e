package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/smtp"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"chancery.example/internal/kind"
)

// An SMTP is the relay that mail is given to. It signs with DKIM, and knows how to
// reach the world; we only reach it.
type SMTP struct {
	Host, Port     string
	Implicit       bool // TLS from the first byte (smtps), else STARTTLS
	User, Password string
	From           string         // mailbox of the register
	Roots          *x509.CertPool // the system's when nil
}

// ParseSMTP reads "smtp://[user@]host[:587]" or "smtps://[user@]host[:465]".
func ParseSMTP(s, password, from string) (*SMTP, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, kind.Invalid.Errorf("the mail relay: want smtp://user@host:587 or smtps://host:465")
	}
	if _, has := u.User.Password(); has {
		return nil, kind.Invalid.Errorf("the mail relay: the password goes into a file of its own, not into the address, which others can see in the list of processes")
	}
	if _, err := ParseMailbox(from); err != nil {
		return nil, fmt.Errorf("whom mail is from: %w", err)
	}
	r := &SMTP{Host: u.Hostname(), Port: u.Port(), Implicit: u.Scheme == "smtps", User: u.User.Username(), Password: password, From: from}
	if r.Port == "" {
		r.Port = map[bool]string{true: "465", false: "587"}[r.Implicit]
	}
	return r, nil
}

// A refused says that a mail was not taken.
type refused struct {
	error
	forGood bool // no use in trying again
}

func (r refused) Unwrap() error { return r.error }

const mailPatience = time.Minute

// send gives one mail to the relay. TLS is a must, but to a relay on this machine
// (MUST-7).
func (s *SMTP) send(ctx context.Context, to string, raw []byte) error {
	from, err := ParseMailbox(s.From)
	if err != nil {
		return refused{err, true}
	}
	rcpt, err := ParseMailbox(to)
	if err != nil {
		return refused{err, true}
	}
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	c, err := s.connect(ctx)
	if err != nil {
		return classed("the mail relay "+net.JoinHostPort(s.Host, s.Port), err, false)
	}
	defer func() { _ = c.Close() }()
	if err := c.Mail(from.Address); err != nil {
		return classed("the sender "+from.Address, err, true)
	}
	if err := c.Rcpt(rcpt.Address); err != nil {
		return classed("the recipient", err, true)
	}
	w, err := c.Data()
	if err != nil {
		return classed("the mail", err, true)
	}
	if _, err = w.Write(raw); err == nil {
		err = w.Close()
	}
	if err != nil {
		return classed("the mail", err, true)
	}
	_ = c.Quit() // it is taken already
	return nil
}

func (s *SMTP) connect(ctx context.Context) (*smtp.Client, error) {
	conn, err := (&net.Dialer{Timeout: dialPatience}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, s.Port))
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says which
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	cfg := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: s.Roots}
	if s.Implicit {
		conn = tls.Client(conn, cfg)
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		stop()
		return nil, errors.Join(err, conn.Close())
	}
	if err := s.greet(c, cfg); err != nil {
		stop()
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (s *SMTP) greet(c *smtp.Client, cfg *tls.Config) error {
	if _, domain, ok := strings.Cut(s.From, "@"); ok {
		if err := c.Hello(strings.TrimSuffix(domain, ">")); err != nil {
			return err //nolint:wrapcheck // the caller says which
		}
	}
	starttls, _ := c.Extension("STARTTLS")
	switch {
	case s.Implicit:
	case starttls:
		if err := c.StartTLS(cfg); err != nil {
			return err //nolint:wrapcheck // likewise
		}
	case !s.here():
		return errors.New("it offers no TLS (STARTTLS), and mail is not sent in the clear")
	}
	if s.User != "" {
		return c.Auth(smtp.PlainAuth("", s.User, s.Password, s.Host)) //nolint:wrapcheck // likewise; it wants TLS or this machine
	}
	return nil
}

// here reports whether the relay is this machine.
func (s *SMTP) here() bool {
	a, err := netip.ParseAddr(s.Host)
	return s.Host == "localhost" || err == nil && a.IsLoopback()
}

// classed says whether trying again may help: 4xx and trouble on the way may pass,
// 5xx does not (RFC 5321, 4.2.1). lasting: 5xx is about this mail and not the relay.
func classed(what string, err error, lasting bool) error {
	var code *textproto.Error
	return refused{fmt.Errorf("%s: %w", what, err), lasting && errors.As(err, &code) && code.Code >= 500}
}
