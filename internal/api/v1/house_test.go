package v1_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	v1 "chancery.example/internal/api/v1"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
	"chancery.example/proof"
)

// TestADraftInTwoLanguages takes a draft through what a house does before it submits:
// glossary, translation, parity, revisions, copies and their receipts.
func TestADraftInTwoLanguages(t *testing.T) {
	w := newWorld(t)
	drafter, clerk, press, auditor := w.tokens["harbour/drafter"], w.tokens["harbour/clerk"], w.tokens["harbour/press"], w.tokens["harbour/auditor"]
	if err := w.staff.SetDetails(t.Context(), "harbour", "translator", staff.Details{Name: "translator", Lang: "ar"}, staff.Operator); err != nil {
		t.Fatal(err)
	}
	if g := w.ask("PUT", "/office/glossary", drafter, `{"concepts":[{"name":true,"forms":{"en":["North Basin"],"ar":["الحوض الشمالي"]}}]}`); g.status != 204 {
		t.Fatal(g)
	}
	if g := as[v1.Glossary](w, 200, w.ask("GET", "/office/glossary", clerk, "")); len(g.Concepts) != 1 || !g.Concepts[0].Name {
		t.Errorf("%+v", g)
	}
	for _, bad := range []string{`{"concepts":[]}`, `{"concepts":[{"forms":{}}]}`, `{"concepts":[{"forms":{"e n":["x"]}}]}`, `{"concepts":[{"forms":{"en":["\n"]}}]}`} {
		if g := w.ask("PUT", "/office/glossary", drafter, bad); g.status != 422 {
			t.Errorf("%s: %s", bad, g)
		}
	}
	g := w.ask("POST", "/office/drafts", drafter, `{"reference":"HC-2","type":"letter","texts":{"en":"The North Basin opens on 6 May.\n","ar":"يفتح الميناء في 7 مايو.\n"}}`)
	as[v1.Draft](w, 201, g)
	found := as[v1.Parity](w, 200, w.ask("GET", "/office/drafts/HC-2/parity", drafter, ""))
	if !found.Compared || found.Open < 2 || found.Open != len(found.Differences) || len(found.Differences[0].Places) == 0 {
		t.Errorf("%+v", found)
	}
	before := as[v1.Conditions](w, 200, w.ask("GET", "/office/drafts/HC-2/before", drafter, ""))
	if len(before.Conditions) < 3 || before.Conditions[1].Name != "parity" || before.Conditions[1].State != "open" {
		t.Errorf("%+v", before)
	}
	accept := func(id, reason string) got {
		return w.ask("POST", "/office/drafts/HC-2/parity/"+id+"/accept", drafter, `{"reason":"`+reason+`"}`)
	}
	if g := accept("0123456789abcdef", "It is so."); g.status != 404 {
		t.Errorf("no such difference: %s", g)
	}
	if g := accept(found.Differences[0].ID, ""); g.status != 422 {
		t.Errorf("without a reason: %s", g)
	}
	if g := accept(found.Differences[0].ID, "It is so."); g.status != 204 {
		t.Errorf("%s", g)
	}
	if v := as[v1.Parity](w, 200, w.ask("GET", "/office/drafts/HC-2/parity", clerk, "")); v.Open != found.Open-1 || v.Differences[0].Accepted == nil || v.Differences[0].Accepted.By != "drafter" {
		t.Errorf("%+v", v)
	}
	w.translated(drafter)
	if v := as[v1.Parity](w, 200, w.ask("GET", "/office/drafts/HC-2/parity", clerk, "")); v.Open != 0 {
		t.Errorf("%+v", v)
	}
	as[v1.Copies](w, 201, w.ask("POST", "/office/drafts/HC-2/copies", clerk, `{"holders":[{"name":"Coast guard","purpose":"clearance","outside":true}]}`))
	if all := as[v1.Revisions](w, 200, w.ask("GET", "/office/drafts/HC-2/revisions", drafter, "")); len(all.Revisions) != 1 || all.Revisions[0].Entry == nil || len(all.Revisions[0].Content.Texts) != 2 {
		t.Errorf("%+v", all)
	}
	if g := w.ask("GET", "/office/drafts/HC-2/revisions/1/proof", clerk, ""); g.status != 200 {
		t.Errorf("%s", g)
	} else if _, err := proof.Parse([]byte(g.body)); err != nil {
		t.Error(err)
	}
	if g := w.ask("GET", "/office/drafts/HC-2/revisions/2/proof", clerk, ""); g.status != 404 {
		t.Errorf("%s", g)
	}
	if g := w.ask("POST", "/office/drafts/HC-2/copies/1/1/receipt", clerk, `{"note":"by hand"}`); g.status != 204 {
		t.Errorf("%s", g)
	}
	if c := as[v1.Copies](w, 200, w.ask("GET", "/office/drafts/HC-2/copies", clerk, "")); c.Copies[0].ReceivedAt == nil {
		t.Errorf("%+v", c)
	}
	if g := w.ask("POST", "/office/drafts/HC-2/copies/1/2/receipt", clerk, `{}`); g.status != 404 {
		t.Errorf("%s", g)
	}
	if a := as[v1.AllAnswers](w, 200, w.ask("GET", "/office/drafts/HC-2/answers", press, "")); len(a.Answers) != 1 || a.Answers[0].Answers != "on_copy" {
		t.Errorf("%+v", a)
	}
	if g := w.ask("PUT", "/office/drafts/HC-2/answers", press, `{"answers":"silent"}`); g.status != 204 {
		t.Errorf("%s", g)
	}
	if g := w.ask("PUT", "/office/drafts/HC-2/answers", press, `{"answers":"loud"}`); g.status != 422 {
		t.Errorf("%s", g)
	}
	w.read(drafter, auditor)
}

