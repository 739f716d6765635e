package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"chancery.example/internal/check"
	"chancery.example/internal/photo"
	"chancery.example/internal/web/pages/found"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/pages/sheet"
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
	s.pace.release(c.Context(), began)
	if bad != nil {
		return s.problem(c, bad.kind, bad.limit)
	}
	frame := shared.Frame{Path: "/", Nav: "check", NoIndex: true}
	if f.ExhibitKind == check.KindReport {
		v := sheet.Build(c.printer, c.records, f)
		frame.Title = c.printer.T("sheet.kick")
		return view(sheet.Page, v, f, frame)
	}
	if f.Headline != nil {
		frame.Title = f.Headline.Text.In(c.lang)
	}
	v := result.Build(c.printer, c.records, f)
	v.Link = s.offer(f)
	return view(result.Page, v, f, frame)
}

// examine runs one check, when there is room for it, within the time limit.
func (s *site) examine(c *call, sent exhibit) (f check.Finding, bad *refusal) {
	ctx, cancel := context.WithTimeout(c.Context(), s.opts.CheckTimeout)
	defer cancel()
	slots := []chan struct{}{s.running}
	if photo.FormatOf(sent.data) != "" { // pictures wait for each other, and keep no text waiting
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
	e := sent.exhibit(s.opts.Rates.client(c.Request))
	e.Pictures = s.opts.Pictures
	f, err := c.records.Examine(ctx, e, c.at)
	switch {
	case err == nil:
		return f, nil
	case errors.Is(err, context.DeadlineExceeded):
		return f, &refusal{"too_slow", int(s.opts.CheckTimeout.Seconds())}
	}
	var unread *check.ReadError
	if errors.As(err, &unread) {
		return f, &refusal{unreadKind(unread.Problem), unread.Percent}
	}
	s.opts.Log.Error("checking", "error", err)
	return f, &refusal{"internal", 0}
}

func unreadKind(p check.ReadProblem) string {
	switch p {
	case check.ProblemNoReader, check.ProblemPicture, check.ProblemBroken, check.ProblemSlow, check.ProblemUnreadable:
		return string(p)
	case check.ProblemEmpty:
		return "nothing_sent"
	case check.ProblemHuge:
		return "too_many_words"
	case check.ProblemBinary, check.ProblemEncoding:
		return "cannot_be_read"
	case check.ProblemKind:
		return "bad_form"
	}
	return "internal"
}

// reference returns what was typed when it is a reference and nothing else: one
// word with a digit in it.
func (e exhibit) reference() (letter.Ref, bool) {
	word := strings.TrimSpace(string(e.data))
	if e.file || len(word) > 64 || !strings.ContainsAny(word, "0123456789") || strings.ContainsAny(word, " \t\n") {
		return "", false
	}
	ref, err := letter.ParseRef(word)
	return ref, err == nil
}

// byReference leads to the one letter that has a reference, or says that none
// or several have it. A reference proves nothing, so this is no verdict.
func (s *site) byReference(c *call, ref letter.Ref) answer {
	v := found.Build(c.records, ref, c.at)
	if len(v.Rows) == 1 {
		return answer{status: http.StatusSeeOther, redirect: shared.Href(c.lang, shared.LetterPath(v.Rows[0].Office.ID, ref))}
	}
	return view(found.Page, v, foundJSON(v), shared.Frame{Title: string(ref), Path: "/", Nav: "check", NoIndex: true})
}
