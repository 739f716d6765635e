package desk

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/staff"
)

// TestAnEnquiryIsAnswered: a reader asks, the press officer sees what the reader of
// that paper is told, answers by a statement, and the time it took is kept.
func TestAnEnquiryIsAnswered(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "press")
	m.come("harbour", "drafter")
	asked, err := m.Enquire(t.Context(), "harbour", office.Question{Words: "Is this <b>yours</b>?", Exhibit: "The lock closes for ever on Monday at noon.", Contact: "reader@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if page := m.open("press", "/desk/").Body.String(); !strings.Contains(page, `href="/desk/enquiries"`) {
		t.Error("no way to the enquiries")
	}
	list := m.open("press", "/desk/enquiries").Body.String()
	if !strings.Contains(list, "Is this &lt;b&gt;yours&lt;/b&gt;?") || !strings.Contains(list, "/desk/enquiry/1") {
		t.Errorf("the list:\n%s", list)
	}
	one := m.open("press", "/desk/enquiry/1").Body.String()
	for _, want := range []string{"reader@example.org", "closes for ever", "What a reader of this paper is told today", "End it without an answer"} {
		if !strings.Contains(one, want) {
			t.Errorf("not shown: %q", want)
		}
	}
	if strings.Contains(one, asked.Secret) {
		t.Error("the reader's own address is shown to the office")
	}
	if w := m.open("drafter", "/desk/enquiry/1"); w.Code != http.StatusForbidden {
		t.Errorf("a drafter reads enquiries: %d", w.Code)
	}
	m.Clock.Step(42 * time.Minute)
	q, err := m.ProposeHolding(t.Context(), "harbour", "press", m.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	said, err := m.Carry(t.Context(), q, "press", m.Signer("harbour", "press"))
	if err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string]int{"": 422, "0": 404, "99": 404} {
		if w := m.form("press", "/desk/enquiry/1/answer", url.Values{"entry": {entry}}); w.Code != want {
			t.Errorf("entry %q: %d\n%s", entry, w.Code, w.Body)
		}
	}
	if w := m.form("press", "/desk/enquiry/1/answer", url.Values{"entry": {fmt.Sprint(said.Index)}}); w.Code != http.StatusSeeOther {
		t.Fatalf("answered: %d\n%s", w.Code, w.Body)
	}
	if page := m.open("press", "/desk/enquiry/1").Body.String(); !strings.Contains(page, "42 minutes") || strings.Contains(page, "This is the answer") {
		t.Errorf("after the answer:\n%s", page)
	}
	if w := m.form("press", "/desk/enquiry/1/dismiss", url.Values{"reason": {"late"}}); w.Code != http.StatusConflict {
		t.Errorf("dismissed after the answer: %d", w.Code)
	}
}

// TestAuditPages: the audit is read page by page with links alone, each line once,
// newest first, in what was asked for; the export holds all of it.
func TestAuditPages(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "aud", staff.Auditor)
	for i := range 230 {
		if err := m.Note(t.Context(), "harbour", "clerk", "note", fmt.Sprintf("line %d.", i)); err != nil {
			t.Fatal(err)
		}
	}
	older := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	line, joined := regexp.MustCompile(`line (\d+)\.`), 0
	for path, pages := range map[string]int{"/desk/audit": 3, "/ar/desk/audit?person=clerk&from=2020-01-01": 3} {
		next, n := 229, 0
		for at := path; at != ""; n++ {
			page := m.open("aud", at).Body.String()
			for _, got := range line.FindAllStringSubmatch(page, -1) {
				if got[1] != fmt.Sprint(next) {
					t.Fatalf("%s: line %s, want %d", at, got[1], next)
				}
				next--
			}
			if rows := strings.Count(page, "<tr>") - 1; rows > 100 {
				t.Errorf("%s: %d lines", at, rows)
			}
			if strings.Contains(page, ">Newest</a>") != (n > 0) && !strings.HasPrefix(at, "/ar/") {
				t.Errorf("%s: the way back to the newest", at)
			}
			joined += strings.Count(page, "joined")
			at = ""
			if a := older.FindStringSubmatch(page); a != nil {
				at = html.UnescapeString(a[1])
			}
		}
		if next != -1 || n != pages {
			t.Errorf("%s: %d pages, the last line %d", path, n, next+1)
		}
	}
	if joined == 0 {
		t.Error("the journal of people is on no page")
	}
	for _, bad := range []string{"x", "0.1", "1", "1.2.3", "-1.4", "99999999999999999999.1"} {
		if w := m.open("aud", "/desk/audit?before="+bad); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("before=%s: %d", bad, w.Code)
		}
	}
	w := m.form("aud", "/desk/audit/export", url.Values{"form": {"json"}})
	if n := strings.Count(w.Body.String(), `"act":"note"`); n != 230 {
		t.Errorf("the export holds %d lines", n)
	}
}

