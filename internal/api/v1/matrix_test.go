package v1_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	v1 "chancery.example/internal/api/v1"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/staff"
)

// Bodies that every act takes, so that what is refused is refused for who asks.
var bodies = map[string]string{
	"post /office/drafts":                                          `{"reference":"NEW-%d","type":"letter","texts":{"en":"A word.\n"}}`,
	"put /office/drafts/{ref}":                                     `{"content":{"reference":"V","type":"letter","texts":{"en":"A word.\n"}}}`,
	"post /office/drafts/{ref}/submit":                             `{}`,
	"post /office/drafts/{ref}/copies":                             `{"holders":[{"name":"N","purpose":"p"}]}`,
	"post /office/drafts/{ref}/clearances":                         `{"of":"N","due":"2026-03-02T12:00:00Z"}`,
	"post /office/drafts/{ref}/clearances/{id}/answer":             `{"answer":"clear"}`,
	"post /office/drafts/{ref}/clearances/{id}/settle":             `{"how":"resolved","reason":"r"}`,
	"post /office/drafts/{ref}/open":                               `{}`,
	"post /office/letters/{ref}/correct":                           `{"content":{"reference":"V","type":"letter","texts":{"en":"A word.\n"}},"reason":{"en":"A slip."}}`,
	"post /office/letters/{ref}/withdraw":                          `{"reason":{"en":"No."},"emergency":true}`,
	"post /office/letters/{ref}/supersede":                         `{"successor":"V"}`,
	"post /office/letters/{ref}/dispatches":                        `{"addressees":[{"name":"N","address":"a@b.example"}]}`,
	"post /office/statements":                                      `{"type":"about","text":{"en":"A word."}}`,
	"post /office/statements/{entry}/retract":                      `{"reason":{"en":"No."}}`,
	"post /office/disavowals":                                      `{"text":{"en":"A forged word."},"reason":{"en":"No."}}`,
	"post /office/enquiries/{id}/answer":                           `{"entry":5}`,
	"post /office/enquiries/{id}/dismiss":                          `{"reason":"r"}`,
	"post /office/drafts/{ref}/submit/form":                        `{"form":"JVBERg=="}`,
	"post /office/finished/form":                                   `{"content":{"reference":"FIN-%d","type":"letter","texts":{"en":"A word.\n"}},"terms":{"form":"JVBERg=="}}`,
	"post /office/letters/{ref}/correct/form":                      `{"content":{"reference":"V","type":"letter","texts":{"en":"A word.\n"}},"reason":{"en":"A slip."},"form":"JVBERg=="}`,
	"post /office/finished":                                        `{"content":{"reference":"FIN-%d","type":"letter","texts":{"en":"A word.\n"}},"terms":{}}`,
	"put /office/drafts/{ref}/texts/{lang}":                        `{"text":"A word.\n"}`,
	"post /office/drafts/{ref}/parity/{finding}/accept":            `{"reason":"r"}`,
	"put /office/drafts/{ref}/answers":                             `{"answers":"silent"}`,
	"post /office/drafts/{ref}/copies/{revision}/{number}/receipt": `{"note":"n"}`,
	"post /office/embargoes/{ref}/give":                            `{"holder":"N"}`,
	"put /office/glossary":                                         `{"concepts":[{"forms":{"en":["pilotage"]}}]}`,
	"post /office/webhooks":                                        `{"url":"https://example.org/"}`,
	"post /checks":                                                 `{"text":"A word."}`,
}

