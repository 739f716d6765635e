package web

import (
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"chancery.example/internal/kind"
)

// securityPath is where whoever finds a hole looks for whom to tell (RFC 9116, 3).
const securityPath = "/.well-known/security.txt"

// A Security is whom to tell about holes in this server, in order of preference:
// addresses as mailto:, https: or tel: URIs. The address under which it stands is
// named in it when it is known.
type Security struct {
	Contacts []string
	URL      string // of this server, without a path; "" when it is not known
}

// securityFor is how long the file may be believed that was fetched today: RFC 9116,
// 2.5.5, asks for less than a year.
const securityFor = 180 * 24 * time.Hour

const mostContacts = 16

// Check says what is wrong with it.
func (s Security) Check() error {
	if len(s.Contacts) > mostContacts {
		return kind.Invalid.Errorf("%d contacts for security: at most %d", len(s.Contacts), mostContacts)
	}
	for _, c := range s.Contacts {
		u, err := url.Parse(c)
		wrong := err != nil || strings.ContainsFunc(c, func(r rune) bool { return r <= ' ' || r > '~' })
		if !wrong {
			switch u.Scheme {
			case "mailto":
				address, _, _ := strings.Cut(u.Opaque, "?")
				_, err := mail.ParseAddress(address)
				wrong = err != nil
			case "https":
				wrong = u.Host == ""
			case "tel":
				wrong = u.Opaque == ""
			default:
				wrong = true
			}
		}
		if wrong {
			return kind.Invalid.Errorf("%q is no contact for security: want an address such as mailto:security@register.example, https://register.example/security or tel:+1-201-555-0123", c)
		}
	}
	return nil
}

// text is the file, as of now.
func (s Security) text(now time.Time) string {
	var b strings.Builder
	for _, c := range s.Contacts {
		_, _ = fmt.Fprintf(&b, "Contact: %s\n", c)
	}
	_, _ = fmt.Fprintf(&b, "Expires: %s\n", now.UTC().Truncate(24*time.Hour).Add(securityFor).Format(time.RFC3339))
	b.WriteString("Preferred-Languages: en, ar\n")
	if s.URL != "" {
		_, _ = fmt.Fprintf(&b, "Canonical: %s%s\n", strings.TrimSuffix(s.URL, "/"), securityPath)
	}
	return b.String()
}

// security answers who looks for whom to tell. The time is the clock's, also on a
// register that is an exercise: what expires is about the server.
func (s *site) security(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = w.Write([]byte(s.opts.Security.text(s.pace.clock()))) // a reader who went away is not our failure
}