// translated has the Arabic text put right by the program of who translates it.
func (w *world) translated(drafter string) {
	w.t.Helper()
	translator := w.tokens["harbour/translator"]
	tag := w.ask("GET", "/office/drafts/HC-2", translator, "").header.Get("ETag")
	text := `{"text":"يفتح الحوض الشمالي في 6 مايو.\n","why":"the day"}`
	if g := w.ask("PUT", "/office/drafts/HC-2/texts/ar", translator, text); g.status != 428 {
		w.t.Errorf("without If-Match: %s", g)
	}
	if g := w.ask("PUT", "/office/drafts/HC-2/texts/ar", translator, text, "If-Match", `"other"`); g.status != 412 {
		w.t.Errorf("of another wording: %s", g)
	}
	if g := w.ask("PUT", "/office/drafts/HC-2/texts/en", translator, text, "If-Match", tag); g.status != 403 {
		w.t.Errorf("a language that is not theirs: %s", g)
	}
	if g := w.ask("PUT", "/office/drafts/HC-2/texts/e%20n", drafter, text, "If-Match", tag); g.status != 404 {
		w.t.Errorf("no language: %s", g)
	}
	d := as[v1.Draft](w, 200, w.ask("PUT", "/office/drafts/HC-2/texts/ar", translator, text, "If-Match", tag))
	if !strings.Contains(d.Content.Texts["ar"], "الحوض") || !strings.Contains(d.Content.Texts["en"], "Basin") {
		w.t.Errorf("%+v", d)
	}
	if g := w.ask("PUT", "/office/drafts/HC-2/texts/ar", translator, text, "If-Match", tag); g.status != 412 {
		w.t.Errorf("a second time: %s", g)
	}
}

// read reads back who did what, of a letter and of the office, page by page.
func (w *world) read(drafter, auditor string) {
	w.t.Helper()
	mine := as[v1.Journal](w, 200, w.ask("GET", "/office/drafts/HC-2/journal", drafter, ""))
	if len(mine.Lines) < 4 || mine.Lines[0].Who != "drafter" {
		w.t.Errorf("%+v", mine)
	}
	whole := as[v1.Journal](w, 200, w.ask("GET", "/office/journal?limit=200", auditor, ""))
	var paged []v1.Line
	for next := ""; ; {
		p := as[v1.Journal](w, 200, w.ask("GET", "/office/journal?limit=3&cursor="+next, auditor, ""))
		paged = append(paged, p.Lines...)
		if next = p.Next; next == "" {
			break
		}
	}
	if len(paged) < len(mine.Lines) || fmt.Sprint(paged) != fmt.Sprint(whole.Lines) {
		w.t.Errorf("%d lines in pages, %d at once", len(paged), len(whole.Lines))
	}
}

