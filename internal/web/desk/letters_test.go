package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

const (
	lockEnglish = "Sir,\n\nThe north lock closes on 4 March for 12 ships and opens again on 9 May.\n\nA. Keeper\n"
	lockArabic  = "سيدي،\n\nيُغلق الهويس الشمالي في 4 آذار أمام 13 سفينة ويُفتح من جديد في 9 أيار.\n\nأ. كيبر\n"
)

// seenIn reads which words a form of a letter began with.
func seenIn(t *testing.T, page string) string {
	t.Helper()
	m := regexp.MustCompile(`name="seen" value="([0-9a-f]{32})"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no form in\n%s", page)
	}
	return m[1]
}

// TestALetterIsWritten goes from the empty form to the approvers, by forms alone,
// with all that can be wrong on the way.
func TestALetterIsWritten(t *testing.T) {
	r := newRoom(t)
	d := "harbour/drafter"
	r.want(r.get(d, "/desk/letters"), http.StatusOK, "No letters yet")
	r.want(r.get("harbour/legal", "/desk/letters"), http.StatusOK, "No letters that you may see")
	r.want(r.get(d, "/desk/new"), http.StatusOK, "New letter", "note verbale")
	words := url.Values{"reference": {"HC-7"}, "type": {"letter"}, "text-en": {lockEnglish}, "text-ar": {lockArabic}, "addressees": {"The Master\r\n\r\nThe Pilots"}, "signature": {"A. Keeper"}}
	with := func(name, value string) url.Values {
		v := url.Values{}
		for k, x := range words {
			v[k] = x
		}
		v.Set(name, value)
		return v
	}
	for name, bad := range map[string]url.Values{
		"This is no reference": with("reference", "../x"), "in at least one language": {"reference": {"HC-7"}, "type": {"letter"}},
		"cannot be taken as it is": with("text-en", "Hidden\u200b words\u202e."), "language that prevails needs a text": with("prevailing", "fr"),
		"no language tag": {"reference": {"HC-7"}, "type": {"letter"}, "more-lang": {"???"}, "more-text": {"Mots."}},
		"own field above": {"reference": {"HC-7"}, "type": {"letter"}, "text-en": {"Words."}, "more-lang": {"en"}, "more-text": {"Words."}},
		"The enclosure":   nil,
	} {
		if bad == nil {
			bad, name = with("enclosure", "no digest"), "This enclosure cannot be taken"
		}
		w := r.post(d, "/desk/new", bad)
		r.want(w, http.StatusUnprocessableEntity, name)
		if kept := bad.Get("text-en"); kept == lockEnglish && !strings.Contains(w.Body.String(), "closes on 4 March") {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	r.want(r.post(d, "/desk/new", with("type", "edict")), http.StatusUnprocessableEntity, "Something is missing or wrong")
	if to := r.done(d, "/desk/new", words); to != "/desk/letter/HC-7?done=started" {
		t.Errorf("leads to %s", to)
	}
	r.want(r.post(d, "/desk/new", words), http.StatusUnprocessableEntity, "taken")
	r.want(r.get(d, "/desk/letter/HC-7?done=started"), http.StatusOK, "The letter is started", `aria-current="step">Drafted`, "The Pilots", `<mark data-n=`, "12", "13", "of the same weight", "Before it can be issued")
	r.want(r.get(d, "/ar/desk/letter/HC-7"), http.StatusOK, "التحرير", `dir="rtl"`)
	r.edits(t, d)
	r.coordinates(t, d)
	r.submits(t, d)
}

// edits changes the words: never without a reason, and never over somebody else's.
func (r *room) edits(t *testing.T, d string) {
	t.Helper()
	page := r.page(d, "/desk/edit/HC-7")
	seen := seenIn(t, page)
	change := url.Values{"seen": {seen}, "text-en": {strings.Replace(lockEnglish, "4 March", "5 March", 1)}, "text-ar": {lockArabic}, "addressees": {"The Master"}}
	r.want(r.post(d, "/desk/edit/HC-7", change), http.StatusUnprocessableEntity, "Say why you change it", "5 March")
	change.Set("why", "A day later.")
	change.Set("seen", strings.Repeat("0", 32))
	r.want(r.post(d, "/desk/edit/HC-7", change), http.StatusUnprocessableEntity, "Somebody else changed the letter", "5 March")
	change.Set("seen", seen)
	r.done(d, "/desk/edit/HC-7", change)
	r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, "5 March", "Changed the words", "A day later.")
	r.done(d, "/desk/seal/HC-7", nil)
	r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, "Revision 1", "Sealed")
	if strings.Contains(r.page(d, "/desk/letter/HC-7"), "The draft was changed") {
		t.Error("what was just sealed is said to be changed")
	}
	// A translator changes texts of their language alone.
	p := r.people["harbour/translator"]
	p.Langs = []letter.Lang{"ar"}
	r.people["harbour/translator"] = p
	page = r.page("harbour/translator", "/desk/edit/HC-7")
	if strings.Contains(page, `name="text-en"`) || !strings.Contains(page, `name="text-ar"`) || strings.Contains(page, `name="addressees"`) {
		t.Errorf("a translator is shown\n%s", page)
	}
	r.done("harbour/translator", "/desk/edit/HC-7", url.Values{"seen": {seenIn(t, page)}, "text-ar": {strings.Replace(lockArabic, "13", "12", 1)}, "text-en": {"Other words."}, "why": {"The number."}})
	r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, "5 March", "12 سفينة", "The draft was changed after revision 1")
	r.want(r.get(d, "/desk/revisions/HC-7?from=1&to=0"), http.StatusOK, "the draft as it is now", "1 place was changed", "Not a word was changed")
	for _, bad := range []string{"?from=9&to=1", "?from=x&to=1", "?from=1&to=-1"} {
		r.want(r.get(d, "/desk/revisions/HC-7"+bad), http.StatusNotFound)
	}
}

// coordinates gives out copies, notes their receipt, and asks for clearances.
func (r *room) coordinates(t *testing.T, d string) {
	t.Helper()
	r.want(r.get(d, "/desk/circulate/HC-7"), http.StatusOK, "given out by the issuing clerk")
	r.want(r.post(d, "/desk/circulate/HC-7", url.Values{"holder": {" ", ""}}), http.StatusUnprocessableEntity, "Name at least one holder")
	r.want(r.post(d, "/desk/circulate/HC-7", url.Values{"holder": {"Pilots"}, "outside": {"1"}}), http.StatusForbidden, "rules do not allow it")
	r.want(r.post(d, "/desk/circulate/HC-7", url.Values{"holder": {strings.Repeat("x", 200)}}), http.StatusUnprocessableEntity, "Copies could not be given out", strings.Repeat("x", 200))
	r.done("harbour/clerk", "/desk/circulate/HC-7", url.Values{"holder": {"Pilots", "", "Legal"}, "purpose": {"coordination", "", ""}, "outside": {"1"}, "answers": {"on_copy"}})
	r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, `aria-current="step">Coordination`, "Pilots", "outside", "Copy 2 of revision 2", "That it is a draft, to who holds that code")
	w := r.get("harbour/clerk", "/desk/copy/HC-7?revision=2&copy=1")
	r.want(w, http.StatusOK, "Pilots", "5 March")
	if got := w.Header().Get("Content-Disposition"); got != "attachment; filename=HC-7-revision-2-copy-1.html" {
		t.Errorf("%q", got)
	}
	r.want(r.get(d, "/desk/copy/HC-7?revision=2&copy=1&text=en"), http.StatusOK, "Page 1 of 1")
	for _, bad := range []string{"copy/HC-7?revision=2&copy=9", "copy/HC-7?revision=2", "copy/HC-7?revision=2&copy=1&text=fr", "draft-proof/HC-7?revision=9", "draft-proof/HC-7"} {
		r.want(r.get(d, "/desk/"+bad), http.StatusNotFound)
	}
	if w := r.get("harbour/clerk", "/desk/draft-proof/HC-7?revision=2"); w.Code != http.StatusOK || w.Body.Len() < 1000 {
		t.Errorf("%d %d", w.Code, w.Body.Len())
	}
	r.done(d, "/desk/receipt/HC-7", url.Values{"revision": {"2"}, "copy": {"1"}, "note": {"by hand"}})
	r.want(r.post(d, "/desk/receipt/HC-7", url.Values{"revision": {"2"}, "copy": {"1"}}), http.StatusConflict)
	r.want(r.post(d, "/desk/receipt/HC-7", url.Values{"revision": {"x"}}), http.StatusNotFound)
	r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, "by hand")
	r.done("harbour/clerk", "/desk/answers/HC-7", url.Values{"revision": {"2"}, "answers": {"silent"}})
	r.want(r.post("harbour/press", "/desk/answers/HC-7", url.Values{"revision": {"2"}, "answers": {"loud"}}), http.StatusUnprocessableEntity)
	r.want(r.post("harbour/clerk", "/desk/answers/HC-7", url.Values{"revision": {"two"}}), http.StatusNotFound)
	r.want(r.post(d, "/desk/clearance-ask/HC-7", url.Values{"of": {"legal"}, "due": {"tomorrow"}}), http.StatusUnprocessableEntity, "This is no time", `value="legal"`)
	r.want(r.post(d, "/desk/clearance-ask/HC-7", url.Values{"of": {"legal"}, "due": {"2001-01-01T10:00"}}), http.StatusUnprocessableEntity, "This cannot be asked")
	due := r.Now().Add(24 * time.Hour).Format("2006-01-02T15:04")
	r.done(d, "/desk/clearance-ask/HC-7", url.Values{"of": {"legal"}, "due": {due}, "note": {"The date."}})
	r.want(r.get("harbour/legal", "/desk/"), http.StatusOK, "Clearances asked of you", "HC-7")
	r.want(r.get("harbour/legal", "/desk/letter/HC-7"), http.StatusOK, "The date.", `name="answer"`)
	r.want(r.post("harbour/legal", "/desk/clearance-answer/HC-7", url.Values{"id": {"1"}, "answer": {"condition"}}), http.StatusUnprocessableEntity)
	r.want(r.post("harbour/legal", "/desk/clearance-answer/HC-7", url.Values{"id": {"one"}, "answer": {"clear"}}), http.StatusNotFound)
	r.done("harbour/legal", "/desk/clearance-answer/HC-7", url.Values{"id": {"1"}, "answer": {"condition"}, "comment": {"Name the quay."}})
	r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, "Name the quay.", "Condition", `value="overruled"`)
}

// submits puts the letter up for approval once nothing holds it up.
func (r *room) submits(t *testing.T, d string) {
	t.Helper()
	r.want(r.get(d, "/desk/submit/HC-7"), http.StatusOK, "First", "disabled")
	r.want(r.post(d, "/desk/submit/HC-7", nil), http.StatusConflict, "The letter could not be submitted")
	r.done(d, "/desk/clearance-settle/HC-7", url.Values{"id": {"1"}, "how": {"overruled"}, "reason": {"It is named elsewhere."}})
	v, err := r.Parity(t.Context(), "harbour", "HC-7")
	if err != nil {
		t.Fatal(err)
	}
	r.want(r.post(d, "/desk/parity-accept/HC-7", url.Values{"finding": {"0000000000000000"}, "reason": {"x"}}), http.StatusNotFound)
	for _, f := range v.Open() {
		r.done(d, "/desk/parity-accept/HC-7", url.Values{"finding": {f.ID}, "reason": {"As agreed by telephone."}})
	}
	if len(v.Open()) > 0 {
		r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, "As agreed by telephone.")
	}
	r.want(r.post(d, "/desk/submit/HC-7", url.Values{"not-before": {"soon"}}), http.StatusUnprocessableEntity, "This is no time", `value="soon"`)
	r.want(r.post(d, "/desk/submit/HC-7", url.Values{"not-before": {"2001-01-01T10:00"}}), http.StatusUnprocessableEntity, "which is past")
	r.want(r.post(d, "/desk/submit/HC-7", url.Values{"supersedes": {"../x"}}), http.StatusUnprocessableEntity, "This is no reference")
	r.want(r.post(d, "/desk/submit/HC-7", url.Values{"regarding": {"HC-99"}}), http.StatusNotFound)
	r.IssueLetter(t, "harbour", officetest.Content(t, "HC-0", "Sir,\n\nThe old lock stays open for all ships that come.\n"), office.Terms{})
	r.want(r.get(d, "/desk/submit/HC-7"), http.StatusOK, "The old lock stays open")
	to := r.done(d, "/desk/submit/HC-7", url.Values{"supersedes": {"HC-0"}, "regarding": {"HC-0"}})
	if !strings.HasPrefix(to, "/desk/request/") {
		t.Errorf("leads to %s", to)
	}
	r.want(r.get(d, "/desk/letter/HC-7"), http.StatusOK, `aria-current="step">Approval<`, "0 of 2 approvals", "Not yet")
	r.want(r.get(d, "/desk/edit/HC-0"), http.StatusConflict)
	r.want(r.get("harbour/clerk", "/desk/letters?stage=issued&q=old+lock&standing=in_force&lang=en"), http.StatusOK, "HC-0", "1 letter")
	r.want(r.get("harbour/clerk", "/desk/letters?q=no+such+thing&page=7"), http.StatusOK, "0 letters")
}

// TestWhoSeesADraft holds what each role sees of a draft: all, its title, or nothing
// that could be told from what is not there.
func TestWhoSeesADraft(t *testing.T) {
	r := newRoom(t)
	r.draft("HC-1", lockEnglish, lockArabic)
	r.draft("HC-2", "Sir,\n\nThe south lock closes for ever and nobody shall pass it.\n", "")
	if _, err := r.Submit(t.Context(), "harbour", "drafter", "HC-2", office.Terms{}); err != nil {
		t.Fatal(err)
	}
	arabic := r.people["harbour/translator"]
	arabic.Langs = []letter.Lang{"ar"}
	r.people["harbour/translator"] = arabic
	other := r.people["harbour/drafter"]
	other.ID = "second"
	r.people["harbour/second"] = other
	for who, sees := range map[string][2]sight{ // of HC-1, being drafted, and HC-2, before its approvers
		"drafter": {whole, whole}, "second": {nothing, nothing}, "clerk": {whole, whole}, "auditor": {whole, whole}, "press": {title, title},
		"legal": {nothing, whole}, "translator": {whole, nothing}, "clearer": {nothing, nothing},
	} {
		list := r.page("harbour/"+who, "/desk/letters")
		for i, ref := range []string{"HC-1", "HC-2"} {
			if listed := strings.Contains(list, ref); listed != (sees[i] > nothing) {
				t.Errorf("%s in the list of %s: %v", ref, who, listed)
			}
			w, absent := r.get("harbour/"+who, "/desk/letter/"+ref), r.get("harbour/"+who, "/desk/letter/HC-9")
			words := strings.Contains(w.Body.String(), `class="letter"`)
			switch sees[i] {
			case nothing:
				if w.Code != http.StatusNotFound || w.Body.String() != absent.Body.String() {
					t.Errorf("%s as %s: %d\n%s", ref, who, w.Code, w.Body)
				}
			case title:
				if w.Code != http.StatusOK || words || strings.Contains(w.Body.String(), "Journal") {
					t.Errorf("%s as %s: %d\n%s", ref, who, w.Code, w.Body)
				}
				r.want(r.get("harbour/"+who, fmt.Sprintf("/desk/revisions/%s?from=0&to=0", ref)), http.StatusNotFound)
			case whole:
				if w.Code != http.StatusOK || !words {
					t.Errorf("%s as %s: %d\n%s", ref, who, w.Code, w.Body)
				}
			}
		}
	}
	for _, who := range []string{"custodian", "admin"} {
		r.want(r.get("harbour/"+who, "/desk/letter/HC-1"), http.StatusForbidden, notYourRole)
	}
	// Who was asked to clear it sees it.
	due := r.Now().Add(time.Hour)
	if _, err := r.AskClearance(t.Context(), "harbour", "drafter", "HC-1", office.ClearanceAsked{Of: "clearer", Due: due}); err != nil {
		t.Fatal(err)
	}
	r.want(r.get("harbour/clearer", "/desk/letter/HC-1"), http.StatusOK, `name="answer"`)
	r.done("harbour/clearer", "/desk/clearance-answer/HC-1", url.Values{"id": {"1"}, "answer": {"nil-return"}})
	// The holders of copies are known to who gives them out, and to the auditor.
	if _, err := r.Circulate(t.Context(), "harbour", "clerk", "HC-1", []office.Holder{{Name: "The Pilots", Purpose: "coordination", Outside: true}}); err != nil {
		t.Fatal(err)
	}
	for who, shown := range map[string]bool{"clerk": true, "auditor": true, "clearer": false, "translator": false} {
		if got := strings.Contains(r.page("harbour/"+who, "/desk/letter/HC-1"), "<bdi>The Pilots</bdi>"); got != shown {
			t.Errorf("%s is shown the holders: %v", who, got)
		}
	}
}
