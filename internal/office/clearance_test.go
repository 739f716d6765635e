package office_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/parity"
	"chancery.example/internal/store"
	"chancery.example/letter"
)

// bilingual is a letter whose Arabic text lacks what the English one has.
func bilingual(t *testing.T, ref letter.Ref, en, ar string) letter.Content {
	t.Helper()
	c := officetest.Content(t, ref, en)
	c.Prevailing = "en"
	c.Texts = append([]letter.LangText{{Lang: "ar", Text: officetest.Text(t, ar)}}, c.Texts...)
	return c
}

// submits tries to submit and wants the error to hold words; "" wants none.
func submits(t *testing.T, h *officetest.House, ref letter.Ref, want ...string) office.Request {
	t.Helper()
	q, err := h.Submit(t.Context(), "harbour", "drafter", ref, office.Terms{})
	if len(want) == 0 {
		if err != nil {
			t.Fatalf("submitting %s: %v", ref, err)
		}
		return q
	}
	if kind.Of(err) != kind.Conflict {
		t.Fatalf("submitting %s: %v, want a conflict", ref, err)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("submitting %s: %q does not say %q", ref, err, w)
		}
	}
	return q
}

// TestParityHoldsUp: a letter whose languages differ is not submitted before it is
// put right or left with a reason; approvers are shown the reason.
func TestParityHoldsUp(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	c := bilingual(t, "HC-1", "The fee is 840 marks.\n\nThe fee is due in 30 days.\n", "الرسم ٨٤٠ ماركاً.\n\nيستحق الرسم خلال ٣ أيام.\n")
	if err := h.Start(ctx, "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	v, err := h.Parity(ctx, "harbour", "HC-1")
	if err != nil || !v.Compared() || len(v.Findings) != 1 || len(v.Open()) != 1 {
		t.Fatalf("parity: %+v (%v)", v, err)
	}
	id := v.Findings[0].ID
	submits(t, h, "HC-1", "chancery parity harbour/HC-1 --accept "+id)
	if before := beforeIssue(t, h, "HC-1"); before["parity"] != office.ConditionOpen || before["submit"] != office.ConditionOpen {
		t.Errorf("before: %v", before)
	}
	for what, err := range map[string]error{
		"without a reason":     h.AcceptParity(ctx, "harbour", "drafter", "HC-1", id, " "),
		"a long reason":        h.AcceptParity(ctx, "harbour", "drafter", "HC-1", id, strings.Repeat("x", 4001)),
		"another finding":      h.AcceptParity(ctx, "harbour", "drafter", "HC-1", "0123456789abcdef", "why"),
		"by the press officer": h.AcceptParity(ctx, "harbour", "press", "HC-1", id, "why"),
	} {
		if err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	if err := h.AcceptParity(ctx, "harbour", "drafter", "HC-1", id, "The Arabic counts working days."); err != nil {
		t.Fatal(err)
	}
	q := submits(t, h, "HC-1")
	if len(q.Parity) != 1 || q.Parity[0].Accepted == nil || q.Parity[0].Accepted.Reason != "The Arabic counts working days." || q.Parity[0].Blocks() {
		t.Errorf("the approvers are shown %+v", q.Parity)
	}
	notes, err := h.Journal(ctx, "harbour", "HC-1")
	if err != nil || !slices.ContainsFunc(notes, func(n store.Note) bool {
		return n.Act == "accept difference" && n.Actor == "drafter" && strings.Contains(n.Text, id)
	}) {
		t.Errorf("the journal: %+v (%v)", notes, err)
	}
	// Another paragraph may change; these words may not.
	revise := func(lang letter.Lang, s string) {
		t.Helper()
		if err := h.ReviseText(ctx, "harbour", office.Officer("drafter"), "HC-1", lang, officetest.Text(t, s), "why"); err != nil {
			t.Fatal(err)
		}
	}
	revise("en", "The fee is 840 marks now.\n\nThe fee is due in 30 days.\n")
	submits(t, h, "HC-1")
	revise("ar", "الرسم ٨٤٠ ماركاً.\n\nيستحق الرسم خلال ٤ أيام.\n")
	submits(t, h, "HC-1", "its texts differ")
	revise("ar", "الرسم ٨٤٠ ماركاً.\n\nيستحق الرسم خلال ٣٠ يوماً.\n")
	q = submits(t, h, "HC-1")
	if len(q.Parity) != 0 {
		t.Errorf("put right, and still shown: %+v", q.Parity)
	}
	carryOut(t, h, q)
}

// carryOut has a letter approved and issued.
func carryOut(t *testing.T, h *officetest.House, q office.Request) {
	t.Helper()
	if _, err := h.Carry(t.Context(), q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
}

// beforeIssue are the states of what has to happen before a letter is issued.
func beforeIssue(t *testing.T, h *officetest.House, ref letter.Ref) map[string]office.ConditionState {
	t.Helper()
	all, err := h.Before(t.Context(), "harbour", ref)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]office.ConditionState{}
	for _, q := range all {
		out[q.Name] = q.State
		if q.State == office.ConditionOpen && q.Name != "rule" && q.Command == "" {
			t.Errorf("%s is open, and nothing says what to do", q.Name)
		}
	}
	return out
}

// TestBefore: the list goes with the letter, from draft to issue.
func TestBefore(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", words)); err != nil {
		t.Fatal(err)
	}
	if got := beforeIssue(t, h, "HC-1"); got["rule"] != office.ConditionDone || got["submit"] != office.ConditionOpen || got["issue"] != office.ConditionWaiting || got["parity"] != "" {
		t.Errorf("a draft: %v", got)
	}
	q := submits(t, h, "HC-1")
	if got := beforeIssue(t, h, "HC-1"); got["submit"] != office.ConditionDone || got["approvals"] != office.ConditionWaiting {
		t.Errorf("submitted: %v", got)
	}
	for _, id := range []string{"commissioner", "legal"} {
		sig, err := h.Keys["harbour/"+id].Approve(q.Statement)
		if err != nil {
			t.Fatal(err)
		}
		if q, err = h.Approve(ctx, q.ID, id, sig); err != nil {
			t.Fatal(err)
		}
	}
	if got := beforeIssue(t, h, "HC-1"); got["approvals"] != office.ConditionDone || got["issue"] != office.ConditionOpen {
		t.Errorf("approved: %v", got)
	}
	// An approver takes it back; it has to be approved again.
	if err := h.Recall(ctx, "harbour", "legal", "HC-1", ""); kind.Of(err) != kind.Invalid {
		t.Errorf("recalled without a reason: %v", err)
	}
	if err := h.Recall(ctx, "harbour", "drafter", "HC-1", "why"); kind.Of(err) != kind.Forbidden {
		t.Errorf("recalled by the drafter: %v", err)
	}
	if err := h.Recall(ctx, "harbour", "legal", "HC-1", "A number is wrong."); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Perform(ctx, q.ID, "clerk"); kind.Of(err) != kind.Conflict {
		t.Errorf("issued after it was recalled: %v", err)
	}
	if err := h.Recall(ctx, "harbour", "legal", "HC-1", "again"); kind.Of(err) != kind.Conflict {
		t.Errorf("recalled twice: %v", err)
	}
	carryOut(t, h, submits(t, h, "HC-1"))
	if all, err := h.Before(ctx, "harbour", "HC-1"); err != nil || all != nil {
		t.Errorf("issued: %v (%v)", all, err)
	}
	if err := h.Recall(ctx, "harbour", "legal", "HC-1", "too late"); kind.Of(err) != kind.Conflict {
		t.Errorf("recalled when issued: %v", err)
	}
}

// TestTranslator: a translator changes their own language and nothing else.
func TestTranslator(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", words)); err != nil {
		t.Fatal(err)
	}
	amina := office.By{ID: "amina", Roles: []string{office.RoleTranslator}, Langs: []letter.Lang{"ar"}}
	text := officetest.Text(t, "نص.\n")
	for what, c := range map[string]struct {
		by   office.By
		lang letter.Lang
		want kind.Kind
	}{
		"another language": {amina, "en", kind.Forbidden}, "a clearer": {office.By{ID: "x", Roles: []string{office.RoleClearer}, Langs: []letter.Lang{"ar"}}, "ar", kind.Forbidden},
		"a role of no meaning": {office.By{ID: "x", Roles: []string{"drafter"}, Langs: []letter.Lang{"ar"}}, "ar", kind.Forbidden},
		"nobody":               {office.By{Roles: []string{office.RoleTranslator}, Langs: []letter.Lang{"ar"}}, "ar", kind.Invalid},
		"an approver":          {office.Officer("legal"), "ar", kind.Forbidden}, "the clerk": {office.Officer("clerk"), "ar", kind.Forbidden},
		"no text": {amina, "ar", kind.Invalid},
	} {
		x := text
		if what == "no text" {
			x = letter.Text{}
		}
		if err := h.ReviseText(ctx, "harbour", c.by, "HC-1", c.lang, x, "why"); kind.Of(err) != c.want {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
	if err := h.ReviseText(ctx, "harbour", amina, "HC-1", "ar", text, "translated"); err != nil {
		t.Fatal(err)
	}
	l, err := h.Letter(ctx, "harbour", "HC-1")
	if err != nil || len(l.Draft.Texts) != 2 || l.Draft.Texts[0].Lang != "ar" || l.Draft.Texts[1].Text.String() != officetest.Text(t, words).String() {
		t.Errorf("the draft: %+v (%v)", l.Draft, err)
	}
}

// TestClearanceRules: who may ask, answer and settle, and with what words.
func TestClearanceRules(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", words)); err != nil {
		t.Fatal(err)
	}
	ask := func(by string, a office.ClearanceAsked) (office.Clearance, error) {
		if a.Due.IsZero() {
			a.Due = h.Now().Add(time.Hour)
		}
		return h.AskClearance(ctx, "harbour", by, "HC-1", a)
	}
	for what, c := range map[string]struct {
		by   string
		a    office.ClearanceAsked
		want kind.Kind
	}{
		"by the press officer":   {"press", office.ClearanceAsked{Of: "legal"}, kind.Forbidden},
		"outside by the drafter": {"drafter", office.ClearanceAsked{Of: "Coast guard", Outside: true}, kind.Forbidden},
		"of nobody":              {"drafter", office.ClearanceAsked{}, kind.Invalid},
		"of two lines":           {"drafter", office.ClearanceAsked{Of: "a\nb"}, kind.Invalid},
		"by yesterday":           {"drafter", office.ClearanceAsked{Of: "legal", Due: h.Now().Add(-time.Hour)}, kind.Invalid},
		"by the year 3000":       {"drafter", office.ClearanceAsked{Of: "legal", Due: h.Now().AddDate(900, 0, 0)}, kind.Invalid},
		"a long note":            {"drafter", office.ClearanceAsked{Of: "legal", Note: strings.Repeat("x", 4001)}, kind.Invalid},
		"a part that is none":    {"drafter", office.ClearanceAsked{Of: "legal", Parts: []letter.Field{"colour"}}, kind.Invalid},
		"a part twice":           {"drafter", office.ClearanceAsked{Of: "legal", Parts: []letter.Field{"type", "type"}}, kind.Invalid},
		"a text that is not":     {"drafter", office.ClearanceAsked{Of: "legal", Parts: []letter.Field{"text/ar"}}, kind.Invalid},
	} {
		if _, err := ask(c.by, c.a); kind.Of(err) != c.want {
			t.Errorf("asked %s: %v, want %v", what, err, c.want)
		}
	}
	c, err := ask("drafter", office.ClearanceAsked{Of: "Legal", Note: "Article 5?"})
	if err != nil || c.State != office.ClearanceWaiting || !c.Blocks || c.Revision != 1 {
		t.Fatalf("asked: %+v (%v)", c, err)
	}
	if l, _ := h.Letter(ctx, "harbour", "HC-1"); l.Stage != store.Coordination {
		t.Errorf("asked, it is in %s", l.Stage)
	}
	submits(t, h, "HC-1", "Legal has until", "chancery clear overrule HC-1 1")
	if _, err := ask("drafter", office.ClearanceAsked{Of: "legal"}); kind.Of(err) != kind.Conflict {
		t.Errorf("asked twice: %v", err)
	}
	desk := office.By{ID: "legal", Roles: []string{office.RoleClearer}}
	for what, x := range map[string]struct {
		by      office.By
		answer  office.ClearanceAnswer
		comment string
		want    kind.Kind
	}{
		"by another clearer":      {office.By{ID: "someone", Roles: []string{office.RoleClearer}}, office.AnswerClear, "", kind.Forbidden},
		"by the drafter":          {office.Officer("drafter"), office.AnswerClear, "", kind.Forbidden},
		"in no known way":         {desk, "maybe", "", kind.Invalid},
		"a condition of no words": {desk, office.AnswerCondition, " ", kind.Invalid},
		"at length":               {desk, office.AnswerRemark, strings.Repeat("x", 4001), kind.Invalid},
	} {
		if err := h.AnswerClearance(ctx, "harbour", x.by, "HC-1", c.ID, x.answer, x.comment); kind.Of(err) != x.want {
			t.Errorf("answered %s: %v, want %v", what, err, x.want)
		}
	}
	answer := func(by office.By, a office.ClearanceAnswer, comment string) {
		t.Helper()
		if err := h.AnswerClearance(ctx, "harbour", by, "HC-1", c.ID, a, comment); err != nil {
			t.Fatal(err)
		}
	}
	answer(desk, office.AnswerCondition, "Name the treaty.")
	submits(t, h, "HC-1", "the condition of Legal stands", "Name the treaty.")
	for what, err := range map[string]error{
		"resolved by the drafter":       h.SettleClearance(ctx, "harbour", office.Officer("drafter"), "HC-1", c.ID, office.Resolved, "why"),
		"overruled by the clearer":      h.SettleClearance(ctx, "harbour", desk, "HC-1", c.ID, office.Overruled, "why"),
		"overruled without a reason":    h.SettleClearance(ctx, "harbour", office.Officer("drafter"), "HC-1", c.ID, office.Overruled, ""),
		"settled in a way there is not": h.SettleClearance(ctx, "harbour", office.Officer("drafter"), "HC-1", c.ID, "forgotten", "why"),
		"another that is not there":     h.SettleClearance(ctx, "harbour", desk, "HC-1", 99, office.Resolved, "why"),
	} {
		if err == nil {
			t.Errorf("%s: done", what)
		}
	}
	if err := h.SettleClearance(ctx, "harbour", desk, "HC-1", c.ID, office.Resolved, "It is named."); err != nil {
		t.Fatal(err)
	}
	q := submits(t, h, "HC-1")
	if len(q.Clearances) != 1 || q.Clearances[0].Reason != "It is named." || q.Clearances[0].Blocks {
		t.Errorf("the approvers are shown %+v", q.Clearances)
	}
	// An objection takes it back from its approvers; what they signed is void.
	answer(office.Officer("clerk"), office.AnswerObjection, "The treaty is not in force.")
	if q, err := h.Request(ctx, q.ID); err != nil || q.State != store.Void {
		t.Errorf("the request: %s (%v)", q.State, err)
	}
	if err := h.SettleClearance(ctx, "harbour", office.Officer("drafter"), "HC-1", c.ID, office.Overruled, "It is, since May."); err != nil {
		t.Fatal(err)
	}
	if err := h.AnswerClearance(ctx, "harbour", desk, "HC-1", c.ID, office.AnswerObjection, "No."); kind.Of(err) != kind.Conflict {
		t.Errorf("answered when it was overruled: %v", err)
	}
	carryOut(t, h, submits(t, h, "HC-1"))
	if _, err := ask("drafter", office.ClearanceAsked{Of: "press"}); kind.Of(err) != kind.Conflict {
		t.Errorf("asked when it is issued: %v", err)
	}
}

// TestClearancesAreVoid: a change of what somebody was asked about, and of nothing
// else, makes the answer void; an objection is not lost by it, nor by silence.
func TestClearancesAreVoid(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "HC-1", words)); err != nil {
		t.Fatal(err)
	}
	ask := func(of string, parts ...letter.Field) office.Clearance {
		t.Helper()
		c, err := h.AskClearance(ctx, "harbour", "drafter", "HC-1", office.ClearanceAsked{Of: of, Due: h.Now().Add(time.Hour), Parts: parts})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	state := func(id int64) office.Clearance {
		t.Helper()
		all, err := h.Clearances(ctx, "harbour", "HC-1")
		if err != nil {
			t.Fatal(err)
		}
		return all[slices.IndexFunc(all, func(c office.Clearance) bool { return c.ID == id })]
	}
	text, list := ask("legal", letter.TextField("en")), ask("press", letter.FieldDistribution)
	for id, a := range map[int64]office.ClearanceAnswer{text.ID: office.AnswerObjection, list.ID: office.AnswerClear} {
		if err := h.AnswerClearance(ctx, "harbour", office.Officer("clerk"), "HC-1", id, a, "because"); err != nil {
			t.Fatal(err)
		}
	}
	revise := func(s string) {
		t.Helper()
		if err := h.ReviseText(ctx, "harbour", office.Officer("drafter"), "HC-1", "en", officetest.Text(t, s), "why"); err != nil {
			t.Fatal(err)
		}
	}
	revise(words + "\nP.S.")
	if a, b := state(text.ID), state(list.ID); a.State != office.ClearanceVoid || !a.Blocks || !slices.Equal(a.Changed, []letter.Field{"text/en"}) || b.State != office.ClearanceClear || b.Blocks {
		t.Fatalf("after a change of the text: %+v, %+v", a, b)
	}
	submits(t, h, "HC-1", "before it was changed (text/en)", "chancery clear ask HC-1")
	notes, err := h.Journal(ctx, "harbour", "HC-1")
	if err != nil || !slices.ContainsFunc(notes, func(n store.Note) bool { return n.Act == "clearance void" && strings.Contains(n.Text, "legal") }) {
		t.Errorf("the journal does not say so: %+v (%v)", notes, err)
	}
	revise(words) // what was shown counts again
	if a := state(text.ID); a.State != office.ClearanceObjection || !a.Blocks {
		t.Errorf("put back: %+v", a)
	}
	revise(words + "\nP.P.S.")
	again := ask("legal", letter.TextField("en"))
	h.Clock.Step(2 * time.Hour)
	if a, b := state(text.ID), state(again.ID); !a.AskedAgain || a.Blocks || b.State != office.ClearanceLapsed || !b.Carried || !b.Blocks {
		t.Errorf("asked again, and no answer: %+v, %+v", a, b)
	}
	submits(t, h, "HC-1", "objected to an earlier revision")
	if err := h.AnswerClearance(ctx, "harbour", office.Officer("legal"), "HC-1", again.ID, office.AnswerClear, ""); err != nil {
		t.Fatal(err)
	}
	if b := state(again.ID); !b.Late || b.Blocks {
		t.Errorf("answered late: %+v", b)
	}
	submits(t, h, "HC-1")
	// Who only lets the time pass is out of the way.
	if err := h.Recall(ctx, "harbour", "legal", "HC-1", "why"); err != nil {
		t.Fatal(err)
	}
	silent := ask("Pilot station")
	submits(t, h, "HC-1", "Pilot station has until")
	h.Clock.Step(time.Hour + time.Second)
	if s := state(silent.ID); s.State != office.ClearanceLapsed || s.Blocks {
		t.Errorf("silent: %+v", s)
	}
	submits(t, h, "HC-1")
}

// TestFinishedWithDifference: a finished document whose languages differ stays as a
// draft, so that the difference can be accepted.
func TestFinishedWithDifference(t *testing.T) {
	h, ctx := officetest.New(t), t.Context()
	c := bilingual(t, "HC-1", "The fee is 840 marks.\n", "الرسم ٨٠٤ ماركات.\n")
	_, err := h.SubmitFinished(ctx, "harbour", "drafter", c, office.Terms{})
	if kind.Of(err) != kind.Conflict {
		t.Fatalf("submitted: %v", err)
	}
	v, err := h.Parity(ctx, "harbour", "HC-1")
	if err != nil || len(v.Open()) != 1 {
		t.Fatalf("parity: %+v (%v)", v, err)
	}
	if err := h.AcceptParity(ctx, "harbour", "clerk", "HC-1", v.Open()[0].ID, "Another currency."); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SubmitFinished(ctx, "harbour", "drafter", c, office.Terms{}); err != nil {
		t.Error(err)
	}
	if err := h.SetGlossary(ctx, "harbour", "legal", parity.Glossary{}); !errors.Is(err, kind.Forbidden) {
		t.Errorf("a glossary by an approver: %v", err)
	}
}
