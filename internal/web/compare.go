package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/web/pages/compare"
	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
)

// compareForm asks for the texts to lay side by side.
func (s *site) compareForm(c *call) answer {
	v := compare.Form(int(s.opts.FileLimit / megabyte))
	a := view(compare.Page, v, nil, shared.Frame{Title: c.printer.T("compare.ask"), Path: "/compare", Nav: "check"})
	a.cache = brief
	return a
}

// compare lays what was sent side by side. Nothing of it is kept.
func (s *site) compare(c *call) answer {
	sent, bad := s.readMany(c)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	got, kind := s.besides(c, sent)
	if kind != "" {
		return s.problem(c, kind, int(s.opts.CheckTimeout.Seconds()))
	}
	v := compare.Form(int(s.opts.FileLimit / megabyte))
	v.Answer = compare.Build(c.printer, c.records, got)
	return view(compare.Page, v, got, shared.Frame{Title: c.printer.T("compare.kick"), Path: "/compare", Nav: "check", NoIndex: true})
}

// besides runs one comparison, when there is room for it, within the time limit.
// kind is the problem, if any.
func (s *site) besides(c *call, sent []check.Exhibit) (got check.Comparison, kind string) {
	ctx, cancel := context.WithTimeout(c.Context(), s.opts.CheckTimeout)
	defer cancel()
	select {
	case s.running <- struct{}{}:
		defer func() { <-s.running }()
	case <-ctx.Done():
		return got, "busy"
	}
	got, err := check.Compare(ctx, c.records, sent, c.at)
	kind, _, unread := reply.Unread(err)
	switch {
	case err == nil:
		return got, ""
	case errors.Is(err, context.DeadlineExceeded):
		return got, "too_slow"
	case unread:
		return got, kind
	}
	s.opts.Log.ErrorContext(c.Context(), "comparing", "error", err)
	return got, "internal"
}

// many collects what a form for several exhibits sends: each numbered text or
// file has a place, further files come after them.
type many struct {
	placed map[int]check.Exhibit
	more   []check.Exhibit
	as     check.ExhibitKind
}

// readMany reads the form for several exhibits. Nothing touches the disk.
func (s *site) readMany(c *call) ([]check.Exhibit, *refusal) {
	c.Body = http.MaxBytesReader(c.w, c.Body, s.opts.FileLimit+compare.Fields*s.opts.TextLimit+formSlack)
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		return nil, &refusal{"media_type", 0}
	}
	m := many{placed: map[int]check.Exhibit{}}
	err = s.readManyParts(c.Request, &m)
	var no *refusal
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &no):
		return nil, no
	case errors.As(err, &over):
		return nil, &refusal{"too_large", int(s.opts.FileLimit / megabyte)}
	case err != nil:
		return nil, &refusal{"bad_form", 0}
	}
	out := m.exhibits()
	switch {
	case len(out) < 2:
		return nil, &refusal{"too_few", 0}
	case len(out) > check.MaxReports, len(out) > 2 && m.as == check.KindText:
		return nil, &refusal{"too_many_sides", check.MaxReports}
	}
	return out, nil
}

// exhibits puts what was sent in order.
func (m *many) exhibits() []check.Exhibit {
	var out []check.Exhibit
	for i := range compare.Fields {
		if e, ok := m.placed[i+1]; ok {
			out = append(out, e)
		}
	}
	out = append(out, m.more...)
	for i := range out {
		out[i].As = m.as
	}
	return out
}

func (s *site) readManyParts(r *http.Request, m *many) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for range 2*compare.Fields + check.MaxReports + 2 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := part.FormName()
		switch {
		case name == "as":
			if m.as, err = readKind(part); err == nil && !slices.Contains([]check.ExhibitKind{"", check.KindText, check.KindReport}, m.as) {
				err = &refusal{"bad_form", 0}
			}
		case strings.HasPrefix(name, "text"):
			var b []byte
			if b, err = limited(part, s.opts.TextLimit, "text_too_large"); err == nil {
				m.place(name[4:], check.Exhibit{Data: b})
			}
		case strings.HasPrefix(name, "file"):
			e := check.Exhibit{Name: part.FileName(), MediaType: part.Header.Get("Content-Type")}
			if e.Data, err = limited(part, s.opts.FileLimit, "too_large"); err == nil {
				m.place(name[4:], e)
			}
		}
		if err != nil {
			return err
		}
	}
	return &refusal{"too_many_sides", check.MaxReports}
}

// place keeps an exhibit that is not empty; a file goes before a text of the same
// number.
func (m *many) place(number string, e check.Exhibit) {
	if strings.TrimSpace(string(e.Data)) == "" {
		return
	}
	n, err := strconv.Atoi(number)
	switch {
	case number == "s":
		m.more = append(m.more, e)
	case err != nil || n < 1 || n > compare.Fields:
	case e.Name != "" || m.placed[n].Name == "":
		m.placed[n] = e
	}
}
