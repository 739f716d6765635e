package desk

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"chancery.example/internal/kind"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/desk/pages/join"
	"chancery.example/internal/web/desk/pages/prove"
	"chancery.example/internal/web/desk/pages/signin"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
)

func (d *Desk) signInRoutes() []route {
	return []route{
		{pattern: "GET /desk/sign-in", open: true, serve: (*call).signInPage},
		{pattern: "POST /desk/sign-in/options", open: true, serve: (*call).signInOptions},
		{pattern: "POST /desk/sign-in/finish", open: true, serve: (*call).signInFinish},
		{pattern: "POST /desk/sign-out", serve: (*call).signOut},
		{pattern: "GET /desk/join", open: true, serve: (*call).joinPage},
		{pattern: "POST /desk/join/options", open: true, serve: (*call).joinOptions},
		{pattern: "POST /desk/join/finish", open: true, serve: (*call).joinFinish},
		{pattern: "GET /desk/prove", serve: (*call).provePage},
		{pattern: "POST /desk/prove/options", serve: (*call).proveOptions},
		{pattern: "POST /desk/prove/finish", serve: (*call).proveFinish},
	}
}

// closed reports whether nobody can use a passkey here.
func (c *call) closed() bool { return c.d.opts.Staff == nil || c.d.opts.Staff.Origin() == "" }

// passkeys makes a page start the script of the ceremonies.
func (c *call) passkeys(a answer) answer {
	a.frame.Scripts = []string{c.d.scripts["passkey.js"].address}
	return a
}

// byName leads from this machine's number to its name: passkeys are bound to
// names.
func (c *call) byName(next answer) answer {
	if c.closed() {
		return next
	}
	origin, err := url.Parse(c.d.opts.Staff.Origin())
	host, _, _ := net.SplitHostPort(c.Host)
	number, errIP := netip.ParseAddr(host)
	if err != nil || origin.Hostname() != "localhost" || errIP != nil || !number.IsLoopback() {
		return next
	}
	return answer{elsewhere: origin.String() + c.URL.RequestURI()}
}

func (c *call) signInPage() answer {
	v := signin.View{Then: c.then(), Closed: c.closed()}
	return c.byName(c.passkeys(view(signin.Page, v, c.printer.T("desk.signin.title"), "/desk/sign-in", "")))
}

func (c *call) joinPage() answer {
	v := join.View{Then: shared.Href(c.lang, "/desk/"), Closed: c.closed()}
	return c.byName(c.passkeys(view(join.Page, v, c.printer.T("desk.join.title"), staff.JoinPath, "")))
}

func (c *call) provePage() answer {
	v := prove.View{Then: c.then(), Closed: c.closed(), Form: c.URL.Query().Get("then") == ""}
	return c.byName(c.passkeys(view(prove.Page, v, c.printer.T("desk.prove.title"), "/desk/prove", "")))
}

// then is where to go after a ceremony: what was asked for, if it is a page of the
// desk, and else the first page. Anything else could lead people to another site
// that looks like this one.
func (c *call) then() string {
	home := shared.Href(c.lang, "/desk/")
	asked := c.URL.Query().Get("then")
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || u.Fragment != "" || strings.ContainsAny(asked, "\\\t\r\n") {
		return home
	}
	for _, lang := range i18n.Langs() {
		desk := shared.Href(lang, "/desk/")
		// What is not in its plain form is not taken: browsers and servers differ
		// in how they read dots and doubled slashes.
		if strings.HasPrefix(asked, desk) && (u.Path == desk || path.Clean(u.Path) == u.Path) {
			return asked
		}
	}
	return home
}

// ceremony answers a step of a ceremony to the page's own script.
func (c *call) ceremony(options json.RawMessage, err error) answer {
	if err != nil {
		return c.failed(err)
	}
	return answer{json: options}
}

// within returns the people of the desk, an error when nobody can sign in.
func (c *call) within() (*staff.Staff, error) {
	if c.closed() {
		return nil, kind.Unavailable.Errorf("nobody can sign in here: the desk's address was not said")
	}
	return c.d.opts.Staff, nil
}

// caller says who calls, for the limits and the list of sessions.
func (c *call) caller() staff.Caller {
	w := staff.Caller{Agent: c.UserAgent()}
	if c.d.opts.Client != nil {
		w.Client = c.d.opts.Client(c.Request)
	}
	return w
}

// body reads what a script sent.
func (c *call) body() ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(c.Body, staff.MaxBody+1))
	if err != nil {
		return nil, kind.Invalid.Errorf("what was sent could not be read: %w", err)
	}
	return b, nil
}

// entered answers a ceremony that let somebody in: with their cookie.
func (c *call) entered(s *staff.Staff, cookie string, err error) answer {
	if err != nil {
		return c.failed(err)
	}
	return answer{json: map[string]bool{"ok": true}, cookies: []*http.Cookie{s.Cookie(cookie)}}
}

func (c *call) signInOptions() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	return c.ceremony(s.BeginLogin(c.Context()))
}

func (c *call) signInFinish() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	body, err := c.body()
	if err != nil {
		return c.failed(err)
	}
	cookie, _, err := s.FinishLogin(c.Context(), c.caller(), body)
	return c.entered(s, cookie, err)
}

// signOut ends the session and takes its cookie away.
func (c *call) signOut() answer {
	a := answer{redirect: "/desk/sign-in"}
	s, err := c.within()
	if err != nil {
		return a
	}
	if err := s.SignOut(c.Context(), c.who.Session); err != nil {
		return c.failed(err)
	}
	a.cookies = []*http.Cookie{s.NoCookie()}
	return a
}

// An opening is what the page of an invitation sends: the secret of the link,
// which stands behind "#" and in no address that a server sees.
type opening struct {
	Secret     string          `json:"secret"`
	Name       string          `json:"name"` // of the passkey
	Credential json.RawMessage `json:"credential"`
}

func (c *call) opening() (o opening, err error) {
	b, err := c.body()
	if err == nil && json.Unmarshal(b, &o) != nil {
		err = kind.Invalid.Errorf("what was sent is no form of this page")
	}
	return o, err
}

func (c *call) joinOptions() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	o, err := c.opening()
	if err != nil {
		return c.failed(err)
	}
	options, err := s.BeginRegister(c.Context(), o.Secret)
	return c.ceremony(options, spent(err))
}

func (c *call) joinFinish() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	o, err := c.opening()
	if err != nil {
		return c.failed(err)
	}
	cookie, _, err := s.FinishRegister(c.Context(), o.Secret, o.Name, c.caller(), o.Credential)
	return c.entered(s, cookie, spent(err))
}

// spent is the answer of a link that is not good any more: a conflict, so that the
// page can say so and not that it is not there.
func spent(err error) error {
	if kind.Of(err) == kind.NotFound {
		return kind.Conflict.Wrap(err)
	}
	return err
}

func (c *call) proveOptions() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	return c.ceremony(s.BeginProve(c.Context(), c.who.Session))
}

func (c *call) proveFinish() answer {
	s, err := c.within()
	if err != nil {
		return c.failed(err)
	}
	body, err := c.body()
	if err != nil {
		return c.failed(err)
	}
	cookie, _, err := s.FinishProve(c.Context(), c.who.Session, c.caller(), body)
	return c.entered(s, cookie, err)
}
