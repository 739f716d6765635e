package server

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/proved"
	"chancery.example/letter"
	"chancery.example/lookup"
	"chancery.example/proof"
	"chancery.example/register"
)

// provedAnswer is what programs get of an answer to a proof file.
type provedAnswer struct {
	Kind     check.ExhibitKind  `json:"exhibit_kind"`
	Headline check.Headline     `json:"headline"`
	Standing string             `json:"standing"`
	Evidence []check.Chip       `json:"evidence"`
	Proof    proved.Shown       `json:"proof"`
	Record   *check.Record      `json:"record"`
	Absence  *json.RawMessage   `json:"absence"`
	Others   []*json.RawMessage `json:"others"`
}

// upload sends a file to the check page.
func (n *node) upload(t *testing.T, path, accept, name string, data []byte) (int, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	n.server.Config.Handler.ServeHTTP(w, r)
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be kept: %s", name, w.Header().Get("Cache-Control"))
	}
	return w.Code, w.Body.String()
}

// hold sends a proof file in all forms, and returns what programs get with the
// English page.
func (n *node) hold(t *testing.T, name string, data []byte) (provedAnswer, string) {
	t.Helper()
	status, body := n.upload(t, "/check", "application/json", name, data)
	var a provedAnswer
	if err := json.Unmarshal([]byte(body), &a); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d, %v: %.300s", name, status, err, body)
	}
	var pages [2]string
	for i, lang := range []string{"", "/ar"} {
		status, page := n.upload(t, lang+"/check", "text/html", name, data)
		if status != http.StatusOK || !strings.Contains(page, `content="noindex"`) {
			t.Errorf("%s in %q: %d", name, lang, status)
		}
		want := a.Headline.Text.EN
		if i == 1 {
			want = a.Headline.Text.AR
		}
		plain := strings.NewReplacer("<bdi>", "", "</bdi>", "", `<bdi dir="ltr">`, "", `<bdi class="ref" dir="ltr">`, "", "&#39;", "'", "&lt;", "<", "&gt;", ">").Replace(page)
		if !strings.Contains(plain, want) {
			t.Errorf("%s in %q lacks its headline %q", name, lang, want)
		}
		if green := strings.Contains(page, `class="verdict i-in-force"`); green != (a.Standing == "in_force") {
			t.Errorf("%s in %q: green is %v, and it stands %s", name, lang, green, a.Standing)
		}
		pages[i] = page
	}
	return a, pages[0]
}

