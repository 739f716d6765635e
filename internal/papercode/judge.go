package papercode

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// An Office is an office of the reader's register: what codes on its paper name.
type Office struct {
	ID     string
	Domain string // its registered domain
}

// A Verdict says what a code that was read from paper is.
type Verdict string

// The verdicts. Nothing is ever followed or opened, whatever the verdict.
const (
	// Genuine: the address of a registered office, as offices print it. It is ink
	// all the same and proves nothing.
	Genuine Verdict = "genuine"
	// Foreign: it leads to a place that is no registered office's (MUST-9).
	Foreign Verdict = "foreign"
	// Unknown: at a registered office's domain, and no code of a version that this
	// program knows.
	Unknown Verdict = "unknown"
	// Opening: a draft-opening code.
	Opening Verdict = "opening"
	// Other: anything else; no concern of a register.
	Other Verdict = "other"
)

// A Judged code is what a code from paper is, for a reader of this register.
type Judged struct {
	Verdict Verdict
	Code    Code   // when it is Genuine
	Text    string // as it was read, when it is Opening
	// Shown is a Foreign or Unknown address as people may see it: ASCII, cut off,
	// with what is not ASCII written as escapes, so that no look-alike shows.
	Shown string
	// Registered is whose it pretends to be: the domains of this register that the
	// address looks like or holds. Alike is false when it is like none; then
	// Registered has the domain of every office, a few at most.
	Registered []string
	Alike      bool
}

// Limits on what is judged and shown.
const (
	maxRead  = 4 << 10 // bytes; a QR code holds 2,953
	maxShown = 80
	maxNamed = 3
)

// Judge says what a code that was read from paper is (MUST-8, MUST-9). The
// register of the reader decides whose domain is whose; the code never does.
func Judge(read string, offices []Office) Judged {
	switch {
	case len(read) > maxRead || !utf8.ValidString(read):
		return Judged{Verdict: Other}
	case IsOpening(read):
		return Judged{Verdict: Opening, Text: read}
	}
	if c, err := Parse(read); err == nil && slices.Contains(offices, Office{c.Office, c.Host}) {
		return Judged{Verdict: Genuine, Code: c}
	}
	if !isAddress(read) {
		return Judged{Verdict: Other}
	}
	j := Judged{Verdict: Foreign, Shown: shown(read)}
	for _, o := range offices {
		if strings.HasPrefix(read, "https://"+o.Domain+"/") {
			return Judged{Verdict: Unknown, Shown: j.Shown, Registered: []string{o.Domain}}
		}
		if !slices.Contains(j.Registered, o.Domain) && pretends(read, o.Domain) {
			j.Registered, j.Alike = append(j.Registered, o.Domain), true
		}
	}
	for _, o := range offices {
		if !j.Alike && len(j.Registered) < maxNamed && !slices.Contains(j.Registered, o.Domain) {
			j.Registered = append(j.Registered, o.Domain)
		}
	}
	return j
}

// isAddress reports whether phones would open what was read as a page: http or
// https in whatever case, or a bare host with a path.
func isAddress(s string) bool {
	lower := strings.ToLower(strings.TrimSpace(s))
	if strings.HasPrefix(lower, "http:") || strings.HasPrefix(lower, "https:") || strings.HasPrefix(lower, "//") || strings.HasPrefix(lower, "www.") {
		return true
	}
	host, _, _ := strings.Cut(lower, "/")
	return !strings.ContainsAny(host, " :@") && strings.Contains(lower, "/q/")
}

// pretends reports whether an address holds a domain, or has a host that could be
// taken for it: in other letters, in percent signs, under another domain, with a
// dot behind it or a port.
func pretends(address, domain string) bool {
	plain := strings.ToLower(address)
	for range 2 { // written in percent signs once or twice
		if u, err := url.PathUnescape(plain); err == nil {
			plain = strings.ToLower(u)
		}
	}
	return strings.Contains(plain, domain) || alike(hostOf(plain), domain)
}

// hostOf is what browsers would take for the host, without port or user.
func hostOf(address string) string {
	_, rest, ok := strings.Cut(address, ":")
	if !ok {
		rest = address
	}
	rest = strings.TrimLeft(rest, "/\\")
	if i := strings.IndexAny(rest, "/\\?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndex(rest, "@")+1:]
	host, _, _ := strings.Cut(rest, ":")
	return strings.TrimRight(host, ".")
}

// shown is what was read as ASCII that nobody can be fooled by.
func shown(read string) string {
	var b strings.Builder
	for _, r := range read {
		if b.Len() >= maxShown {
			b.WriteString("...")
			break
		}
		if r > ' ' && r < 0x7f && r != '"' && r != '<' && r != '>' {
			b.WriteRune(r)
			continue
		}
		b.WriteString(escaped(r))
	}
	return b.String()
}

func escaped(r rune) string {
	const hex = "0123456789abcdef"
	out := []byte(`\u{`)
	shift := 20
	for ; shift > 4 && r>>shift == 0; shift -= 4 {
	}
	for ; shift >= 0; shift -= 4 {
		out = append(out, hex[r>>shift&15])
	}
	return string(append(out, '}'))
}
