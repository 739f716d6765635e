package office_test

import (
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	_ "modernc.org/sqlite"

	"chancery.example/internal/kind"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/refusal"
	"chancery.example/letter"
	"chancery.example/register"
)

// stages is a house with a letter in each stage: D drafting, C in coordination,
// S submitted, I issued, J issued later, W withdrawn, X closed.
func stages(t *testing.T) *officetest.House {
	t.Helper()
	h, ctx := officetest.New(t), t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, ref := range []letter.Ref{"D", "C", "X"} {
		must(h.Start(ctx, "harbour", "drafter", officetest.Content(t, ref, "Draft "+string(ref)+".\n")))
	}
	_, err := h.Circulate(ctx, "harbour", "clerk", "C", []office.Holder{{Name: "Pilots", Purpose: "clearance"}})
	must(err)
	for _, ref := range []letter.Ref{"I", "J", "W"} {
		h.IssueLetter(t, "harbour", officetest.Content(t, ref, "Letter "+string(ref)+".\n"), office.Terms{})
	}
	q, err := h.ProposeWithdraw(ctx, "harbour", "clerk", "W", register.Words{"en": "Wrong."})
	must(err)
	_, err = h.Carry(ctx, q, "clerk", h.Signer("harbour", "commissioner"), h.Signer("harbour", "legal"))
	must(err)
	q, err = h.ProposeClose(ctx, "harbour", "drafter", "X")
	must(err)
	_, err = h.Carry(ctx, q, "drafter", h.Signer("harbour", "drafter"), h.Signer("harbour", "legal"))
	must(err)
	_, err = h.SubmitFinished(ctx, "harbour", "drafter", officetest.Content(t, "S", "Letter S.\n"), office.Terms{})
	must(err)
	return h
}

