package v1_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	v1 "chancery.example/internal/api/v1"
	"chancery.example/internal/form"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// bringing is a body with a PDF in it, and a yes.
func bringing(t *testing.T, rest, pdf string, yes *letter.Hash) string {
	t.Helper()
	form := `"form":"` + base64.StdEncoding.EncodeToString([]byte(pdf)) + `"`
	if yes != nil {
		form += `,"confirmed":"` + yes.String() + `"`
	}
	if rest != "" {
		form = rest + "," + form
	}
	if !json.Valid([]byte("{" + form + "}")) {
		t.Fatalf("{%s}", form)
	}
	return "{" + form + "}"
}

const closed = "Sir,\n\nthe quay is closed.\n"

// TestPDFMadeElsewhere (MUST-18): a program that brings a PDF is told what it shows beside
// the letter, and keeps nothing by asking; only with the digest of what was read is the
// letter submitted as that PDF, and what officers are asked to approve can be had.
func TestPDFMadeElsewhere(t *testing.T) {
	w := newWorld(t)
	drafter := w.tokens["harbour/drafter"]
	if err := w.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-30", closed)); err != nil {
		t.Fatal(err)
	}
	const look, submit = "/office/drafts/HC-30/submit/form", "/office/drafts/HC-30/submit"
	open := "%PDF-1.7\nthe quay is open.\n"
	wrong := as[v1.Shown](w, 200, w.ask("POST", look, drafter, bringing(t, "", open, nil)))
	if wrong.Fits || wrong.Confirm != nil || len(wrong.Texts) != 1 || len(wrong.Texts[0].Differences) != 1 || wrong.Texts[0].Differences[0].Shown != open || wrong.Texts[0].Differences[0].Registered != closed {
		t.Errorf("%+v", wrong)
	}
	pdf := "%PDF-1.7\n" + closed
	right := as[v1.Shown](w, 200, w.ask("POST", look, drafter, bringing(t, "", pdf, nil), "Idempotency-Key", "look"))
	if !right.Fits || right.Confirm == nil || right.Text != pdf || right.Pages != 1 {
		t.Fatalf("%+v", right)
	}
	for caller, kept := range w.once.kept {
		if strings.HasSuffix(caller, " look") {
			t.Errorf("a look is kept: %+v", kept)
		}
	}
	none := letter.Hash{1}
	for body, want := range map[string]string{
		bringing(t, "", open, right.Confirm):             "422 open.",
		bringing(t, "", pdf, nil):                        "409 " + right.Confirm.String(),
		bringing(t, "", pdf, &none):                      "409 nobody has confirmed",
		bringing(t, "", pdf+" ", right.Confirm):          "409 nobody has confirmed",
		`{"confirmed":"` + right.Confirm.String() + `"}`: "422 confirmed is about a PDF",
		`{"form":""}`:                           "422 form is empty",
		`{"form":"no base64!"}`:                 "400 base64",
		`{"form":"JVBERg==","confirmed":"abc"}`: "400 cannot be taken",
		`{"form":7}`:                            "400 cannot be taken",
		bringing(t, `"files":[{"role":"form","media_type":"application/pdf","digest":"`+none.String()+`"}]`, pdf, right.Confirm): "422 one form",
	} {
		if g := w.ask("POST", submit, drafter, body); !answers(g, want) {
			t.Errorf("%.200s: %s, want %s", body, g, want)
		}
	}
	if revs, err := w.Revisions(t.Context(), "harbour", "HC-30"); err != nil || len(revs) != 0 {
		t.Fatalf("%d revisions were sealed, %v", len(revs), err)
	}
	first := w.ask("POST", submit, drafter, bringing(t, "", pdf, right.Confirm), "Idempotency-Key", "k")
	q := as[v1.Request](w, 201, first)
	if again := w.ask("POST", submit, drafter, bringing(t, "", pdf, right.Confirm), "Idempotency-Key", "k"); again.body != first.body || again.status != 201 {
		t.Errorf("again: %s", again)
	}
	w.requestsForm(q.ID, pdf)
}

// answers reports whether an answer has a status and words: "422 one form".
func answers(g got, want string) bool {
	status, words, _ := strings.Cut(want, " ")
	return fmt.Sprint(g.status) == status && strings.Contains(g.body, words)
}

// requestsForm: the stamped file is given to who works on the letter, and to nobody else.
func (w *world) requestsForm(id int64, holds string) {
	w.t.Helper()
	at := fmt.Sprintf("/office/requests/%d/form", id)
	for role, want := range map[string]int{"drafter": 200, "clerk": 200, "auditor": 200, "press": 404, "translator": 200, "clearer": 404} {
		g := w.ask("GET", at, w.tokens["harbour/"+role], "")
		if g.status != want {
			w.t.Errorf("%s: %s", role, g)
		}
		if want == 200 && (!strings.Contains(g.body, holds) || g.header.Get("Content-Type") != "application/pdf") {
			w.t.Errorf("%s: %s %v", role, g, g.header)
		}
	}
	if g := w.ask("GET", "/office/requests/99/form", w.tokens["harbour/clerk"], ""); g.status != 404 {
		w.t.Errorf("%s", g)
	}
}

