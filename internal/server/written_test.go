package server

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/web"
	"chancery.example/proof"
	"chancery.example/register"
)

// TestRecordedLaterIsSaid: a letter of 1962 that is recorded now is in force from
// now on, and every door says so: the answer, its page in both languages, the
// entry's page, and JSON. Days to come and embargoes are refused.
func TestRecordedLaterIsSaid(t *testing.T) {
	h := officetest.New(t)
	for _, terms := range []office.Terms{
		{Written: "2999"}, {Written: "1962-13"}, {Written: "1962", NotBefore: h.Now().Add(time.Hour)},
	} {
		if _, err := h.SubmitFinished(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", first), terms); kind.Of(err) != kind.Invalid {
			t.Errorf("%+v: %v", terms, err)
		}
	}
	h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", first), office.Terms{Written: "1962-10"})
	src, err := Read(t.Context(), h.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := ask(t, src, first)
	chip := ""
	for _, c := range f.Evidence {
		if c.Kind == check.ChipRecordedLate {
			chip = c.Text.EN
		}
	}
	if *f.Standing != register.InForce || f.Status.Written != "1962-10" || !strings.Contains(chip, "October 1962") || !strings.Contains(chip, "imported") {
		t.Errorf("%v, %q", *f.Standing, chip)
	}
	pages, err := web.New(src, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	page := func(path, accept string) string {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		return w.Body.String()
	}
	entry := "/log/" + string(must(json.Marshal(f.Status.Record.Entry)))
	for path, want := range map[string]string{
		"/l/harbour/HC-1": "Recorded later (imported)", "/ar/l/harbour/HC-1": "سُجّلت لاحقاً (مستوردة)", entry: "October 1962", "/ar" + entry: "تشرين الأول/أكتوبر 1962",
	} {
		if got := page(path, "text/html"); !strings.Contains(got, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	if got := page("/l/harbour/HC-1", "application/json"); !strings.Contains(got, `"written":"1962-10"`) && !strings.Contains(got, `"written": "1962-10"`) {
		t.Error(got)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
