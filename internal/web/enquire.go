package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/web/pages/enquire"
	"chancery.example/internal/web/pages/enquiry"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/shared"
	"chancery.example/register"
)

// A Question is what a reader asks an office.
type Question struct {
	Words   string
	Exhibit string // the text in question, when the reader chose to send it
	Contact string // where to answer, when the reader wishes
}

// An Asked is what became of a question, for the reader who asked it.
type Asked struct {
	Office  string
	Words   string
	AskedAt time.Time
	State   string         // open, answered, dismissed
	Entry   register.Index // of the answer
	Reason  string         // of one that was dismissed
	EndedAt time.Time      // zero: open
	Took    time.Duration
}

// Enquiries takes readers' questions to the offices of this server.
type Enquiries interface {
	// Takes reports whether an office takes questions here.
	Takes(ctx context.Context, office string) bool
	// Ask takes a question; secret is what its page is found by. Errors are of kind
	// Invalid for one that is too long or empty, Unavailable when no more are taken.
	Ask(ctx context.Context, office string, q Question) (secret string, err error)
	// Asked returns what became of a question; an error of kind NotFound when
	// there is none under this secret.
	Asked(ctx context.Context, secret string) (Asked, error)
}

// asking is how often one reader may ask: a few questions at once, then one in ten
// minutes.
var asking = Rate{1.0 / 600, 5}

// mostAsked bounds the form of a question: 2,000 characters, 64 kB of text and an
// address, each byte in three.
const mostAsked = 256 << 10

// asked returns the office that is asked; ok is false when it takes no questions.
func (s *site) asked(c *call) (register.OfficeView, bool) {
	o, ok := c.records.State().OfficeByID(c.PathValue("office"))
	return o, ok && s.opts.Enquiries.Takes(c.Context(), o.ID)
}

// enquireForm asks for a question to an office.
func (s *site) enquireForm(c *call) answer {
	o, ok := s.asked(c)
	if !ok {
		return s.notFound(c)
	}
	return s.enquirePage(c, enquire.View{Office: o}, http.StatusOK)
}

func (s *site) enquirePage(c *call, v enquire.View, status int) answer {
	a := view(enquire.Page, v, nil, shared.Frame{Title: c.printer.T("enquire.title"), Path: shared.OfficePath(v.Office.ID) + "/ask", Nav: "registers", NoIndex: true})
	a.status = status
	return a
}

// enquire takes a question and shows its page, whose address only this reader has.
func (s *site) enquire(c *call) answer {
	o, ok := s.asked(c)
	if !ok {
		return s.problem(c, "not_found", 0)
	}
	fields, bad := readSmallForm(c, mostAsked)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	lines := strings.NewReplacer("\r\n", "\n", "\r", "\n")
	q := Question{lines.Replace(strings.TrimSpace(fields.Get("words"))), lines.Replace(fields.Get("exhibit")), strings.TrimSpace(fields.Get("contact"))}
	v := enquire.View{Office: o, Words: q.Words, Exhibit: q.Exhibit, Contact: q.Contact}
	if q.Words == "" {
		v.Bad = "empty"
		return s.enquirePage(c, v, http.StatusUnprocessableEntity)
	}
	if wait, ok := s.asks.take(s.opts.Rates.Client(c.Request)); !ok {
		seconds := int(wait / time.Second)
		a := s.problem(c, "too_many", seconds)
		c.w.Header().Set("Retry-After", c.printer.Num(uint64(seconds))) //nolint:gosec // positive
		return a
	}
	secret, err := s.opts.Enquiries.Ask(c.Context(), o.ID, q)
	switch {
	case err == nil:
		return answer{status: http.StatusSeeOther, redirect: shared.Href(c.lang, "/e/"+secret) + "?new"}
	case kind.Of(err) == kind.Invalid:
		v.Bad = "long"
		return s.enquirePage(c, v, http.StatusUnprocessableEntity)
	case kind.Of(err) == kind.Unavailable:
		v.Bad = "full"
		return s.enquirePage(c, v, http.StatusServiceUnavailable)
	}
	s.opts.Log.ErrorContext(c.Context(), "taking a question", "error", err)
	return s.problem(c, "internal", 0)
}

// enquiry shows what became of a question.
func (s *site) enquiry(c *call) answer {
	secret := c.PathValue("secret")
	got, err := s.opts.Enquiries.Asked(c.Context(), secret)
	if err != nil {
		if kind.Of(err) == kind.NotFound {
			return s.notFound(c)
		}
		s.opts.Log.ErrorContext(c.Context(), "reading a question", "error", err)
		return s.problem(c, "unavailable", 0)
	}
	o, ok := c.records.State().OfficeByID(got.Office)
	if !ok {
		return s.notFound(c)
	}
	v := enquiry.View{
		Office: o, New: c.URL.RawQuery == "new", Address: s.base(c.Request) + shared.Href(c.lang, "/e/"+secret), Words: got.Words, AskedAt: got.AskedAt,
		State: got.State, Reason: got.Reason, EndedAt: got.EndedAt, AnswerAt: got.Entry,
	}
	if got.State == "answered" {
		v.Answer = saidAt(c, got.Entry)
	}
	if !got.EndedAt.IsZero() {
		v.Took = enquiry.Took(c.printer, got.Took)
	}
	return view(enquiry.Page, v, nil, shared.Frame{Title: c.printer.T("enquiry.state." + got.State), Path: "/e/" + secret, Nav: "registers", NoIndex: true})
}

// saidAt returns the statement or disavowal in an entry, nil when the log that is
// shown does not have it yet.
func saidAt(c *call, i register.Index) *shared.Said {
	for _, x := range c.records.State().Statements() {
		if x.Index == i {
			said := record.Said(c.records, x)
			return &said
		}
	}
	for _, d := range c.records.State().Disavowals() {
		if d.Index == i {
			said := record.Disavowed(c.records, d)
			return &said
		}
	}
	return nil
}

// mostAsk is how many offices an answer names to be asked.
const mostAsk = 8

// whom names the offices that a reader can ask about words that are not on
// record; none where questions are not taken.
func (s *site) whom(c *call) []result.Ask {
	if s.opts.Enquiries == nil {
		return nil
	}
	var out []result.Ask
	for _, o := range c.records.State().Offices() {
		if s.opts.Enquiries.Takes(c.Context(), o.ID) {
			out = append(out, result.Ask{Office: o.Name, Path: shared.OfficePath(o.ID) + "/ask"})
		}
	}
	return out[:min(len(out), mostAsk)]
}
