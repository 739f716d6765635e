package web

import (
	"context"
	"errors"
	"net/http"

	"chancery.example/internal/check"
	"chancery.example/internal/marked"
	"chancery.example/internal/photo"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/pictured"
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
	f, drawing, bad := s.examine(c, sent)
	others := s.others(c, f)
	s.pace.release(c.Context(), began)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	link := s.offer(f) // without what others say: that is asked for anew
	f.Elsewhere = others
	out := replied(reply.Finding(c.printer, c.records, f, func(v *result.View) {
		v.Link = link
		v.Show(drawing)
		if f.Record == nil {
			v.Asks = s.whom(c)
		}
	}))
	out.pictures = drawing != nil
	return out
}

// others is what other registers say of the words of a finding. A report has no words
// of its own.
func (s *site) others(c *call, f check.Finding) []check.Elsewhere {
	if s.opts.Others == nil || f.ExhibitKind == check.KindReport || f.Match == nil {
		return nil
	}
	return s.opts.Others(c.records.AskedOf(f), c.at)
}

// examine runs one check, when there is room for it, within the time limit, and draws its
// answer on pictures where there are some.
func (s *site) examine(c *call, sent exhibit) (f check.Finding, drawing *shared.Drawing, bad *refusal) {
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
			return f, nil, &refusal{"busy", 0}
		}
	}
	e := sent.exhibit(s.opts.Rates.Client(c.Request))
	e.Pictures, e.PDFs = s.opts.Pictures, s.opts.PDFs
	f, err := c.records.Examine(ctx, e, c.at)
	switch {
	case err == nil:
		return f, s.draw(ctx, c, f, sent.data), nil
	case errors.Is(err, context.DeadlineExceeded):
		return f, nil, &refusal{"too_slow", int(s.opts.CheckTimeout.Seconds())}
	}
	if kind, limit, ok := reply.Unread(err); ok {
		return f, nil, &refusal{kind, limit}
	}
	s.opts.Log.ErrorContext(c.Context(), "checking", "error", err)
	return f, nil, &refusal{"internal", 0}
}

// draw draws an answer on pictures for the page; nil where there is nothing to draw, no
// time left, or programs ask, who get the places as numbers.
func (s *site) draw(ctx context.Context, c *call, f check.Finding, data []byte) *shared.Drawing {
	if s.opts.Marks == nil || !marked.Drawable(f) || wantsJSON(c.Request) {
		return nil
	}
	a, err := s.opts.Marks(ctx, c.records, f, data)
	var d *shared.Drawing
	if err == nil {
		d, err = pictured.New(c.printer, f, a)
	}
	if err != nil && !errors.Is(err, marked.ErrNothing) && ctx.Err() == nil {
		s.opts.Log.WarnContext(c.Context(), "drawing an answer on pictures", "error", err)
	}
	return d
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
