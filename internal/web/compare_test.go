package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// A field of a form: a text, or a file when it has a file's name.
type field struct{ name, file, value string }

// fields sends a form with fields in an order.
func fields(t *testing.T, h http.Handler, path string, fs []field, header ...string) *http.Response {
	t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for _, f := range fs {
		w, err := form.CreateFormField(f.name)
		if f.file != "" {
			w, err = form.CreateFormFile(f.name, f.file)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, f.value)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &buf)
	r.Header.Set("Content-Type", form.FormDataContentType())
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

const (
	firstReport  = `"Vessels of more than 60 metres must not enter the inner basin," said Amal Rashid. <script>alert(1)</script> Some call it "a slip".`
	secondReport = `The letter: "Vessels of more than 40 metres must not enter the inner basin before the pilot is on board". Others call it "a slip".`
	thirdReport  = `قالت المديرة: «تبقى القناة اللاسلكية 14 مفتوحة في كل وقت».`
)

// Reports are laid side by side from texts and files, in both languages and
// without scripts; what they say is escaped.
func TestComparePage(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for _, prefix := range []string{"", "/ar"} {
		form := body(t, get(t, h, prefix+"/compare"))
		wellFormed(t, prefix+"/compare", form)
		for _, name := range []string{`name="text1"`, `name="text2"`, `name="text3"`, `name="file1"`, `name="files" multiple`} {
			if !strings.Contains(form, name) {
				t.Errorf("%s/compare has no field %s", prefix, name)
			}
		}
		res := fields(t, h, prefix+"/compare", []field{
			{"text1", "", firstReport}, {"file1", "", ""}, {"text2", "", "not this, for there is a file"}, {"file2", "second.txt", secondReport},
			{"files", "third.html", "<html><p>" + thirdReport + "</p></html>"}, {"as", "", "report"},
		})
		page := body(t, res)
		wellFormed(t, prefix+"/compare answered", page)
		for _, want := range []string{`<del>60</del> <ins>40</ins>`, "LA-2026-004", "second.txt", "third.html", `id="q1"`, "Amal Rashid"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s/compare: no %s in the answer", prefix, want)
			}
		}
		if res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the answer may be kept: %q", res.Header.Get("Cache-Control"))
		}
		two := body(t, fields(t, h, prefix+"/compare", []field{{"text1", "", webtest.InForce}, {"text3", "", webtest.InForceAltered}, {"as", "", "text"}}))
		wellFormed(t, prefix+"/compare of texts", two)
		if !strings.Contains(two, "<del>40</del>") || !strings.Contains(two, "<ins>60</ins>") {
			t.Errorf("%s/compare: two texts are not compared word by word", prefix)
		}
	}
	res := fields(t, h, "/compare", []field{{"text1", "", firstReport}, {"text2", "", secondReport}}, "Accept", "application/json")
	if got := body(t, res); !strings.Contains(got, `"cells"`) || !strings.Contains(got, `"anchor": "q1"`) || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("as JSON: %.300s", got)
	}
}

// What cannot be compared is said, and how to go on.
func TestComparePageRefuses(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{TextLimit: 1000, FileLimit: 3000})
	var many []field
	for i := range check.MaxReports + 1 {
		many = append(many, field{"files", "r" + strconv.Itoa(i), firstReport})
	}
	for name, c := range map[string]struct {
		fs     []field
		status int
	}{
		"nothing":        {[]field{{"text1", "", " "}, {"text2", "", "\n"}}, http.StatusBadRequest},
		"one":            {[]field{{"text1", "", firstReport}}, http.StatusBadRequest},
		"eleven":         {many, http.StatusBadRequest},
		"three texts":    {[]field{{"text1", "", "a b"}, {"text2", "", "a b"}, {"text3", "", "a b"}, {"as", "", "text"}}, http.StatusBadRequest},
		"another kind":   {[]field{{"text1", "", "a b"}, {"text2", "", "a b"}, {"as", "", "file"}}, http.StatusBadRequest},
		"a long text":    {[]field{{"text1", "", strings.Repeat("a ", 900)}, {"text2", "", "b"}}, http.StatusRequestEntityTooLarge},
		"a large file":   {[]field{{"file1", "a", strings.Repeat("a ", 1900)}, {"text2", "", "b"}}, http.StatusRequestEntityTooLarge},
		"a binary file":  {[]field{{"file1", "a", "\x00\x01"}, {"text2", "", "b"}}, http.StatusUnprocessableEntity},
		"a field beyond": {[]field{{"text1", "", firstReport}, {"text4", "", secondReport}}, http.StatusBadRequest},
	} {
		res := fields(t, h, "/compare", c.fs)
		if page := body(t, res); res.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", name, res.StatusCode, c.status)
		} else {
			wellFormed(t, name, page)
		}
	}
	if res := post(t, h, "/compare", map[string]string{"text1": "a"}, "", "Content-Type", "text/plain"); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("plain text: status %d", res.StatusCode)
	}
	if res := post(t, h, "/compare", map[string]string{"text1": "a"}, "", "Sec-Fetch-Site", "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form: status %d", res.StatusCode)
	}
}
