package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"chancery.example/internal/web"
	"chancery.example/internal/web/desk/pages/audit"
	"chancery.example/internal/web/desk/pages/circulate"
	"chancery.example/internal/web/desk/pages/draft"
	"chancery.example/internal/web/desk/pages/embargoes"
	"chancery.example/internal/web/desk/pages/enquiries"
	"chancery.example/internal/web/desk/pages/enquiry"
	"chancery.example/internal/web/desk/pages/form"
	"chancery.example/internal/web/desk/pages/forme"
	"chancery.example/internal/web/desk/pages/given"
	"chancery.example/internal/web/desk/pages/join"
	"chancery.example/internal/web/desk/pages/keys"
	"chancery.example/internal/web/desk/pages/letters"
	"chancery.example/internal/web/desk/pages/paper"
	"chancery.example/internal/web/desk/pages/people"
	personpage "chancery.example/internal/web/desk/pages/person"
	"chancery.example/internal/web/desk/pages/policy"
	"chancery.example/internal/web/desk/pages/problem"
	"chancery.example/internal/web/desk/pages/prove"
	"chancery.example/internal/web/desk/pages/request"
	"chancery.example/internal/web/desk/pages/revisions"
	"chancery.example/internal/web/desk/pages/settings"
	"chancery.example/internal/web/desk/pages/signin"
	"chancery.example/internal/web/desk/pages/statements"
	"chancery.example/internal/web/desk/pages/submit"
	"chancery.example/internal/web/desk/pages/tokens"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/shared"
)

// protect stands before all pages of the desk.
func (d *Desk) protect(next http.Handler) http.Handler {
	return web.Guard{HTTPS: d.opts.HTTPS, Log: d.opts.Log, Say: func(w http.ResponseWriter, r *http.Request, kind string) {
		c := d.bare(w, r)
		c.write(c.problem(problem.View{Kind: kind}))
	}}.Protect(next)
}

// bare is a call of nobody, for answers that must not depend on who asks.
func (d *Desk) bare(w http.ResponseWriter, r *http.Request) *call {
	lang := i18n.English
	if strings.HasPrefix(r.URL.Path, shared.Href(i18n.Arabic, "/desk/")) {
		lang = i18n.Arabic
	}
	return &call{Request: r, d: d, w: w, lang: lang, printer: d.printers[lang]}
}

// A sheet is the desk's style sheet. Its address holds a part of its digest, so
// that browsers may keep it for ever.
type sheet struct {
	address string
	css     []byte
}

// newSheet puts the style sheets of the pages together. A new page has to be
// named here.
func newSheet() (sheet, error) {
	fonts, err := web.FontFaces()
	if err != nil {
		return sheet{}, err //nolint:wrapcheck // names the font
	}
	css := fonts + shared.Styles + shared.DeskStyle
	for _, page := range []string{
		audit.Style, circulate.Style, draft.Style, embargoes.Style, enquiries.Style, enquiry.Style, form.Style, forme.Style, given.Style, join.Style, keys.Style, letters.Style, paper.Style, people.Style, personpage.Style, policy.Style, problem.Style, prove.Style, request.Style, revisions.Style, settings.Style, signin.Style, statements.Style, submit.Style, tokens.Style,
	} {
		css += page
	}
	sum := sha256.Sum256([]byte(css))
	return sheet{"/desk/style." + hex.EncodeToString(sum[:8]) + ".css", []byte(css)}, nil
}

func (s sheet) serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(s.css) // a reader who went away is not our failure
}
