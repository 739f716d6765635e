package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// TestApproversSeeTheHousesWork: what differs between the languages, who left it so
// and why, what was answered, and with what kind of key others approved; and an
// approver takes the letter back, with a reason.
func TestApproversSeeTheHousesWork(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	c := officetest.Content(t, "HC-1", lockEnglish)
	arabic, err := letter.Canonicalize([]byte(lockArabic))
	if err != nil {
		t.Fatal(err)
	}
	c.Texts = append(c.Texts, letter.LangText{Lang: "ar", Text: arabic})
	if err := r.Start(ctx, "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	asked, err := r.AskClearance(ctx, "harbour", "drafter", "HC-1", office.ClearanceAsked{Of: "legal", Due: r.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.AnswerClearance(ctx, "harbour", office.By{ID: "legal"}, "HC-1", asked.ID, "remark", "Mind the tide."); err != nil {
		t.Fatal(err)
	}
	v, err := r.Parity(ctx, "harbour", "HC-1")
	if err != nil || len(v.Open()) == 0 {
		t.Fatalf("%+v (%v)", v, err)
	}
	for _, f := range v.Open() {
		if err := r.AcceptParity(ctx, "harbour", "drafter", "HC-1", f.ID, "Counted with the tug."); err != nil {
			t.Fatal(err)
		}
	}
	q, err := r.Submit(ctx, "harbour", "drafter", "HC-1", office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	path := "/desk/request/" + strconv.FormatInt(q.ID, 10)
	r.approve(t, "harbour/commissioner", path)
	r.want(r.get("harbour/legal", path), http.StatusOK, "<mark data-n=", "Counted with the tug.", "Left as it is", "Mind the tide.", "Clear with remark", "passkey at", "/desk/recall/HC-1")
	r.want(r.get("harbour/legal", "/ar"+path), http.StatusOK, "تُرك كما هو", "استرداد")
	if page := r.get("harbour/clerk", path).Body.String(); strings.Contains(page, "/desk/recall/") {
		t.Error("a clerk is offered to take it back")
	}
	if w := r.post("harbour/legal", "/desk/recall/HC-1", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", w.Code)
	}
	r.want(r.get("harbour/legal", "/desk/letter/HC-1"), http.StatusOK, "/desk/recall/HC-1")
	r.sent(t, "harbour/legal", "/desk/recall/HC-1", url.Values{"reason": {"The hour is wrong."}})
	if q := mustRequest(t, r, path); q.State != "void" {
		t.Errorf("taken back, and it is %s", q.State)
	}
	if w := r.post("harbour/legal", "/desk/recall/HC-1", url.Values{"reason": {"Again."}}); w.Code != http.StatusConflict {
		t.Errorf("twice: %d", w.Code)
	}
}

// TestNoDifferenceIsNoVerdict: with nothing found the page says what that means.
func TestNoDifferenceIsNoVerdict(t *testing.T) {
	r := newRoom(t)
	path := r.sent(t, "harbour/drafter", "/desk/finished", url.Values{"reference": {"HC-1"}, "type": {"letter"}, "text.en": {"Sir,\n"}, "text.ar": {"سيدي،\n"}})
	r.want(r.get("harbour/legal", path), http.StatusOK, "No difference was found by these checks")
}

// TestRefusalsAreToldInThePagesLanguage: an Arabic page says in Arabic why something was
// not done, with names set apart; an English one in English.
func TestRefusalsAreToldInThePagesLanguage(t *testing.T) {
	r := newRoom(t)
	if err := r.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-1", lockEnglish)); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"reason.en": {"A slip."}}
	r.want(r.post("harbour/clerk", "/ar/desk/withdraw/HC-1", form), http.StatusConflict, "الرسالة <bdi>HC-1</bdi> لم تصدر (هي في مرحلة: كتابة المسودة)")
	r.want(r.post("harbour/clerk", "/desk/withdraw/HC-1", form), http.StatusConflict, `<bdi lang="en" dir="ltr">withdrawing HC-1: HC-1 is not issued`)
	w := r.post("harbour/press", "/ar/desk/say/about", url.Values{"words.ar": {"كلمة."}, "regarding": {"<b> x"}})
	r.want(w, http.StatusUnprocessableEntity, "الرسالة التي هو عنها", `<bdi>&#34;&lt;b&gt;&#34;</bdi>`)
	if strings.Contains(w.Body.String(), "want 1 to 64") {
		t.Errorf("English words on an Arabic page:\n%s", w.Body)
	}
}