// may are the roles that a route takes, as a table of its own: a change of who may
// what has to be made here too.
var may = map[string]string{
	"get /office":                                                  "auditor clearer clerk drafter press translator",
	"get /office/drafts":                                           "auditor clearer clerk drafter press translator",
	"post /office/drafts":                                          "clerk drafter",
	"get /office/drafts/{ref}":                                     "auditor clearer clerk drafter press translator",
	"put /office/drafts/{ref}":                                     "drafter translator",
	"post /office/drafts/{ref}/seal":                               "clerk drafter",
	"post /office/drafts/{ref}/submit":                             "clerk drafter",
	"get /office/drafts/{ref}/copies":                              "auditor clearer clerk drafter press translator",
	"post /office/drafts/{ref}/copies":                             "clerk drafter",
	"get /office/drafts/{ref}/clearances":                          "auditor clearer clerk drafter press translator",
	"post /office/drafts/{ref}/clearances":                         "clerk drafter",
	"post /office/drafts/{ref}/clearances/{id}/answer":             "clearer",
	"post /office/drafts/{ref}/clearances/{id}/settle":             "clearer clerk drafter",
	"post /office/drafts/{ref}/close":                              "clerk drafter press",
	"post /office/drafts/{ref}/open":                               "press",
	"post /office/drafts/{ref}/issue":                              "clerk",
	"post /office/letters/{ref}/correct":                           "clerk drafter",
	"post /office/letters/{ref}/withdraw":                          "clerk drafter press",
	"post /office/letters/{ref}/ratify":                            "clerk drafter",
	"post /office/letters/{ref}/supersede":                         "clerk drafter",
	"get /office/letters/{ref}/dispatches":                         "auditor clearer clerk drafter press translator",
	"post /office/letters/{ref}/dispatches":                        "clerk",
	"get /office/requests":                                         "auditor clearer clerk drafter press translator",
	"post /office/drafts/{ref}/submit/form":                        "clerk drafter",
	"post /office/finished/form":                                   "clerk drafter",
	"post /office/letters/{ref}/correct/form":                      "clerk drafter",
	"get /office/requests/{id}/form":                               "auditor clearer clerk drafter press translator",
	"get /office/requests/{id}":                                    "auditor clearer clerk drafter press translator",
	"post /office/requests/{id}/perform":                           "clerk press",
	"post /office/statements":                                      "press",
	"post /office/statements/{entry}/retract":                      "press",
	"post /office/disavowals":                                      "press",
	"get /office/enquiries":                                        "auditor clerk press",
	"get /office/enquiries/{id}":                                   "auditor clerk press",
	"post /office/enquiries/{id}/answer":                           "press",
	"post /office/enquiries/{id}/dismiss":                          "press",
	"post /office/finished":                                        "clerk drafter",
	"get /office/drafts/{ref}/before":                              "auditor clearer clerk drafter press translator",
	"get /office/drafts/{ref}/revisions":                           "auditor clearer clerk drafter press translator",
	"get /office/drafts/{ref}/revisions/{number}/proof":            "clerk drafter",
	"get /office/drafts/{ref}/journal":                             "auditor clearer clerk drafter press translator",
	"get /office/drafts/{ref}/parity":                              "auditor clearer clerk drafter press translator",
	"post /office/drafts/{ref}/parity/{finding}/accept":            "clerk drafter",
	"put /office/drafts/{ref}/texts/{lang}":                        "drafter translator",
	"get /office/drafts/{ref}/answers":                             "clerk press",
	"put /office/drafts/{ref}/answers":                             "clerk press",
	"post /office/drafts/{ref}/copies/{revision}/{number}/receipt": "clerk drafter",
	"get /office/embargoes":                                        "clerk press",
	"post /office/embargoes/{ref}/give":                            "clerk press",
	"get /office/glossary":                                         "auditor clearer clerk drafter press translator",
	"put /office/glossary":                                         "clerk drafter",
	"get /office/journal":                                          "auditor",
	"get /office/webhooks":                                         "clerk press",
	"post /office/webhooks":                                        "clerk press",
	"get /office/webhooks/key":                                     "clerk press",
	"get /office/webhooks/{id}":                                    "clerk press",
	"delete /office/webhooks/{id}":                                 "clerk press",
	"post /office/webhooks/{id}/enable":                            "clerk press",
	"post /office/webhooks/{id}/test":                              "clerk press",
	"get /office/webhooks/{id}/deliveries":                         "clerk press",
}

