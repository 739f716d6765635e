package desk

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"chancery.example/internal/office"
	"chancery.example/internal/staff"
	"chancery.example/internal/web/shared"
)

// hostile are words that somebody puts into every field: markup, addresses that
// run, orders to the direction of text, bytes that end strings, words without an
// end, and formulas of spreadsheets.
var hostile = []string{
	`"><script>hostile()</script>`, `'"><img src=x onerror=hostile()>`, `javascript:hostile()`, "\u202ehostile\u202c", "hostile\x00<i onclick=hostile()>",
	strings.Repeat("hostile", 1500), `=HYPERLINK("https://hostile.example")`, `{{hostile}}</textarea></title><svg onload=hostile()>`,
}

// A sent is a form of a page as a browser would send it.
type sent struct {
	action string
	fields url.Values
	typed  []string // names of the fields into which people type
}

// TestHostileWords: everybody opens every page they may, puts hostile words into
// every field of every form there, and opens every page again, in both languages.
// None of the words comes back as anything but words.
func TestHostileWords(t *testing.T) {
	m, people := hostileOffice(t)
	forms := map[string]bool{}
	for _, id := range people {
		for _, f := range m.forms(id) {
			if outside.MatchString(f.action) || len(f.typed) == 0 {
				continue // it asks another server, or ends what the test needs
			}
			forms[f.action] = true
			for _, words := range hostile {
				m.fillIn(id, f, words, f.typed...)
			}
			// One field alone, beside others that are taken.
			for i, name := range f.typed {
				m.fillIn(id, f, hostile[i%2], name)
			}
		}
	}
	if len(forms) < 20 {
		t.Errorf("%d forms were filled in: %v", len(forms), forms)
	}
	for _, id := range people {
		for _, p := range m.pages(id) {
			harmless(t, p.path, p.answer)
			harmless(t, "/ar"+p.path, m.open(id, "/ar"+p.path))
		}
	}
	w := m.form("ada", "/desk/audit/export", url.Values{"form": {"csv"}})
	lines, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(lines) < 20 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	for _, l := range lines {
		for _, cell := range l {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "@") {
				t.Errorf("a formula: %.60q", cell)
			}
		}
	}
}

// fillIn sends a form with hostile words in some of its fields and plain ones in
// the others.
func (m *manned) fillIn(id string, f sent, words string, into ...string) {
	m.t.Helper()
	for _, name := range f.typed {
		f.fields.Set(name, "Words.")
	}
	for _, name := range into {
		f.fields.Set(name, words)
	}
	w := m.form(id, f.action, f.fields)
	if w.Code >= http.StatusInternalServerError && w.Code != http.StatusServiceUnavailable {
		m.t.Errorf("%s with %.40q: %d", f.action, words, w.Code)
	}
	harmless(m.t, f.action, w)
}

// outside are forms that are left alone.
var outside = regexp.MustCompile(`/desk/(sign-out|settings/domain|settings/webhook/.*|policy/rotate|person/.*|keys/session|keys/(login|approval)/.*)$`)

