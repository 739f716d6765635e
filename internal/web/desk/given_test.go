package desk

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"chancery.example/internal/office/officetest"
)

// TestPDFOfAnotherProgram: a PDF that was chosen is shown beside the letter before
// anything is submitted; only with the yes to what was read is it, and one that says
// something else cannot be confirmed, whatever comes back.
func TestPDFOfAnotherProgram(t *testing.T) {
	r := newRoom(t)
	const d, at = "harbour/drafter", "/desk/submit/HC-30"
	const words = "Sir,\n\nthe quay is closed <now>.\n"
	c := officetest.Content(t, "HC-30", words)
	if err := r.Start(t.Context(), "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	r.want(r.get(d, at), http.StatusOK, `type="file"`, "A PDF of your own")
	r.want(r.get(d, "/ar"+at), http.StatusOK, "ملف PDF من عندك")
	wrong := []byte("%PDF-1.7\nThe quay is <open>.\n")
	w := r.upload(d, at, url.Values{}, "form", `C:\papers\quay.pdf`, wrong)
	r.want(w, http.StatusUnprocessableEntity,
		"What quay.pdf shows", "cannot be issued as this letter", "The quay is &lt;open&gt;", "the letter says")
	if page := w.Body.String(); strings.Contains(page, `name="confirmed"`) || strings.Contains(page, "<open>") {
		t.Errorf("it can be confirmed all the same:\n%s", page)
	}
	r.want(r.upload(d, "/ar"+at, url.Values{}, "form", "quay.pdf", wrong), http.StatusUnprocessableEntity, "لا يمكن إصداره بوصفه هذه الرسالة")
	w = r.upload(d, at, url.Values{"expires": {"2030-01-01T10:00"}}, "form", "quay.pdf", []byte("%PDF-1.7\n"+words))
	r.want(w, http.StatusOK,
		"Read them once more", "Yes, this is the letter", `value="2030-01-01T10:00"`)
	if q, err := r.Waiting(t.Context(), "harbour"); err != nil || len(q) != 0 {
		t.Fatalf("submitted before it was confirmed: %v, %v", q, err)
	}
	back := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(given|given-name|confirmed)" value="([^"]*)">`).FindAllStringSubmatch(w.Body.String(), -1) {
		back.Set(m[1], html.UnescapeString(m[2]))
	}
	if len(back) != 3 {
		t.Fatalf("the page brings back %v", back)
	}
	bent := url.Values{"given": {"JVBERi0xLjcK"}, "given-name": {"quay.pdf"}, "confirmed": back["confirmed"]}
	r.want(r.post(d, at, bent), http.StatusUnprocessableEntity, "The letter could not be submitted")
	r.want(r.post(d, at, url.Values{"given": {"no base64!"}}), http.StatusUnprocessableEntity, "The PDF could not be taken", "choose it again")
	r.want(r.post(d, at, url.Values{"given": back["given"], "given-name": {"quay.pdf"}}), http.StatusOK, "Yes, this is the letter")
	if to := r.done(d, at, back); !strings.HasPrefix(to, "/desk/request/") {
		t.Fatalf("leads to %s", to)
	}
	q, err := r.Waiting(t.Context(), "harbour")
	if err != nil || len(q) != 1 {
		t.Fatalf("%v, %v", q, err)
	}
	digest, ok := q[0].FormOf()
	pdf, err := r.Form(t.Context(), "harbour", digest)
	if !ok || err != nil || !strings.Contains(string(pdf), words) {
		t.Errorf("the form is %q, %v", pdf, err)
	}
}