// operations are all routes of the document.
func operations(t *testing.T) (out []string) {
	t.Helper()
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for p, item := range doc.Paths {
		for method := range item {
			out = append(out, method+" "+p)
		}
	}
	slices.Sort(out)
	return out
}

// TestRolesAndForeignOffices asks every route as every role, for what is the office's
// own, another's, and nobody's: another's is answered as nobody's, byte for byte
// (MUST-13), and who lacks the role gets 403 before anything is looked up.
func TestRolesAndForeignOffices(t *testing.T) {
	w := newWorld(t)
	if err := w.Start(t.Context(), "harbour", "drafter", officetest.Content(t, "HC-D", "A draft of the harbour.\n")); err != nil {
		t.Fatal(err)
	}
	q, err := w.ProposeClose(t.Context(), "harbour", "drafter", "HC-D")
	if err != nil {
		t.Fatal(err)
	}
	hook := as[v1.Webhook](w, 201, w.ask("POST", "/office/webhooks", w.tokens["harbour/clerk"], `{"url":"https://example.org/"}`))
	if _, err := w.Enquire(t.Context(), "harbour", questionOf("Is it so?")); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, op := range operations(t) {
		method, p, _ := strings.Cut(op, " ")
		if !strings.HasPrefix(p, "/office/") && p != "/office" {
			continue
		}
		allowed, listed := may[op]
		if !listed {
			t.Errorf("%s: the table does not say who may", op)
		}
		for _, role := range roleOf {
			for _, theirs := range []string{"HC-1", "HC-D"} {
				ids := strings.NewReplacer("{ref}", theirs, "{entry}", "4", "{id}", map[bool]string{true: hook.ID, false: fmt.Sprint(q.ID)}[strings.Contains(p, "webhooks")], "{lang}", "en", "{finding}", "0123456789abcdef", "{revision}", "1", "{number}", "1")
				none := strings.NewReplacer("{ref}", "ZZ-9", "{entry}", "999", "{id}", map[bool]string{true: "wh_none", false: "999"}[strings.Contains(p, "webhooks")], "{lang}", "en", "{finding}", "0123456789abcdef", "{revision}", "1", "{number}", "1")
				ask := func(r *strings.Replacer, ref string) got {
					body := bodies[op]
					if strings.Contains(body, "%d") {
						tried++
						body = fmt.Sprintf(body, tried)
					}
					tried++
					return w.ask(strings.ToUpper(method), r.Replace(p), w.tokens["b/"+role], strings.ReplaceAll(body, `"V"`, `"`+ref+`"`), "If-Match", `"x"`)
				}
				a, b := ask(ids, theirs), ask(none, "ZZ-9")
				if (a.status == http.StatusForbidden) != !slices.Contains(strings.Fields(allowed), role) && a.status != http.StatusNotFound {
					t.Errorf("%s as %s: %s, and %s may", op, role, a, allowed)
				}
				if !strings.Contains(p, "{") {
					continue
				}
				if a.status != b.status || strings.ReplaceAll(a.body, theirs, "ZZ-9") != b.body || a.status < 400 {
					t.Errorf("%s as %s: another office's %s is told from nobody's: %s; %s", op, role, theirs, a, b)
				}
			}
			// Without a token, or with one that is none, there is one answer.
			for _, token := range []string{"", "cht_", "cht_" + strings.Repeat("A", 43), w.tokens["b/"+role] + "x"} {
				g := w.ask(strings.ToUpper(method), strings.NewReplacer("{ref}", "HC-1", "{entry}", "1", "{id}", "1").Replace(p), token, "")
				if g.status != http.StatusUnauthorized || g.header.Get("WWW-Authenticate") == "" {
					t.Errorf("%s with token %q: %s", op, token, g)
				}
			}
		}
	}
	for op := range may {
		if !slices.Contains(operations(t), op) {
			t.Errorf("%s is no route any more", op)
		}
	}
	if tried < 500 {
		t.Errorf("only %d requests", tried)
	}
	t.Logf("%d requests, %d answers held to their schemas", tried, w.checked)
}

