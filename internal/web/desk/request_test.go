package desk

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
	"chancery.example/internal/testkit/authenticator"
	"chancery.example/internal/web/i18n"
	"chancery.example/internal/web/pages/record"
	"chancery.example/internal/web/shared"
	"chancery.example/letter"
	"chancery.example/register"
)

var (
	optionsOf = regexp.MustCompile(`data-approve="([^"]+)"`)
	digestOf  = regexp.MustCompile(`name="statement" value="([0-9a-f]{64})"`)
)

// approving is what a browser sends for the page of a request: it signs what the
// page asks for.
func (r *room) approving(t *testing.T, who, path string, bends ...func(*authenticator.Ceremony)) url.Values {
	t.Helper()
	w := r.get(who, path)
	page := w.Body.String()
	options, digest := optionsOf.FindStringSubmatch(page), digestOf.FindStringSubmatch(page)
	if w.Code != http.StatusOK || options == nil || digest == nil {
		t.Fatalf("%s is not offered to approve: %d\n%s", who, w.Code, page)
	}
	answer, err := r.people[who].device.Get([]byte(html.UnescapeString(options[1])), bends...)
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"statement": {digest[1]}, "answer": {string(answer)}}
}

// approve approves by passkey and expects that it is taken.
func (r *room) approve(t *testing.T, who, path string) {
	t.Helper()
	if w := r.post(who, path+"/approve", r.approving(t, who, path)); w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d\n%s", who, w.Code, w.Body)
	}
}

// sent posts a form and returns where it leads, without what is told there.
func (r *room) sent(t *testing.T, who, path string, fields url.Values) string {
	t.Helper()
	w := r.post(who, path, fields)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s %s: %d\n%s", who, path, w.Code, w.Body)
	}
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return to
}

func (r *room) carried(t *testing.T, by, path string, officers ...string) {
	t.Helper()
	for _, who := range officers {
		r.approve(t, who, path)
	}
	if to := r.sent(t, by, path+"/perform", nil); to != path {
		t.Fatalf("led to %s", to)
	}
}

func standingOf(t *testing.T, r *room, ref letter.Ref) register.Standing {
	t.Helper()
	snap, err := records{r.House}.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o, _ := snap.State().OfficeByID("harbour")
	l, ok := snap.State().Letter(o.Office, ref)
	if !ok {
		return register.NotOnRecord
	}
	return snap.State().LetterStatus(l, r.Now()).Standing
}

