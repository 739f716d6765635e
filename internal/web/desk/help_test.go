package desk

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// get asks for a page as somebody; "" is nobody.
func (r *room) get(who, path string) *httptest.ResponseRecorder {
	return r.send(who, http.MethodGet, path, nil)
}

// post sends a form as somebody.
func (r *room) post(who, path string, form url.Values) *httptest.ResponseRecorder {
	return r.send(who, http.MethodPost, path, form)
}

func (r *room) send(who, method, path string, form url.Values) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("X-Who", who)
	w := httptest.NewRecorder()
	r.desk.ServeHTTP(w, req)
	return w
}

// page asks for a page that must be there and returns it.
func (r *room) page(who, path string) string {
	r.t.Helper()
	w := r.get(who, path)
	if w.Code != http.StatusOK {
		r.t.Fatalf("%s as %s: %d\n%s", path, who, w.Code, w.Body)
	}
	return w.Body.String()
}

// done sends a form that must be done, and returns where it leads.
func (r *room) done(who, path string, form url.Values) string {
	r.t.Helper()
	w := r.post(who, path, form)
	if w.Code != http.StatusSeeOther {
		r.t.Fatalf("%s as %s: %d\n%s", path, who, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// want asks for a status.
func (r *room) want(w *httptest.ResponseRecorder, status int, words ...string) {
	r.t.Helper()
	if w.Code != status {
		r.t.Errorf("%d, want %d\n%s", w.Code, status, w.Body)
	}
	for _, x := range words {
		if !strings.Contains(w.Body.String(), x) {
			r.t.Errorf("%q is not in\n%s", x, w.Body)
		}
	}
}

// draft starts a letter of the harbour in English and, when ar is not empty, in
// Arabic.
func (r *room) draft(ref letter.Ref, en, ar string) {
	r.t.Helper()
	c := officetest.Content(r.t, ref, en)
	if ar != "" {
		c.Texts = append([]letter.LangText{{Lang: "ar", Text: officetest.Text(r.t, ar)}}, c.Texts...)
	}
	if err := r.Start(r.t.Context(), "harbour", "drafter", c); err != nil {
		r.t.Fatal(err)
	}
}

// What waits is shown to those for whom it waits.
func TestForMe(t *testing.T) {
	r := newRoom(t)
	r.draft("HC-1", "Sir,\n\nThe north lock closes on 4 March and opens again on 9 May.\n", "")
	if _, err := r.Circulate(t.Context(), "harbour", "clerk", "HC-1", []office.Holder{{Name: "The Pilots", Purpose: "coordination", Outside: true}}); err != nil {
		t.Fatal(err)
	}
	q, err := r.Submit(t.Context(), "harbour", "drafter", "HC-1", office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	for who, wants := range map[string]string{
		"harbour/legal":   "Waits for your approval|0 of 2 approvals|HC-1",
		"harbour/drafter": "Your drafts|The north lock closes|Before its approvers|The Pilots",
		"harbour/clerk":   "Copies of which nobody noted",
	} {
		page := r.page(who, "/desk/")
		for _, x := range strings.Split(wants, "|") {
			if !strings.Contains(page, x) {
				t.Errorf("%s is not shown %q:\n%s", who, x, page)
			}
		}
	}
	for _, who := range []string{"harbour/press", "harbour/admin", "other/legal"} {
		r.want(r.get(who, "/desk/"), http.StatusOK, "Nothing waits for you")
	}
	if _, err := r.Carry(t.Context(), q, "clerk", r.Signer("harbour", "commissioner")); kind.Of(err) != kind.Forbidden && err != nil {
		t.Log(err) // one approval is not enough yet
	}
	r.want(r.get("harbour/commissioner", "/desk/"), http.StatusOK, "You have approved it")
}

// upload sends a form with a file.
func (r *room) upload(who, path string, form url.Values, field, name string, data []byte) *httptest.ResponseRecorder {
	r.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, all := range form {
		for _, v := range all {
			if err := m.WriteField(k, v); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	f, err := m.CreateFormFile(field, name)
	if err != nil {
		r.t.Fatal(err)
	}
	_, _ = f.Write(data)
	_ = m.Close()
	req := httptest.NewRequest(http.MethodPost, path, &body)
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("X-Who", who)
	w := httptest.NewRecorder()
	r.desk.ServeHTTP(w, req)
	return w
}
