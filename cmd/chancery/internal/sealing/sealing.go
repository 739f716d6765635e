// Package sealing is what "chancery office seals" does: the keys of an office's
// electronic seals, their certificates, the timestamp server.
package sealing

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/seals"
)

// Help is the manual of the command.
const Help = `"office seals NAME" says what puts the electronic seals on an office's PDFs, and changes it:

    new-key [--signer COMMAND] [--from TIME]   another key, in keys/ or with a program that signs (docs/formats/signer.md)
    request FILE [--subject CN=...,O=...,C=..] writes a request for certificates (CSR) to FILE, for an authority
    import FILE [--from TIME]                  takes the authority's certificates, in PEM, the key's own first
    stamp URL|none [--authority FILE] [--stamp-policy OID] [--timeout 20s]    the timestamp server (RFC 3161)
    long-term FILE...|none|fetch               what authorities say of revocation (CRL, OCSP), for later years
    require nothing|seal|stamp                 what a PDF must have before it can be put up for approval
    try [FILE]                                 seals a page that is no letter as a letter would be, and says what came of it

A new key waits until certificates are imported for it, or seals from --from on (a time, or now) with a certificate that
the office made for itself. The key that began last seals; what others sealed stays as it is. request and import are
about the newest key; --key NAME is for another. Nothing hangs on a seal in the register, so that letters are issued
without one, or without a timestamp, when a program or server does not answer, and the letter's journal says so; "require"
changes that. "fetch" asks the addresses in the certificates: run it from a timer before what it brought is out of date.
"try FILE" keeps the sealed page, for pdfsig and other programs. docs/operate/seals.md goes through all of it.`

// A Call is one run of the command.
type Call struct {
	Signer, From, Key, Subject, Authority, Policy string
	Timeout                                       time.Duration

	Keeper seals.Keeper
	Out    io.Writer
	// Read reads a file; Note writes into the office's journal.
	Read func(name string) ([]byte, error)
	Note func(ctx context.Context, text string) error
}

// Flags declares the flags.
func (p *Call) Flags(fs *flag.FlagSet) {
	fs.StringVar(&p.Signer, "signer", "", "`COMMAND` that has the seal's key, with arguments between spaces (seals)")
	fs.StringVar(&p.From, "from", "", "`TIME` from which the key seals, such as 2026-03-02T21:15:00Z, or now (seals)")
	fs.StringVar(&p.Key, "key", "", "`NAME` of a seal key, or how the part after the office's begins; the newest without it (seals)")
	fs.StringVar(&p.Subject, "subject", "", "`NAME` that the certificate shall bear, such as \"CN=Harbour Commission,O=Harbour,C=XX\" (seals)")
	fs.StringVar(&p.Authority, "authority", "", "`FILE` of certificates (PEM) that may vouch for the timestamp server (seals)")
	fs.StringVar(&p.Policy, "stamp-policy", "", "`OID` under which the timestamp server has to stamp; any without it (seals)")
	fs.DurationVar(&p.Timeout, "timeout", 0, "how `LONG` the timestamp server may take; 20s without it (seals)")
}

// A UsageError is a call that was typed wrong.
type UsageError struct{ error }

func usage(format string, args ...any) error { return UsageError{fmt.Errorf(format, args...)} }

func (p *Call) say(format string, args ...any) { _, _ = fmt.Fprintf(p.Out, format+"\n", args...) }

var acts = map[string]struct {
	least, most int
	do          func(*Call, context.Context, []string) (note string, err error)
}{
	"new-key": {0, 0, (*Call).newKey}, "request": {1, 1, (*Call).request}, "import": {1, 1, (*Call).take}, "stamp": {1, 1, (*Call).stamp},
	"long-term": {1, 20, (*Call).longTerm}, "require": {1, 1, (*Call).require}, "try": {0, 1, (*Call).try},
}

// Do does what the words after the office's name say; none: it says what there is.
func (p *Call) Do(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return p.show()
	}
	act, ok := acts[args[0]]
	if rest := len(args) - 1; !ok || rest < act.least || rest > act.most {
		return usage("want office seals NAME, alone or with new-key, request FILE, import FILE, stamp URL, long-term FILE, require WORD or try")
	}
	note, err := act.do(p, ctx, args[1:])
	if err != nil || note == "" {
		return err
	}
	return p.Note(ctx, note)
}

// from is the moment that was given; zero without one.
func (p *Call) from() (time.Time, error) {
	switch p.From {
	case "":
		return time.Time{}, nil
	case "now":
		return p.Keeper.Now(), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, p.From); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usage("--from %q: want now, or a time such as 2026-03-02T21:15:00Z", p.From)
}

func (p *Call) newKey(ctx context.Context, _ []string) (string, error) {
	from, err := p.from()
	if err != nil {
		return "", err
	}
	name, err := p.Keeper.Add(ctx, strings.Fields(p.Signer), from)
	if err != nil {
		return "", err //nolint:wrapcheck // says what it made
	}
	where := "keys/" + name + ".pem"
	if p.Signer != "" {
		where = "with the signer; its certificate is keys/" + name + ".pem.crt"
	}
	if from.IsZero() {
		p.say("the key %s is made, %s. It waits for certificates: \"chancery office seals %s request FILE\", then \"import FILE\".", name, where, p.Keeper.Office)
		return "a key " + name + ", which waits for its certificates", nil
	}
	p.say("the key %s is made, %s. It seals from %s on.", name, where, from.Format(time.RFC3339))
	return fmt.Sprintf("a key %s, which seals from %s on", name, from.Format(time.RFC3339)), nil
}