// TestFinishedAndEmbargo: a document that was written elsewhere is issued under an
// embargo; who holds it is given a proof.
func TestFinishedAndEmbargo(t *testing.T) {
	w := newWorld(t)
	clerk, press := w.tokens["harbour/clerk"], w.tokens["harbour/press"]
	hour := w.Now().Add(time.Hour).Format(time.RFC3339)
	content := `{"reference":"HC/4","type":"notice","texts":{"en":"The lock is shut.\n"}}`
	body := `{"content":` + content + `,"terms":{"not_before":"` + hour + `","regarding":[{"office":"harbour","reference":"HC-1"}],"files":[{"role":"form","media_type":"application/pdf","digest":"` + strings.Repeat("ab", 32) + `"}]}}`
	q := as[v1.Request](w, 201, w.ask("POST", "/office/finished", clerk, body))
	if g := w.ask("POST", "/office/finished", clerk, `{"content":`+strings.Replace(content, "shut", "open", 1)+`,"terms":{}}`); g.status != 409 {
		t.Errorf("another text under its reference: %s", g)
	}
	w.approve(q.ID)
	if r := as[v1.Receipt](w, 200, w.ask("POST", fmt.Sprintf("/office/requests/%d/perform", q.ID), clerk, "")); r.Embargoed != "HC/4" {
		t.Errorf("%+v", r)
	}
	if e := as[v1.Embargoes](w, 200, w.ask("GET", "/office/embargoes", press, "")); len(e.Embargoes) != 1 || e.Embargoes[0].Reference != "HC/4" {
		t.Errorf("%+v", e)
	}
	given := w.ask("POST", "/office/embargoes/HC%2F4/give", press, `{"holder":"The Gazette"}`, "Idempotency-Key", "g1")
	if _, err := proof.Parse([]byte(given.body)); given.status != 200 || err != nil {
		t.Errorf("%s %v", given, err)
	}
	if again := w.ask("POST", "/office/embargoes/HC%2F4/give", press, `{"holder":"The Gazette"}`, "Idempotency-Key", "g1"); again.body != given.body {
		t.Error("the same request gave another proof")
	}
	if g := w.ask("POST", "/office/embargoes/HC-1/give", press, `{"holder":"The Gazette"}`); g.status != 409 || !strings.Contains(g.body, `"code":"embargo.none"`) {
		t.Errorf("%s", g)
	}
}

// TestWordsAboutPapers: what was received, seen or collected.
func TestWordsAboutPapers(t *testing.T) {
	w := newWorld(t)
	press := w.tokens["harbour/press"]
	if err := w.Start(t.Context(), "b", "drafter", officetest.Content(t, "B-1", "A draft of the other office.\n")); err != nil {
		t.Fatal(err)
	}
	s, err := w.Seal(t.Context(), "b", "drafter", "B-1")
	if err != nil {
		t.Fatal(err)
	}
	slip := s.Slips[0]
	for body, status := range map[string]int{
		fmt.Sprintf(`{"type":"received","text":{"en":"It came today."},"slips":[{"register":%q,"office":%q,"reference":"B-1","revision":1,"entry":%d,"language":"en","leaf":"%s"}]}`, slip.Register, slip.Office, slip.Entry, slip.Leaf): 201,
		`{"type":"received","text":{"en":"It came today."}}`:                                                                                      422,
		`{"type":"sighting","text":{"en":"We saw it."},"seen":{"en":"A page."},"source":"a square"}`:                                              201,
		`{"type":"sighting","text":{"en":"We saw it."}}`:                                                                                          422,
		`{"type":"collected","text":{"en":"We keep it."},"seen":{"en":"A page."},"source":"https://x.example/","seen_at":"2026-01-01T00:00:00Z"}`: 201,
		`{"type":"collected","text":{"en":"We keep it."},"seen":{"en":"A page."}}`:                                                                422,
		`{"type":"collected","text":{"en":"We keep it."},"seen":{"e n":"A page."},"source":"x"}`:                                                  422,
		`{"type":"rumour","text":{"en":"We heard it."}}`:                                                                                          422,
	} {
		if g := w.ask("POST", "/office/statements", press, body); g.status != status {
			t.Errorf("%s: %s, want %d", body, g, status)
		}
	}
	waiting := as[v1.Requests](w, 200, w.ask("GET", "/office/requests", press, ""))
	if len(waiting.Requests) != 3 {
		t.Errorf("%+v", waiting)
	}
	w.approve(waiting.Requests[0].ID)
	as[v1.Receipt](w, 200, w.ask("POST", fmt.Sprintf("/office/requests/%d/perform", waiting.Requests[0].ID), press, ""))
}
