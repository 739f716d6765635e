package web_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/binding"
	"chancery.example/internal/web"
	"chancery.example/internal/web/badge"
	"chancery.example/internal/web/keptest"
	"chancery.example/internal/web/webtest"
)

// An atom is what RFC 4287 asks of a feed, read without our own types.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      []string `xml:"id"`
	Title   []string `xml:"title"`
	Updated []string `xml:"updated"`
	Author  []struct {
		Name string `xml:"name"`
		URI  string `xml:"uri"`
	} `xml:"author"`
	Link    []atomLink `xml:"link"`
	Entries []struct {
		ID      []string   `xml:"id"`
		Title   []string   `xml:"title"`
		Updated []string   `xml:"updated"`
		Link    []atomLink `xml:"link"`
		Content *string    `xml:"content"`
	} `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

// Both feeds are well formed, say the same, name each act by an id that stays,
// and hold nothing that is not public (RFC 4287 section 4; JSON Feed 1.1).
func TestFeeds(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{HTTPS: true})
	for _, prefix := range []string{"", "/ar"} {
		res := get(t, h, prefix+"/o/lights/feed.atom")
		text := body(t, res)
		if got := res.Header.Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
			t.Errorf("media type %q", got)
		}
		var a atom
		if err := xml.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		requireAtom(t, a)
		if got := linkOf(a.Link, "self"); got != "https://example.com"+prefix+"/o/lights/feed.atom" {
			t.Errorf("self is %q", got)
		}
		if len(a.Entries) < 8 {
			t.Errorf("only %d acts", len(a.Entries))
		}
		for _, secret := range []string{"secret of the embargo", "nobody outside may read", "LA-2026-008"} {
			if strings.Contains(text, secret) {
				t.Errorf("the feed holds %q", secret)
			}
		}
		var j struct {
			Version, Title string
			Feed           string `json:"feed_url"`
			Items          []struct {
				ID, URL, Title string
				Text           *string `json:"content_text"`
				At             string  `json:"date_published"`
			}
		}
		res = get(t, h, prefix+"/o/lights/feed.json")
		if err := json.Unmarshal([]byte(body(t, res)), &j); err != nil {
			t.Fatal(err)
		}
		if j.Version != "https://jsonfeed.org/version/1.1" || j.Title != a.Title[0] || len(j.Items) != len(a.Entries) || res.Header.Get("Content-Type") != "application/feed+json" {
			t.Errorf("JSON feed %+v", j)
		}
		for i, x := range j.Items {
			if x.ID != a.Entries[i].ID[0] || x.Text == nil || *x.Text == "" || x.At != a.Entries[i].Updated[0] || x.URL != linkOf(a.Entries[i].Link, "alternate") {
				t.Errorf("item %d is %+v in JSON and %+v in Atom", i, x, a.Entries[i])
			}
			u, err := url.Parse(x.URL)
			if err != nil || get(t, h, u.Path).StatusCode != http.StatusOK {
				t.Errorf("item %d leads to %s", i, x.URL)
			}
		}
		page := html.UnescapeString(body(t, get(t, h, prefix+"/o/lights")))
		if !strings.Contains(page, `<link rel="alternate" type="application/atom+xml" href="`+prefix+`/o/lights/feed.atom"`) {
			t.Error("the office's page does not name its feed")
		}
	}
	if got := get(t, h, "/o/nobody/feed.atom").StatusCode; got != http.StatusNotFound {
		t.Errorf("nobody's feed: %d", got)
	}
}

func requireAtom(t *testing.T, a atom) {
	t.Helper()
	iri := regexp.MustCompile(`^[a-z]+:[^\s]+$`)
	one := func(what string, got []string, is func(string) bool) {
		t.Helper()
		if len(got) != 1 || !is(got[0]) {
			t.Errorf("%s: %q", what, got)
		}
	}
	date := func(s string) bool { _, err := time.Parse(time.RFC3339, s); return err == nil }
	text := func(s string) bool { return strings.TrimSpace(s) != "" }
	one("feed id", a.ID, iri.MatchString)
	one("feed title", a.Title, text)
	one("feed updated", a.Updated, date)
	if len(a.Author) != 1 || a.Author[0].Name == "" {
		t.Errorf("author %v: a feed without one needs one in every entry", a.Author)
	}
	ids := map[string]bool{}
	for i, e := range a.Entries {
		one("entry id", e.ID, iri.MatchString)
		one("entry title", e.Title, text)
		one("entry updated", e.Updated, date)
		if linkOf(e.Link, "alternate") == "" && e.Content == nil {
			t.Errorf("entry %d has neither content nor an alternate link", i)
		}
		if ids[e.ID[0]] {
			t.Errorf("two entries %s", e.ID[0])
		}
		ids[e.ID[0]] = true
	}
}

func linkOf(links []atomLink, rel string) string {
	for _, l := range links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// Who has the newest feed already gets no second one; any page may ask for it.
func TestFeedsAreAskedForAgainCheaply(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for _, path := range []string{"/o/lights/feed.atom", "/o/lights/feed.json", "/l/lights/LA-2026-004/badge.svg", "/l/lights/LA-2026-004/badge.json"} {
		first := get(t, h, path)
		tag := first.Header.Get("ETag")
		if tag == "" || first.Header.Get("Access-Control-Allow-Origin") != "*" || first.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Errorf("%s: %v", path, first.Header)
		}
		if again := get(t, h, path, "If-None-Match", `"other", W/`+tag); again.StatusCode != http.StatusNotModified || body(t, again) != "" {
			t.Errorf("%s: status %d", path, again.StatusCode)
		}
		if again := get(t, h, path, "If-None-Match", `"other"`); again.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, again.StatusCode)
		}
	}
}

// A badge says where the letter stands now, in words as well as in colour, is
// well-formed, and may stand in any page for no longer than a minute.
func TestBadges(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{HTTPS: true})
	for path, want := range map[string]string{
		"/l/lights/LA-2026-001": "Issued, then replaced", "/l/lights/LA-2026-002": "Issued, then withdrawn", "/l/lights/LA-2026-003": "A draft, closed without being issued",
		"/l/lights/LA-2026-004": "Issued, in force", "/l/lights/LA/2026/006": "Issued; its period is over", "/l/lights/LA-2026-007": "Issued, not public yet",
	} {
		for _, prefix := range []string{"", "/ar"} {
			res := get(t, h, prefix+path+"/badge.svg")
			text := body(t, res)
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/svg+xml" || res.Header.Get("Cache-Control") != "public, max-age=60" {
				t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
			}
			if prefix == "" && (!strings.Contains(text, ">"+want+"<") || !strings.Contains(text, want+". Exercise, simulated clock. As of 6 March 2026, 09:30 UTC</title>")) {
				t.Errorf("%s: %s", path, text)
			}
			wellFormedXML(t, text)
			for _, bad := range []string{"<script", "style=", "[badge.", "href="} {
				if strings.Contains(text, bad) {
					t.Errorf("%s: the badge holds %q", path, bad)
				}
			}
		}
		var j struct {
			Reference, Standing, Page string
			Text                      map[string]string
		}
		if err := json.Unmarshal([]byte(body(t, get(t, h, path+"/badge.json"))), &j); err != nil {
			t.Fatal(err)
		}
		if j.Text["en"] != want || j.Text["ar"] == "" || j.Page != "https://example.com"+path {
			t.Errorf("%s: %+v", path, j)
		}
		page := body(t, get(t, h, path))
		if !strings.Contains(page, `src="`+path+`/badge.svg"`) || !strings.Contains(page, "&lt;img src=&#34;https://example.com"+path+"/badge.svg&#34;") {
			t.Errorf("%s: its page does not offer the badge", path)
		}
	}
	for _, path := range []string{"/l/lights/LA-2026-008/badge.svg", "/l/lights/LA-2026-999/badge.json", "/l/lights/badge.svg"} {
		if got := get(t, h, path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got)
		}
	}
}

func wellFormedXML(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
}

// A badge has the colours of the design.
func TestBadgesHaveTheColoursOfTheDesign(t *testing.T) {
	raw, err := os.ReadFile("shared/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, _, _ := strings.Cut(string(raw), "@media")
	colours := tokens(light)
	name := map[string]string{"in-force": "green", "superseded": "blue", "withdrawn": "violet", "draft": "yellow", "altered": "red", "disavowed": "maroon", "unknown": "grey", "stated": "slate"}
	if len(badge.Fills()) != len(name) {
		t.Error("an intent has no colour")
	}
	for intent, fill := range badge.Fills() {
		if colours[name[intent]] != fill[0] {
			t.Errorf("%s is %s on badges and %s on pages", intent, fill[0], colours[name[intent]])
		}
	}
}

// A letter is described in the words of schema.org, on its page and beside it; the
// sketch of a review has no rating, no claim and no reviewer.
func TestLinkedData(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{HTTPS: true})
	inPage := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)
	for _, prefix := range []string{"", "/ar"} {
		page := body(t, get(t, h, prefix+"/l/lights/LA-2026-002"))
		var here, beside map[string]any
		if err := json.Unmarshal([]byte(inPage.FindStringSubmatch(page)[1]), &here); err != nil {
			t.Fatal(err)
		}
		res := get(t, h, prefix+"/l/lights/LA-2026-002/letter.jsonld")
		if err := json.Unmarshal([]byte(body(t, res)), &beside); err != nil {
			t.Fatal(err)
		}
		for _, d := range []map[string]any{here, beside} {
			if d["@context"] != "https://schema.org" || d["@type"] != "DigitalDocument" || d["identifier"] != "LA-2026-002" || d["datePublished"] == nil || d["creativeWorkStatus"] == "" || d["@id"] != "https://example.com/l/lights/LA-2026-002" {
				t.Errorf("%v", d)
			}
		}
		review := body(t, get(t, h, prefix+"/l/lights/LA-2026-002/claimreview.json"))
		var r map[string]any
		if err := json.Unmarshal([]byte(review), &r); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(review), "rating") {
			t.Error("the register rates a claim")
		}
		author, _ := r["author"].(map[string]any)
		if r["@type"] != "ClaimReview" || r["claimReviewed"] != "" || r["url"] != "" || author["name"] != "" || !strings.Contains(review, "/l/lights/LA-2026-002") {
			t.Errorf("%s", review)
		}
	}
}

// A later withdrawal shows on a badge that stands in other pages, and on an answer
// that was kept.
func TestALaterWithdrawalShows(t *testing.T) {
	reg := webtest.New(t)
	m := &keptest.Links{}
	h := serve(t, reg, web.Options{Links: m})
	answer := body(t, post(t, h, "/check", map[string]string{"text": webtest.InForce}, ""))
	at := one(t, address, body(t, sendForm(t, h, "/r/", url.Values{"answer": {one(t, offered, answer)}})))
	before := get(t, h, "/l/lights/LA-2026-004/badge.svg")
	if text := body(t, get(t, h, at)); !strings.Contains(text, "still stand as they did then") {
		t.Error("the kept answer does not say that nothing changed")
	}
	reg.Withdraw("lights", "LA-2026-004", "The light is moved to the south mole.")
	after := get(t, h, "/l/lights/LA-2026-004/badge.svg", "If-None-Match", before.Header.Get("ETag"))
	if text := body(t, after); after.StatusCode != http.StatusOK || !strings.Contains(text, ">Issued, then withdrawn<") {
		t.Errorf("the badge: %d %s", after.StatusCode, text)
	}
	text := body(t, get(t, h, at))
	if !strings.Contains(text, "The record has changed since") || !strings.Contains(text, "Withdrawn") || !strings.Contains(text, "i-in-force") {
		t.Error("the kept answer hides the withdrawal, or what was answered")
	}
}

// A reference may end like the address of a badge; the letter goes first.
func TestALetterGoesBeforeWhatIsBesideIt(t *testing.T) {
	reg := webtest.New(t)
	reg.Issue("lights", "LA-2026-004/badge.svg", "A letter whose reference ends like the address of a badge.\n")
	h := serve(t, reg, web.Options{})
	if text := body(t, get(t, h, "/l/lights/LA-2026-004/badge.svg")); !strings.Contains(text, "<!doctype html>") {
		t.Errorf("%.60s", text)
	}
	if text := body(t, get(t, h, "/l/lights/LA-2026-004/badge.svg/badge.svg")); !strings.HasPrefix(text, "<svg") {
		t.Errorf("%.60s", text)
	}
}

// The register's server says for an office whose domain it is what the domain has
// to say (binding.md MUST-2), and for no other.
func TestTheDomainOfAnOfficeThatIsServedHere(t *testing.T) {
	reg := webtest.New(t)
	h := serve(t, reg, web.Options{})
	ask := func(host string) *http.Response {
		r := httptest.NewRequest(http.MethodGet, "/.well-known/chancery.json", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	snap, err := reg.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lights, _ := snap.State().OfficeByID("lights")
	for _, host := range []string{"lights.example", "Lights.example:8443"} {
		got, err := binding.Parse([]byte(body(t, ask(host))))
		if err != nil || len(got) != 1 || got[0].Digest() != binding.Of(snap.State(), lights).Digest() {
			t.Errorf("%s: %v %v", host, got, err)
		}
	}
	for _, host := range []string{"example.com", "127.0.0.1:8080", ""} {
		if got := ask(host).StatusCode; got != http.StatusNotFound {
			t.Errorf("%q: status %d", host, got)
		}
	}
	if text := body(t, get(t, h, "/robots.txt")); !strings.HasPrefix(text, "User-agent: *\nDisallow: ") {
		t.Errorf("robots.txt: %q", text)
	}
}
