// Package shared holds what all pages have in common: the frame around them,
// the tokens of their design, and the pieces that several of them show.
//
// A page is a template, a style sheet and a Go file in one folder under pages.
// It defines the template "body" and declares itself with MustPage; the frame
// around the body is layout.tmpl. Every page exists once for each language, so
// that its functions (t, h, n, day ...) speak that language.
package shared

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"chancery.example/internal/web/i18n"
	"chancery.example/letter"
)

//go:embed layout.tmpl
var layout string

//go:embed file.tmpl
var fileLayout string

//go:embed site.tmpl
var siteLayout string

//go:embed parts.tmpl
var parts string

//go:embed icons.tmpl
var icons string

// A Frame is what stands around a page.
type Frame struct {
	Lang       letter.Lang
	Dir        string
	Other      letter.Lang // the language that the page offers to change to
	Path       string      // of this page without the language's prefix
	Nav        string      // the main link that leads to this part: "check", "registers", "log"
	Title      string
	Style      string       // address of the style sheet
	Scripts    []string     // addresses of the modules that the page starts
	Sheet      template.CSS // the style sheet itself, of a page that is a file
	Origin     string       // of the register
	Exercise   bool         // the register's clock is simulated
	Alternates []Alternate  // the same for programs
	Pictures   bool         // the page holds pictures as data: addresses
	NoIndex    bool         // an answer to one reader, not a page of the register
	Desk       *Desk        // of a page of the desk when somebody is signed in
}

// An Alternate is an address where programs find what a page says.
type Alternate struct{ Type, Href, Title string }

// A Doc is what a template is executed with: the frame and the page's own view.
type Doc[V any] struct {
	Frame
	V V
}

// A Page is a page in all languages, showing a V.
type Page[V any] struct {
	name      string
	templates map[letter.Lang]func() *template.Template
}

// MustPage makes a page from the source of its template, which defines "body".
// It is for variables of packages. The template is parsed when the page is first
// asked for, since most runs of the program show no page; a source that does not
// parse is a mistake in the program, and panics then.
func MustPage[V any](name, source string) Page[V] { return mustPage[V](name, layout, source) }

// MustFile is MustPage for a page that is kept as one file: its style sheet is in
// Frame.Sheet, and it leads nowhere.
func MustFile[V any](name, source string) Page[V] { return mustPage[V](name, fileLayout, source) }

// MustSite is MustPage for a page that stands on a host without a server behind it:
// all its addresses are relative. Its view says ContentSecurity, for such a
// host sends no policy with the page.
func MustSite[V any](name, source string) Page[V] { return mustPage[V](name, siteLayout, source) }

func mustPage[V any](name, layout, source string) Page[V] {
	p := Page[V]{name, map[letter.Lang]func() *template.Template{}}
	for _, lang := range i18n.Langs() {
		p.templates[lang] = sync.OnceValue(func() *template.Template { return parse(name, lang, layout, source) })
	}
	return p
}

func parse(name string, lang letter.Lang, layout, source string) *template.Template {
	printer, err := i18n.Load(lang)
	if err != nil {
		panic(err)
	}
	t := template.New(name).Funcs(functions(printer))
	for _, src := range []string{layout, parts, icons, deviceParts, source} {
		if t, err = t.Parse(src); err != nil {
			panic(fmt.Errorf("page %s: %w", name, err))
		}
	}
	return t
}

// Under puts a pattern of addresses under the prefix of a language.
func Under(lang letter.Lang, pattern string) string {
	if lang == i18n.English {
		return pattern
	}
	method, path := "", pattern
	if i := strings.IndexByte(pattern, ' '); i >= 0 {
		method, path = pattern[:i+1], pattern[i+1:]
	}
	return method + "/" + string(lang) + path
}

// Name returns the page's name, which is that of its folder.
func (p Page[V]) Name() string { return p.name }

// Template returns the template for a language, for tests to check.
func (p Page[V]) Template(lang letter.Lang) *template.Template { return p.templates[lang]() }

// Render writes the page. It writes nothing when the template fails.
func (p Page[V]) Render(w io.Writer, f Frame, view V) error {
	t, ok := p.templates[f.Lang]
	if !ok {
		return fmt.Errorf("page %s: no messages in language %q", p.name, f.Lang)
	}
	var buf bytes.Buffer
	if err := t().Execute(&buf, Doc[V]{f, view}); err != nil {
		return fmt.Errorf("page %s: %w", p.name, err)
	}
	_, err := buf.WriteTo(w)
	return err
}
