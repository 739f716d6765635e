package desk

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
)

// A manned room is a desk whose people sign in with passkeys of their own.
type manned struct {
	*room
	devices map[string]*authenticator.Device
	cookies map[string]*http.Cookie
}

func newManned(t *testing.T) *manned {
	t.Helper()
	m := &manned{room: emptyRoom(t), devices: map[string]*authenticator.Device{}, cookies: map[string]*http.Cookie{}}
	var err error
	if m.desk, err = New(m.Register, Staffed(m.Register, m.staff), records{m.House}, Options{Staff: m.staff}); err != nil {
		t.Fatal(err)
	}
	return m
}

// come invites somebody from the command line and lets them make their passkey.
func (m *manned) come(office, id string, roles ...staff.Role) {
	m.t.Helper()
	in, err := m.staff.Invite(m.t.Context(), office, id, staff.Details{Name: "The " + id}, roles, staff.Operator)
	if err != nil {
		m.t.Fatal(err)
	}
	m.join(id, in.Link)
}

// join uses a link, by the pages' own addresses.
func (m *manned) join(id, link string) {
	m.t.Helper()
	_, secret, _ := strings.Cut(link, "#")
	d := m.devices[id]
	if d == nil {
		d = authenticator.New(deskOrigin, m.t.Name()+id)
		m.devices[id] = d
	}
	options := m.json("", "/desk/join/options", map[string]any{"secret": secret})
	credential, err := d.Create(options)
	if err != nil {
		m.t.Fatal(err)
	}
	w := m.raw("", "/desk/join/finish", map[string]any{"secret": secret, "name": "device", "credential": json.RawMessage(credential)})
	if w.Code != http.StatusOK {
		m.t.Fatalf("%s joins: %d %s", id, w.Code, w.Body)
	}
	m.cookies[id] = w.Result().Cookies()[0]
}

