package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"chancery.example/internal/check"
	"chancery.example/internal/web/pages/ask"
	"chancery.example/internal/web/pages/code"
	"chancery.example/internal/web/pages/entry"
	"chancery.example/internal/web/pages/log"
	"chancery.example/internal/web/pages/office"
	"chancery.example/internal/web/pages/offices"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/reply"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// brief is how long a page of the register may be kept: its newest state is
// asked for again every time.
const brief = "no-cache"

func (s *site) ask(c *call) answer {
	v := ask.Build(c.records, int(s.opts.FileLimit/megabyte), int(s.opts.TextLimit/megabyte))
	v.Device, v.Tries = s.device(), s.tries(c.lang)
	a := view(ask.Page, v, nil, shared.Frame{Title: c.printer.T("ask.title"), Path: "/", Nav: "check", Scripts: s.scripts(v.Device)})
	a.cache = brief
	return a
}

func (s *site) backToForm(c *call) answer {
	return answer{status: http.StatusSeeOther, redirect: shared.Href(c.lang, "/")}
}

func (s *site) code(c *call) answer {
	a := view(code.Page, code.View{}, nil, shared.Frame{Title: c.printer.T("code.kick"), Path: "/q/", Scripts: []string{s.assets.code}})
	a.cache = "public, max-age=86400"
	return a
}

func (s *site) notFound(c *call) answer {
	if c.Method != http.MethodGet && c.Method != http.MethodHead {
		return s.problem(c, "method", 0)
	}
	return s.problem(c, "not_found", 0)
}

// letter shows a letter, or sends its proof, badge or data (addresses.md MUST-2).
// Since a reference may end in "/proof" itself, the letter with the whole
// reference goes first.
func (s *site) letter(c *call) answer {
	id, ref := c.PathValue("office"), c.PathValue("ref")
	o, ok := c.records.State().OfficeByID(id)
	if !ok {
		return s.notFound(c)
	}
	if l, ok := find(c, o, ref); ok {
		others := s.othersOf(c, l)
		page, v := reply.Letter(c.printer, c.records, l, c.at, func(v *record.View) { s.takeAway(c, v, l) }, reply.Languages(c.records, l), func(v *record.View) {
			v.Elsewhere = shared.ElsewhereOf(c.printer, others)
		})
		a := replied(page)
		data := letterJSON(v)
		data.Elsewhere = others
		a.json, a.cache = data, brief
		a.frame.Alternates = []shared.Alternate{{Type: "application/ld+json", Href: v.Take.Document, Title: c.printer.T("linked.document")}}
		return a
	}
	if a, ok := s.besideLetter(c, o, ref); ok {
		return a
	}
	return s.notFound(c)
}

// othersOf is what other registers say of a letter and of the texts that it shows.
func (s *site) othersOf(c *call, l *register.Letter) []check.Elsewhere {
	if s.opts.Others == nil {
		return nil
	}
	return s.opts.Others(c.records.AskedOfLetter(l), c.at)
}

func find(c *call, o register.OfficeView, s string) (*register.Letter, bool) {
	ref, err := letter.ParseRef(s)
	if err != nil {
		return nil, false
	}
	return c.records.State().Letter(o.Office, ref)
}

func (s *site) proof(c *call, office string, ref letter.Ref) answer {
	var buf bytes.Buffer
	if err := s.src.Proof(c.Context(), office, ref, &buf); err != nil {
		s.opts.Log.ErrorContext(c.Context(), "making a proof", "error", err)
		return s.problem(c, "proof_not_ready", 0)
	}
	return answer{status: http.StatusOK, cache: brief,
		file: &download{shared.ProofName(ref), proof.MediaType, buf.Bytes()}}
}

func (s *site) offices(c *call) answer {
	v := offices.Build(c.records)
	a := view(offices.Page, v, officesJSON(v), shared.Frame{Title: c.printer.T("offices.title"), Path: "/o/", Nav: "registers"})
	a.cache = brief
	return a
}