// TestOwnDraftsOnly: a drafter's program sees what its person began; a press
// officer's that drafts exist; both have other drafts as absent.
func TestOwnDraftsOnly(t *testing.T) {
	w := newWorld(t)
	if err := w.Start(t.Context(), "harbour", "clerk", officetest.Content(t, "HC-C", "A draft of the clerk.\n")); err != nil {
		t.Fatal(err)
	}
	for role, want := range map[string]int{"drafter": 404, "clerk": 200, "auditor": 200, "press": 404, "translator": 200, "clearer": 404} { // who translates English sees what has an English text
		if g := w.ask("GET", "/office/drafts/HC-C", w.tokens["harbour/"+role], ""); g.status != want {
			t.Errorf("%s: %s", role, g)
		}
	}
	for role, want := range map[string]bool{"drafter": false, "clerk": true, "press": true, "auditor": true} {
		if g := w.ask("GET", "/office/drafts", w.tokens["harbour/"+role], ""); strings.Contains(g.body, "HC-C") != want {
			t.Errorf("%s: %s", role, g)
		}
	}
}

// TestTokens (MUST-12): only in one header, only while it is good, and never one that
// approves.
func TestTokens(t *testing.T) {
	w := newWorld(t)
	token := w.tokens["harbour/clerk"]
	as[v1.Me](w, 200, w.ask("GET", "/office", token, ""))
	for _, h := range [][]string{{"Authorization", "Basic " + token}, {"Authorization", token}, {"Cookie", "token=" + token}, {"X-Api-Key", token}} {
		if g := w.ask("GET", "/office", "", "", h...); g.status != 401 {
			t.Errorf("%v: %s", h, g)
		}
	}
	if g := w.ask("GET", "/office?access_token="+token, "", ""); g.status != 401 {
		t.Errorf("in the address: %s", g)
	}
	if _, _, err := w.staff.NewToken(t.Context(), "harbour", staff.NewToken{Name: "x", Person: "clerk", Roles: []staff.Role{staff.Approver}, Until: w.Now().Add(time.Hour)}, staff.Operator); err == nil {
		t.Error("a token that approves was made")
	}
	w.Clock.Step(301 * 24 * time.Hour)
	if g := w.ask("GET", "/office", token, ""); g.status != 401 {
		t.Errorf("after its end: %s", g)
	}
}

// TestOnce (MUST-16): the same key and request give the same answer, another request is
// refused, and what runs at the same time runs once.
func TestOnce(t *testing.T) {
	w := newWorld(t)
	drafter := w.tokens["harbour/drafter"]
	body := `{"reference":"HC-5","type":"letter","texts":{"en":"Once.\n"}}`
	first := w.ask("POST", "/office/drafts", drafter, body, "Idempotency-Key", "k1")
	again := w.ask("POST", "/office/drafts", drafter, body, "Idempotency-Key", "k1")
	if first.status != 201 || again.status != 201 || first.body != again.body || again.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("%s; again %s", first, again)
	}
	if g := w.ask("POST", "/office/drafts", drafter, strings.Replace(body, "HC-5", "HC-6", 1), "Idempotency-Key", "k1"); g.status != 422 || !strings.Contains(g.body, "key_reused") {
		t.Errorf("another request: %s", g)
	}
	if g := w.ask("POST", "/office/drafts", drafter, body, "Idempotency-Key", "k2"); g.status != 409 {
		t.Errorf("another key: %s", g)
	}
	if g := w.ask("POST", "/office/drafts", drafter, body, "Idempotency-Key", "k2"); g.status != 409 || strings.Contains(g.body, "in_progress") {
		t.Errorf("a refusal is kept too: %s", g)
	}
	if g := w.ask("POST", "/office/drafts", w.tokens["harbour/clerk"], body, "Idempotency-Key", "k1"); g.status != 409 || strings.Contains(g.body, "in_progress") {
		t.Errorf("another's key is another key: %s", g)
	}
	for _, key := range []string{"a b", strings.Repeat("k", 256), "ü"} {
		if g := w.ask("POST", "/office/drafts", drafter, body, "Idempotency-Key", key); g.status != 400 {
			t.Errorf("key %.20q: %s", key, g)
		}
	}
	w.once.mu.Lock()
	kept := w.once.kept["token/1 k1"]
	for k, v := range w.once.kept {
		if strings.HasSuffix(k, " k1") && v.Status == 201 {
			kept = v
			kept.Status = 0
			w.once.kept[k] = kept
		}
	}
	w.once.mu.Unlock()
	if g := w.ask("POST", "/office/drafts", drafter, body, "Idempotency-Key", "k1"); g.status != 409 || !strings.Contains(g.body, "in_progress") || g.header.Get("Retry-After") == "" {
		t.Errorf("while it is answered: %s", g)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 8 {
		all.Go(func() {
			g := w.ask("POST", "/office/drafts", drafter, strings.Replace(body, "HC-5", "HC-7", 1), "Idempotency-Key", "k3")
			mu.Lock()
			defer mu.Unlock()
			statuses[g.status]++
		})
	}
	all.Wait()
	if statuses[201] == 0 || statuses[201]+statuses[409] != 8 {
		t.Errorf("%v", statuses)
	}
}