func (m *manned) raw(who, path string, body any) *httptest.ResponseRecorder {
	raw, err := json.Marshal(body)
	if err != nil {
		m.t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(raw)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	return m.serve(who, req)
}

func (m *manned) serve(who string, req *http.Request) *httptest.ResponseRecorder {
	if c := m.cookies[who]; c != nil {
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	m.desk.ServeHTTP(w, req)
	return w
}

func (m *manned) json(who, path string, body any) []byte {
	m.t.Helper()
	w := m.raw(who, path, body)
	if w.Code != http.StatusOK {
		m.t.Fatalf("%s as %s: %d %s", path, who, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

func (m *manned) open(who, path string) *httptest.ResponseRecorder {
	return m.serve(who, httptest.NewRequest(http.MethodGet, path, nil))
}

func (m *manned) form(who, path string, fields url.Values) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return m.serve(who, req)
}

var linkOf = regexp.MustCompile(`value="(` + regexp.QuoteMeta(deskOrigin) + `/desk/join#[^"]+)"`)

// TestPeopleComeAndGo: an admin invites, gives roles and ends access; two
// custodians bring somebody back; nobody does it alone.
func TestPeopleComeAndGo(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "ada", staff.Admin)
	m.come("harbour", "cus", staff.Custodian)
	m.come("harbour", "dan", staff.Custodian)
	m.come("harbour", "press")

	w := m.form("ada", "/desk/people", url.Values{"id": {"tom"}, "name": {"Tom Translator"}, "lang": {"ar"}, "role": {"translator"}})
	link := linkOf.FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || link == nil {
		t.Fatalf("invited: %d\n%s", w.Code, w.Body)
	}
	m.join("tom", link[1])
	if page := m.open("press", "/desk/people").Body.String(); !strings.Contains(page, "Tom Translator") || !strings.Contains(page, "works here") || strings.Contains(page, "Invite somebody") {
		t.Errorf("the list:\n%s", page)
	}
	if page := m.open("tom", "/ar/desk/").Body.String(); !strings.Contains(page, "مترجم") {
		t.Error("the translator's role is not shown")
	}
	bad := m.form("ada", "/desk/people", url.Values{"id": {"Not Good"}, "name": {"Somebody"}, "role": {"auditor"}})
	if bad.Code != http.StatusUnprocessableEntity || !strings.Contains(bad.Body.String(), "Not Good") || !strings.Contains(bad.Body.String(), `value="auditor" checked`) {
		t.Errorf("%d: what was typed is not kept\n%s", bad.Code, bad.Body)
	}
	for _, c := range []struct {
		who  string
		want int
	}{{"press", 403}, {"tom", 403}, {"cus", 403}, {"ada", 303}} {
		if w := m.form(c.who, "/desk/person/tom/end", nil); w.Code != c.want {
			t.Errorf("%s ends tom's access: %d", c.who, w.Code)
		}
	}
	if w := m.open("tom", "/desk/"); w.Code != http.StatusSeeOther {
		t.Errorf("tom is still in: %d", w.Code)
	}
	if w := m.form("cus", "/desk/person/tom/recover", nil); w.Code != http.StatusSeeOther {
		t.Errorf("the first vote: %d\n%s", w.Code, w.Body)
	}
	if w := m.form("cus", "/desk/person/tom/recover", nil); linkOf.MatchString(w.Body.String()) {
		t.Error("one custodian alone made the link")
	}
	w = m.form("dan", "/desk/person/tom/recover", nil)
	if link = linkOf.FindStringSubmatch(w.Body.String()); link == nil {
		t.Fatalf("the second vote: %d\n%s", w.Code, w.Body)
	}
	m.join("tom", link[1])
	if w := m.open("tom", "/desk/"); w.Code != http.StatusOK {
		t.Errorf("tom is not back: %d", w.Code)
	}
	if w := m.open("ada", "/desk/person/nobody"); w.Code != http.StatusNotFound {
		t.Errorf("nobody's page: %d", w.Code)
	}
}

// TestForeignPeopleAreAbsent: an admin of one office sees and changes nobody of
// another, and is told what is told of nobody.
func TestForeignPeopleAreAbsent(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "ada", staff.Admin, staff.Custodian)
	m.come("other", "olga", staff.Auditor)
	absent := m.open("ada", "/desk/person/zoe").Body.String()
	if got := m.open("ada", "/desk/person/olga"); got.Code != http.StatusNotFound || got.Body.String() != absent {
		t.Errorf("olga is told from nobody: %d", got.Code)
	}
	for _, path := range []string{"roles", "end", "sessions", "recover", "cancel"} {
		a, b := m.form("ada", "/desk/person/olga/"+path, url.Values{"role": {"admin"}}), m.form("ada", "/desk/person/zoe/"+path, url.Values{"role": {"admin"}})
		if a.Code != http.StatusNotFound || a.Body.String() != b.Body.String() {
			t.Errorf("%s: %d and %d", path, a.Code, b.Code)
		}
	}
	if w := m.open("olga", "/desk/"); w.Code != http.StatusOK {
		t.Errorf("olga was touched: %d", w.Code)
	}
}

// TestAKeyToApproveGetsIntoThePolicy: an officer makes a passkey, asks the officers
// to name it, and approves with it afterwards; a login passkey approves nothing.
func TestAKeyToApproveGetsIntoThePolicy(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "press")
	m.come("harbour", "legal")
	options := m.json("press", "/desk/keys/approval/options", nil)
	credential, err := m.devices["press"].Create(options)
	if err != nil {
		t.Fatal(err)
	}
	m.json("press", "/desk/keys/approval/finish", map[string]any{"name": "yubi", "credential": json.RawMessage(credential)})
	page := m.open("press", "/desk/keys").Body.String()
	if !strings.Contains(page, "Not in the policy yet") || !strings.Contains(page, "yubi") {
		t.Fatalf("the key is not there:\n%s", page)
	}
	id := regexp.MustCompile(`action="/desk/policy/key"><input type="hidden" name="id" value="(\d+)"`).FindStringSubmatch(page)
	if w := m.form("legal", "/desk/policy/key", url.Values{"id": {id[1]}}); w.Code != http.StatusNotFound {
		t.Errorf("another officer's key: %d", w.Code)
	}
	w := m.form("press", "/desk/policy/key", url.Values{"id": {id[1]}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	path, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	q := mustRequest(t, m.room, path)
	if _, err := m.Carry(t.Context(), q, "clerk", m.Signer("harbour", "commissioner"), m.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	if page := m.open("press", "/desk/keys").Body.String(); !strings.Contains(page, "Counts") {
		t.Error("the key does not count")
	}
	if page := m.open("legal", "/desk/policy").Body.String(); !strings.Contains(page, "Passkey at") || !strings.Contains(page, "SSH key") {
		t.Errorf("the policy's page:\n%s", page)
	}
}

// TestPolicyChangesAreProposed by the pages, and nothing changes before officers
// approve.
func TestPolicyChangesAreProposed(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "clerk")
	before, _, err := m.PolicyOf(t.Context(), "harbour")
	if err != nil {
		t.Fatal(err)
	}
	sent := url.Values{"id": {"nora"}, "name": {"Nora New"}, "role": {"press officer"}, "keys": {before.Officers[0].Keys[0] + "\r\n"}}
	if w := m.form("clerk", "/desk/policy/officer/+", sent); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Nora New") {
		t.Errorf("another officer's key is taken: %d\n%s", w.Code, w.Body)
	}
	sent.Set("keys", "no key at all")
	if w := m.form("clerk", "/desk/policy/officer/+", sent); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no key: %d", w.Code)
	}
	w := m.form("clerk", "/desk/policy/speakers", url.Values{"speakers": {"A. Speaker\r\n\r\nB. Speaker"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	if p, _, _ := m.PolicyOf(t.Context(), "harbour"); len(p.Speakers) != 0 {
		t.Error("changed without approvals")
	}
	for path, want := range map[string]int{"/desk/policy/officer/legal": 200, "/desk/policy/officer/nobody": 404, "/desk/policy/revoke/zz": 404, "/desk/policy/revoke/" + strings.Repeat("0", 64): 404} {
		if w := m.open("clerk", path); w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := m.form("clerk", "/desk/policy/rotate", nil); w.Code != http.StatusSeeOther {
		t.Errorf("rotated: %d\n%s", w.Code, w.Body)
	}
}

// TestTokens are shown once, and end.
func TestTokens(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "ada", staff.Admin)
	m.come("harbour", "press")
	w := m.form("ada", "/desk/tokens", url.Values{"name": {"newsdesk"}, "person": {"press"}, "role": {"press officer"}, "until": {m.Now().AddDate(0, 1, 0).Format("2006-01-02")}})
	value := regexp.MustCompile(`value="(cht_[^"]+)"`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || value == nil {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	if page := m.open("ada", "/desk/tokens").Body.String(); strings.Contains(page, value[1]) || !strings.Contains(page, "newsdesk") {
		t.Errorf("shown again, or not at all:\n%s", page)
	}
	if w := m.form("ada", "/desk/tokens", url.Values{"name": {"x"}, "person": {"press"}, "role": {"approver"}, "until": {"2026-03-09"}}); w.Code < 400 || w.Code >= 500 {
		t.Errorf("a token that approves: %d", w.Code)
	}
	if w := m.open("press", "/desk/tokens"); w.Code != http.StatusForbidden {
		t.Errorf("a press officer sees tokens: %d", w.Code)
	}
	if w := m.form("ada", "/desk/tokens/revoke", url.Values{"id": {"1"}}); w.Code != http.StatusSeeOther {
		t.Errorf("revoked: %d\n%s", w.Code, w.Body)
	}
	if _, err := m.staff.Token(t.Context(), value[1]); err == nil {
		t.Error("the token still works")
	}
}
