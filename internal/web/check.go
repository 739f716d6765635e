package web

import (
	"context"
	"errors"
	"net/http"

	"chancery.example/internal/check"
	"chancery.example/internal/photo"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// check answers a paper. Nothing of it is kept: not in a file, not in the log of
// the program, not in an address.
func (s *site) check(c *call) answer {
	sent, bad := s.readForm(c)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	if ref, ok := sent.reference(); ok {
		return s.byReference(c, ref)
	}
	began := s.pace.clock() // the whole paper is here
	if sent.isProof(c.records) {
		return s.proofFile(c, sent, began)
	}
	f, bad := s.examine(c, sent)
	others := s.others(c, f)
	s.pace.release(c.Context(), began)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	link := s.offer(f) // without what others say: that is asked for anew
	f.Elsewhere = others
	return replied(reply.Finding(c.printer, c.records, f, func(v *result.View) {
		v.Link = link
		if f.Record == nil {
			v.Asks = s.whom(c)
		}
	}))
}

// others is what other registers say of the words of a finding. A report has no words
// of its own.
func (s *site) others(c *call, f check.Finding) []check.Elsewhere {
	if s.opts.Others == nil || f.ExhibitKind == check.KindReport || f.Match == nil {
		return nil
	}
	return s.opts.Others(c.records.AskedOf(f), c.at)
}

// examine runs one check, when there is room for it, within the time limit.
func (s *site) examine(c *call, sent exhibit) (f check.Finding, bad *refusal) {
	ctx, cancel := context.WithTimeout(c.Context(), s.opts.CheckTimeout)
	defer cancel()
	slots := []chan struct{}{s.running}
	if photo.FormatOf(sent.data) != "" || check.IsPDF(sent.data) { // pictures wait for each other, and keep no text waiting
		slots = []chan struct{}{s.reading, s.running}
	}
	for _, slot := range slots {
		select {
		case slot <- struct{}{}:
			defer func() { <-slot }()
		case <-ctx.Done():
			return f, &refusal{"busy", 0}
		}
	}
	e := sent.exhibit(s.opts.Rates.Client(c.Request))
	e.Pictures, e.PDFs = s.opts.Pictures, s.opts.PDFs
	f, err := c.records.Examine(ctx, e, c.at)
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, context.DeadlineExceeded):
		return f, &refusal{"too_slow", int(s.opts.CheckTimeout.Seconds())}
	}
	if kind, limit, ok := reply.Unread(err); ok {
		return f, &refusal{kind, limit}
	}
	s.opts.Log.ErrorContext(c.Context(), "checking", "error", err)
	return f, &refusal{"internal", 0}
}

// reference returns what was typed when it is a reference and nothing else.
func (e exhibit) reference() (letter.Ref, bool) {
	if e.file {
		return "", false
	}
	return reply.Reference(e.data)
}

// byReference leads to the one letter that has a reference, or says that none
// or several have it. A reference proves nothing, so this is no verdict.
func (s *site) byReference(c *call, ref letter.Ref) answer {
	page, one := reply.Found(c.records, ref, c.at)
	if one != nil {
		return answer{status: http.StatusSeeOther, redirect: shared.Href(c.lang, shared.LetterPath(one.Office.ID, ref))}
	}
	return replied(page)
}

// replied is a reply as the answer to a request.
func replied(r reply.Reply) answer {
	return answer{status: r.Status, json: r.JSON, typ: r.Type, frame: r.Frame, html: r.Render}
}