// hostileOffice is an office whose people, holders, readers and passkeys have
// hostile names.
func hostileOffice(t *testing.T) (m *manned, people []string) {
	t.Helper()
	m = newManned(t)
	m.draft("HC-1", lockEnglish, lockArabic)
	p, _, err := m.PolicyOf(t.Context(), "harbour")
	if err != nil {
		t.Fatal(err)
	}
	p.Approvals = nil
	for i := range p.Officers {
		p.Officers[i].Name = hostile[i%2]
	}
	p.Speakers = append(p.Speakers, hostile[0], hostile[1], hostile[7])
	q, err := m.ProposePolicy(t.Context(), "harbour", "clerk", p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Carry(t.Context(), q, "clerk", m.Signer("harbour", "commissioner"), m.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	for id, roles := range map[string][]staff.Role{
		"clerk": nil, "drafter": nil, "press": nil, "legal": nil, "ada": {staff.Admin, staff.Auditor}, "cus": {staff.Custodian}, "tr": {staff.Translator, staff.Clearer},
	} {
		in, err := m.staff.Invite(t.Context(), "harbour", id, staff.Details{Name: hostile[0], Lang: "ar"}, roles, staff.Operator)
		if err != nil {
			t.Fatal(err)
		}
		m.join(id, in.Link)
		people = append(people, id)
		m.form(id, "/desk/keys/name", url.Values{"id": {"1"}, "name": {hostile[1]}})
	}
	for _, words := range hostile[:5] {
		if _, err := m.Enquire(t.Context(), "harbour", office.Question{Words: words, Exhibit: words, Contact: "a@b.example"}); err != nil {
			t.Logf("not asked: %.40q: %v", words, err)
		}
	}
	if _, err := m.Circulate(t.Context(), "harbour", "clerk", "HC-1", []office.Holder{{Name: hostile[0], Purpose: hostile[1], Outside: true}, {Name: hostile[2], Purpose: hostile[6]}}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.AskClearance(t.Context(), "harbour", "clerk", "HC-1", office.ClearanceAsked{Of: hostile[0], Outside: true, Due: m.Now().Add(time.Hour), Note: hostile[1]}); err != nil {
		t.Fatal(err)
	}
	if err := m.Note(t.Context(), "harbour", hostile[6], "note", hostile[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := m.ProposeHolding(t.Context(), "harbour", "press", m.Now().Add(time.Hour), nil); err != nil {
		t.Fatal(err)
	}
	return m, people
}

// An opened is a page that somebody opened.
type opened struct {
	path   string
	answer *httptest.ResponseRecorder
}

// pages are the pages that somebody may open, and some more, opened.
func (m *manned) pages(id string) (out []opened) {
	m.t.Helper()
	fill := strings.NewReplacer("R", "HC-1", "Q", "2", "E", "4").Replace
	for _, route := range (&Desk{}).routes() {
		method, path := example(m.t, route.pattern)
		if path = fill(path); method != http.MethodGet {
			continue
		}
		if w := m.open(id, path); w.Code < 300 {
			out = append(out, opened{path, w})
		}
	}
	for _, path := range []string{
		"/desk/policy/officer/+", "/desk/policy/officer/legal", "/desk/person/press", "/desk/enquiry/1", "/desk/enquiry/2", "/desk/audit?person=%3Cscript%3E&letter=%22%3E%3Cimg+src%3Dx%3E",
		"/desk/letters?standing=%22%3E%3Cscript%3E", "/desk/sign-in?then=javascript:hostile()", "/desk/?done=%3Cscript%3E",
	} {
		out = append(out, opened{path, m.open(id, path)})
	}
	return out
}

// forms are the forms of those pages.
func (m *manned) forms(id string) []sent {
	m.t.Helper()
	var out []sent
	seen := map[string]bool{}
	for _, p := range m.pages(id) {
		w := p.answer
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		tree, err := html.Parse(w.Body)
		if err != nil {
			m.t.Fatal(err)
		}
		for n := range tree.Descendants() {
			if n.Data != "form" || attr(n, "method") != "post" || seen[attr(n, "action")] {
				continue
			}
			seen[attr(n, "action")] = true
			out = append(out, formOf(n))
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func formOf(form *html.Node) sent {
	f := sent{action: attr(form, "action"), fields: url.Values{}}
	for n := range form.Descendants() {
		name := attr(n, "name")
		switch {
		case name == "":
		case n.Data == "textarea", n.Data == "input" && attr(n, "type") == "text", attr(n, "type") == "url", attr(n, "type") == "email":
			f.typed = append(f.typed, name)
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && attr(o, "value") != "" {
					f.fields.Set(name, attr(o, "value"))
				}
			}
		case attr(n, "type") == "datetime-local", attr(n, "type") == "date":
			f.fields.Set(name, attr(n, "value"))
		case n.Data == "input", n.Data == "button":
			f.fields.Add(name, attr(n, "value"))
		}
	}
	return f
}

// harmless looks for anything in an answer that hostile words became.
func harmless(t *testing.T, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	if strings.Contains(w.Header().Get("Location"), "//") || strings.Contains(w.Header().Get("Location"), "javascript") {
		t.Errorf("%s leads to %s", path, w.Header().Get("Location"))
	}
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Header().Get("Content-Disposition") != "" {
		return
	}
	raw := w.Body.String()
	if strings.ContainsRune(raw, 0) {
		t.Errorf("%s holds a NUL", path)
	}
	z := html.NewTokenizer(strings.NewReader(raw))
	field := "" // the control whose words people typed: they come back as they are
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				t.Errorf("%s: %v", path, z.Err())
			}
			return
		case html.TextToken:
			if field == "" && strings.ContainsAny(string(z.Text()), "\u202e\u202c") {
				t.Errorf("%s turns the direction of its own words", path)
			}
		case html.CommentToken, html.DoctypeToken:
		case html.EndTagToken:
			field = ""
		case html.StartTagToken, html.SelfClosingTagToken:
			n := z.Token()
			if field = ""; n.Data == "textarea" {
				field = n.Data
			}
			harmlessTag(t, path, n)
		}
	}
}

func harmlessTag(t *testing.T, path string, n html.Token) {
	t.Helper()
	if n.Data == "i" || n.Data == "img" || n.Data == "script" && len(n.Attr) == 0 || n.Data == "svg" && len(n.Attr) < 2 {
		t.Errorf("%s holds %s", path, n)
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
			t.Errorf("%s holds %s", path, n)
		case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction":
			if u, err := url.Parse(a.Val); err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
				t.Errorf("%s leads to %q", path, a.Val)
			}
		}
	}
}

// The side shows what somebody can open, and nothing that would turn them away.
func TestTheSideShowsWhatOpens(t *testing.T) {
	r := newRoom(t)
	at := regexp.MustCompile(`(?s)<nav .*?</nav>`)
	href := regexp.MustCompile(`href="(/desk/[^"]*)"`)
	for who := range r.people {
		nav := at.FindString(r.page(who, "/desk/"))
		shown := map[string]bool{}
		for _, m := range href.FindAllStringSubmatch(nav, -1) {
			shown[m[1]] = true
		}
		for _, path := range []string{"/desk/", "/desk/letters", "/desk/statements", "/desk/enquiries", "/desk/people", "/desk/audit", "/desk/settings"} {
			if opens := r.get(who, path).Code != http.StatusForbidden; opens != shown[path] {
				t.Errorf("%s: %s opens: %v; shown: %v", who, path, opens, shown[path])
			}
		}
	}
	if page := r.page("harbour/drafter", "/desk/settings"); !strings.Contains(page, `action="/desk/settings/glossary"`) || strings.Contains(page, "webhook") || strings.Contains(page, "settings/domain") {
		t.Errorf("a drafter's settings:\n%s", page)
	}
}

// The rules of an office are in words.
func TestRulesInWords(t *testing.T) {
	r := newRoom(t)
	p, _, err := r.PolicyOf(t.Context(), "harbour")
	if err != nil {
		t.Fatal(err)
	}
	for lang, d := range map[string]string{"": "en", "/ar": "ar"} {
		page := r.page("harbour/press", lang+"/desk/policy")
		for _, rule := range p.Rules {
			if rule.Type != "" && strings.Contains(page, ">"+rule.Type+"<") {
				t.Errorf("%s: the type %q is raw", d, rule.Type)
			}
		}
	}
	if page := r.page("harbour/press", "/desk/policy"); !strings.Contains(page, "Holding statement") || !strings.Contains(page, ">Withdraw in an emergency") {
		t.Errorf("the rules:\n%s", page)
	}
	if got := shared.Up("éa") + shared.Up("") + shared.Up("سجل"); got != "Éaسجل" {
		t.Errorf("%q", got)
	}
}
