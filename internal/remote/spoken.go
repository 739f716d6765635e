package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
)

// A spokenError says in words why a server could not be asked; the program still
// finds the cause.
type spokenError struct {
	words string
	cause error
}

func (e spokenError) Error() string { return e.words }
func (e spokenError) Unwrap() error { return e.cause }

// Spoken words the error of an HTTP request for people: what the machine says of
// dialling and name services is put into whole words, without the address, which
// who calls names already. An error that says nothing about the network stays as
// it is, and nil stays nil.
func Spoken(err error) error {
	if words := spoken(err); words != "" {
		return spokenError{words, err}
	}
	var asked *url.Error
	if errors.As(err, &asked) {
		return spokenError{asked.Err.Error(), err}
	}
	return err
}

func spoken(err error) string {
	var name *net.DNSError
	var cert *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &name) && name.IsNotFound:
		return "no machine of that name is known; is the address right?"
	case errors.As(err, &name):
		return "the name service does not answer; is this machine on the network?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at that address; is the server running?"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "there is no way to it over the network"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection broke off"
	case errors.As(err, &cert):
		return "its certificate is not one that this machine trusts: " + cert.Err.Error()
	case errors.As(err, &plain):
		return "it does not speak https; is the address right?"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), timeout(err):
		return "it did not answer in time"
	}
	return ""
}

func timeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
