package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/proved"
	"chancery.example/proof"
)

// Limits of a form besides those of its file and text.
const (
	maxParts  = 8
	maxOption = 64      // bytes of a choice
	formSlack = 1 << 16 // bytes for headers and boundaries
)

// An exhibit is what a reader sent, held in memory for one request.
type exhibit struct {
	name  string // of the file
	media string // as the browser says
	as    check.ExhibitKind
	data  []byte
	file  bool
}

func (e exhibit) exhibit(from string) check.Exhibit {
	return check.Exhibit{Name: e.name, Data: e.data, As: e.as, MediaType: e.media, From: from}
}

// A refusal is a kind of problem with the limit it names.
type refusal struct {
	kind  string
	limit int
}

func (r *refusal) Error() string { return r.kind }

// readForm reads what a reader sent: a form with a file or text, or the plain
// text itself from a program. Nothing touches the disk.
func (s *site) readForm(c *call) (exhibit, *refusal) {
	c.Body = http.MaxBytesReader(c.w, c.Body, s.opts.FileLimit+s.opts.TextLimit+formSlack)
	media, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return exhibit{}, &refusal{"media_type", 0}
	}
	var e exhibit
	switch media {
	case "multipart/form-data":
		e, err = s.readParts(c.Request)
	case "application/x-www-form-urlencoded":
		e, err = s.readFields(c.Request)
	case proof.MediaType:
		e.file = true
		e.data, err = limited(c.Body, proved.MaxFile, "too_large")
	case "text/plain", "text/html":
		e, err = s.readBody(c.Request, media, params["charset"])
	default:
		return exhibit{}, &refusal{"media_type", 0}
	}
	var no *refusal
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &no):
		return exhibit{}, no
	case errors.As(err, &over):
		return exhibit{}, &refusal{"too_large", int(s.opts.FileLimit / megabyte)}
	case err != nil:
		return exhibit{}, &refusal{"bad_form", 0}
	case !e.file && strings.TrimSpace(string(e.data)) == "", len(e.data) == 0:
		return exhibit{}, &refusal{"nothing_sent", 0}
	}
	return e, nil
}

// readParts reads a multipart form part by part. A file goes before text when
// both are there.
func (s *site) readParts(r *http.Request) (exhibit, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return exhibit{}, err
	}
	var file, text exhibit
	var as check.ExhibitKind
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return exhibit{}, err
		}
		switch part.FormName() {
		case "file":
			file = exhibit{name: part.FileName(), media: part.Header.Get("Content-Type"), file: true}
			file.data, err = limited(part, s.opts.FileLimit, "too_large")
		case "text":
			text.data, err = limited(part, s.opts.TextLimit, "text_too_large")
		case "as":
			as, err = readKind(part)
		}
		if err != nil {
			return exhibit{}, err
		}
	}
	if len(file.data) > 0 {
		file.as = as
		return file, nil
	}
	text.as = as
	return text, nil
}

func (s *site) readFields(r *http.Request) (exhibit, error) {
	// Each byte of text may take three in this encoding.
	b, err := limited(r.Body, 3*s.opts.TextLimit+formSlack, "text_too_large")
	if err != nil {
		return exhibit{}, err
	}
	fields, err := url.ParseQuery(string(b))
	if err != nil {
		return exhibit{}, err
	}
	if name := fields.Get("try"); name != "" {
		t, ok := s.tryNamed(name)
		if !ok {
			return exhibit{}, &refusal{"nothing_sent", 0}
		}
		return exhibit{name: t.Name, media: t.Media, data: t.Data, file: true}, nil
	}
	text := fields.Get("text")
	if int64(len(text)) > s.opts.TextLimit {
		return exhibit{}, &refusal{"text_too_large", int(s.opts.TextLimit / megabyte)}
	}
	as, err := readKind(strings.NewReader(fields.Get("as")))
	return exhibit{data: []byte(text), as: as}, err
}

func (s *site) readBody(r *http.Request, media, charset string) (exhibit, error) {
	if charset != "" && !strings.EqualFold(charset, "utf-8") {
		return exhibit{}, &refusal{"media_type", 0}
	}
	as, err := readKind(strings.NewReader(r.URL.Query().Get("as")))
	if err != nil {
		return exhibit{}, err
	}
	b, err := limited(r.Body, s.opts.TextLimit, "text_too_large")
	return exhibit{data: b, as: as, media: media, file: media == "text/html"}, err
}

// limited reads at most limit bytes; more is refused as kind.
func limited(r io.Reader, limit int64, kind string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, &refusal{kind, int(limit / megabyte)}
	}
	return b, nil
}

// readKind reads the reader's own word on what was sent; none is fine.
func readKind(r io.Reader) (check.ExhibitKind, error) {
	b, err := limited(r, maxOption, "bad_form")
	if err != nil {
		return "", err
	}
	switch k := check.ExhibitKind(b); k {
	case "", check.KindText, check.KindQuotation, check.KindReport, check.KindFile:
		return k, nil
	case check.KindPhoto, check.KindProof: // what it is, not how to read it
	}
	return "", &refusal{"bad_form", 0}
}