// TestALettersWholeLife goes from a finished document to its withdrawal by the
// pages alone, with passkeys.
func TestALettersWholeLife(t *testing.T) {
	r := newRoom(t)
	sent := url.Values{"reference": {"HC-1"}, "type": {"letter"}, "addressees": {"The Master\r\n\r\nSouth Lock"}, "text.en": {"The gates of the lock open at noon on Friday.\r\n"}, "text.ar": {"تُفتح البوابات ظهر يوم الجمعة.\r\n"}}
	issue := r.sent(t, "harbour/drafter", "/desk/finished", sent)
	page := r.get("harbour/legal", issue).Body.String()
	for _, want := range []string{"The gates of the lock open at noon", "تُفتح البوابات", "South Lock", "Approve with passkey", `lang="ar" dir="rtl"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if w := r.post("harbour/clerk", issue+"/perform", nil); w.Code != http.StatusForbidden || standingOf(t, r, "HC-1") != register.NotOnRecord {
		t.Errorf("issued without approvals: %d", w.Code)
	}
	if w := r.post("harbour/stale", issue+"/perform", nil); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/desk/prove") {
		t.Errorf("without a fresh proof: %d %v", w.Code, w.Header())
	}
	r.carried(t, "harbour/clerk", issue, "harbour/commissioner", "harbour/legal")
	if got := standingOf(t, r, "HC-1"); got != register.InForce {
		t.Fatalf("after issuing: %s", got)
	}

	correct := r.sent(t, "harbour/drafter", "/desk/correct/HC-1", url.Values{
		"text.en": {"The gates of the lock open at noon on Friday!\n"}, "text.ar": {"تُفتح البوابات ظهر يوم الجمعة.\n"}, "reason.en": {"A mark."},
	})
	if page := r.get("harbour/legal", correct).Body.String(); !strings.Contains(page, "What differs from revision 1, which you saw last") {
		t.Error("the difference to the revision last seen is not shown")
	}
	r.carried(t, "harbour/clerk", correct, "harbour/commissioner", "harbour/legal")

	correctedIsShown(t, r)
	withdraw := r.sent(t, "harbour/clerk", "/ar/desk/withdraw/HC-1", url.Values{"reason.ar": {"خطأ."}})
	r.carried(t, "harbour/clerk", withdraw, "harbour/commissioner", "harbour/legal")
	if got := standingOf(t, r, "HC-1"); got != register.Withdrawn {
		t.Errorf("after withdrawing: %s", got)
	}
	if w := r.post("harbour/clerk", "/desk/withdraw/HC-1", url.Values{"reason.en": {"Again."}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "withdrawn already") || !strings.Contains(w.Body.String(), "Again.") {
		t.Errorf("withdrawn twice: %d\n%s", w.Code, w.Body)
	}
}

// correctedIsShown: the public page has what stood, what stands, and why.
func correctedIsShown(t *testing.T, r *room) {
	t.Helper()
	snap, err := records{r.House}.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := i18n.Load(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	o, _ := snap.State().OfficeByID("harbour")
	l, _ := snap.State().Letter(o.Office, "HC-1")
	v := record.Build(p, snap, l, r.Now())
	var page strings.Builder
	if err := record.Page.Render(&page, shared.Frame{Lang: i18n.English, Dir: "ltr", Path: "/l/harbour/HC-1"}, v); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`id="corrected"`, "A mark.", "Friday!", "South Lock"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the letter's page does not show %q", want)
		}
	}
	if len(v.Corrected) != 1 || !slices.Contains(v.Addressees, "South Lock") {
		t.Errorf("%+v %v", v.Corrected, v.Addressees)
	}
}

// TestDraftsAreOpenedAndClosed by the pages.
func TestDraftsAreOpenedAndClosed(t *testing.T) {
	r := newRoom(t)
	if err := r.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-2", "A draft about the quay and the crane.\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Seal(t.Context(), "harbour", "drafter", "HC-2"); err != nil {
		t.Fatal(err)
	}
	if w := r.post("harbour/press", "/desk/open/HC-2", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("none chosen: %d", w.Code)
	}
	open := r.sent(t, "harbour/press", "/desk/open/HC-2", url.Values{"revision": {"1"}})
	r.carried(t, "harbour/press", open, "harbour/press", "harbour/legal")
	if got := standingOf(t, r, "HC-2"); got != register.DraftOpened {
		t.Errorf("after opening: %s", got)
	}
	closing := r.sent(t, "harbour/press", "/desk/close/HC-2", nil)
	signed, err := r.Carry(t.Context(), mustRequest(t, r, closing), "press", r.Signer("harbour", "drafter"), r.Signer("harbour", "legal"))
	if err != nil || standingOf(t, r, "HC-2") != register.DraftClosed {
		t.Errorf("after closing: %v %s (%v)", signed.Index, standingOf(t, r, "HC-2"), err)
	}
}

func mustRequest(t *testing.T, r *room, path string) office.Request {
	t.Helper()
	id, err := strconv.ParseInt(path[strings.LastIndex(path, "/")+1:], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	q, err := r.Request(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestAnotherTextIsNotApproved: a proxy that shows one statement and has another
// signed, a page that is older than the request, and a passkey of another site or
// person all leave the request without an approval.
func TestAnotherTextIsNotApproved(t *testing.T) {
	r := newRoom(t)
	file := func(ref, text string) string {
		return r.sent(t, "harbour/drafter", "/desk/finished", url.Values{"reference": {ref}, "type": {"letter"}, "text.en": {text}})
	}
	shown, meant := file("HC-1", "We stay at the quay until the spring.\n"), file("HC-2", "We leave the quay in the spring.\n")
	answer := r.approving(t, "harbour/legal", shown)
	swapped := url.Values{}
	for k, v := range answer {
		swapped[k] = v
	}
	swapped["statement"] = r.approving(t, "harbour/legal", meant)["statement"]
	bent := func(bend func(*authenticator.Ceremony)) url.Values {
		return r.approving(t, "harbour/legal", shown, bend)
	}
	other := r.approving(t, "harbour/commissioner", shown)
	for name, c := range map[string]struct {
		path   string
		fields url.Values
		status int
	}{
		"sent to the other request":  {meant, answer, http.StatusConflict},
		"with the other's digest":    {meant, swapped, http.StatusForbidden},
		"another site's page":        {shown, bent(func(c *authenticator.Ceremony) { c.Client.Origin = "https://evil.example" }), http.StatusForbidden},
		"another challenge":          {shown, bent(func(c *authenticator.Ceremony) { c.Client.Challenge = "AAAA" }), http.StatusForbidden},
		"not verified":               {shown, bent(func(c *authenticator.Ceremony) { c.Flags = authenticator.UserPresent }), http.StatusForbidden},
		"another's passkey":          {shown, other, http.StatusForbidden},
		"no signature":               {shown, url.Values{"statement": answer["statement"]}, http.StatusUnprocessableEntity},
		"not JSON":                   {shown, url.Values{"statement": answer["statement"], "answer": {"!!"}}, http.StatusUnprocessableEntity},
		"no digest":                  {shown, url.Values{"answer": answer["answer"]}, http.StatusConflict},
		"an empty authenticator":     {shown, bent(func(c *authenticator.Ceremony) { c.AuthData = []byte{} }), http.StatusUnprocessableEntity},
		"too long":                   {shown, url.Values{"statement": answer["statement"], "answer": {strings.Repeat(" ", staff.MaxBody+1)}}, http.StatusUnprocessableEntity},
		"a request of another house": {"/desk/request/99", answer, http.StatusNotFound},
	} {
		if w := r.post("harbour/legal", c.path+"/approve", c.fields); w.Code != c.status {
			t.Errorf("%s: %d, want %d\n%s", name, w.Code, c.status, w.Body)
		}
	}
	for _, path := range []string{shown, meant} {
		if q := mustRequest(t, r, path); len(q.Approved) != 0 {
			t.Errorf("%s: approved by %v", path, q.Approved)
		}
	}
	r.approve(t, "harbour/legal", shown) // and the right answer is taken
}

// TestRequestsAreNotForeign: what waits in an office is seen by its officers and
// auditors, and by nobody of another.
func TestRequestsAreNotForeign(t *testing.T) {
	r := newRoom(t)
	path := r.sent(t, "harbour/drafter", "/desk/finished", url.Values{"reference": {"HC-1"}, "type": {"letter"}, "text.en": {"The secret words of a draft.\n"}})
	for who, want := range map[string]struct {
		code int
		text bool
	}{
		"harbour/drafter": {200, true}, "harbour/legal": {200, true}, "harbour/clerk": {200, true}, "harbour/auditor": {200, true},
		"harbour/press": {200, false}, "other/legal": {404, false}, "": {303, false},
	} {
		w := r.get(who, path)
		if w.Code != want.code || strings.Contains(w.Body.String(), "The secret words") != want.text {
			t.Errorf("%s: %d, words: %v", who, w.Code, strings.Contains(w.Body.String(), "The secret words"))
		}
		if s := r.get(who, path+"/statement.txt"); s.Code != want.code {
			t.Errorf("%s: statement %d", who, s.Code)
		}
	}
	absent := r.get("other/legal", "/desk/request/999").Body.String()
	for _, tail := range []string{"", "/statement.txt"} {
		if got := r.get("other/legal", path+tail).Body.String(); got != absent {
			t.Errorf("%s of another office is told from absent", tail)
		}
	}
	if w := r.post("other/legal", path+"/refuse", url.Values{"reason": {"no"}}); w.Code != http.StatusNotFound {
		t.Errorf("refused from another office: %d", w.Code)
	}
	if w := r.post("harbour/legal", path+"/refuse", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("refused without a reason: %d", w.Code)
	}
	if to := r.sent(t, "harbour/legal", path+"/refuse", url.Values{"reason": {"The date is wrong."}}); to != path || mustRequest(t, r, path).State != "refused" {
		t.Errorf("refused: %s", to)
	}
	if page := r.get("harbour/legal", path).Body.String(); strings.Contains(page, "Approve with passkey") || !strings.Contains(page, "This was refused") {
		t.Error("a refused request is offered to approve")
	}
}

// TestEmbargo: nothing is public before the hour, and the opening goes to who is
// named.
func TestEmbargo(t *testing.T) {
	r := newRoom(t)
	hour := r.Now().Add(2 * time.Hour).Format("2006-01-02T15:04")
	path := r.sent(t, "harbour/drafter", "/desk/finished", url.Values{"reference": {"HC/7"}, "type": {"notice"}, "text.en": {"The fees of the quay rise by two in April.\n"}, "notbefore": {hour}})
	r.carried(t, "harbour/clerk", path, "harbour/commissioner", "harbour/legal")
	if got := standingOf(t, r, "HC/7"); got != register.NotOnRecord {
		t.Errorf("public before its hour: %s", got)
	}
	if page := r.get("harbour/clerk", "/desk/embargoes").Body.String(); !strings.Contains(page, "HC/7") || !strings.Contains(page, "/desk/embargo/give/HC/7") {
		t.Errorf("not listed:\n%s", page)
	}
	w := r.post("harbour/clerk", "/desk/embargo/give/HC/7", url.Values{"holder": {"The Herald"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "chancery-draft") || w.Body.Len() < 500 {
		t.Errorf("the opening: %d %v", w.Code, w.Header())
	}
	for _, c := range []struct {
		who, path string
		status    int
	}{
		{"harbour/clerk", "/desk/embargo/give/HC/8", 404}, {"other/clerk", "/desk/embargo/give/HC/7", 404}, {"harbour/legal", "/desk/embargo/give/HC/7", 403},
	} {
		if w := r.post(c.who, c.path, url.Values{"holder": {"The Herald"}}); w.Code != c.status {
			t.Errorf("%s %s: %d", c.who, c.path, w.Code)
		}
	}
}

// TestFormsKeepWhatWasTyped when something is wrong, and say what.
func TestFormsKeepWhatWasTyped(t *testing.T) {
	r := newRoom(t)
	fields := url.Values{"reference": {"no good"}, "type": {"notice"}, "text.en": {"Words that took an hour to write."}, "expires": {"2020-01-01T00:00"}, "signature": {"A. Name"}}
	w := r.post("harbour/drafter", "/desk/finished", fields)
	page := w.Body.String()
	for _, want := range []string{"Nothing was done yet", "no good", "Words that took an hour to write.", "2020-01-01T00:00", `<option value="notice" selected>`, "A. Name"} {
		if !strings.Contains(page, want) {
			t.Errorf("not kept: %q", want)
		}
	}
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", w.Code)
	}
	fields.Set("reference", "HC-1")
	if w := r.post("harbour/drafter", "/desk/finished", fields); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "which is past") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
	fields.Set("expires", "tomorrow")
	if w := r.post("harbour/drafter", "/desk/finished", fields); !strings.Contains(w.Body.String(), "is not a time") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
	if w := r.post("harbour/legal", "/desk/finished", fields); w.Code != http.StatusForbidden {
		t.Errorf("an approver submits: %d", w.Code)
	}
	if !slices.Contains([]int{http.StatusNotFound}, r.get("other/clerk", "/desk/withdraw/HC-1").Code) {
		t.Error("the form of another office's letter is shown")
	}
}
