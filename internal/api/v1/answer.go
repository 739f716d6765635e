package v1

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"chancery.example/internal/kind"
	refusals "chancery.example/internal/refusal"
)

// A Problem is what every refusal looks like (RFC 9457, MUST-11).
type Problem struct {
	Type   string `json:"type" doc:"about:blank# and a name that stays the same: invalid, not_found, conflict, forbidden ..."`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"for people"`
	Code   string `json:"code,omitempty" doc:"which refusal of an act it is, as issue.already; stays the same when the words change"`
}

// A refusal is a problem on its way.
type refusal struct {
	status int
	name   string
	detail string
	wait   time.Duration // until it is worth trying again
}

func (r refusal) Error() string { return r.name + ": " + r.detail }

// notThere is the answer for what is not there, for what is another office's, and
// for what this caller may not know of: the same to the last byte (MUST-13).
var notThere = refusal{http.StatusNotFound, "not_found", "There is nothing here under this name.", 0}

func invalid(detail string) error {
	return refusal{http.StatusUnprocessableEntity, "invalid", detail, 0}
}

// refuse answers an error.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var no refusal
	if !errors.As(err, &no) {
		no = refusalOf(err)
		if no.status >= http.StatusInternalServerError {
			a.Log.ErrorContext(r.Context(), "answering a program", "route", r.Pattern, "error", err)
		}
	}
	code := ""
	if r, ok := refusals.Of(err); ok && no.status < http.StatusInternalServerError && no.status != http.StatusNotFound {
		code = r.Code
	}
	failAs(w, no, code)
}

func refusalOf(err error) refusal {
	switch kind.Of(err) {
	case kind.NotFound:
		return notThere
	case kind.Invalid:
		return refusal{http.StatusUnprocessableEntity, "invalid", err.Error(), 0}
	case kind.Conflict:
		return refusal{http.StatusConflict, "conflict", err.Error(), 0}
	case kind.Forbidden:
		return refusal{http.StatusForbidden, "forbidden", err.Error(), 0}
	case kind.Unavailable:
		return refusal{http.StatusServiceUnavailable, "unavailable", "This cannot be done just now: try again later.", 5 * time.Second}
	case kind.Unknown:
	}
	return refusal{http.StatusInternalServerError, "internal", "Something went wrong here. It was noted.", 0}
}

func fail(w http.ResponseWriter, no refusal) { failAs(w, no, "") }

func failAs(w http.ResponseWriter, no refusal, code string) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	if no.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="chancery"`)
	}
	if no.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(no.wait/time.Second)))
	}
	raw, err := json.Marshal(Problem{"about:blank#" + no.name, strings.ReplaceAll(no.name, "_", " "), no.status, no.detail, code})
	if err != nil {
		raw = []byte("{}")
	}
	w.WriteHeader(no.status)
	_, _ = w.Write(append(raw, '\n'))
}

// A file is an answer that is no JSON.
type file struct {
	media, name string
	data        []byte
}

// A made is an answer with an address of its own, of something new.
type made struct {
	value    any
	location string
}

// A tagged is an answer whose tag is not that of its bytes.
type tagged struct {
	value any
	tag   string
}

// write sends what a route gave, with a tag, so that what did not change is not sent
// again (MUST-15).
func (a *api) write(c *call, v any) {
	h := c.w.Header()
	status := c.route.status
	if m, ok := v.(made); ok {
		h.Set("Location", Base+m.location)
		v = m.value
	}
	var tag string
	if t, ok := v.(tagged); ok {
		v, tag = t.value, t.tag
	}
	var data []byte
	switch v := v.(type) {
	case nil:
		c.w.WriteHeader(http.StatusNoContent)
		return
	case file:
		h.Set("Content-Type", v.media)
		if v.name != "" {
			h.Set("Content-Disposition", `attachment; filename="`+strings.Map(plainName, v.name)+`"`)
		}
		data = v.data
	default:
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			a.refuse(c.w, c.Request, err)
			return
		}
		h.Set("Content-Type", "application/json")
		data = b.Bytes()
	}
	if c.Method == http.MethodGet || c.Method == http.MethodHead || tag != "" {
		if tag == "" {
			tag = tagOf(data)
		}
		h.Set("ETag", tag)
		h.Set("Cache-Control", map[bool]string{true: "private, no-cache", false: "no-cache"}[c.route.may != nil])
		if c.Method != http.MethodPut && matches(c.Header.Values("If-None-Match"), tag) {
			h.Del("Content-Type")
			c.w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(data) // who went away is not our failure
}

func plainName(r rune) rune {
	if r < ' ' || r >= 0x7f || strings.ContainsRune(`"\/`, r) {
		return '-'
	}
	return r
}

func tagOf(data []byte) string {
	sum := sha256.Sum256(data)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// matches reports whether a list of tags names one.
func matches(lists []string, tag string) bool {
	all := strings.Split(strings.Join(lists, ","), ",")
	return slices.ContainsFunc(all, func(s string) bool {
		s = strings.TrimPrefix(strings.TrimSpace(s), "W/")
		return s == tag || s == "*"
	})
}
