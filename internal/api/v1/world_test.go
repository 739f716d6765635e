package v1_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	v1 "chancery.example/internal/api/v1"
	"chancery.example/internal/notify"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/server"
	"chancery.example/internal/staff"
	"chancery.example/internal/web"
	"chancery.example/proof"
)

// A world is a register of two offices with its door for programs open.
type world struct {
	*officetest.House
	t       testing.TB
	server  *httptest.Server
	tokens  map[string]string // by "office/role"
	staff   *staff.Staff
	notify  *notify.Notifier
	once    *memory
	schemas *jsonschema.Compiler
	doc     map[string]any
	checked int
	// validating guards schemas and checked.
	validating sync.Mutex
}

// memory keeps answers as the server's database does.
type memory struct {
	mu   sync.Mutex
	kept map[string]v1.Answer
}

func (m *memory) Begin(_ context.Context, a v1.Answer) (v1.Answer, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k, ok := m.kept[a.Caller+" "+a.Key]; ok {
		return k, true, nil
	}
	m.kept[a.Caller+" "+a.Key] = a
	return a, false, nil
}

func (m *memory) End(_ context.Context, a v1.Answer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[a.Caller+" "+a.Key] = a
	return nil
}

func (m *memory) Drop(_ context.Context, caller, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, caller+" "+key)
	return nil
}

var roleOf = map[staff.Role]string{staff.Drafter: "drafter", staff.Clerk: "clerk", staff.Press: "press", staff.Translator: "translator", staff.Clearer: "clearer", staff.Auditor: "auditor"}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{House: officetest.New(t), t: t, tokens: map[string]string{}, once: &memory{kept: map[string]v1.Answer{}}}
	w.Enrol(t, "b", 2, 2)
	w.IssueLetter(t, "harbour", officetest.Content(t, "HC-1", "Vessels of more than forty metres are asked to take the northern channel from Monday on.\n"), office.Terms{})
	var err error
	if w.staff, err = staff.Open(t.Context(), w.Folder(), staff.Options{Clock: w.Clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.staff.Close() })
	for _, o := range []string{"harbour", "b"} {
		for role, person := range roleOf {
			if _, err := w.staff.Invite(t.Context(), o, person, staff.Details{Name: person}, nil, staff.Operator); err != nil {
				t.Fatal(err)
			}
			value, _, err := w.staff.NewToken(t.Context(), o, staff.NewToken{Name: "test", Person: person, Roles: []staff.Role{role}, Until: w.Now().Add(300 * 24 * time.Hour)}, staff.Operator)
			if err != nil {
				t.Fatal(err)
			}
			w.tokens[o+"/"+person] = value
		}
	}
	w.notify, err = notify.Open(t.Context(), w.Folder(), notify.Options{Clock: w.Clock.Now, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Address: "https://register.example",
		Mail: &notify.SMTP{Host: "127.0.0.1", Port: "9", From: "r@harbour.example"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.notify.Close() })
	w.serve(false)
	w.schemaOf()
	return w
}

