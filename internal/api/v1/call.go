package v1

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/letter"
	"chancery.example/register"
)

// A call is one request.
type call struct {
	*http.Request
	api     *api
	w       http.ResponseWriter
	route   route
	records *check.Snapshot // of public routes
	token   staff.Token     // of the office's side
	langs   []letter.Lang   // that its person may translate
	raw     []byte          // the body, once it was read
	read    bool
}

// identify finds out who asks (MUST-12): by a token in the Authorization header and
// nothing else.
func (c *call) identify() error {
	unknown := refusal{http.StatusUnauthorized, "unauthorized", "Give the token of a program: Authorization: Bearer cht_...", 0}
	values := c.Header.Values("Authorization")
	if len(values) != 1 {
		return unknown
	}
	scheme, value, ok := strings.Cut(values[0], " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return unknown
	}
	t, err := c.api.Staff.Token(c.Context(), strings.TrimSpace(value)) // only digests are compared
	if kind.Of(err) == kind.NotFound {
		return unknown
	}
	if err != nil {
		return err
	}
	c.token = t
	if slices.Contains(t.Roles, staff.Translator) {
		p, err := c.api.Staff.Person(c.Context(), t.Office, t.Person)
		if err != nil {
			return err
		}
		c.langs = []letter.Lang{p.Lang}
	}
	if !slices.ContainsFunc(c.route.may, t.May) && len(c.route.may) > 0 {
		return refusal{http.StatusForbidden, "forbidden", "This token does not have a role for that.", 0}
	}
	c.Request = c.WithContext(office.Within(c.Context(), t.Office))
	return nil
}

// by is who acts, as package office wants to know it.
func (c *call) by() office.By {
	b := office.By{ID: c.token.Person, Langs: c.langs}
	for _, r := range c.token.Roles {
		b.Roles = append(b.Roles, string(r))
	}
	return b
}

// maxBody is how much a request may hold: texts in several languages.
const maxBody = 8 << 20

// body reads the whole body, once.
func (c *call) body() ([]byte, error) {
	if c.read {
		return c.raw, nil
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, c.route.most()))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, refusal{http.StatusRequestEntityTooLarge, "too_large", fmt.Sprintf("A request holds at most %d MB.", c.route.most()>>20), 0}
	case err != nil:
		return nil, refusal{http.StatusBadRequest, "bad_request", "The request ended before its end.", 0}
	}
	c.raw, c.read = raw, true
	return raw, nil
}

// bodyOf reads the body as JSON: one value, with no member that is not known
// (MUST-10).
func bodyOf[T any](c *call) (v T, err error) {
	raw, err := c.body()
	if err != nil {
		return v, err
	}
	if media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return v, refusal{http.StatusUnsupportedMediaType, "media_type", "Send application/json.", 0}
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, refusal{http.StatusBadRequest, "bad_request", "The body cannot be taken: " + strings.TrimPrefix(err.Error(), "json: ") + ".", 0}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return v, refusal{http.StatusBadRequest, "bad_request", "Something follows the body's one value.", 0}
	}
	return v, nil
}

// ref reads the reference in the address.
func (c *call) ref() (letter.Ref, error) {
	ref, err := letter.ParseRef(c.PathValue("ref"))
	if err != nil {
		return "", notThere
	}
	return ref, nil
}

// id reads a number in the address, in its one form.
func (c *call) id(name string) (int64, error) {
	s := c.PathValue(name)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, notThere
	}
	return n, nil
}

const (
	usualPage = 50
	mostPage  = 200
)

// A page is what part of a list is asked for: below a place, at most so many.
type page struct {
	below uint64 // 0: from the newest
	most  int
}

// page reads cursor and limit (MUST-14).
func (c *call) page() (page, error) {
	p := page{most: usualPage}
	q := c.URL.Query()
	if s := q.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > mostPage {
			return p, invalid(fmt.Sprintf("limit is a number from 1 to %d.", mostPage))
		}
		p.most = n
	}
	if s := q.Get("cursor"); s != "" {
		raw, err := base64.RawURLEncoding.DecodeString(s)
		n, ok := strings.CutPrefix(string(raw), c.list()+" ")
		below, errNumber := strconv.ParseUint(n, 10, 63)
		if err != nil || !ok || errNumber != nil || below == 0 {
			return p, invalid("This cursor is none of this list: take it from next_cursor.")
		}
		p.below = below
	}
	return p, nil
}

// list names the list that a cursor belongs to.
func (c *call) list() string { return c.URL.Path }

// next is the cursor of what follows; "" at the end.
func (c *call) next(below uint64, more bool) string {
	if !more || below == 0 {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d", c.list(), below))
}

// pick takes a page of what is ordered from the newest to the oldest by a number, each
// its own.
func pick[T any](p page, all []T, at func(T) uint64) (out []T, last uint64, more bool) {
	out = []T{}
	for _, x := range all {
		if p.below != 0 && at(x) >= p.below {
			continue
		}
		if len(out) == p.most {
			return out, last, true
		}
		out, last = append(out, x), at(x)
	}
	return out, last, false
}

// office is the office that a public address names.
func (c *call) office() (register.OfficeView, error) {
	o, ok := c.records.State().OfficeByID(c.PathValue("office"))
	if !ok {
		return o, notThere
	}
	return o, nil
}
