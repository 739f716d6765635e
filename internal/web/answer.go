package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
)

// write sends an answer in the form that the request accepts.
func (s *site) write(c *call, a answer) {
	h := c.w.Header()
	h.Set("Cache-Control", "no-store")
	if a.frame.NoIndex {
		h.Set("X-Robots-Tag", "noindex")
	}
	if a.cache != "" {
		h.Set("Cache-Control", a.cache)
	}
	h.Add("Vary", "Accept")
	if a.pictures {
		h.Set("Content-Security-Policy", withPictures(h.Get("Content-Security-Policy")))
	}
	switch {
	case a.data != nil:
		s.document(c, a.data)
	case a.file != nil:
		s.send(c, a.status, a.file.media, a.file.data, a.file.name)
	case a.redirect != "":
		http.Redirect(c.w, c.Request, a.redirect, http.StatusSeeOther)
	case wantsJSON(c.Request) && a.json != nil:
		typ := "application/json"
		if a.typ != "" {
			typ = a.typ
		}
		s.encode(c, a.status, typ, a.json)
	default:
		s.page(c, a)
	}
}

// document sends data that any page may ask for, unless the asker has it.
func (s *site) document(c *call, d *document) {
	sum := sha256.Sum256(d.bytes)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h := c.w.Header()
	h.Set("ETag", tag)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if slices.ContainsFunc(strings.Split(c.Header.Get("If-None-Match"), ","), func(t string) bool {
		return strings.TrimPrefix(strings.TrimSpace(t), "W/") == tag
	}) {
		c.w.WriteHeader(http.StatusNotModified)
		return
	}
	s.send(c, http.StatusOK, d.media, d.bytes, "")
}

func (s *site) encode(c *call, status int, typ string, v any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		s.opts.Log.ErrorContext(c.Context(), "writing an answer as JSON", "path", c.Pattern, "error", err)
		http.Error(c.w, "the answer could not be written", http.StatusInternalServerError)
		return
	}
	s.send(c, status, typ, buf.Bytes(), "")
}

func (s *site) page(c *call, a answer) {
	var r shared.Records
	if c.records != nil {
		r = c.records
	}
	f := reply.Complete(a.frame, c.lang, r, s.assets.style)
	var buf bytes.Buffer
	if err := a.html(&buf, f); err != nil {
		s.opts.Log.ErrorContext(c.Context(), "showing a page", "path", c.Pattern, "error", err)
		http.Error(c.w, "the page could not be shown", http.StatusInternalServerError)
		return
	}
	s.send(c, a.status, "text/html; charset=utf-8", buf.Bytes(), "")
}

// send writes a whole answer. Foreign bytes always go out as a download.
func (s *site) send(c *call, status int, typ string, body []byte, name string) {
	h := c.w.Header()
	h.Set("Content-Type", typ)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Content-Language", string(c.lang))
	if name != "" {
		h.Del("Content-Language")
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	}
	c.w.WriteHeader(status)
	if c.Method != http.MethodHead {
		_, _ = io.Copy(c.w, bytes.NewReader(body)) // a reader who went away is not our failure
	}
}

// wantsJSON reports whether a request accepts JSON and no page.
func wantsJSON(r *http.Request) bool {
	asked := false
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		typ, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		switch typ {
		case "text/html", "application/xhtml+xml":
			return false
		case "application/json", "application/problem+json":
			asked = true
		}
	}
	return asked
}