// TestFinishedAndCorrectedElsewhere (MUST-18): what was written elsewhere as a whole, and
// a corrected letter, come with their PDF in the same two steps; and a correction that
// nobody approved yet is shown to who works on the letter alone.
func TestFinishedAndCorrectedElsewhere(t *testing.T) {
	w := newWorld(t)
	clerk := w.tokens["harbour/clerk"]
	finished := func(pdf string, yes *letter.Hash) string {
		return `{"content":{"reference":"HC-31","type":"letter","texts":{"en":"The quay is closed.\n"}},"terms":` + bringing(t, "", pdf, yes) + `}`
	}
	const pdf = "%PDF-1.7\nThe quay is closed.\n"
	s := as[v1.Shown](w, 200, w.ask("POST", "/office/finished/form", clerk, finished(pdf, nil)))
	if g := w.ask("GET", "/office/drafts/HC-31", clerk, ""); g.status != 404 || !s.Fits {
		t.Fatalf("looking at it began a draft: %s, %+v", g, s)
	}
	q := as[v1.Request](w, 201, w.ask("POST", "/office/finished", clerk, finished(pdf, s.Confirm)))
	w.approve(q.ID)
	as[v1.Receipt](w, 200, w.ask("POST", fmt.Sprintf("/office/requests/%d/perform", q.ID), clerk, ""))

	correction := func(pdf string, yes *letter.Hash) string {
		return bringing(t, `"content":{"reference":"HC-31","type":"letter","texts":{"en":"The quay is shut.\n"}},"reason":{"en":"A slip."}`, pdf, yes)
	}
	const look, correct = "/office/letters/HC-31/correct/form", "/office/letters/HC-31/correct"
	old := as[v1.Shown](w, 200, w.ask("POST", look, clerk, correction(pdf, nil)))
	if old.Fits || old.Confirm != nil || len(old.Texts[0].Differences) != 1 {
		t.Errorf("the PDF of before: %+v", old)
	}
	const mended = "%PDF-1.7\nThe quay is shut.\n"
	is := as[v1.Shown](w, 200, w.ask("POST", look, clerk, correction(mended, nil)))
	if !is.Fits || is.Confirm == nil {
		t.Fatalf("%+v", is)
	}
	for body, want := range map[string]string{
		correction(pdf, is.Confirm):   "422 closed",
		correction(mended, nil):       "409 nobody has confirmed",
		correction(mended, s.Confirm): "409 nobody has confirmed",
		`{"content":{"reference":"HC-31","type":"letter","texts":{"en":"The quay is shut.\n"}},"reason":{"en":"A slip."},"form":""}`: "422 form is empty",
	} {
		if g := w.ask("POST", correct, clerk, body); !answers(g, want) {
			t.Errorf("%.200s: %s, want %s", body, g, want)
		}
	}
	q = as[v1.Request](w, 201, w.ask("POST", correct, clerk, correction(mended, is.Confirm)))
	for role, want := range map[string]int{"clerk": 200, "auditor": 200, "press": 404, "clearer": 404, "drafter": 404} {
		if g := w.ask("GET", fmt.Sprintf("/office/requests/%d/form", q.ID), w.tokens["harbour/"+role], ""); g.status != want {
			t.Errorf("%s: %s", role, g)
		}
	}
	notes, err := w.Journal(t.Context(), "harbour", "HC-31")
	confirmed := 0
	for _, n := range notes {
		if n.Act == "confirm form" && n.Actor == "clerk" && slices.Contains([]string{s.Confirm.String(), is.Confirm.String()}, n.Text) {
			confirmed++
		}
	}
	if err != nil || confirmed != 2 {
		t.Errorf("%d of 2 confirmations are in the journal: %+v, %v", confirmed, notes, err)
	}
}

// TestLargePDF (MUST-10): a request that brings a PDF may hold one of the size that a
// register keeps, and no more; other requests hold what they held.
func TestLargePDF(t *testing.T) {
	w := newWorld(t)
	drafter := w.tokens["harbour/drafter"]
	if err := w.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-30", closed)); err != nil {
		t.Fatal(err)
	}
	of := func(size int) string {
		return `{"form":"` + base64.StdEncoding.EncodeToString(append([]byte(closed), bytes.Repeat([]byte{' '}, size-len(closed))...)) + `"}`
	}
	const look = "/office/drafts/HC-30/submit/form"
	if s := as[v1.Shown](w, 200, w.ask("POST", look, drafter, of(form.MaxBytes))); !s.Fits {
		t.Error("the largest does not fit")
	}
	if g := w.ask("POST", look, drafter, of(form.MaxBytes+1)); !answers(g, "413 16 MB") {
		t.Errorf("one more: %s", g)
	}
	if g := w.ask("POST", look, drafter, `{"form":"`+strings.Repeat("A", 40<<20)+`"}`); !answers(g, "413 A request holds at most") {
		t.Errorf("far more: %s", g)
	}
	if g := w.ask("POST", "/office/drafts", drafter, `{"reference":"`+strings.Repeat("x", 9<<20)+`"}`); !answers(g, "413 at most 8 MB") {
		t.Errorf("without a PDF: %s", g)
	}
}
