package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/web"
	"chancery.example/internal/web/keptest"
	"chancery.example/internal/web/webtest"
	"chancery.example/register"
)

// From an answer that nothing is on record a reader asks the office, without
// scripts and without a name, and sees at a secret address what became of it.
func TestAReaderAsksAnOffice(t *testing.T) {
	for _, prefix := range []string{"", "/ar"} {
		d := &keptest.Desk{}
		h := serve(t, webtest.New(t), web.Options{Enquiries: d})
		none := body(t, post(t, h, prefix+"/check", map[string]string{"text": "Nobody has ever written this sentence about gulls in any letter of any office."}, ""))
		if !strings.Contains(none, `href="`+prefix+`/o/lights/ask"`) || strings.Contains(none, "/o/ministry/ask") {
			t.Error("the answer does not lead to the office that takes questions")
		}
		found := body(t, post(t, h, prefix+"/check", map[string]string{"text": webtest.InForce}, ""))
		if strings.Contains(found, "/ask\"") {
			t.Error("an answer from the record sends its reader to ask")
		}
		page := body(t, get(t, h, prefix+"/o/lights/ask"))
		wellFormed(t, "form", page)
		words := "Is this <b>yours</b>?\r\nIt hung at the quay."
		res := sendForm(t, h, prefix+"/o/lights/ask", url.Values{"words": {words}, "exhibit": {"Every vessel leaves."}, "contact": {" a@example.org "}})
		at := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || at != prefix+"/e/"+keptest.AskedSecret+"?new" {
			t.Fatalf("status %d, %s", res.StatusCode, at)
		}
		if got := d.Sent[0]; got != (web.Question{Words: "Is this <b>yours</b>?\nIt hung at the quay.", Exhibit: "Every vessel leaves.", Contact: "a@example.org"}) {
			t.Errorf("the office gets %+v", got)
		}
		fresh := get(t, h, at)
		text := body(t, fresh)
		wellFormed(t, at, text)
		if fresh.Header.Get("Cache-Control") != "no-store" || fresh.Header.Get("X-Robots-Tag") != "noindex" || !strings.Contains(text, "/e/"+keptest.AskedSecret+"</p>") || strings.Contains(text, "a@example.org") {
			t.Errorf("%v %s", fresh.Header, text)
		}
		d.ByAsker[keptest.AskedSecret] = web.Asked{Office: "lights", Words: words, AskedAt: webtest.Now, State: "answered", Entry: statementIn(t), EndedAt: webtest.Now.Add(95 * time.Minute), Took: 95 * time.Minute}
		text = body(t, get(t, h, prefix+"/e/"+keptest.AskedSecret))
		wellFormed(t, at, text)
		if prefix == "" && (!strings.Contains(text, webtest.Statement) || !strings.Contains(text, "1 hour")) || !strings.Contains(text, `href="`+prefix+`/log/`) {
			t.Errorf("the answer is not there: %s", text)
		}
		d.ByAsker[keptest.AskedSecret] = web.Asked{Office: "lights", Words: words, AskedAt: webtest.Now, State: "dismissed", Reason: "<script>alert(1)</script>", EndedAt: webtest.Now.Add(time.Minute), Took: time.Minute}
		text = body(t, get(t, h, prefix+"/e/"+keptest.AskedSecret))
		wellFormed(t, at, text)
		if strings.Contains(text, "<script>") || !strings.Contains(text, "&lt;script&gt;") {
			t.Error("the reason is not shown, or runs")
		}
	}
}

func statementIn(t *testing.T) register.Index {
	t.Helper()
	snap, err := webtest.New(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range snap.State().Statements() {
		if x.Statement.Type == register.About {
			return x.Index
		}
	}
	t.Fatal("no statement")
	return 0
}

// What cannot be taken is said beside what was written, and what was written
// stays in the form.
func TestAQuestionThatCannotBeTaken(t *testing.T) {
	d := &keptest.Desk{}
	h := serve(t, webtest.New(t), web.Options{Enquiries: d})
	long := strings.Repeat("a", 2001)
	for name, c := range map[string]struct {
		fields url.Values
		path   string
		header []string
		status int
		holds  string
	}{
		"empty":           {url.Values{"words": {" \n"}, "exhibit": {"kept words"}}, "/o/lights/ask", nil, 422, "kept words"},
		"long":            {url.Values{"words": {long}}, "/o/lights/ask", nil, 422, long},
		"too much":        {url.Values{"exhibit": {strings.Repeat("a", 300<<10)}}, "/o/lights/ask", nil, 413, ""},
		"another office":  {url.Values{"words": {"?"}}, "/o/ministry/ask", nil, 404, ""},
		"nobody":          {url.Values{"words": {"?"}}, "/o/nobody/ask", nil, 404, ""},
		"of another site": {url.Values{"words": {"?"}}, "/o/lights/ask", []string{"Sec-Fetch-Site", "cross-site"}, 403, ""},
	} {
		res := sendForm(t, h, c.path, c.fields, c.header...)
		text := body(t, res)
		wellFormed(t, name, text)
		if res.StatusCode != c.status || !strings.Contains(text, c.holds) {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
	d.Full = true
	if res := sendForm(t, h, "/o/lights/ask", url.Values{"words": {"one"}}); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("full: status %d", res.StatusCode)
	}
	d.Full = false
	last := 0
	for range 6 {
		last = sendForm(t, h, "/o/lights/ask", url.Values{"words": {"again"}}).StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("asking again and again: status %d", last)
	}
	for _, path := range []string{"/e/" + strings.Repeat("0", 32), "/e/x", "/o/ministry/ask"} {
		if got := get(t, h, path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got)
		}
	}
}

// A mirror takes no questions and says nothing of them.
func TestAMirrorTakesNoQuestions(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for _, path := range []string{"/o/lights/ask", "/e/" + keptest.AskedSecret} {
		if got := get(t, h, path).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got)
		}
	}
	if strings.Contains(body(t, get(t, h, "/o/lights")), "/ask") {
		t.Error("the office's page sends its readers to ask")
	}
}
