package v1_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	v1 "chancery.example/internal/api/v1"
	"chancery.example/internal/office"
	"chancery.example/proof"
)

// TestMetaSchema: the document is one of OpenAPI 3.1.
func TestMetaSchema(t *testing.T) {
	raw, err := os.ReadFile("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	meta, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:///meta.json", meta); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("mem:///meta.json")
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = os.ReadFile("openapi.json"); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
}

// TestALettersWay (MUST-15) takes a letter from the first word to its withdrawal, all but the
// signatures by programs.
func TestALettersWay(t *testing.T) {
	w := newWorld(t)
	drafter, clerk, press := w.tokens["harbour/drafter"], w.tokens["harbour/clerk"], w.tokens["harbour/press"]
	content := `{"reference":"HC/2","type":"letter","texts":{"en":"Sir,\n\nthe lock opens on Monday.\n"},"addressees":["The Master"]}`
	g := w.ask("POST", "/office/drafts", drafter, content)
	if as[v1.Draft](w, 201, g).Stage != "drafting" || g.header.Get("Location") != "/api/v1/office/drafts/HC%2F2" {
		t.Errorf("%s %v", g, g.header)
	}
	draft := w.ask("GET", "/office/drafts/HC%2F2", drafter, "")
	tag := draft.header.Get("ETag")
	if g := w.ask("GET", "/office/drafts/HC%2F2", drafter, "", "If-None-Match", tag); g.status != 304 {
		t.Errorf("%s", g)
	}
	revised := `{"content":` + strings.ReplaceAll(content, "Monday", "Tuesday") + `,"why":"the day"}`
	if g := w.ask("PUT", "/office/drafts/HC%2F2", drafter, revised); g.status != 428 {
		t.Errorf("without If-Match: %s", g)
	}
	if g := w.ask("PUT", "/office/drafts/HC%2F2", drafter, revised, "If-Match", `"other"`); g.status != 412 {
		t.Errorf("of another wording: %s", g)
	}
	if g := w.ask("PUT", "/office/drafts/HC%2F2", drafter, revised, "If-Match", tag); g.status != 200 || g.header.Get("ETag") == tag {
		t.Errorf("%s", g)
	}
	if g := w.ask("PUT", "/office/drafts/HC%2F2", drafter, revised, "If-Match", tag); g.status != 412 {
		t.Errorf("a second time: %s", g)
	}
	as[v1.Sealed](w, 200, w.ask("POST", "/office/drafts/HC%2F2/seal", drafter, ""))
	if g := w.ask("POST", "/office/drafts/HC%2F2/copies", drafter, `{"holders":[{"name":"Coast guard","purpose":"clearance","outside":true}]}`); g.status != 403 {
		t.Errorf("a drafter gives a copy out of the house: %s", g)
	}
	if c := as[v1.Copies](w, 201, w.ask("POST", "/office/drafts/HC%2F2/copies", clerk, `{"holders":[{"name":"Coast guard","purpose":"clearance","outside":true}]}`)); len(c.Copies) != 1 {
		t.Errorf("%+v", c)
	}
	due := w.Now().Add(time.Hour).Format(time.RFC3339)
	ask := as[v1.Clearance](w, 201, w.ask("POST", "/office/drafts/HC%2F2/clearances", drafter, `{"of":"clearer","due":"`+due+`"}`))
	if g := w.ask("POST", fmt.Sprintf("/office/drafts/HC%%2F2/clearances/%d/answer", ask.ID), w.tokens["harbour/clearer"], `{"answer":"clear"}`); g.status != 204 {
		t.Errorf("%s", g)
	}
	if c := as[v1.Clearances](w, 200, w.ask("GET", "/office/drafts/HC%2F2/clearances", clerk, "")); len(c.Clearances) != 1 || c.Clearances[0].State != "clear" {
		t.Errorf("%+v", c)
	}
	q := as[v1.Request](w, 201, w.ask("POST", "/office/drafts/HC%2F2/submit", drafter, `{}`))
	if g := w.ask("POST", "/office/drafts/HC%2F2/issue", clerk, ""); g.status != 403 {
		t.Errorf("issued without approvals: %s", g)
	}
	if all := as[v1.Requests](w, 200, w.ask("GET", "/office/requests", clerk, "")); len(all.Requests) != 1 || all.Requests[0].Ready {
		t.Errorf("%+v", all)
	}
	w.approve(q.ID)
	if one := as[v1.Request](w, 200, w.ask("GET", fmt.Sprintf("/office/requests/%d", q.ID), clerk, "")); !one.Ready {
		t.Errorf("%+v", one)
	}
	as[v1.Receipt](w, 200, w.ask("POST", "/office/drafts/HC%2F2/issue", clerk, ""))
	w.settled("/offices/harbour/letters/HC%2F2", `"in_force"`)
	if words := as[v1.Texts](w, 200, w.ask("GET", "/offices/harbour/letters/HC%2F2/texts", "", "")); len(words.Texts) != 1 || !strings.Contains(*words.Texts[0].Text, "Tuesday") {
		t.Errorf("%+v", words)
	}
	if g := w.ask("GET", "/offices/harbour/letters/HC%2F2/proof", "", ""); g.status != 200 {
		t.Errorf("%s", g)
	} else if b, err := proof.Parse([]byte(g.body)); err != nil || len(b.Entry) == 0 {
		t.Errorf("the proof: %v", err)
	}
	w.afterIssue(clerk, press)
}

