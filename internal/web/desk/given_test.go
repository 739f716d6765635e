package desk

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"chancery.example/internal/office"
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
	hidden := []byte("%PDF-1.7\n" + words + "% covered: <secret>\n")
	r.want(r.upload(d, at, url.Values{}, "form", "quay.pdf", hidden), http.StatusUnprocessableEntity, `<bdi lang="en" dir="ltr">page 1: something lies over &#34;&lt;secret&gt;&#34;; take it out</bdi>`)
	r.want(r.upload(d, "/ar"+at, url.Values{}, "form", "quay.pdf", hidden), http.StatusUnprocessableEntity, "الصفحة <bdi>1</bdi>: فيها كلمات مغطاة تقرؤها البرامج ولا يراها الناس: <bdi>&lt;secret&gt;</bdi>. احذفها")
	w = r.upload(d, at, url.Values{"expires": {"2030-01-01T10:00"}}, "form", "quay.pdf", []byte("%PDF-1.7\n"+words))
	r.want(w, http.StatusOK,
		"Read them once more", "Yes, this is the letter", `value="2030-01-01T10:00"`)
	if q, err := r.Waiting(t.Context(), "harbour"); err != nil || len(q) != 0 {
		t.Fatalf("submitted before it was confirmed: %v, %v", q, err)
	}
	back := broughtBack(t, w)
	bent := url.Values{"given": {"JVBERi0xLjcK"}, "given-name": {"quay.pdf"}, "confirmed": back["confirmed"]}
	r.want(r.post(d, at, bent), http.StatusUnprocessableEntity, "The letter could not be submitted")
	r.want(r.post(d, at, url.Values{"given": {"no base64!"}}), http.StatusUnprocessableEntity, "The PDF could not be taken", "choose it again")
	r.want(r.post(d, at, url.Values{"given": back["given"], "given-name": {"quay.pdf"}}), http.StatusOK, "Yes, this is the letter")
	if to := r.done(d, at, back); !strings.HasPrefix(to, "/desk/request/") {
		t.Fatalf("leads to %s", to)
	}
	r.waits(t, words)
}

// waits sees that one request waits for approval, whose PDF shows some words.
func (r *room) waits(t *testing.T, words string) {
	t.Helper()
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

// broughtBack is what a page that asks for a yes sends with it.
func broughtBack(t *testing.T, w *httptest.ResponseRecorder) url.Values {
	t.Helper()
	back := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(given|given-name|confirmed)" value="([^"]*)">`).FindAllStringSubmatch(w.Body.String(), -1) {
		back.Set(m[1], html.UnescapeString(m[2]))
	}
	if len(back) != 3 {
		t.Fatalf("the page brings back %v", back)
	}
	return back
}

// TestCorrectionOfAnotherProgram: the PDF of a corrected letter is shown beside the
// corrected words before anything is proposed, and what was typed stays; only with the yes
// to what was read it is.
func TestCorrectionOfAnotherProgram(t *testing.T) {
	r := newRoom(t)
	const d, at = "harbour/drafter", "/desk/correct/HC-31"
	r.IssueLetter(t, "harbour", officetest.Content(t, "HC-31", "Sir,\n\nthe quay is closed.\n"), office.Terms{})
	const mended = "Sir,\n\nthe quay is shut.\n"
	typed := url.Values{"text.en": {mended}, "reason.en": {"A wrong <word>."}}
	r.want(r.get(d, at), http.StatusOK, `type="file"`, "A PDF of your own", "the quay is closed")
	r.want(r.get(d, "/ar"+at), http.StatusOK, "ملف PDF من عندك")
	old := []byte("%PDF-1.7\nSir,\n\nthe quay is closed.\n")
	w := r.upload(d, at, typed, "form", "quay.pdf", old)
	r.want(w, http.StatusUnprocessableEntity, "What quay.pdf shows", "cannot be issued as this letter", "the quay is shut.", "A wrong &lt;word&gt;.")
	if strings.Contains(w.Body.String(), `name="confirmed"`) {
		t.Error("it can be confirmed all the same")
	}
	r.want(r.upload(d, "/ar"+at, typed, "form", "quay.pdf", old), http.StatusUnprocessableEntity, "لا يمكن إصداره بوصفه هذه الرسالة")
	r.want(r.upload(d, at, url.Values{"text.en": {mended}}, "form", "quay.pdf", old), http.StatusUnprocessableEntity, "say why", "the quay is shut.")
	right := []byte("%PDF-1.7\n" + mended)
	r.want(r.upload(d, "/ar"+at, typed, "form", "quay.pdf", right), http.StatusOK, "نعم، هذه هي الرسالة المصححة")
	w = r.upload(d, at, typed, "form", "quay.pdf", right)
	r.want(w, http.StatusOK, "Yes, this is the corrected letter", "the quay is shut.", "A wrong &lt;word&gt;.")
	if q, err := r.Waiting(t.Context(), "harbour"); err != nil || len(q) != 0 {
		t.Fatalf("proposed before it was confirmed: %v, %v", q, err)
	}
	back := broughtBack(t, w)
	for k, v := range typed {
		back[k] = v
	}
	other := url.Values{}
	for k, v := range back {
		other[k] = v
	}
	other["text.en"] = []string{"Sir,\n\nthe quay is sold.\n"}
	r.want(r.post(d, at, other), http.StatusUnprocessableEntity, "Nothing was done yet", "the quay is sold")
	r.want(r.post(d, "/ar"+at, other), http.StatusUnprocessableEntity, "لا يُظهر ملف PDF الرسالة كما هي")
	if to := r.done(d, at, back); !strings.HasPrefix(to, "/desk/request/") {
		t.Fatalf("leads to %s", to)
	}
	r.waits(t, mended)
}
