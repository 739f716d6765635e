package desk

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
)

// TestHoldingStatementInTwoForms: one press officer, two buttons after the
// choice, and it is public.
func TestHoldingStatementInTwoForms(t *testing.T) {
	r := newRoom(t)
	form := r.get("harbour/press", "/desk/say/holding").Body.String()
	if !strings.Contains(form, `value="2026-03-02T13:00"`) {
		t.Errorf("no hour is set:\n%s", form)
	}
	path := r.sent(t, "harbour/press", "/desk/say/holding", url.Values{"next": {"2026-03-02T13:00"}})
	page := r.get("harbour/press", path).Body.String()
	if !strings.Contains(page, "Approve and publish") || !strings.Contains(page, "Our next word comes by 13:00 UTC") || !strings.Contains(page, "تُتداول ورقة") {
		t.Errorf("not as the public will see it:\n%s", page)
	}
	answer := r.approving(t, "harbour/press", path)
	answer.Set("then", "perform")
	if to := r.sent(t, "harbour/press", path+"/approve", answer); to != path {
		t.Errorf("led to %s", to)
	}
	if page := r.get("harbour/press", "/desk/statements").Body.String(); !strings.Contains(page, "A paper that bears our name is circulating") || strings.Contains(page, "Waiting for approval") {
		t.Errorf("not public:\n%s", page)
	}
	if page := r.get("other/press", "/desk/statements").Body.String(); strings.Contains(page, "circulating. We are") {
		t.Error("another office's statements are shown as one's own")
	}
}

// TestStatementsAreTakenBack, one's own and nobody else's.
func TestStatementsAreTakenBack(t *testing.T) {
	r := newRoom(t)
	path := r.sent(t, "harbour/press", "/desk/say/about", url.Values{"words.en": {"The gates stay open.\r\nAll of them."}, "regarding": {"HC-1"}})
	r.approve(t, "harbour/press", path)
	if w := r.post("harbour/press", path+"/perform", nil); w.Code != http.StatusForbidden {
		t.Errorf("one officer's free words: %d", w.Code)
	}
	r.carried(t, "harbour/press", path, "harbour/legal")
	list := r.get("harbour/press", "/desk/statements").Body.String()
	at := strings.Index(list, "/desk/retract/")
	if at < 0 {
		t.Fatalf("not offered to take back:\n%s", list)
	}
	retract, _, _ := strings.Cut(list[at:], `"`)
	for who, want := range map[string]int{"harbour/press": 200, "other/press": 404, "harbour/clerk": 403} {
		if w := r.get(who, retract); w.Code != want {
			t.Errorf("%s: %d", who, w.Code)
		}
	}
	if w := r.post("harbour/press", retract, nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", w.Code)
	}
	back := r.sent(t, "harbour/press", retract, url.Values{"reason.en": {"They close at night."}})
	r.carried(t, "harbour/press", back, "harbour/press", "harbour/legal")
	if page := r.get("harbour/press", "/desk/statements").Body.String(); !strings.Contains(page, "They close at night.") || strings.Contains(page, retract) {
		t.Errorf("not taken back:\n%s", page)
	}
}

// TestDisavow: a paper is disavowed by its words; one's own words are not.
func TestDisavow(t *testing.T) {
	r := newRoom(t)
	r.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "The lock of the harbour opens at six in the morning.\n"), office.Terms{})
	forged := url.Values{"paper.en": {"The lock of the harbour is closed for ever, and the fees are doubled."}, "reason.en": {"Not ours."}}
	path := r.sent(t, "harbour/press", "/desk/disavow", forged)
	if page := r.get("harbour/press", path).Body.String(); !strings.Contains(page, "What a reader of this paper is told today") || !strings.Contains(page, "closed for ever") {
		t.Errorf("not shown:\n%s", page)
	}
	r.carried(t, "harbour/press", path, "harbour/press", "harbour/legal")
	if w := r.post("harbour/press", "/desk/disavow", url.Values{"paper.en": {"The lock of the harbour opens at six in the morning.\n"}, "reason.en": {"Not ours."}}); w.Code != http.StatusConflict {
		t.Errorf("own words: %d\n%s", w.Code, w.Body)
	}
	if w := r.post("harbour/press", "/desk/disavow", url.Values{"reason.en": {"Not ours."}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no paper: %d", w.Code)
	}
}

// TestWordsAboutPapersOfOthers: an addressee says that it received a paper, a newsroom
// that it saw or keeps one; what is missing is asked for.
func TestWordsAboutPapersOfOthers(t *testing.T) {
	r := newRoom(t)
	for name, c := range map[string]struct {
		form  url.Values
		short string // of which field it takes
	}{
		"sighting":  {url.Values{"words.en": {"We saw it."}, "seen.en": {"The gates are shut."}, "source": {"a square"}, "regarding": {"other/HC-1"}}, "seen.en"},
		"collected": {url.Values{"words.en": {"We keep it."}, "seen.ar": {"أُغلقت البوابات."}, "source": {"https://x.example/"}, "at": {"2026-01-05T10:00"}}, "source"},
	} {
		page := r.get("harbour/press", "/ar/desk/say/"+name).Body.String()
		if !strings.Contains(page, `name="seen.ar"`) || !strings.Contains(page, "هذ") {
			t.Errorf("%s:\n%s", name, page)
		}
		path := r.sent(t, "harbour/press", "/desk/say/"+name, c.form)
		if page := r.get("harbour/press", path).Body.String(); !strings.Contains(page, c.form.Get("words.en")) {
			t.Errorf("%s is not shown as it will be:\n%s", name, page)
		}
		c.form.Del(c.short)
		if w := r.post("harbour/press", "/desk/say/"+name, c.form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c.form.Get("words.en")) {
			t.Errorf("%s without %s: %d", name, c.short, w.Code)
		}
	}
	if err := r.Start(t.Context(), "other", "drafter", officetest.Content(t, "O-1", "A draft of the other office.\n")); err != nil {
		t.Fatal(err)
	}
	s, err := r.Seal(t.Context(), "other", "drafter", "O-1")
	if err != nil {
		t.Fatal(err)
	}
	slip, err := json.Marshal(s.Slips)
	if err != nil {
		t.Fatal(err)
	}
	if w := r.upload("harbour/press", "/desk/say/received", url.Values{"words.en": {"It came."}}, "file", "c.slip.json", slip); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for name, bad := range map[string]string{"x.pdf": "%PDF", "y.slip.json": "[]"} {
		if w := r.upload("harbour/press", "/desk/say/received", url.Values{"words.en": {"It came."}}, "file", name, []byte(bad)); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}