// TestRefusals: each says of what kind it is, which rule holds, and what to do.
func TestRefusals(t *testing.T) {
	h := stages(t)
	secret, before := secrets(t, h), size(t, h)
	waiting, err := h.Waiting(t.Context(), "harbour")
	if err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	request := waiting[0].ID
	ctx := t.Context()
	content := func(ref letter.Ref) letter.Content { return officetest.Content(t, ref, words) }
	say := func(s string) []letter.LangText { return []letter.LangText{{Lang: "en", Text: officetest.Text(t, s)}} }
	why := register.Words{"en": "Because."}
	submit := func(ref letter.Ref, terms office.Terms) error {
		_, err := h.Submit(ctx, "harbour", "drafter", ref, terms)
		return err
	}
	second := func(_ any, err error) error { return err }
	for _, c := range []struct {
		name string
		do   func() error
		want kind.Kind
		says []string // the rule, and what to do
	}{
		{"start as one who may not", func() error { return h.Start(ctx, "harbour", "legal", content("N")) }, kind.Forbidden, []string{"takes a drafter or an issuing clerk of harbour", "ask drafter or clerk"}},
		{"start as a stranger", func() error { return h.Start(ctx, "harbour", "pirate", content("N")) }, kind.Forbidden, []string{"no officer of harbour", "policy names"}},
		{"start in no office", func() error { return h.Start(ctx, "lighthouse", "drafter", content("N")) }, kind.NotFound, []string{"no office", "office list"}},
		{"start a reference again", func() error { return h.Start(ctx, "harbour", "drafter", content("D")) }, kind.Conflict, []string{"never used twice"}},
		{"start without a text", func() error {
			return h.Start(ctx, "harbour", "drafter", letter.Content{Reference: "N", Type: letter.TypeLetter})
		}, kind.Invalid, []string{"starting N"}},
		{"revise what is not there", func() error { return h.Revise(ctx, "harbour", "drafter", "N", "", keep) }, kind.NotFound, []string{"no letter", "register"}},
		{"revise an issued letter", func() error { return h.Revise(ctx, "harbour", "drafter", "I", "", keep) }, kind.Conflict, []string{"is issued", "supersedes it, or withdraw"}},
		{"revise a closed letter", func() error { return h.Revise(ctx, "harbour", "drafter", "X", "", keep) }, kind.Conflict, []string{"is closed", "start a new letter"}},
		{"revise the reference", func() error {
			return h.Revise(ctx, "harbour", "drafter", "D", "", func(c *letter.Content) error { c.Reference = "E"; return nil })
		}, kind.Invalid, []string{"keeps its reference", "start a new letter"}},
		{"seal as one who may not", func() error { return second(h.Seal(ctx, "harbour", "press", "D")) }, kind.Forbidden, []string{"drafter or an issuing clerk", "ask"}},
		{"seal an issued letter", func() error { return second(h.Seal(ctx, "harbour", "drafter", "I")) }, kind.Conflict, []string{"is issued"}},
		{"copies outside by the drafter", func() error {
			return second(h.Circulate(ctx, "harbour", "drafter", "D", []office.Holder{{Name: "Guard", Purpose: "information", Outside: true}}))
		}, kind.Forbidden, []string{"outside the house", "issuing clerk", "ask clerk"}},
		{"copies to nobody", func() error { return second(h.Circulate(ctx, "harbour", "drafter", "D", nil)) }, kind.Invalid, []string{"name 1 to 1000"}},
		{"copies to two lines", func() error {
			return second(h.Circulate(ctx, "harbour", "drafter", "D", []office.Holder{{Name: "A", Purpose: "b\n\x00"}}))
		}, kind.Invalid, []string{"one line"}},
		{"copies of a closed draft", func() error {
			return second(h.Circulate(ctx, "harbour", "clerk", "X", []office.Holder{{Name: "A", Purpose: "b"}}))
		}, kind.Conflict, []string{"is closed", "start a new letter"}},
		{"submit an issued letter", func() error { return submit("I", office.Terms{}) }, kind.Conflict, []string{"is issued"}},
		{"submit what would have expired", func() error { return submit("D", office.Terms{Expires: h.Now().Add(-time.Second)}) }, kind.Invalid, []string{"which is past", "later time"}},
		{"submit to supersede a draft", func() error { return submit("D", office.Terms{Supersedes: []letter.Ref{"C"}}) }, kind.Conflict, []string{"C is not issued", "coordination"}},
		{"submit to supersede itself", func() error { return submit("D", office.Terms{Supersedes: []letter.Ref{"D"}}) }, kind.Conflict, []string{"D is not issued"}},
		{"submit to supersede what is withdrawn", func() error { return submit("D", office.Terms{Supersedes: []letter.Ref{"W"}}) }, kind.Conflict, []string{"was withdrawn"}},
		{"submit to supersede twice", func() error { return submit("D", office.Terms{Supersedes: []letter.Ref{"I", "I"}}) }, kind.Invalid, []string{"name each letter once"}},
		{"a finished letter under a used reference", func() error {
			return second(h.SubmitFinished(ctx, "harbour", "drafter", content("I"), office.Terms{}))
		}, kind.Conflict, []string{"reference is taken", "never used twice"}},
		{"issue a draft", func() error { return second(h.Issue(ctx, "harbour", "clerk", "D")) }, kind.Conflict, []string{"submit it first"}},
		{"issue without approvals", func() error { return second(h.Issue(ctx, "harbour", "clerk", "S")) }, kind.Forbidden, []string{"0 of 2 approvals"}},
		{"issue as the drafter", func() error { return second(h.Issue(ctx, "harbour", "drafter", "S")) }, kind.Forbidden, []string{"issuing clerk", "ask clerk"}},
		{"issue a closed letter", func() error { return second(h.Issue(ctx, "harbour", "clerk", "X")) }, kind.Conflict, []string{"closed"}},
		{"perform what is not there", func() error { return second(h.Perform(ctx, 999, "clerk")) }, kind.NotFound, []string{"no request number 999", "requests"}},
		{"refuse without a reason", func() error { return h.Refuse(ctx, request, "legal", "") }, kind.Invalid, []string{"say why"}},
		{"refuse as the clerk", func() error { return h.Refuse(ctx, request, "clerk", "no") }, kind.Forbidden, []string{"approver or a press officer", "ask"}},
		{"withdraw a draft", func() error { return second(h.ProposeWithdraw(ctx, "harbour", "clerk", "D", why)) }, kind.Conflict, []string{"not issued", "a draft is closed"}},
		{"withdraw twice", func() error { return second(h.ProposeWithdraw(ctx, "harbour", "clerk", "W", why)) }, kind.Conflict, []string{"withdrawn already"}},
		{"withdraw without a reason", func() error { return second(h.ProposeWithdraw(ctx, "harbour", "clerk", "I", nil)) }, kind.Invalid, []string{"reason"}},
		{"withdraw as press", func() error { return second(h.ProposeWithdraw(ctx, "harbour", "press", "I", why)) }, kind.Forbidden, []string{"ask"}},
		{"supersede by an older letter", func() error { return second(h.ProposeSupersede(ctx, "harbour", "clerk", "J", "I")) }, kind.Conflict, []string{"only a later letter"}},
		{"supersede by itself", func() error { return second(h.ProposeSupersede(ctx, "harbour", "clerk", "I", "I")) }, kind.Conflict, []string{"only a later letter"}},
		{"supersede by a draft", func() error { return second(h.ProposeSupersede(ctx, "harbour", "clerk", "I", "D")) }, kind.Conflict, []string{"not issued"}},
		{"open as the clerk", func() error { return second(h.ProposeOpen(ctx, "harbour", "clerk", "C")) }, kind.Forbidden, []string{"press officer", "ask press"}},
		{"open an issued letter", func() error { return second(h.ProposeOpen(ctx, "harbour", "press", "I")) }, kind.Conflict, []string{"never shown as a draft"}},
		{"open what was never sealed", func() error { return second(h.ProposeOpen(ctx, "harbour", "press", "D")) }, kind.Conflict, []string{"nothing to open"}},
		{"open a revision that is not there", func() error { return second(h.ProposeOpen(ctx, "harbour", "press", "C", 7)) }, kind.NotFound, []string{"only 1 to 1"}},
		{"close an issued letter", func() error { return second(h.ProposeClose(ctx, "harbour", "drafter", "I")) }, kind.Conflict, []string{"is issued"}},
		{"close twice", func() error { return second(h.ProposeClose(ctx, "harbour", "drafter", "X")) }, kind.Conflict, []string{"is closed"}},
		{"state nothing", func() error { return second(h.ProposeStatement(ctx, "harbour", "press", office.Say{})) }, kind.Invalid, []string{"give a text"}},
		{"state as the clerk", func() error {
			return second(h.ProposeStatement(ctx, "harbour", "clerk", office.Say{Texts: say("A.\n")}))
		}, kind.Forbidden, []string{"ask press"}},
		{"hold until yesterday", func() error { return second(h.ProposeHolding(ctx, "harbour", "press", h.Now(), nil)) }, kind.Invalid, []string{"by when the next word comes"}},
		{"receive without a slip", func() error { return second(h.ProposeReceived(ctx, "harbour", "press", office.Say{}, nil)) }, kind.Invalid, []string{"give the slip"}},
		{"receive from elsewhere", func() error {
			return second(h.ProposeReceived(ctx, "harbour", "press", office.Say{}, []office.Slip{{Register: "other.example/x"}}))
		}, kind.Invalid, []string{"other.example/x", "this is"}},
		{"sight nothing", func() error {
			return second(h.ProposeSighting(ctx, "harbour", "press", office.Say{}, office.Sighted{}))
		}, kind.Invalid, []string{"give the text"}},
		{"sight tomorrow", func() error {
			return second(h.ProposeSighting(ctx, "harbour", "press", office.Say{}, office.Sighted{Texts: say("A.\n"), SeenAt: h.Now().Add(time.Hour)}))
		}, kind.Invalid, []string{"yet to come"}},
		{"collect from nowhere", func() error {
			return second(h.ProposeCollected(ctx, "harbour", "press", office.Say{}, office.Sighted{Texts: say("A.\n")}))
		}, kind.Invalid, []string{"needs its source"}},
		{"retract a letter", func() error { return second(h.ProposeRetract(ctx, "harbour", "press", 3, why)) }, kind.NotFound, []string{"no statement or disavowal"}},
		{"retract what is not there", func() error { return second(h.ProposeRetract(ctx, "harbour", "press", 1<<40, why)) }, kind.NotFound, []string{"no statement or disavowal"}},
		{"disavow nothing", func() error { return second(h.ProposeDisavow(ctx, "harbour", "press", office.Forgery{}, why)) }, kind.Invalid, []string{"give the text"}},
		{"disavow its own letter", func() error {
			return second(h.ProposeDisavow(ctx, "harbour", "press", office.Forgery{Texts: say("Letter I.\n")}, why))
		}, kind.Conflict, []string{"words of I, revision 1", "withdraw that letter"}},
		{"disavow its own draft", func() error {
			return second(h.ProposeDisavow(ctx, "harbour", "press", office.Forgery{Texts: say("Draft C.\n")}, why))
		}, kind.Conflict, []string{"words of C, revision 1"}},
		{"a policy by a stranger", func() error { return second(h.ProposePolicy(ctx, "harbour", "pirate", register.Policy{})) }, kind.Forbidden, []string{"no officer"}},
		{"a policy of nobody", func() error { return second(h.ProposePolicy(ctx, "harbour", "clerk", register.Policy{})) }, kind.Invalid, []string{"officer"}},
		{"requests of no office", func() error { return second(h.Waiting(ctx, "lighthouse")) }, kind.NotFound, []string{"office list"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.do()
			if kind.Of(err) != c.want {
				t.Fatalf("%s: %v; want %s", kind.Of(err), err, c.want)
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
			if r, ok := refusal.Of(err); c.want != kind.NotFound && (!ok || !strings.ContainsFunc(r.Arabic(), func(c rune) bool { return unicode.Is(unicode.Arabic, c) })) {
				t.Errorf("%q has no Arabic words, which the desk shows: add them to internal/refusal/refusals.toml", err)
			}
			for _, s := range secret {
				if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(s)) {
					t.Errorf("%q tells a secret: %s", err, s)
				}
			}
		})
	}
	if got := size(t, h); got != before {
		t.Errorf("refusals changed the log from %d to %d entries", before, got)
	}
}