// TestAudit: what was done, found by person and letter, exported without formulas,
// and the export itself is noted.
func TestAudit(t *testing.T) {
	m := newManned(t)
	m.come("harbour", "aud", staff.Auditor)
	m.come("harbour", "press")
	m.draft("HC-1", "The quay is repaired.\n", "")
	if err := m.Note(t.Context(), "harbour", "=cmd()", "note", "+1"); err != nil {
		t.Fatal(err)
	}
	if w := m.open("press", "/desk/audit"); w.Code != http.StatusForbidden {
		t.Errorf("a press officer reads the audit: %d", w.Code)
	}
	page := m.open("aud", "/desk/audit").Body.String()
	for _, want := range []string{"HC-1", "joined", "drafter"} {
		if !strings.Contains(page, want) {
			t.Errorf("not shown: %q", want)
		}
	}
	if page := m.open("aud", "/desk/audit?letter=HC-1").Body.String(); !strings.Contains(page, "HC-1") || strings.Contains(page, "joined") {
		t.Error("not found by letter")
	}
	if page := m.open("aud", "/desk/audit?from=2031-01-01").Body.String(); !strings.Contains(page, "No such lines") {
		t.Error("not found by day")
	}
	if w := m.open("aud", "/desk/audit?from=yesterday"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no day: %d", w.Code)
	}
	w := m.form("aud", "/desk/audit/export", url.Values{"form": {"csv"}})
	lines, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(lines) < 4 {
		t.Fatalf("%v (%v)", lines, err)
	}
	for _, l := range lines {
		for _, cell := range l {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
	if w := m.form("aud", "/desk/audit/export", url.Values{"form": {"json"}, "person": {"aud"}}); !strings.Contains(w.Body.String(), `"who":"aud"`) || !strings.Contains(w.Body.String(), "export audit") {
		t.Errorf("the export is not noted:\n%s", w.Body)
	}
}

// newNotifying is a manned desk that can send webhooks and mail.
func newNotifying(t *testing.T) *manned {
	t.Helper()
	m := newManned(t)
	n, err := notify.Open(t.Context(), m.Folder(), notify.Options{Address: "https://register.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	if m.desk, err = New(m.Register, Staffed(m.Register, m.staff), records{m.House}, Options{Staff: m.staff, Notify: n}); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestSettings: the glossary is taken or refused in words, and webhooks go where
// they may.
func TestSettings(t *testing.T) {
	m := newNotifying(t)
	m.come("harbour", "ada", staff.Admin)
	m.come("harbour", "drafter")
	page := m.open("ada", "/desk/settings").Body.String()
	if !strings.Contains(page, "harbour.example") || !strings.Contains(page, "letter.issued") || !strings.Contains(page, "0 entries") {
		t.Errorf("the settings:\n%s", page)
	}
	w := m.form("ada", "/desk/settings/webhook", url.Values{"url": {"https://hooks.example.org/x"}, "event": {"letter.issued"}, "scheme": {"v1"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "whsec_") {
		t.Fatalf("added: %d\n%s", w.Code, w.Body)
	}
	if page := m.open("ada", "/desk/settings").Body.String(); strings.Contains(page, "whsec_") || !strings.Contains(page, "hooks.example.org") {
		t.Error("the secret is shown again, or the address is not")
	}
	if w := m.form("ada", "/desk/settings/webhook", url.Values{"url": {"http://127.0.0.1/x"}}); w.Code < 400 || w.Code >= 500 {
		t.Errorf("this machine's own address: %d", w.Code)
	}
	if w := m.form("drafter", "/desk/settings/webhook", url.Values{"url": {"https://hooks.example.org/y"}}); w.Code != http.StatusForbidden {
		t.Errorf("a drafter adds: %d", w.Code)
	}
	if w := m.form("ada", "/desk/settings/webhook/nothing/remove", nil); w.Code != http.StatusNotFound {
		t.Errorf("another's: %d", w.Code)
	}
	if w := m.form("drafter", "/desk/settings/glossary", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", w.Code)
	}
}

// TestRefusedInBothLanguages: what the desk's own people and what sends webhooks refuse is
// told in the page's language, with what was typed set apart.
func TestRefusedInBothLanguages(t *testing.T) {
	m := newNotifying(t)
	m.come("harbour", "ada", staff.Admin)
	until := m.Now().AddDate(0, 1, 0).Format(time.DateOnly)
	for _, c := range []struct {
		path            string
		fields          url.Values
		english, arabic string
	}{
		{"/desk/people", url.Values{"id": {"A B"}, "name": {"Tom"}}, "want 1 to 32 of a-z 0-9 -", "الاسم القصير <bdi>A B</bdi>: اكتب من 1 إلى 32"},
		{"/desk/people", url.Values{"id": {"tom"}, "name": {"Tom"}, "email": {"no mail"}}, "and nothing else", "عنوان البريد <bdi>no mail</bdi>"},
		{"/desk/people", url.Values{"id": {"tom"}, "name": {"Tom"}, "role": {"drafter"}}, "is given by the office&#39;s policy", "دور «محرّر» تعطيه سياسة المكتب"},
		{"/desk/people", url.Values{"id": {"ada"}, "name": {"Ada"}}, "has joined already", "انضم <bdi>ada</bdi> من قبل"},
		{"/desk/tokens", url.Values{"name": {"a"}, "person": {"ada"}, "until": {until}}, "a token needs a role", "يحتاج الرمز المميّز إلى دور من هذه"},
		{"/desk/settings/webhook", url.Values{"url": {"https://hooks.example.org/x#y"}, "event": {"letter.issued"}, "scheme": {"v1"}}, "leave out what follows the #", "<bdi>https://hooks.example.org/x#y</bdi>: احذف ما بعد #"},
		{"/desk/settings/webhook", url.Values{"url": {"https://hooks.example.org/x"}, "event": {"letter.eaten"}, "scheme": {"v1"}}, "at most once", "الحدث <bdi>letter.eaten</bdi>"},
	} {
		for path, says := range map[string]string{c.path: c.english, "/ar" + c.path: c.arabic} {
			w := m.form("ada", path, c.fields)
			if w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), says) {
				t.Errorf("%s with %v: %d, without %q:\n%s", path, c.fields, w.Code, says, w.Body)
			}
			if path != c.path && strings.Contains(w.Body.String(), c.english) {
				t.Errorf("%s says it in English as well", path)
			}
		}
	}
}