func (s *site) office(c *call) answer {
	o, ok := c.records.State().OfficeByID(c.PathValue("office"))
	if !ok {
		return s.notFound(c)
	}
	q := office.Query{Standing: register.Standing(c.FormValue("standing")), Page: 1}
	if q.Standing != "" && !slices.Contains(register.Standings(), q.Standing) {
		return s.notFound(c)
	}
	if n, err := strconv.Atoi(c.FormValue("page")); err == nil {
		q.Page = n
	}
	// What no letter can have is no list.
	if year := c.FormValue("year"); year != "" {
		n, err := strconv.Atoi(year)
		if err != nil || n < 1 || n > 9999 {
			return s.notFound(c)
		}
		q.Year = n
	}
	if lang := c.FormValue("language"); lang != "" {
		l, err := letter.ParseLang(lang)
		if err != nil {
			return s.notFound(c)
		}
		q.Lang = l
	}
	v := office.Build(c.records, o, q, c.at)
	v.Asks = s.opts.Enquiries != nil && s.opts.Enquiries.Takes(c.Context(), o.ID)
	if s.opts.Domain != nil {
		v.Domain = s.opts.Domain(c.Context(), o)
	}
	name, _ := o.Name.In(c.lang)
	a := view(office.Page, v, officeJSON(v), shared.Frame{Title: name, Path: shared.OfficePath(o.ID), Nav: "registers", Alternates: []shared.Alternate{
		{Type: "application/atom+xml", Href: shared.Href(c.lang, shared.OfficePath(o.ID)+"/feed.atom"), Title: c.printer.T("feed.title", "office", name)},
		{Type: "application/feed+json", Href: shared.Href(c.lang, shared.OfficePath(o.ID)+"/feed.json"), Title: c.printer.T("feed.title", "office", name)},
	}})
	a.cache = brief
	return a
}

func (s *site) log(c *call) answer {
	before, _ := strconv.ParseUint(c.FormValue("before"), 10, 64) // 0, the newest, when it is no number
	first, end := log.Range(c.records.State().Size(), before)
	var raw [][]byte
	for i := first; i < end; i++ {
		b, err := s.src.Entry(c.Context(), register.Index(i))
		if err != nil {
			s.opts.Log.ErrorContext(c.Context(), "reading an entry for the log page", "index", i, "error", err)
			return s.problem(c, "unavailable", 0)
		}
		raw = append(raw, b)
	}
	v := log.Build(c.records, first, end, raw)
	v.Address = s.base(c.Request)
	for _, w := range s.src.Trust().WitnessList() {
		v.Names = append(v.Names, w.Name)
	}
	a := view(log.Page, v, logJSON(v), shared.Frame{Title: c.printer.T("log.title"), Path: "/log", Nav: "log"})
	a.cache = brief
	return a
}

func (s *site) entry(c *call) answer {
	i, raw, e, kind := s.readEntry(c)
	if kind != "" {
		return s.problem(c, kind, 0)
	}
	v := entry.Build(c.printer, c.records, i, raw, e, s.policyOf(c, e))
	title := c.printer.T("entry.link", "n", c.printer.Num(uint64(i)))
	a := view(entry.Page, v, entryJSON(v), shared.Frame{Title: title, Path: shared.EntryPath(i), Nav: "log"})
	a.cache = brief
	return a
}

// readEntry reads the entry that a request names; kind is the problem, if any.
func (s *site) readEntry(c *call) (i register.Index, raw []byte, e register.Entry, kind string) {
	n, err := strconv.ParseUint(c.PathValue("n"), 10, 63)
	if err != nil || n >= c.records.State().Size() || strconv.FormatUint(n, 10) != c.PathValue("n") {
		return 0, nil, e, "not_found"
	}
	i = register.Index(n)
	if raw, err = s.src.Entry(c.Context(), i); err != nil {
		s.opts.Log.ErrorContext(c.Context(), "reading an entry", "index", n, "error", err)
		return i, nil, e, "unavailable"
	}
	if e, err = register.Parse(raw); err != nil {
		s.opts.Log.ErrorContext(c.Context(), "parsing an entry", "index", n, "error", err)
		return i, raw, e, "unavailable"
	}
	return i, raw, e, ""
}

// policyOf returns the policy that an entry's approvals name, or nil.
func (s *site) policyOf(c *call, e register.Entry) *register.Policy {
	set, ok := register.ApprovalsOf(e.Body)
	if !ok || uint64(set.Policy) >= c.records.State().Size() {
		return nil
	}
	raw, err := s.src.Entry(c.Context(), set.Policy)
	if err != nil {
		return nil
	}
	named, err := register.Parse(raw)
	if err != nil {
		return nil
	}
	p, ok := named.Body.(register.Policy)
	if !ok || named.Claims.Issuer != e.Claims.Issuer {
		return nil
	}
	return &p
}

// rawEntry sends the bytes of an entry. They never change.
func (s *site) rawEntry(w http.ResponseWriter, r *http.Request) {
	s.handle(langOf(r.URL.Path), func(c *call) answer {
		i, raw, _, kind := s.readEntry(c)
		if raw == nil {
			return s.problem(c, kind, 0)
		}
		return answer{status: http.StatusOK, cache: forEver,
			file: &download{fmt.Sprintf("entry-%d.cose", i), "application/cose", raw}}
	}).ServeHTTP(w, r)
}