func keep(*letter.Content) error { return nil }

// secrets are the private keys, and the salts, nonces and tags of what is not
// public, in the forms in which a careless error would print them.
func secrets(t *testing.T, h *officetest.House) []string {
	t.Helper()
	var raw [][]byte
	keys, err := filepath.Glob(filepath.Join(h.Dir, "keys", "*.pem"))
	if err != nil || len(keys) < 4 {
		t.Fatal(keys, err)
	}
	var out []string
	for _, k := range keys {
		b, err := os.ReadFile(k)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Split(string(b), "\n")[1])
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.Dir, "office.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), `SELECT tag FROM letters UNION SELECT salts FROM revisions UNION SELECT opening FROM revisions`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		// Any 16 bytes of them are enough to know.
		for at := 0; at+16 <= len(b); at += 8 {
			raw = append(raw, b[at:at+16])
		}
	}
	if err := rows.Err(); err != nil || len(raw) < 20 {
		t.Fatal(len(raw), err)
	}
	for _, b := range raw {
		out = append(out, hex.EncodeToString(b), base64.StdEncoding.EncodeToString(b)[:20])
	}
	return out
}

// TestContradictionsAreRefused: the same words are not both issued and a draft,
// and not both an office's own and disavowed, in whichever order.
func TestContradictionsAreRefused(t *testing.T) {
	h := officetest.New(t)
	ctx := t.Context()
	forged := "Letter that nobody wrote.\n"
	why := register.Words{"en": "Not ours."}
	deny := func(s string) (office.Request, error) {
		return h.ProposeDisavow(ctx, "harbour", "press", office.Forgery{Texts: []letter.LangText{{Lang: "en", Text: officetest.Text(t, s)}}}, why)
	}
	press, legal := h.Signer("harbour", "press"), h.Signer("harbour", "legal")
	late, err := deny("Later our own.\n")
	if err != nil {
		t.Fatal(err)
	}
	q, err := deny(forged)
	if err != nil {
		t.Fatal(err)
	}
	denied, err := h.Carry(ctx, q, "press", press, legal)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error, says string) {
		t.Helper()
		if kind.Of(err) != kind.Conflict || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %s: %v; want a conflict saying %q", what, kind.Of(err), err, says)
		}
	}
	_, err = h.SubmitFinished(ctx, "harbour", "drafter", officetest.Content(t, "A", forged), office.Terms{})
	refused("issuing what was disavowed", err, "retract that first")
	if _, err := h.Letter(ctx, "harbour", "A"); kind.Of(err) != kind.NotFound {
		t.Errorf("a refused submission started the letter: %v", err)
	}
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "B", forged)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Seal(ctx, "harbour", "drafter", "B"); err != nil {
		t.Fatal(err)
	}
	_, err = h.ProposeOpen(ctx, "harbour", "press", "B")
	refused("opening what was disavowed", err, "retract that first")

	// The words became the office's own after the disavowal was proposed.
	h.IssueLetter(t, "harbour", officetest.Content(t, "C", "Later our own.\n"), office.Terms{})
	_, err = h.Carry(ctx, late, "press", press, legal)
	refused("disavowing what was issued meanwhile", err, "words of C, revision 1")
	if err := h.Start(ctx, "harbour", "drafter", officetest.Content(t, "D", "Later our own.\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Seal(ctx, "harbour", "drafter", "D"); err != nil {
		t.Fatal(err)
	}
	_, err = h.ProposeOpen(ctx, "harbour", "press", "D")
	refused("opening what another letter was issued in", err, "C was issued in the same words")

	// Nor in other line ends, with a comma more, or called another language's.
	for n, same := range []string{"Later our\nown.\n", "Later, our own!\n", "Later our own.\n\nPage 1 of 1\n", "LATER OUR OWN.\n"} {
		_, err := deny(same)
		refused("disavowing "+same, err, "words of C, revision 1")
		ref := letter.Ref("E" + strconv.Itoa(n))
		c := officetest.Content(t, ref, same)
		c.Texts[0].Lang = "la"
		if err := h.Start(ctx, "harbour", "drafter", c); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Seal(ctx, "harbour", "drafter", ref); err != nil {
			t.Fatal(err)
		}
		_, err = h.ProposeOpen(ctx, "harbour", "press", ref)
		refused("opening "+same, err, "C was issued in the same words")
		_, err = h.SubmitFinished(ctx, "harbour", "drafter", officetest.Content(t, letter.Ref("F"+strconv.Itoa(n)), strings.ReplaceAll(forged, " ", "\n")), office.Terms{})
		refused("issuing what was disavowed", err, "retract that first")
	}
	if _, err := deny("Later our own 2.\n"); err != nil {
		t.Errorf("other words: %v", err)
	}

	// Once it is taken back, the words are free again.
	q, err = h.ProposeRetract(ctx, "harbour", "press", denied.Index, register.Words{"en": "They are ours."})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Carry(ctx, q, "press", press, legal); err != nil {
		t.Fatal(err)
	}
	_, err = h.ProposeRetract(ctx, "harbour", "press", denied.Index, why)
	refused("retracting twice", err, "taken back already")
	h.IssueLetter(t, "harbour", officetest.Content(t, "A", forged), office.Terms{})
	if got := standing(t, h, forged); got != register.InForce {
		t.Errorf("issued after the retraction: %s", got)
	}
}

// TestNothingIsSealedForARefusedSubmission: what cannot be issued leaves no trace
// in the log.
func TestNothingIsSealedForARefusedSubmission(t *testing.T) {
	h := officetest.New(t)
	if err := h.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "A", words)); err != nil {
		t.Fatal(err)
	}
	before := size(t, h)
	if _, err := h.Submit(t.Context(), "harbour", "drafter", "A", office.Terms{Expires: h.Now()}); kind.Of(err) != kind.Invalid {
		t.Errorf("an expiry that is past: %v", err)
	}
	if got := size(t, h); got != before {
		t.Errorf("the log grew from %d to %d", before, got)
	}
}
