package office_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/register"
)

// state makes a statement of the harbour and returns its entry.
func state(t *testing.T, h *officetest.House, s string) register.Index {
	t.Helper()
	q, err := h.ProposeStatement(t.Context(), "harbour", "press", office.Say{Texts: officetest.Content(t, "X", s).Texts})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := h.Carry(t.Context(), q, "press", h.Signer("harbour", "press"), h.Signer("harbour", "legal"))
	if err != nil {
		t.Fatal(err)
	}
	return rec.Index
}

// TestEnquiry: a reader asks, the office answers with a statement, the reader sees it
// and how long it took; 30 days later nothing is left of the reader.
func TestEnquiry(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	asked, err := h.Enquire(ctx, "harbour", office.Question{Words: "Is this yours?", Exhibit: "Go out of the basin.", Contact: "reader@news.example"})
	if err != nil || len(asked.Secret) != 32 || asked.ID == 0 {
		t.Fatalf("asked: %+v (%v)", asked, err)
	}
	v, err := h.PublicEnquiry(ctx, asked.Secret)
	if err != nil || v.State != office.EnquiryOpen || v.Words != "Is this yours?" || v.Took != 0 {
		t.Fatalf("the reader sees %+v (%v)", v, err)
	}
	for _, secret := range []string{"", strings.ToUpper(asked.Secret), asked.Secret[:30], strings.Repeat("0", 32), "x" + asked.Secret[1:]} {
		if v, err := h.PublicEnquiry(ctx, secret); kind.Of(err) != kind.NotFound {
			t.Errorf("under %q: %+v (%v)", secret, v, err)
		}
	}
	if raw, err := os.ReadFile(filepath.Clean(h.Folder().Database())); err != nil || bytes.Contains(raw, []byte(asked.Secret)) {
		t.Errorf("the secret is kept (%v)", err)
	}
	h.Clock.Step(90 * time.Minute)
	at := state(t, h, "That paper is not ours.\n")
	letterEntry := h.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", words), office.Terms{}).Index
	for what, c := range map[string]struct {
		by    string
		id    int64
		entry register.Index
		want  kind.Kind
	}{
		"by the drafter": {"drafter", asked.ID, at, kind.Forbidden}, "another": {"press", 99, at, kind.NotFound},
		"with a letter": {"press", asked.ID, letterEntry, kind.NotFound}, "with what is not there": {"press", asked.ID, 9999, kind.NotFound},
	} {
		if err := h.AnswerEnquiry(ctx, "harbour", c.by, c.id, c.entry); kind.Of(err) != c.want {
			t.Errorf("answered %s: %v, want %v", what, err, c.want)
		}
	}
	if err := h.AnswerEnquiry(ctx, "harbour", "press", asked.ID, at); err != nil {
		t.Fatal(err)
	}
	if v, err := h.PublicEnquiry(ctx, asked.Secret); err != nil || v.State != office.EnquiryAnswered || v.Entry != at || v.Kind != register.KindStatement || v.Took != 90*time.Minute {
		t.Errorf("the reader sees %+v (%v)", v, err)
	}
	if err := h.DismissEnquiry(ctx, "harbour", "press", asked.ID, "why"); kind.Of(err) != kind.Conflict {
		t.Errorf("dismissed when it is answered: %v", err)
	}
	for days, left := range map[int]bool{29: true, 31: false} {
		h.Clock.Step(time.Duration(days)*24*time.Hour - h.Now().Sub(asked.AskedAt))
		if _, err := h.ForgetEnquirers(ctx); err != nil {
			t.Fatal(err)
		}
		e, err := h.Enquiry(ctx, "harbour", asked.ID)
		if err != nil || (e.Contact != "") != left || (e.Exhibit != "") != left || e.Words == "" {
			t.Errorf("after %d days: %+v (%v)", days, e, err)
		}
		if !left {
			break
		}
	}
}

func TestEnquiryLimits(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	for what, q := range map[string]office.Question{
		"nothing": {Words: " \n"}, "at length": {Words: strings.Repeat("ا", 2001)}, "a long text": {Words: "x", Exhibit: strings.Repeat("x", 64<<10+1)},
		"a long address": {Words: "x", Contact: strings.Repeat("x", 255)}, "two lines of address": {Words: "x", Contact: "a@b.example\nBcc: all"},
		"no text": {Words: "\xff"}, "a zero": {Words: "a\x00b"},
	} {
		if _, err := h.Enquire(ctx, "harbour", q); kind.Of(err) != kind.Invalid {
			t.Errorf("asked %s: %v", what, err)
		}
	}
	if _, err := h.Enquire(ctx, "nobody", office.Question{Words: "x"}); kind.Of(err) != kind.NotFound {
		t.Errorf("asked an office that is not there: %v", err)
	}
	for range 500 {
		if _, err := h.Enquire(ctx, "harbour", office.Question{Words: strings.Repeat("ا", 2000)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Enquire(ctx, "harbour", office.Question{Words: "x"}); kind.Of(err) != kind.Unavailable {
		t.Errorf("the 501st: %v", err)
	}
	all, err := h.Enquiries(ctx, "harbour")
	if err != nil || len(all) != 500 || all[0].Secret != "" {
		t.Fatalf("%d questions (%v)", len(all), err)
	}
	if err := h.DismissEnquiry(ctx, "harbour", "clerk", all[0].ID, "It is about another harbour."); err != nil {
		t.Fatal(err)
	}
	asked, err := h.Enquire(ctx, "harbour", office.Question{Words: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.DismissEnquiry(ctx, "harbour", "press", asked.ID, "Nonsense."); err != nil {
		t.Fatal(err)
	}
	if v, err := h.PublicEnquiry(ctx, asked.Secret); err != nil || v.State != office.EnquiryDismissed || v.Reason != "Nonsense." {
		t.Errorf("the reader sees %+v (%v)", v, err)
	}
	if all, err = h.Enquiries(ctx, "harbour"); err != nil || len(all) != 501 || all[499].State != office.EnquiryDismissed {
		t.Errorf("%d questions (%v)", len(all), err)
	}
}

// TestEnquiryAnswerStands: an answer that was taken back is none.
func TestEnquiryAnswerStands(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	asked, err := h.Enquire(ctx, "harbour", office.Question{Words: "Is this yours?"})
	if err != nil {
		t.Fatal(err)
	}
	at := state(t, h, "That paper is not ours.\n")
	q, err := h.ProposeRetract(ctx, "harbour", "press", at, register.Words{"en": "It is."})
	if err == nil {
		_, err = h.Carry(ctx, q, "press", h.Signer("harbour", "press"), h.Signer("harbour", "legal"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := h.AnswerEnquiry(ctx, "harbour", "press", asked.ID, at); kind.Of(err) != kind.Conflict {
		t.Errorf("answered by what was taken back: %v", err)
	}
}