func (n *node) proofOf(t *testing.T, ref letter.Ref) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := n.src.Proof(t.Context(), "harbour", ref, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestProofFileOnTheCheckPage: a proof is answered where it stood and stands; a
// later entry stands first, and says which.
func TestProofFileOnTheCheckPage(t *testing.T) {
	n := newNode(t)
	n.IssueLetter(t, "harbour", officetest.Content(t, "HC-P", "The green light burns from Monday on, and the red one no more.\n"), office.Terms{})
	n.whole(t)
	raw := n.proofOf(t, "HC-P")
	a, page := n.hold(t, "letter.chancery-proof", raw)
	if a.Kind != check.KindProof || a.Standing != "in_force" || a.Proof.Kind != proved.OfRecord || a.Proof.At.Standing != "in_force" || len(a.Proof.Later) != 0 || len(a.Proof.Texts) != 1 {
		t.Errorf("%+v", a)
	}
	for _, want := range []string{"This proof verifies under the keys of this register", "No later entry changes it", `href="/l/harbour/HC-P"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// Its beginning tells what it is, and so does the media type of a program.
	if b, _ := n.hold(t, "whatever.bin", raw); b.Proof.Kind != proved.OfRecord {
		t.Errorf("under another name it is %+v", b.Proof)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/check", bytes.NewReader(raw))
	r.Header.Set("Content-Type", proof.MediaType)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	n.server.Config.Handler.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `"exhibit_kind": "proof"`) {
		t.Errorf("as %s: %.200s", proof.MediaType, w.Body)
	}

	n.Clock.Step(time.Hour)
	q, err := n.ProposeWithdraw(t.Context(), "harbour", "clerk", "HC-P", register.Words{"en": "The lamp was sold."})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Carry(t.Context(), q, "clerk", n.Signer("harbour", "commissioner"), n.Signer("harbour", "legal")); err != nil {
		t.Fatal(err)
	}
	n.whole(t)
	a, page = n.hold(t, "letter.chancery-proof", raw)
	if a.Standing != "withdrawn" || a.Proof.At.Standing != "in_force" || len(a.Proof.Later) != 1 || a.Proof.Later[0].Kind != "withdraw" {
		t.Errorf("after it was withdrawn: %+v", a)
	}
	now, then := strings.Index(page, "verdict i-withdrawn"), strings.Index(page, "proved-then i-in-force")
	if now < 0 || then < now {
		t.Errorf("the newer answer (%d) does not stand before the older (%d)", now, then)
	}
}

// TestProofOfAnEmbargo (lifecycle row 8): who holds the opening is answered
// "embargoed"; to everybody else the words stay unknown ones, also after somebody
// asked with the file.
func TestProofOfAnEmbargo(t *testing.T) {
	n := newNode(t)
	until := n.Now().Add(time.Hour)
	n.IssueLetter(t, "harbour", officetest.Content(t, "HC-SECRET", draftText()), office.Terms{NotBefore: until})
	given, err := n.GiveEmbargoed(t.Context(), "harbour", "clerk", "HC-SECRET", "The Herald")
	if err != nil {
		t.Fatal(err)
	}
	file, err := given.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	n.whole(t)
	before := n.ask(t, "html", draftText())
	a, page := n.hold(t, "HC-SECRET.chancery-draft", file)
	if a.Standing != "embargoed" || a.Proof.Kind != proved.OfDraft || a.Record == nil || a.Record.Reference != "HC-SECRET" || !strings.Contains(page, "verdict i-superseded") {
		t.Errorf("%+v", a)
	}
	if strings.Contains(page, `href="/l/harbour/HC-SECRET"`) {
		t.Error("the page leads to a letter that is not there")
	}
	for _, form := range []string{"html", "json", "ar"} {
		if x, y := n.ask(t, form, draftText()), n.ask(t, form, unknownText); x != y {
			t.Errorf("%s: its words are told from unknown ones, once its holder asked", form)
		}
	}
	if again := n.ask(t, "html", draftText()); again != before {
		t.Error("the answer to its words changed")
	}
	// Who knows the commitment and the words, and guesses the opening, learns no more
	// than from any other broken file.
	b, err := proof.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	b.Draft.Link.Opening.Nonce[0] ^= 1
	guess, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := n.hold(t, "guess.chancery-draft", guess); a.Proof.Kind != proved.Refused || a.Record != nil || strings.Contains(a.Headline.Text.EN, "embargo") {
		t.Errorf("a guessed opening is answered %+v", a)
	}

	n.Clock.Step(time.Hour)
	if err := n.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.whole(t)
	if a, _ := n.hold(t, "HC-SECRET.chancery-draft", file); a.Standing != "in_force" || a.Proof.At.Standing != "embargoed" || len(a.Proof.Later) != 1 {
		t.Errorf("at the hour: %+v", a)
	}
}

// TestProofFilesThatShowNothing: damaged, foreign and hostile files are never
// green and never name a record.
func TestProofFilesThatShowNothing(t *testing.T) {
	n := newNode(t)
	n.IssueLetter(t, "harbour", officetest.Content(t, "HC-P", "The green light burns from Monday on, and the red one no more.\n"), office.Terms{})
	n.whole(t)
	raw := n.proofOf(t, "HC-P")
	nothing := func(name string, data []byte, kind proved.Kind) provedAnswer {
		t.Helper()
		a, page := n.hold(t, name, data)
		if a.Proof.Kind != kind || a.Record != nil || a.Standing == "in_force" || strings.Contains(page, "<script") {
			t.Errorf("%s: %+v", name, a)
		}
		return a
	}
	nothing("empty of sense.chancery-proof", []byte("<script>alert(1)</script>"), proved.Refused)
	nothing("cut.chancery-proof", raw[:len(raw)/2], proved.Refused)
	nothing("large.chancery-proof", append(bytes.Clone(raw), make([]byte, proved.MaxFile)...), proved.Refused)
	for i := 0; i < len(raw); i += len(raw)/40 + 1 {
		bent := bytes.Clone(raw)
		bent[i] ^= 4
		if a, _ := n.hold(t, "bent.chancery-proof", bent); a.Standing == "in_force" && a.Proof.Kind != proved.OfRecord {
			t.Errorf("byte %d: %+v", i, a)
		}
	}
	other := newNode(t)
	other.IssueLetter(t, "harbour", officetest.Content(t, "HC-P", "Another log under the same name tells another story.\n"), office.Terms{})
	other.whole(t)
	if a := nothing("twin.chancery-proof", other.proofOf(t, "HC-P"), proved.Refused); a.Proof.Class == "" {
		t.Errorf("%+v", a.Proof)
	}
	b, err := proof.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	b.Proof = bytes.Replace(b.Proof, []byte(n.src.shown.reading.Checkpoint.Origin), []byte("letters.elsewhere.example/<b>main"), 1)
	elsewhere, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	a := nothing("elsewhere.chancery-proof", elsewhere, proved.Foreign)
	if !strings.Contains(a.Headline.Text.EN, "another register: letters.elsewhere.example") || a.Standing != "no_register" {
		t.Errorf("%+v", a)
	}
}

// TestProofOfAbsenceOnTheCheckPage: it is explained, and overtaken when something
// comes on record.
func TestProofOfAbsenceOnTheCheckPage(t *testing.T) {
	n := newNode(t)
	n.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Harbour Commission\n\nSir,\n\nthe ship leaves at noon on Monday.\n"), office.Terms{})
	n.Clock.Step(time.Second)
	if ok, err := n.LogMap(t.Context()); err != nil || !ok {
		t.Fatal(ok, err)
	}
	n.whole(t)
	name, err := n.src.LetterName(t.Context(), "harbour", "HC-9")
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if err := n.src.Absence(t.Context(), []lookup.Name{name}, nil, &raw); err != nil {
		t.Fatal(err)
	}
	a, page := n.hold(t, "absent.chancery-proof", raw.Bytes())
	if a.Proof.Kind != proved.OfAbsence || a.Standing != "not_on_record" || len(a.Proof.Absent) != 1 || a.Proof.Absent[0].There || !strings.Contains(page, "it was nothing") {
		t.Errorf("%+v", a)
	}
	n.IssueLetter(t, "harbour", officetest.Content(t, "HC-9", "Harbour Commission\n\nSir,\n\nit leaves on Tuesday.\n"), office.Terms{})
	n.whole(t)
	if a, page := n.hold(t, "absent.chancery-proof", raw.Bytes()); !a.Proof.Absent[0].There || !strings.Contains(page, `href="/l/harbour/HC-9"`) || !strings.Contains(page, "verdict i-superseded") {
		t.Errorf("overtaken: %+v", a)
	}
}