// afterIssue is what happens to an issued letter.
func (w *world) afterIssue(clerk, press string) {
	w.t.Helper()
	carry := func(token string, g got) {
		w.t.Helper()
		q := as[v1.Request](w, 201, g)
		w.approve(q.ID)
		as[v1.Receipt](w, 200, w.ask("POST", fmt.Sprintf("/office/requests/%d/perform", q.ID), token, ""))
	}
	sent := as[v1.Dispatches](w, 201, w.ask("POST", "/office/letters/HC%2F2/dispatches", clerk, `{"addressees":[{"name":"The Master","address":"master@lock.example"}]}`))
	if got := as[v1.Dispatches](w, 200, w.ask("GET", "/office/letters/HC%2F2/dispatches", clerk, "")); len(sent.Dispatches) != 1 || len(got.Dispatches) != 1 {
		w.t.Errorf("%+v %+v", sent, got)
	}
	carry(clerk, w.ask("POST", "/office/letters/HC%2F2/correct", clerk, `{"content":{"reference":"HC/2","type":"letter","texts":{"en":"Sir,\n\nthe lock opens on Tuesday morning.\n"},"addressees":["The Master"]},"reason":{"en":"A word was missing."}}`))
	carry(clerk, w.ask("POST", "/office/letters/HC-1/supersede", clerk, `{"successor":"HC/2"}`))
	carry(press, w.ask("POST", "/office/statements", press, `{"type":"about","text":{"en":"We wrote to the masters."},"regarding":[{"office":"harbour","reference":"HC/2"}]}`))
	carry(press, w.ask("POST", "/office/statements", press, `{"type":"holding","next_word_by":"`+w.Now().Add(time.Hour).Format(time.RFC3339)+`"}`))
	carry(press, w.ask("POST", "/office/disavowals", press, `{"text":{"en":"The lighthouse is sold to the highest bidder."},"reason":{"en":"Not ours."}}`))
	w.settled("/offices/harbour/statements", `"disavow"`)
	said := as[v1.Statements](w, 200, w.ask("GET", "/offices/harbour/statements?limit=2", "", ""))
	rest := as[v1.Statements](w, 200, w.ask("GET", "/offices/harbour/statements?limit=2&cursor="+said.Next, "", ""))
	if len(said.Statements) != 2 || len(rest.Statements) != 1 || rest.Next != "" || said.Statements[0].Entry <= rest.Statements[0].Entry {
		w.t.Errorf("%+v %+v", said, rest)
	}
	as[v1.Statement](w, 200, w.ask("GET", fmt.Sprintf("/offices/harbour/statements/%d", rest.Statements[0].Entry), "", ""))
	carry(press, w.ask("POST", fmt.Sprintf("/office/statements/%d/retract", rest.Statements[0].Entry), press, `{"reason":{"en":"It was not so."}}`))
	carry(clerk, w.ask("POST", "/office/letters/HC%2F2/withdraw", clerk, `{"reason":{"en":"The lock stays shut."}}`))
	w.settled("/offices/harbour/letters/HC%2F2", `"withdrawn"`)
	if l := as[v1.Letters](w, 200, w.ask("GET", "/offices/harbour/letters?standing=withdrawn&language=en", "", "")); len(l.Letters) != 1 {
		w.t.Errorf("%+v", l)
	}
	e, err := w.Enquire(w.t.Context(), "harbour", office.Question{Words: "Is it so?", Contact: "a@b.example"})
	if err != nil {
		w.t.Fatal(err)
	}
	as[v1.Enquiries](w, 200, w.ask("GET", "/office/enquiries", press, ""))
	as[v1.Enquiry](w, 200, w.ask("GET", fmt.Sprintf("/office/enquiries/%d", e.ID), press, ""))
	if g := w.ask("POST", fmt.Sprintf("/office/enquiries/%d/answer", e.ID), press, fmt.Sprintf(`{"entry":%d}`, said.Statements[0].Entry)); g.status != 204 {
		w.t.Errorf("%s", g)
	}
}