// serve opens the door; readOnly: as a mirror does.
func (w *world) serve(readOnly bool) {
	w.t.Helper()
	src, err := server.Read(w.t.Context(), w.Dir, proof.Policy{}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	rates := web.Rates{All: web.Rate{Burst: -1}, Checks: web.Rate{Burst: -1}}
	pages, err := web.New(src, web.Options{Rates: rates})
	if err != nil {
		w.t.Fatal(err)
	}
	o := v1.Options{Source: src, Check: pages, Take: web.NewLimits(rates).Take}
	if !readOnly {
		o.Office, o.Staff, o.Notify, o.Once = w.Register, w.staff, w.notify, w.once
	}
	w.server = httptest.NewServer(v1.New(o))
	w.t.Cleanup(w.server.Close)
}

// A got is an answer.
type got struct {
	status int
	header http.Header
	body   string
}

func (g got) String() string { return fmt.Sprintf("%d %.300s", g.status, g.body) }

// ask makes a request, and holds its answer to the document.
func (w *world) ask(method, path, token, body string, headers ...string) got {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	g := got{res.StatusCode, res.Header, string(raw)}
	w.validate(method, path, g)
	return g
}

// as decodes an answer of a status.
func as[T any](w *world, status int, g got) (v T) {
	w.t.Helper()
	if g.status != status {
		w.t.Fatalf("%s, want %d", g, status)
	}
	if err := json.Unmarshal([]byte(g.body), &v); err != nil {
		w.t.Fatalf("%v: %s", err, g)
	}
	return v
}

func (w *world) schemaOf() {
	w.t.Helper()
	raw, err := os.ReadFile("openapi.json")
	if err != nil {
		w.t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	w.doc = doc.(map[string]any) //nolint:forcetypeassert // a document
	w.schemas = jsonschema.NewCompiler()
	w.schemas.DefaultDraft(jsonschema.Draft2020)
	if err := w.schemas.AddResource("mem:///openapi.json", doc); err != nil {
		w.t.Fatal(err)
	}
}

// pathIn finds the path of the document that an address is of, the most literal one.
func (w *world) pathIn(address string) string {
	address, _, _ = strings.Cut(address, "?")
	best, holes := "", 99
	for p := range w.doc["paths"].(map[string]any) { //nolint:forcetypeassert // a document
		form := "^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(p), `[^/]+`) + "$"
		if n := strings.Count(p, "{"); n < holes && regexp.MustCompile(form).MatchString(address) {
			best, holes = p, n
		}
	}
	return best
}

// validate holds an answer to its schema: the status must be one of the document's,
// or a problem.
func (w *world) validate(method, address string, g got) {
	w.t.Helper()
	p := w.pathIn(address)
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	pointer := "mem:///openapi.json#/components/schemas/Problem"
	media := g.header.Get("Content-Type")
	item, _ := w.doc["paths"].(map[string]any)[p].(map[string]any)
	op, _ := item[strings.ToLower(method)].(map[string]any)
	if op != nil && g.status < 400 {
		responses := op["responses"].(map[string]any) //nolint:forcetypeassert // a document
		want, ok := responses[fmt.Sprint(g.status)].(map[string]any)
		if !ok {
			w.t.Errorf("%s %s: status %d is not in the document", method, p, g.status)
			return
		}
		content, _ := want["content"].(map[string]any)
		if (content == nil) != (g.body == "") {
			w.t.Errorf("%s %s: a body %.50q, and the document says %v", method, p, g.body, content)
		}
		if content == nil {
			return
		}
		if _, ok := content[media]; !ok {
			w.t.Errorf("%s %s: media type %s is not in the document", method, p, media)
			return
		}
		if media != "application/json" || p == "/openapi.json" {
			return
		}
		pointer = "mem:///openapi.json#/paths/" + escape.Replace(p) + "/" + strings.ToLower(method) + "/responses/" + fmt.Sprint(g.status) + "/content/application~1json/schema"
	} else if media != "application/problem+json" {
		w.t.Errorf("%s %s: %s as %s", method, address, g, media)
		return
	}
	w.validating.Lock() // some ask at the same time
	defer w.validating.Unlock()
	schema, err := w.schemas.Compile(pointer)
	if err != nil {
		w.t.Fatalf("%s: %v", pointer, err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(g.body))
	if err != nil {
		w.t.Errorf("%s %s: %v: %s", method, address, err, g)
		return
	}
	if err := schema.Validate(v); err != nil {
		w.t.Errorf("%s %s: %v\n%s", method, address, err, g)
	}
	w.checked++
}

// approve signs a request with all keys that count.
func (w *world) approve(id int64) {
	w.t.Helper()
	q, err := w.Request(office.Within(w.t.Context(), "harbour"), id)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, who := range []string{"legal", "commissioner", "press", "drafter"} {
		if q.Ready {
			return
		}
		sig, err := w.Keys["harbour/"+who].Approve(q.Statement)
		if err != nil {
			w.t.Fatal(err)
		}
		if next, err := w.House.Approve(w.t.Context(), id, who, sig); err == nil {
			q = next
		}
	}
	if !q.Ready {
		w.t.Fatalf("request %d: %s", id, q.Missing)
	}
}

// settled waits until the pages have read what was published.
func (w *world) settled(path string, want string) got {
	w.t.Helper()
	var g got
	for range 100 {
		if g = w.ask("GET", path, "", ""); strings.Contains(g.body, want) {
			return g
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("%s: %s, want %q", path, g, want)
	return g
}
