package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"

	"chancery.example/internal/web/pages/about"
	"chancery.example/internal/web/pages/ask"
	"chancery.example/internal/web/pages/code"
	"chancery.example/internal/web/pages/compare"
	"chancery.example/internal/web/pages/enquire"
	"chancery.example/internal/web/pages/enquiry"
	"chancery.example/internal/web/pages/entry"
	"chancery.example/internal/web/pages/found"
	"chancery.example/internal/web/pages/link"
	"chancery.example/internal/web/pages/log"
	"chancery.example/internal/web/pages/office"
	"chancery.example/internal/web/pages/offices"
	"chancery.example/internal/web/pages/problem"
	"chancery.example/internal/web/pages/proved"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/pages/result"
	"chancery.example/internal/web/pages/sheet"
	"chancery.example/internal/web/shared"
)

//go:embed fonts/*.woff2
var fonts embed.FS

// A face is one font file and what it is used for.
type face struct {
	family string
	weight int
	file   string
	arabic bool
}

var faces = []face{
	{"Plex Sans", 400, "ibm-plex-sans-latin-400-normal", false},
	{"Plex Sans", 600, "ibm-plex-sans-latin-600-normal", false},
	{"Plex Sans", 400, "ibm-plex-sans-arabic-arabic-400-normal", true},
	{"Plex Sans", 600, "ibm-plex-sans-arabic-arabic-600-normal", true},
	{"Plex Mono", 400, "ibm-plex-mono-latin-400-normal", false},
	{"Letter", 400, "source-serif-4-latin-400-normal", false},
	{"Letter", 600, "source-serif-4-latin-600-normal", false},
	{"Letter", 400, "noto-naskh-arabic-arabic-400-normal", true},
}

const (
	arabicRange = "U+0600-06FF, U+0750-077F, U+0870-088E, U+0890-0891, U+0897-08E1, U+08E3-08FF, U+FB50-FDFF, U+FE70-FEFC"
	latinRange  = "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-200B, U+2010-2027, U+2030-205F, U+20AC, U+2122, U+2191, U+2193, U+2212"

	forEver = "public, max-age=31536000, immutable"
)

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#16202a"/>` +
	`<path d="M21.5 11.2a7.3 7.3 0 1 0 0 9.6" fill="none" stroke="#fff" stroke-width="3"/></svg>`

// assets are the files of the design. Their addresses hold a part of their
// digest, so that browsers may keep them for ever.
type assets struct {
	style string // address of the style sheet
	// script and worker are those of pages that answer on the reader's device.
	script, worker string
	files          map[string]asset
	code           string // address of the module of the page of codes
}

type asset struct {
	media string
	data  []byte
}

func loadAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}}
	fontFaces, err := a.fontFaces()
	if err != nil {
		return nil, err
	}
	var css strings.Builder
	css.WriteString(fontFaces)
	css.WriteString(shared.Styles)
	for _, page := range []string{
		about.Style, ask.Style, code.Style, compare.Style, enquire.Style, enquiry.Style, entry.Style, found.Style, link.Style, log.Style, office.Style, offices.Style,
		problem.Style, proved.Style, record.Style, result.Style, sheet.Style,
	} {
		css.WriteString(page)
	}
	sheet := []byte(shared.Packed(css.String()))
	a.style = a.add("/style", ".css", "text/css; charset=utf-8", sheet)
	a.script = a.add("/device/page", ".js", "text/javascript; charset=utf-8", shared.DeviceScript)
	a.worker = a.add("/device/worker", ".js", "text/javascript; charset=utf-8", shared.WorkerScript)
	a.files["/style.css"] = asset{"text/css; charset=utf-8", sheet}
	a.code = a.add("/code", ".js", "text/javascript; charset=utf-8", code.Script)
	a.files["/icon-maskable.svg"] = asset{"image/svg+xml", []byte(strings.Replace(icon, ` rx="6"`, "", 1))} // a phone cuts its own corners
	a.files["/icon.svg"] = asset{"image/svg+xml", []byte(icon)}
	return a, nil
}

// FontFaces returns the beginning of a style sheet that names the fonts at the
// addresses where this package serves them.
func FontFaces() (string, error) {
	a := &assets{files: map[string]asset{}}
	return a.fontFaces()
}

func (a *assets) fontFaces() (string, error) {
	var css strings.Builder
	for _, f := range faces {
		data, err := fonts.ReadFile("fonts/" + f.file + ".woff2")
		if err != nil {
			return "", fmt.Errorf("font %s: %w", f.file, err)
		}
		address := a.add("/fonts/"+f.file, ".woff2", "font/woff2", data)
		scope := latinRange
		if f.arabic {
			scope = arabicRange
		}
		fmt.Fprintf(&css, "@font-face { font-family: %q; font-weight: %d; font-display: swap; src: url(%s) format(\"woff2\"); unicode-range: %s; }\n",
			f.family, f.weight, address, scope)
	}
	return css.String(), nil
}

// add keeps a file under an address that holds a part of its digest.
func (a *assets) add(stem, extension, media string, data []byte) string {
	sum := sha256.Sum256(data)
	address := stem + "." + hex.EncodeToString(sum[:8]) + extension
	a.files[address] = asset{media, data}
	return address
}

func (a *assets) register(mux *http.ServeMux) {
	for address, file := range a.files {
		cache := forEver
		if strings.Count(path.Base(address), ".") == 1 {
			cache = "public, max-age=3600" // without digest in the address
		}
		mux.HandleFunc("GET "+address, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", file.media)
			w.Header().Set("Cache-Control", cache)
			_, _ = w.Write(file.data) // a reader who went away is not our failure
		})
	}
}