// TestBodies (MUST-10): what is not the one value that an act takes is refused.
func TestBodies(t *testing.T) {
	w := newWorld(t)
	drafter := w.tokens["harbour/drafter"]
	for body, status := range map[string]int{
		"": 415, "{}": 422, "[]": 400, "null": 422, `{"reference":1}`: 400, `{"ref":"x"}`: 400, `{} {}`: 400, `{"reference":"a","type":"letter","texts":{"en":"x"}} x`: 400,
		`{"reference":"a b","type":"letter","texts":{"en":"x"}}`: 422, `{"reference":"AB","type":"poem","texts":{"en":"x"}}`: 422, `{"reference":"AB","type":"letter","texts":{"e n":"x"}}`: 422,
		`{"reference":"AB","type":"letter"}`: 422, "\x00": 400, strings.Repeat("[", 100000): 400, `{"reference":"` + strings.Repeat("x", 9<<20) + `"}`: 413,
	} {
		if g := w.ask("POST", "/office/drafts", drafter, body); g.status != status {
			t.Errorf("%.60q: %s, want %d", body, g, status)
		}
	}
	if g := w.ask("POST", "/office/drafts", drafter, "{}", "Content-Type", "text/plain"); g.status != 415 {
		t.Errorf("%s", g)
	}
}

// TestLimits (MUST-11): too much is refused with the time to wait.
func TestLimits(t *testing.T) {
	h := v1.New(v1.Options{Take: func(*http.Request, bool) (time.Duration, bool) { return 7 * time.Second, false }})
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/api/v1/offices", nil))
	if rec.Code != 429 || rec.Header().Get("Retry-After") != "7" || rec.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
}

// FuzzBodies: no body makes an act fail but by a problem that says what is wrong.
func FuzzBodies(f *testing.F) {
	for _, b := range bodies {
		f.Add(b)
	}
	f.Add(`{"texts":{"en":"\ud800"}}`)
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, body string) {
		for _, op := range []string{"/office/drafts", "/office/statements", "/office/disavowals", "/office/webhooks"} {
			for _, role := range []string{"drafter", "press"} {
				r := httptest.NewRequest(http.MethodPost, "/api/v1"+op, strings.NewReader(body))
				r.Header.Set("Authorization", "Bearer "+w.tokens["harbour/"+role])
				r.Header.Set("Content-Type", "application/json")
				rec := httptest.NewRecorder()
				w.server.Config.Handler.ServeHTTP(rec, r)
				if rec.Code >= 500 || !json.Valid(rec.Body.Bytes()) {
					t.Errorf("%s: %d %s", op, rec.Code, rec.Body)
				}
			}
		}
	})
}

func questionOf(words string) office.Question { return office.Question{Words: words} }