// TestDraftsEnd: closing and opening.
func TestDraftsEnd(t *testing.T) {
	w := newWorld(t)
	drafter, press := w.tokens["harbour/drafter"], w.tokens["harbour/press"]
	as[v1.Draft](w, 201, w.ask("POST", "/office/drafts", drafter, `{"reference":"HC-3","type":"notice","texts":{"en":"A draft that goes no further.\n"}}`))
	as[v1.Sealed](w, 200, w.ask("POST", "/office/drafts/HC-3/seal", drafter, ""))
	as[v1.Request](w, 201, w.ask("POST", "/office/drafts/HC-3/open", press, `{}`))
	as[v1.Request](w, 201, w.ask("POST", "/office/drafts/HC-3/close", drafter, ""))
	if g := w.ask("POST", "/office/letters/HC-1/ratify", w.tokens["harbour/clerk"], ""); g.status != 409 {
		t.Errorf("%s", g)
	}
}

// TestWebhooks adds, tries and removes one.
func TestWebhooks(t *testing.T) {
	w := newWorld(t)
	clerk := w.tokens["harbour/clerk"]
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	g := w.ask("POST", "/office/webhooks", clerk, `{"url":"`+receiver.URL+`","events":["letter.issued"]}`)
	hook := as[v1.Webhook](w, 201, g)
	if !strings.HasPrefix(hook.Secret, "whsec_") || g.header.Get("Location") != "/api/v1/office/webhooks/"+hook.ID {
		t.Errorf("%s", g)
	}
	if g := w.ask("GET", "/office/webhooks/"+hook.ID, clerk, ""); strings.Contains(g.body, "whsec_") {
		t.Errorf("the secret is shown again: %s", g)
	}
	if d := as[v1.Delivery](w, 200, w.ask("POST", "/office/webhooks/"+hook.ID+"/test", clerk, "")); d.State != "done" {
		t.Errorf("%+v", d)
	}
	as[v1.Webhooks](w, 200, w.ask("GET", "/office/webhooks", clerk, ""))
	if d := as[v1.Deliveries](w, 200, w.ask("GET", "/office/webhooks/"+hook.ID+"/deliveries", clerk, "")); len(d.Deliveries) != 1 {
		t.Errorf("%+v", d)
	}
	if k := as[v1.PublicKey](w, 200, w.ask("GET", "/office/webhooks/key", clerk, "")); !strings.HasPrefix(k.Key, "whpk_") {
		t.Errorf("%+v", k)
	}
	if g := w.ask("POST", "/office/webhooks/"+hook.ID+"/enable", clerk, ""); g.status != 204 {
		t.Errorf("%s", g)
	}
	if g := w.ask("DELETE", "/office/webhooks/"+hook.ID, clerk, ""); g.status != 204 {
		t.Errorf("%s", g)
	}
	if g := w.ask("GET", "/office/webhooks/"+hook.ID, clerk, ""); g.status != 404 {
		t.Errorf("%s", g)
	}
	if g := w.ask("POST", "/office/webhooks", clerk, `{"url":"https://10.0.0.1/"}`); g.status != 422 {
		t.Errorf("%s", g)
	}
}

