package web

import (
	"encoding/json"
	"net/http"

	"chancery.example/internal/web/pages/about"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
)

// about says how the pages work and what becomes of what readers enter.
func (s *site) about(c *call) answer {
	a := view(about.Page, about.View{Links: s.linkDays(), Enquiries: s.opts.Enquiries != nil, Sealed: s.opts.Step > 0}, nil, shared.Frame{Title: c.printer.T("about.title"), Path: "/about", Nav: "about"})
	a.cache = brief
	return a
}

// A webManifest tells a phone that these pages can be put on its home screen, and
// that papers can be shared to them: what other programs share goes to /check
// like the form of the first page, and is not kept either.
type webManifest struct {
	Name       string         `json:"name"`
	ShortName  string         `json:"short_name"`
	ID         string         `json:"id"`
	Lang       letter.Lang    `json:"lang"`
	Dir        string         `json:"dir"`
	Start      string         `json:"start_url"`
	Scope      string         `json:"scope"`
	Display    string         `json:"display"`
	Background string         `json:"background_color"`
	Theme      string         `json:"theme_color"`
	Icons      []manifestIcon `json:"icons"`
	Share      shareTarget    `json:"share_target"`
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

type shareTarget struct {
	Action  string      `json:"action"`
	Method  string      `json:"method"`
	Enctype string      `json:"enctype"`
	Params  shareFields `json:"params"`
}

type shareFields struct {
	Text  string      `json:"text"`
	Files []shareFile `json:"files"`
}

type shareFile struct {
	Name   string   `json:"name"`
	Accept []string `json:"accept"`
}

// manifest sends the web app manifest in a language.
func (s *site) manifest(lang letter.Lang) http.Handler {
	p := s.printers[lang]
	icons := []manifestIcon{{"/icon.svg", "any", "image/svg+xml", "any"}, {"/icon-maskable.svg", "any", "image/svg+xml", "maskable"}}
	m := webManifest{
		Name: p.T("site.name"), ShortName: p.T("site.name"), ID: "/", Lang: lang, Dir: shared.Dir(lang),
		Start: shared.Href(lang, "/"), Scope: "/", Display: "minimal-ui", Background: "#f5f4f0", Theme: "#16202a", Icons: icons,
		Share: shareTarget{
			Action: shared.Href(lang, "/check"), Method: "POST", Enctype: "multipart/form-data",
			Params: shareFields{"text", []shareFile{{"file", []string{"image/*", "text/plain", "text/html", "application/pdf", "application/octet-stream"}}}},
		},
	}
	data, err := json.MarshalIndent(m, "", "  ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err != nil { // cannot be: every field is a string
			http.Error(w, "not available", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		c := &call{Request: r, w: w, lang: lang, printer: p}
		s.send(c, http.StatusOK, "application/manifest+json", data, "")
	})
}
