package server

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/sealed"
	"chancery.example/internal/web"
	"chancery.example/letter"
	"chancery.example/proof"
)

// The words of the drafts. Each sentence is long enough to be a block.
var (
	sealedLines = []string{
		"Office of the Harbour Commissioner, Quay of the Lanterns, in the town of Vessel Sound.",
		"The Commission intends to close the southern lock from the ninth of April for repairs to both of its gates.",
		"Vessels of more than forty metres are asked to take the northern channel, where two pilots will be waiting.",
		"Fishing boats may pass by night between ten and four, provided that they carry the green lantern of the guild.",
		"Owners who suffer a loss by the delay may apply to the registrar before the end of the month of June.",
		"A further notice will say when the works are finished and in which order the waiting ships are let in.",
	}
	hiddenLines = []string{
		"Until then the quartermaster Ferdinand Ombrello keeps the keys of the sluice in his own house by the mill.",
		"The sum of eleven thousand and seventy crowns has been set aside for the widows of the drowned sailors.",
	}
)

func draftText() string { return strings.Join(append(sealedLines, hiddenLines...), "\n\n") + "\n" }
func shownPart() string { return strings.Join(sealedLines, "\n\n") + "\n" }

const unknownText = "The committee of the garden society met on Tuesday in the old greenhouse and spoke about the roses.\n\n" +
	"It was agreed to buy four new watering cans, a ladder, and a bell for the gate that leads to the orchard.\n\n" +
	"Members who wish to plant a pear tree this autumn are asked to write their names on the list by the door.\n"

// A node is a register with its own server.
type node struct {
	*officetest.House
	src    *Source
	server *httptest.Server
}

func newNode(t *testing.T) *node {
	t.Helper()
	n := &node{House: officetest.New(t)}
	c := officetest.Content(t, "HC-2026-0001", strings.Join(append([]string{"The Commission announces that the bathing season begins on the first day of June at the eastern beach of the town."}, "It ends with the last day of August, when the huts are taken down and stored in the sheds behind the dunes."), "\n\n"))
	n.IssueLetter(t, "harbour", c, office.Terms{})
	return n
}