// TestPublic (MUST-14) reads everything that takes no token, also from a copy to read.
func TestPublic(t *testing.T) {
	w := newWorld(t)
	for _, readOnly := range []bool{false, true} {
		w.serve(readOnly)
		as[v1.Offices](w, 200, w.ask("GET", "/offices", "", ""))
		as[v1.Office](w, 200, w.ask("GET", "/offices/harbour", "", ""))
		as[v1.Letters](w, 200, w.ask("GET", "/offices/harbour/letters", "", ""))
		g := w.ask("GET", "/offices/harbour/letters/HC-1", "", "")
		as[v1.Letter](w, 200, g)
		if again := w.ask("GET", "/offices/harbour/letters/HC-1", "", "", "If-None-Match", `W/"x", `+g.header.Get("ETag")); again.status != 304 || again.body != "" {
			t.Errorf("%s", again)
		}
		as[v1.Checkpoint](w, 200, w.ask("GET", "/checkpoint", "", ""))
		first := as[v1.Entries](w, 200, w.ask("GET", "/log/entries?limit=3", "", ""))
		second := as[v1.Entries](w, 200, w.ask("GET", "/log/entries?limit=3&cursor="+first.Next, "", ""))
		if len(first.Entries) != 3 || first.Entries[2].Entry != second.Entries[0].Entry+1 {
			t.Errorf("%+v %+v", first, second)
		}
		as[v1.Entry](w, 200, w.ask("GET", "/log/entries/0", "", ""))
		if g := w.ask("GET", "/openapi.json", "", ""); g.status != 200 || !json.Valid([]byte(g.body)) {
			t.Errorf("%s", g)
		}
		for _, p := range []string{"/absence/text/" + strings.Repeat("0", 64), "/absence/reference/harbour/HC-9"} {
			if g := w.ask("GET", p, "", ""); g.status != 200 && g.status != 409 {
				t.Errorf("%s: %s", p, g)
			}
		}
		for _, p := range []string{"/offices/z", "/offices/harbour/letters/HC-9", "/offices/harbour/letters/HC-9/proof", "/offices/z/letters/HC-1", "/log/entries/99999", "/log/entries/00", "/absence/text/x", "/absence/x/" + strings.Repeat("0", 64), "/nothing", "/offices/harbour/statements/1"} {
			if g := w.ask("GET", p, "", ""); g.status != 404 {
				t.Errorf("%s: %s", p, g)
			}
		}
		for _, p := range []string{"/offices/harbour/letters?standing=good", "/offices/harbour/letters?limit=0", "/offices/harbour/letters?limit=x", "/log/entries?cursor=x", "/offices/b/letters?cursor=" + first.Next} {
			if g := w.ask("GET", p, "", ""); g.status != 422 {
				t.Errorf("%s: %s", p, g)
			}
		}
		if g := w.ask("DELETE", "/checkpoint", "", ""); g.status != 405 || g.header.Get("Allow") != "GET" {
			t.Errorf("%s %v", g, g.header)
		}
	}
	if g := w.ask("GET", "/office", w.tokens["harbour/clerk"], ""); g.status != 404 {
		t.Errorf("a copy to read has the office's side: %s", g)
	}
}

// TestChecks: a paper in every form is answered as the pages answer it.
func TestChecks(t *testing.T) {
	w := newWorld(t)
	words := "Vessels of more than forty metres are asked to take the northern channel from Monday on."
	for _, f := range []struct{ media, body string }{
		{"application/json", `{"text":"` + words + `"}`}, {"text/plain", words}, {"application/x-www-form-urlencoded", url.Values{"text": {words}}.Encode()},
	} {
		g := w.ask("POST", "/checks", "", f.body, "Content-Type", f.media)
		if g.status != 200 || !strings.Contains(g.body, `"standing": "in_force"`) {
			t.Errorf("%s: %s", f.media, g)
		}
	}
	if g := w.ask("POST", "/checks", "", `{"text":"He said: \"`+words+`\" on Friday.","as":"report"}`); g.status != 200 || !strings.Contains(g.body, `"exhibit_kind": "report"`) {
		t.Errorf("%s", g)
	}
	if p := w.ask("GET", "/offices/harbour/letters/HC-1/proof", "", ""); p.status == 200 {
		if g := w.ask("POST", "/checks", "", p.body, "Content-Type", proof.MediaType); g.status != 200 {
			t.Errorf("a proof file: %s", g)
		}
	}
	for body, status := range map[string]int{`{"text":""}`: 400, `{`: 400, `{"x":1}`: 400, `{"text":"HC-1"}`: 422, `{"text":"HC-777"}`: 422, `{"text":"a","as":"x"}`: 400} {
		if g := w.ask("POST", "/checks", "", body); g.status != status {
			t.Errorf("%s: %s", body, g)
		}
	}
}
