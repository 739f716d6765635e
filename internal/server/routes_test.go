package server

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
)

// A pair is an address of what is another office's, and of what is not there.
// {V} in both is replaced before they are compared.
type pair struct{ theirs, absent string }

// routes are all addresses of pages and files, with what they are asked about a
// foreign office; nil: the address names nothing of an office. A new route has to
// be put here.
var routes = map[string][]pair{
	"GET /{$}": nil, "POST /check": nil, "GET /check": nil, "GET /try/{name}": nil, "GET /compare": nil, "GET /verify": nil, "GET /device/{digest}/{name}": nil, "POST /compare": nil, "GET /o/{$}": nil, "GET /o": nil,
	"GET /log": nil, "GET /q/{$}": nil, "GET /q": nil, "GET /about": nil, "GET /e/{secret}": {{"/e/A-1", "/e/Z-9"}}, "GET /o/{office}/ask": {{"/o/A-1/ask", "/o/Z-9/ask"}}, "POST /o/{office}/ask": nil, "POST /r/{$}": nil, "GET /r/{id}": nil, "GET /r/{id}/{secret}": nil, "POST /r/{id}/{secret}": nil, "GET /manifest.webmanifest": nil, "/": {{"/letters/A-1", "/letters/Z-9"}},
	"GET /l/{office}/{ref...}": {
		{"/l/b/A-1", "/l/b/Z-9"}, {"/l/b/A-1/proof", "/l/b/Z-9/proof"}, {"/l/b/A-2", "/l/b/Z-9"}, {"/l/b/A-3", "/l/b/Z-9"}, {"/l/b/A-3/proof", "/l/b/Z-9/proof"},
		{"/l/a/A-2", "/l/a/Z-9"}, {"/l/a/A-2/proof", "/l/a/Z-9/proof"}, {"/l/a/A-3", "/l/a/Z-9"}, {"/l/a/A-3/proof", "/l/a/Z-9/proof"}, {"/l/z/A-1", "/l/z/Z-9"},
		{"/l/a/A-2/badge.svg", "/l/a/Z-9/badge.svg"}, {"/l/a/A-3/badge.json", "/l/a/Z-9/badge.json"}, {"/l/a/A-3/letter.jsonld", "/l/a/Z-9/letter.jsonld"}, {"/l/b/A-1/claimreview.json", "/l/b/Z-9/claimreview.json"},
	},
	"GET /o/{office}/feed.atom": {{"/o/A-1/feed.atom", "/o/Z-9/feed.atom"}}, "GET /o/{office}/feed.json": {{"/o/A-1/feed.json", "/o/Z-9/feed.json"}},
	"GET /.well-known/chancery.json": nil, "GET /robots.txt": nil, "GET /.well-known/security.txt": nil,
	"GET /receipt/{secret}": {{"/receipt/A-1", "/receipt/Z-9"}}, "POST /receipt/{secret}": nil,
	"GET /o/{office}":  {{"/o/A-1", "/o/Z-9"}},
	"GET /log/{n}":     {{"/log/A-1", "/log/Z-9"}},
	"GET /log/{n}/raw": {{"/log/A-1/raw", "/log/Z-9/raw"}},
	"GET /checkpoint":  nil, "GET /policy": nil, "GET /witnessed": nil, "GET /": nil, /* register.toml */
	"GET /tile/": {{"/tile/A-1", "/tile/Z-9"}}, "GET /texts/": {{"/texts/A-1", "/texts/Z-9"}}, "GET /files/": {{"/files/A-1.pdf", "/files/Z-9.pdf"}, {"/files/A-3.erased", "/files/Z-9.erased"}}, "GET /index/": {{"/index/A-1", "/index/Z-9"}},
}

var patternForm = regexp.MustCompile(`(?:page|fixed|mux\.Handle|mux\.HandleFunc|shared\.Under)\((?:lang, )?"((?:[A-Z]+ )?/[^"]*)"`)

// TestEveryRouteHidesWhatIsForeign is attack B18 at the pages: an address of
// another office's draft, embargo or letter gets, byte for byte, what an address of
// nothing gets. Drafts and embargoes get it under their own office as well.
func TestEveryRouteHidesWhatIsForeign(t *testing.T) {
	n := &node{House: officetest.New(t)}
	n.Enrol(t, "a", 2, 2)
	n.Enrol(t, "b", 2, 2)
	n.IssueLetter(t, "a", officetest.Content(t, "A-1", "The letter of the first office is about the lock.\n"), office.Terms{})
	if _, err := n.SubmitFinished(t.Context(), "a", "drafter", officetest.Content(t, "A-2", "The draft of the first office is about the quay.\n"), office.Terms{}); err != nil {
		t.Fatal(err)
	}
	n.IssueLetter(t, "a", officetest.Content(t, "A-3", "The secret of the first office is about the light.\n"), office.Terms{NotBefore: n.Now().Add(time.Hour)})
	n.IssueLetter(t, "b", officetest.Content(t, "B-1", "The letter of the second office is about the pilots.\n"), office.Terms{})
	if _, err := BuildIndex(t.Context(), n.Dir, true, func(string) {}, nil); err != nil {
		t.Fatal(err)
	}
	n.whole(t)
	// The answers are not all alike: there is something to hide.
	if got := n.raw(t, http.MethodGet, "/l/a/A-1", "*/*"); !strings.HasPrefix(got, "200\n") {
		t.Fatalf("%.200s", got)
	}
	if got := n.raw(t, http.MethodGet, "/l/a/A-1/proof", "*/*"); !strings.HasPrefix(got, "200\n") {
		t.Fatalf("%.200s", got)
	}
	same := strings.NewReplacer("A-1", "V", "A-2", "V", "A-3", "V", "Z-9", "V")
	for route, pairs := range routes {
		for _, p := range pairs {
			for _, lang := range []string{"", "/ar"} {
				for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
					for _, accept := range []string{"text/html", "application/json", "*/*"} {
						a, b := n.raw(t, method, lang+p.theirs, accept), n.raw(t, method, lang+p.absent, accept)
						if same.Replace(a) != same.Replace(b) {
							t.Errorf("%s: %s %s is told from %s:\n%s\n%s", route, method, p.theirs, p.absent, a, b)
						}
						if method == http.MethodGet && !strings.HasPrefix(a, "404\n") {
							t.Errorf("%s: GET %s: %.40q", route, lang+p.theirs, a)
						}
					}
				}
			}
		}
	}
	everyRouteIsListed(t)
}

// everyRouteIsListed reads the routes from the code that registers them.
func everyRouteIsListed(t *testing.T) {
	t.Helper()
	var found []string
	for _, name := range []string{"server.go", filepath.Join("..", "web", "web.go")} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range patternForm.FindAllStringSubmatch(string(raw), -1) {
			found = append(found, m[1])
		}
	}
	if len(found) < 15 {
		t.Errorf("only %d routes were found: %v", len(found), found)
	}
	for _, f := range found {
		if _, ok := routes[f]; !ok {
			t.Errorf("the route %q is not in the list: what does it say of another office's id?", f)
		}
	}
	for r := range routes {
		if !slices.Contains(found, r) && r != "GET /witnessed" {
			t.Errorf("the route %q is not there any more", r)
		}
	}
}
