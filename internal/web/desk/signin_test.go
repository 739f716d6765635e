package desk

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
)

// A door is a desk at which people really sign in.
type door struct {
	*officetest.House
	t      *testing.T
	staff  *staff.Staff
	desk   http.Handler
	device *authenticator.Device
	cookie *http.Cookie
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{House: officetest.New(t), t: t, device: authenticator.New(deskOrigin, t.Name())}
	var err error
	if d.staff, err = staff.Open(t.Context(), d.Folder(), staff.Options{Clock: d.Clock.Now, Origin: deskOrigin, Name: "Harbour"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.staff.Close() })
	d.desk, err = New(d.Register, Staffed(d.Register, d.staff), records{d.House}, Options{Staff: d.staff, Client: func(*http.Request) string { return "client" }})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ask sends JSON as the page's script does, and keeps the cookie.
func (d *door) ask(path string, body any) *httptest.ResponseRecorder {
	d.t.Helper()
	raw, ok := body.([]byte)
	if !ok {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			d.t.Fatal(err)
		}
	}
	return d.send(http.MethodPost, path, raw)
}

func (d *door) send(method, path string, body []byte) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, deskOrigin+path, bytes.NewReader(body))
	req.Header.Set("Accept", "application/json")
	if d.cookie != nil {
		req.AddCookie(d.cookie)
	}
	w := httptest.NewRecorder()
	d.desk.ServeHTTP(w, req)
	for _, c := range w.Result().Cookies() {
		d.cookie = c
		if c.MaxAge < 0 {
			d.cookie = nil
		}
	}
	return w
}

// options are those of a ceremony, as navigator.credentials takes them.
func (d *door) options(path string, body any) []byte {
	d.t.Helper()
	w := d.ask(path, body)
	var got struct {
		PublicKey json.RawMessage `json:"publicKey"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || got.PublicKey == nil {
		d.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return got.PublicKey
}

func (d *door) must(answer []byte, err error) []byte {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	return answer
}

// join lets an officer in by an invitation.
func (d *door) join(id string) string {
	d.t.Helper()
	i, err := d.staff.Invite(d.t.Context(), "harbour", id, staff.Details{Name: "The " + id}, nil, staff.Operator)
	if err != nil {
		d.t.Fatal(err)
	}
	_, secret, _ := strings.Cut(i.Link, "#")
	made := d.must(d.device.Create(d.options("/desk/join/options", map[string]string{"secret": secret})))
	w := d.ask("/desk/join/finish", opening{Secret: secret, Name: "phone", Credential: made})
	if w.Code != http.StatusOK || d.cookie == nil {
		d.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return secret
}

// TestTheDoor: an invitation makes a passkey, once; the passkey signs in and proves;
// signing out ends it.
func TestTheDoor(t *testing.T) {
	d := newDoor(t)
	secret := d.join("clerk")
	if w := d.ask("/desk/join/options", map[string]string{"secret": secret}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "not good any more") {
		t.Errorf("a link that was used: %d %s", w.Code, w.Body)
	}
	w := d.send(http.MethodGet, "/desk/", nil)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "The clerk") || !strings.Contains(w.Body.String(), "issuing clerk") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	before := d.cookie
	answer := d.must(d.device.Get(d.options("/desk/prove/options", nil)))
	if w := d.ask("/desk/prove/finish", answer); w.Code != http.StatusOK || d.cookie.Value == before.Value {
		t.Errorf("%d %s; the cookie is another: %v", w.Code, w.Body, d.cookie.Value != before.Value)
	}
	if w := d.send(http.MethodPost, "/desk/sign-out", nil); w.Code != http.StatusSeeOther || d.cookie != nil {
		t.Errorf("%d %v", w.Code, d.cookie)
	}
	d.cookie = before
	if w := d.send(http.MethodGet, "/desk/", nil); w.Code != http.StatusSeeOther {
		t.Errorf("an old cookie opens the desk: %d", w.Code)
	}
	d.cookie = nil
	answer = d.must(d.device.Get(d.options("/desk/sign-in/options", nil)))
	if w := d.ask("/desk/sign-in/finish", answer); w.Code != http.StatusOK || d.cookie == nil || !d.cookie.HttpOnly || d.cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("%d %s %v", w.Code, w.Body, d.cookie)
	}
	d.cookie = nil
	if w := d.ask("/desk/sign-in/finish", answer); w.Code != http.StatusConflict {
		t.Errorf("an answer used twice: %d %s", w.Code, w.Body)
	}
}

// TestTheDoorStaysShut: what is no answer of an authenticator opens nothing, and one
// client does not try for ever.
func TestTheDoorStaysShut(t *testing.T) {
	d := newDoor(t)
	for path, body := range map[string]any{
		"/desk/sign-in/finish": []byte("{}"), "/desk/join/finish": []byte("no JSON"), "/desk/join/options": map[string]string{"secret": "x"},
		"/desk/sign-in/finish?2": bytes.Repeat([]byte("x"), staff.MaxBody+1),
	} {
		if w := d.ask(path, body); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusConflict || d.cookie != nil {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/desk/prove/options", "/desk/prove/finish", "/desk/sign-out"} {
		if w := d.ask(path, nil); w.Code != http.StatusSeeOther {
			t.Errorf("%s as nobody: %d", path, w.Code)
		}
	}
	last := 0
	for range 40 {
		last = d.ask("/desk/sign-in/finish", []byte("{}")).Code
	}
	if last != http.StatusServiceUnavailable {
		t.Errorf("the 40th attempt: %d", last)
	}
}

// TestWithoutStaffNobodySignsIn: the pages say so.
func TestWithoutStaffNobodySignsIn(t *testing.T) {
	r := newRoom(t)
	for _, path := range []string{"/desk/sign-in", "/ar/desk/sign-in", "/desk/join"} {
		w := r.get("", path)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "data-passkey=") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	r.want(r.get("harbour/clerk", "/desk/prove"), http.StatusOK, "Nobody can sign in at this address")
	for _, path := range []string{"/desk/sign-in/options", "/desk/sign-in/finish", "/desk/join/options", "/desk/join/finish"} {
		r.want(r.post("", path, nil), http.StatusServiceUnavailable)
	}
}

// TestThenIsOurs: nobody is led to another site, nor to anything that a browser
// could read as one.
func TestThenIsOurs(t *testing.T) {
	d := newDoor(t)
	for asked, want := range map[string]string{
		"/desk/letters": "/desk/letters", "/desk/letter/HC-1/2?x=1&y=/": "/desk/letter/HC-1/2?x=1&amp;y=/", "/ar/desk/": "/ar/desk/",
		"": "/desk/", "https://evil.example/desk/": "/desk/", "//evil.example/desk/": "/desk/", "/\\evil.example/desk/": "/desk/", "/desk/\\..": "/desk/",
		"/desk/../../evil": "/desk/", "/desk//evil.example": "/desk/", "/deskevil": "/desk/", "/desk": "/desk/", "/": "/desk/", "/o/harbour": "/desk/",
		"javascript:alert(1)": "/desk/", "/desk/%2e%2e/x": "/desk/", "/desk/\tx": "/desk/", "desk/": "/desk/", "http:/desk/": "/desk/", "/desk/#x": "/desk/", "%": "/desk/",
	} {
		w := d.send(http.MethodGet, "/desk/sign-in?then="+url.QueryEscape(asked), nil)
		if !strings.Contains(w.Body.String(), `data-then="`+want+`"`) {
			t.Errorf("%q does not lead to %s:\n%s", asked, want, w.Body)
		}
	}
}