// serve opens the folder as "chancery serve" does; own: with the office's side.
func (n *node) serve(t *testing.T, own bool) {
	t.Helper()
	src, err := Read(t.Context(), n.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if own {
		src.drafts = NewDrafts(t.Context(), n.Folder(), func(err error) { t.Error(err) })
	}
	h, err := web.New(src, web.Options{Rates: web.Rates{All: web.Rate{Burst: -1}, Checks: web.Rate{Burst: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	if n.server != nil {
		n.server.Close()
	}
	n.src, n.server = src, httptest.NewServer(h)
	t.Cleanup(n.server.Close)
}

// draft seals the draft HC-D and gives out a copy.
func (n *node) draft(t *testing.T, outside bool, answers office.Answers) {
	t.Helper()
	if err := n.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-D-SECRET", draftText())); err != nil {
		t.Fatal(err)
	}
	holders := []office.Holder{{Name: "Coast guard", Purpose: "coordination", Outside: outside}}
	if _, err := n.CirculateAnswering(t.Context(), "harbour", "clerk", "HC-D-SECRET", holders, answers); err != nil {
		t.Fatal(err)
	}
}

type reply struct {
	status       int
	header, body string
}

// ask posts a paper in one of the three forms that answers have.
func (n *node) ask(t *testing.T, form, text string) reply {
	t.Helper()
	path, accept := "/check", "text/html"
	switch form {
	case "json":
		accept = "application/json"
	case "ar":
		path = "/ar/check"
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.server.URL+path, strings.NewReader(url.Values{"text": {text}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", accept)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Del("Date")
	var head strings.Builder
	_ = res.Header.Write(&head)
	return reply{res.StatusCode, head.String(), string(body)}
}

func (n *node) finding(t *testing.T, text string) (f check.Finding, raw string) {
	t.Helper()
	raw = n.ask(t, "json", text).body
	if err := json.Unmarshal([]byte(raw), &f); err != nil || f.Headline == nil {
		t.Fatalf("%v: %.300s", err, raw)
	}
	return f, raw
}

var forms = []string{"json", "html", "ar"}

// TestNotFoundIsByteIdentical: a paper that may not be answered gets what a server
// without any drafts says, in every byte and header, also with what the reader
// sent left in.
func TestNotFoundIsByteIdentical(t *testing.T) {
	short := strings.Join(sealedLines[:3], "\n\n")
	for _, c := range []struct {
		name    string
		outside bool
		answers office.Answers
		texts   []string
	}{
		{"inside the house", false, "", []string{unknownText, short, shownPart(), draftText()}},
		{"outside, and the office says silent", true, office.Silent, []string{unknownText, short, shownPart(), draftText()}},
		{"on a copy, of which too little is presented", true, "", []string{unknownText, short, sealedLines[1], hiddenLines[0] + " " + hiddenLines[1]}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t)
			n.draft(t, c.outside, c.answers)
			want := map[string]reply{}
			n.serve(t, false)
			for _, form := range forms {
				for _, text := range c.texts {
					want[form+text] = n.ask(t, form, text)
				}
			}
			n.serve(t, true)
			for _, form := range forms {
				for _, text := range c.texts {
					if got := n.ask(t, form, text); got != want[form+text] {
						t.Errorf("%s of %.30q: %+v\nwithout drafts: %+v", form, text, got, want[form+text])
					}
				}
			}
		})
	}
}

func TestSealedDraftAnswers(t *testing.T) {
	n := newNode(t)
	n.draft(t, true, "")
	n.serve(t, true)
	f, raw := n.finding(t, shownPart())
	if f.Headline.Code != "most/draft_open" || f.Record == nil || f.Record.Office != "harbour" || f.Record.Reference != "" || f.Record.Revision != 0 {
		t.Errorf("%s", raw)
	}
	if f.Coverage != nil || len(f.Others) != 0 || len(f.Differences) != 0 {
		t.Errorf("it tells more than it may: %s", raw)
	}
	if !strings.Contains(raw, "A sealed draft of the office, shown to who presents it") || !strings.Contains(raw, "مسودة مختومة للجهة") {
		t.Error("the chip is missing")
	}
	for _, form := range forms {
		got := n.ask(t, form, shownPart())
		for _, secret := range []string{"Ombrello", "sluice", "crowns", "HC-D-SECRET", "Coast guard", "/l/harbour"} {
			if strings.Contains(got.body, secret) {
				t.Errorf("%s shows %q", form, secret)
			}
		}
		if got.status != http.StatusOK {
			t.Errorf("%s: %d", form, got.status)
		}
	}
	// Another sentence in place of one, and one more: whole sentences of the copy.
	altered := strings.Replace(shownPart(), "Vessels of more than forty metres", "Vessels of more than ninety metres", 1)
	f, raw = n.finding(t, altered)
	if len(f.Differences) != 1 || f.Differences[0].Kind != check.Within || f.Differences[0].Record != "" || f.Differences[0].Critical ||
		!strings.HasPrefix(f.Differences[0].Copy, "Vessels of more than ninety") || strings.Contains(raw, "forty") {
		t.Errorf("%s", raw)
	}
	if page := n.ask(t, "html", altered).body; !strings.Contains(page, "Vessels of more than ninety") || strings.Contains(page, "forty") {
		t.Error("the page does not show the reader's own sentence alone")
	}
}

// What a sealed draft answers follows its letter's life.
func TestSealedDraftFollowsItsLetter(t *testing.T) {
	n := newNode(t)
	n.draft(t, true, "")
	n.serve(t, true)
	code := func() string {
		f, _ := n.finding(t, shownPart())
		return f.Headline.Code
	}
	if got := code(); got != "most/draft_open" {
		t.Fatal(got)
	}
	if err := n.SetAnswers(t.Context(), "harbour", "press", "HC-D-SECRET", 0, office.Silent); err != nil {
		t.Fatal(err)
	}
	n.src.drafts.Refresh(t.Context())
	if got := code(); got != "none/not_on_record" {
		t.Error("silent again:", got)
	}
	if err := n.SetAnswers(t.Context(), "harbour", "clerk", "HC-D-SECRET", 1, office.OnCopy); err != nil {
		t.Fatal(err)
	}
	n.src.drafts.Refresh(t.Context())
	q, err := n.ProposeClose(t.Context(), "harbour", "drafter", "HC-D-SECRET")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Carry(t.Context(), q, "drafter", n.Signer("harbour", "commissioner"), n.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	n.serve(t, true)
	if got := code(); got != "most/draft_closed" {
		t.Error("closed:", got)
	}
}

// A draft of a letter that was issued in other words may name it.
func TestSealedDraftOfAnIssuedLetter(t *testing.T) {
	n := newNode(t)
	n.draft(t, true, "")
	c := officetest.Content(t, "HC-D-SECRET", "After long talks with the guild, the council has come to the view that no lock needs to be closed this spring.")
	if err := n.Revise(t.Context(), "harbour", "drafter", "HC-D-SECRET", "other words", func(x *letter.Content) error { *x = c; return nil }); err != nil {
		t.Fatal(err)
	}
	q, err := n.Submit(t.Context(), "harbour", "drafter", "HC-D-SECRET", office.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Carry(t.Context(), q, "clerk", n.Signer("harbour", "commissioner"), n.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	n.serve(t, true)
	f, raw := n.finding(t, shownPart())
	if f.Headline.Code != "most/draft_replaced" || f.Record.Reference != "HC-D-SECRET" || !strings.Contains(f.Headline.Text.EN, "earlier draft") {
		t.Errorf("%s", raw)
	}
}

// The snapshot that the command line and mirrors use knows no drafts, also on the
// office's own folder.
func TestOthersAnswerAsThePublicDoes(t *testing.T) {
	n := newNode(t)
	n.draft(t, true, "")
	src, err := Read(t.Context(), n.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f, err := snap.Examine(t.Context(), check.Exhibit{Data: []byte(draftText())}, src.Now())
	if err != nil || f.Headline.Code != "none/not_on_record" {
		t.Errorf("%+v, %v", f.Headline, err)
	}
}

// Beyond the limits a copy gets the answer of an unknown text; copies that were
// answered go on being answered; the next window begins anew.
func TestPresentationsAreLimited(t *testing.T) {
	n := newNode(t)
	n.draft(t, true, "")
	n.serve(t, true)
	d := n.src.drafts
	now := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	d.clock = func() time.Time { return now }
	snap, err := n.src.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answered := func(i int, from string) bool {
		t.Helper()
		f, err := snap.Examine(t.Context(), check.Exhibit{Data: []byte(shownPart() + strings.Repeat("another guess ", i)), From: from}, n.src.Now())
		if err != nil {
			t.Fatal(err)
		}
		return *f.Match == check.Most
	}
	for i := range sealed.PerClient {
		if !answered(i, "one") {
			t.Fatalf("copy %d of one client is not answered", i)
		}
	}
	if answered(sealed.PerClient, "one") {
		t.Error("one client has more than its share")
	}
	for i := sealed.PerClient; i < sealed.PerDraft; i++ {
		if !answered(i, string(rune('a'+i))) {
			t.Fatalf("copy %d is not answered", i)
		}
	}
	if answered(sealed.PerDraft, "two") {
		t.Error("one draft answers more often than it may")
	}
	if !answered(0, "two") || !answered(3, "one") {
		t.Error("a copy that was answered is not any more")
	}
	if now = now.Add(sealed.Window); !answered(sealed.PerDraft, "two") {
		t.Error("the next window does not begin anew")
	}
}

// TestGuessesLookAlike: who holds a part that presents the draft and adds the true
// next word, a wrong one or none, in front, behind or in a gap, gets the same
// bytes, as a page and as JSON.
func TestGuessesLookAlike(t *testing.T) {
	n := newNode(t)
	n.draft(t, true, "")
	n.serve(t, true)
	ws := strings.Fields(draftText())
	join := func(parts ...[]string) string { return strings.Join(slices.Concat(parts...), " ") }
	wrong := []string{"kettledrum"}
	answered := 0
	for cut := 1; cut < 30; cut++ {
		from, to := cut, len(ws)-cut
		cases := [][3]string{
			{join(ws[:to]), join(ws[:to+1]), join(ws[:to], wrong)},
			{join(ws[from:]), join(ws[from-1:]), join(wrong, ws[from:])},
			{join(ws[:40], ws[40+cut+1:]), join(ws[:41], ws[40+cut+1:]), join(ws[:40], wrong, ws[40+cut+1:])},
		}
		for i, c := range cases {
			n.src.drafts.limits = sealed.Limits{}
			for _, form := range []string{"json", "html"} {
				none := n.ask(t, form, c[0])
				if !strings.Contains(none.body, "sealed draft of the office") {
					continue // too little is left
				}
				answered++
				if n.ask(t, form, c[1]) != none || n.ask(t, form, c[2]) != none {
					t.Errorf("cut %d, case %d, %s: the answer to a guess differs", cut, i, form)
				}
			}
		}
	}
	if answered < 100 {
		t.Errorf("only %d answers were compared", answered)
	}
}

// A folder without the office's side has nothing to ask.
func TestMirrorHasNoDrafts(t *testing.T) {
	n := newNode(t)
	f := n.Folder()
	f.Dir = t.TempDir()
	if d := NewDrafts(t.Context(), f, func(err error) { t.Error(err) }); d != nil {
		t.Error("a mirror has drafts")
	}
}

func TestPagesSettings(t *testing.T) {
	own := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		c       Config
		own     bool
		step    time.Duration
		proxies int
	}{
		{Config{}, false, 0, 0}, {Config{}, true, AnswerStep, 0}, {Config{Step: -1}, true, -1, 0}, {Config{Step: time.Second}, true, time.Second, 0},
		{Config{HTTPS: true}, false, 0, 2}, {Config{HTTPS: true, Proxies: own}, false, 0, 1}, {Config{Proxies: own}, false, 0, 1},
	} {
		o := c.c.pages(c.own)
		if o.Step != c.step || len(o.Rates.Proxies) != c.proxies {
			t.Errorf("%+v: step %v, proxies %v", c.c, o.Step, o.Rates.Proxies)
		}
	}
}
