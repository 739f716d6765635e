package binding

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// An Outcome is what a check came to.
type Outcome string

// The outcomes of a check.
const (
	Bound       Outcome = "bound"       // file and record say what the log says
	Disagrees   Outcome = "disagrees"   // one of them says something else
	Missing     Outcome = "missing"     // one of them is not there
	Unreachable Outcome = "unreachable" // nothing can be said
)

// A Result is what one check found, with its time.
type Result struct {
	Domain  string
	At      time.Time
	Outcome Outcome
	File    string // what was found of the file
	Record  string // what was found of the TXT record
}

// A Checker asks domains. The zero Checker asks as the system does; a check takes
// at most twice Patience.
type Checker struct {
	Resolver *net.Resolver // net.DefaultResolver when nil
	Patience time.Duration // for file and record, each; 10 s when 0
	// For tests and closed networks alone: roots to trust, another port, and
	// whether an address of a private network may be asked.
	Roots   *x509.CertPool
	Port    string
	Private bool
}

func (c Checker) resolver() *net.Resolver {
	if c.Resolver != nil {
		return c.Resolver
	}
	return net.DefaultResolver
}

func (c Checker) patience() time.Duration {
	if c.Patience == 0 {
		return 10 * time.Second
	}
	return c.Patience
}

// Check asks a domain whether it has the binding that the log gives it (MUST-5 to
// MUST-8); at is the time now. What is found is the result; it is no error.
func (c Checker) Check(ctx context.Context, domain string, want Binding, at time.Time) Result {
	r := Result{Domain: domain, At: at.UTC().Truncate(time.Second)}
	var ofFile, ofRecord Outcome
	ofFile, r.File = c.file(ctx, domain, want)
	ofRecord, r.Record = c.record(ctx, domain, want)
	// What disagrees says more than what is missing, and that more than silence.
	for _, o := range []Outcome{Disagrees, Missing, Unreachable, Bound} {
		if ofFile == o || ofRecord == o {
			r.Outcome = o
			break
		}
	}
	return r
}

func (c Checker) file(ctx context.Context, domain string, want Binding) (Outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, c.patience())
	defer cancel()
	raw, err := c.fetch(ctx, domain)
	switch {
	case errors.Is(err, errAbsent):
		return Missing, err.Error()
	case errors.Is(err, errWrong):
		return Disagrees, err.Error()
	case err != nil:
		return Unreachable, err.Error()
	}
	all, err := Parse(raw)
	if err != nil {
		return Disagrees, err.Error()
	}
	for _, b := range all {
		if b.Register == want.Register && b.ShortName == want.ShortName {
			if b.Digest() == want.Digest() {
				return Bound, "it says what the log says"
			}
			return Disagrees, "it names another " + differs(b, want) + " than the log"
		}
	}
	return Missing, fmt.Sprintf("it does not name %s of %s", want.ShortName, want.Register)
}

// differs names the first part in which two bindings differ.
func differs(a, b Binding) string {
	switch {
	case a.LogKey != b.LogKey:
		return "log key"
	case a.Office != b.Office:
		return "address of the office"
	}
	return "list of the office's keys"
}

const (
	maxRecords = 64
	maxRecord  = 512
)

func (c Checker) record(ctx context.Context, domain string, want Binding) (Outcome, string) {
	ctx, cancel := context.WithTimeout(ctx, c.patience())
	defer cancel()
	all, err := c.resolver().LookupTXT(ctx, Name(domain)+".")
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return Missing, "there is no TXT record at " + Name(domain)
	case err != nil:
		return Unreachable, fmt.Sprintf("asking for TXT %s: %v", Name(domain), err)
	case len(all) > maxRecords || slices.ContainsFunc(all, func(s string) bool { return len(s) > maxRecord }):
		return Disagrees, fmt.Sprintf("TXT %s holds more or longer records than a binding has", Name(domain))
	}
	ours := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return !strings.HasPrefix(s, recordTag+" ") })
	switch {
	case slices.Contains(ours, want.Record()):
		return Bound, "it says what the log says"
	case len(ours) > 0:
		return Disagrees, fmt.Sprintf("TXT %s says something else than the log; want %q", Name(domain), want.Record())
	}
	return Missing, "no TXT record at " + Name(domain) + " begins with " + recordTag
}
