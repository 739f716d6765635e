package web

import (
	"bytes"
	"net"
	"net/http"
	"strings"

	"chancery.example/internal/binding"
	"chancery.example/internal/web/badge"
	"chancery.example/internal/web/feed"
	"chancery.example/internal/web/linked"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/shared"
	"chancery.example/register"
)

// What others take from the register for their own pages and programs: feeds,
// badges, data. None of it says more than the pages do.

// base is the scheme and host under which a request came, for addresses that are
// read elsewhere.
func (s *site) base(r *http.Request) string {
	if s.opts.HTTPS {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// feed sends what an office did in public.
func (s *site) feed(c *call) answer {
	o, ok := c.records.State().OfficeByID(c.PathValue("office"))
	if !ok {
		return s.notFound(c)
	}
	f := feed.Build(c.printer, c.records, o, s.base(c.Request))
	d := &document{media: "application/feed+json"}
	write := f.JSON
	if strings.HasSuffix(c.URL.Path, ".atom") {
		d.media, write = "application/atom+xml; charset=utf-8", f.Atom
	}
	var err error
	if d.bytes, err = write(); err != nil {
		s.opts.Log.ErrorContext(c.Context(), "writing a feed", "error", err)
		return s.problem(c, "internal", 0)
	}
	return answer{cache: brief, data: d}
}

// badgeAge is for how long a badge may be kept: a withdrawal must show soon.
const badgeAge = "public, max-age=60"

// beside are what can be had of a letter beside its page, by the end of the
// address.
var beside = map[string]func(*site, *call, register.OfficeView, *register.Letter) answer{
	"/proof": func(s *site, c *call, o register.OfficeView, l *register.Letter) answer {
		return s.proof(c, o.ID, l.Reference)
	},
	"/badge.svg": func(s *site, c *call, _ register.OfficeView, l *register.Letter) answer {
		var b bytes.Buffer
		err := s.badge(c, l).SVG(&b, c.printer)
		return s.sendData(c, "image/svg+xml", badgeAge, b.Bytes(), err)
	},
	"/badge.json": func(s *site, c *call, _ register.OfficeView, l *register.Letter) answer {
		data, err := linked.Bytes(s.badge(c, l))
		return s.sendData(c, "application/json", badgeAge, data, err)
	},
	"/letter.jsonld": func(s *site, c *call, _ register.OfficeView, l *register.Letter) answer {
		data, err := linked.Bytes(linked.Letter(c.printer, record.Build(c.printer, c.records, l, c.at), s.base(c.Request)))
		return s.sendData(c, "application/ld+json", brief, data, err)
	},
	"/claimreview.json": func(s *site, c *call, _ register.OfficeView, l *register.Letter) answer {
		data, err := linked.Bytes(linked.Sketch(c.printer, record.Build(c.printer, c.records, l, c.at), s.base(c.Request)))
		return s.sendData(c, "application/ld+json", brief, data, err)
	},
}

func (s *site) badge(c *call, l *register.Letter) badge.Badge {
	return badge.Build(c.records, l, c.at, s.printers, c.lang, s.base(c.Request))
}

func (s *site) sendData(c *call, media, cache string, data []byte, err error) answer {
	if err != nil {
		s.opts.Log.ErrorContext(c.Context(), "describing a letter", "error", err)
		return s.problem(c, "internal", 0)
	}
	return answer{cache: cache, data: &document{media, data}}
}

// besideLetter answers for an address that ends in one of those of beside.
func (s *site) besideLetter(c *call, o register.OfficeView, ref string) (answer, bool) {
	i := strings.LastIndexByte(ref, '/')
	if i < 0 {
		return answer{}, false
	}
	serve, ok := beside[ref[i:]]
	if !ok {
		return answer{}, false
	}
	l, ok := find(c, o, ref[:i])
	if !ok {
		return answer{}, false
	}
	return serve(s, c, o, l), true
}

// takeAway adds what others may take to the page of a letter.
func (s *site) takeAway(c *call, v *record.View, l *register.Letter) {
	path := shared.LetterPath(v.Office.ID, v.Reference)
	if s.opts.Form != nil {
		v.Forms = record.FormsOf(l, v.Standing, s.opts.Form)
	}
	v.Take = &record.Take{
		Badge: shared.Href(c.lang, path+"/badge.svg"), Data: shared.Href(c.lang, path+"/badge.json"), Snippet: s.badge(c, l).Link(c.printer),
		Document: shared.Href(c.lang, path+"/letter.jsonld"), Sketch: shared.Href(c.lang, path+"/claimreview.json"),
		Linked: linked.Letter(c.printer, *v, s.base(c.Request)),
	}
}

// binding says for the host that is asked which offices of this register are its
// own (binding.md MUST-1, MUST-2): for an office whose domain is where the
// register itself is served. Elsewhere the office's domain has to say it.
func (s *site) binding(w http.ResponseWriter, r *http.Request) {
	c := s.bare(w, r)
	snapshot, err := s.src.Snapshot(r.Context())
	if err != nil {
		s.opts.Log.ErrorContext(c.Context(), "reading the register for a binding", "error", err)
		s.write(c, s.problem(c, "unavailable", 0))
		return
	}
	c.records, c.at = snapshot, s.src.Now()
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	var own []binding.Binding
	for _, o := range snapshot.State().Offices() {
		if strings.EqualFold(o.Domain, host) {
			own = append(own, binding.Of(snapshot.State(), o))
		}
	}
	if len(own) == 0 {
		s.write(c, s.notFound(c))
		return
	}
	data, err := binding.File(own)
	if err != nil {
		s.opts.Log.ErrorContext(c.Context(), "writing a binding", "error", err)
		s.write(c, s.problem(c, "internal", 0))
		return
	}
	s.write(c, answer{cache: brief, data: &document{"application/json", data}})
}

// robots asks search engines for the pages alone: not for answers to readers, nor
// for the files of the log, which are for programs.
func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /tile/\nDisallow: /texts/\nDisallow: /files/\nDisallow: /index/\nDisallow: /absence/\nDisallow: /e/\nDisallow: /ar/e/\n")) // a reader who went away is not our failure
}