func (p *Call) request(_ context.Context, args []string) (string, error) {
	raw, err := p.Keeper.Request(p.Key, p.Subject)
	if err != nil {
		return "", err //nolint:wrapcheck // says what it made
	}
	f, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // the operator names it, and a request is no secret
	if err != nil {
		return "", fmt.Errorf("writing the request: %w", err)
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("writing the request: %w", err)
	}
	p.say("the request is in %s: send it to the authority, and import the certificates that it returns", plain.Safe(args[0]))
	return "", nil
}

func (p *Call) take(_ context.Context, args []string) (string, error) {
	from, err := p.from()
	if err != nil {
		return "", err
	}
	raw, err := p.Read(args[0])
	if err != nil {
		return "", err
	}
	key, err := p.Keeper.Import(p.Key, raw, from)
	if err != nil {
		return "", err //nolint:wrapcheck // says what is wrong
	}
	own := key.Chain()[0]
	p.say("%d certificates are taken: that of %s, issued by %s, is good until %s", len(key.Chain()), plain.Safe(seals.NameOf(own.Subject)), plain.Safe(seals.NameOf(own.Issuer)), own.NotAfter.UTC().Format(time.DateOnly))
	return fmt.Sprintf("certificates by %s, good until %s, SHA-256 %s", seals.NameOf(own.Issuer), own.NotAfter.UTC().Format(time.DateOnly), key.Fingerprint()), nil
}

func (p *Call) stamp(_ context.Context, args []string) (string, error) {
	if args[0] == "none" {
		return "no timestamp server", p.done("no timestamp server is asked", p.Keeper.SetStamp(seals.StampServer{}))
	}
	s := seals.StampServer{Address: args[0], Policy: p.Policy, Timeout: p.Timeout}
	if p.Authority != "" {
		var err error
		if s.Certificates, err = p.Read(p.Authority); err != nil {
			return "", err
		}
	}
	said := "each seal gets a timestamp of " + plain.Safe(args[0]) + "; \"try\" asks for one"
	if p.Authority == "" {
		said += ".\nWhoever answers there is taken: give its authority's certificates with --authority"
	}
	return "timestamps by " + args[0], p.done(said, p.Keeper.SetStamp(s))
}

func (p *Call) done(said string, err error) error {
	if err == nil {
		p.say("%s", said)
	}
	return err
}

func (p *Call) longTerm(ctx context.Context, args []string) (string, error) {
	switch {
	case len(args) == 1 && args[0] == "none":
		return "no data for the long term", p.done("PDFs get no data for the long term", p.Keeper.SetLongTerm())
	case len(args) == 1 && args[0] == "fetch":
		n, err := p.Keeper.Fetch(ctx)
		if err == nil {
			p.say("%d answers of authorities are kept, and go into the PDFs while they are good", n)
		}
		return "data for the long term, fetched", err //nolint:wrapcheck // says whom it asked
	}
	var files [][]byte
	for _, name := range args {
		raw, err := p.Read(name)
		if err != nil {
			return "", err
		}
		files = append(files, raw)
	}
	return "data for the long term", p.done(fmt.Sprintf("%d files are kept, and go into the PDFs while they are good", len(files)), p.Keeper.SetLongTerm(files...))
}

func (p *Call) require(_ context.Context, args []string) (string, error) {
	d := seals.Demand(args[0])
	return "PDFs must have: " + args[0], p.done(demands[d], p.Keeper.Require(d))
}

var demands = map[seals.Demand]string{
	seals.Nothing: "a letter is held up by no seal: what is missing is said in its journal",
	seals.Seal:    "no PDF is put up for approval without a seal",
	seals.Stamp:   "no PDF is put up for approval without a seal and a timestamp",
}

func (p *Call) try(ctx context.Context, args []string) (string, error) {
	began := time.Now()
	pdf, r, err := p.Keeper.Try(ctx)
	if err != nil {
		return "", err //nolint:wrapcheck // says what did not answer
	}
	p.say("sealed in %s: the seal is %s, by the certificate with the SHA-256 %s", time.Since(began).Round(time.Millisecond), r.Seal, r.Certificate)
	if r.Stamped.IsZero() {
		p.say("there is no timestamp")
	} else {
		p.say("the timestamp says %s", r.Stamped.UTC().Format(time.RFC3339))
	}
	if bytes.Contains(pdf, []byte("/Type /DSS")) {
		p.say("data for the long term is in it")
	}
	if len(args) == 0 {
		return "", nil
	}
	if err := os.WriteFile(args[0], pdf, 0o644); err != nil { //nolint:gosec // the operator names it, and it says nothing
		return "", fmt.Errorf("keeping the page: %w", err)
	}
	return "", nil
}
