package server

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/web"
	"chancery.example/letter"
	"chancery.example/proof"
	"chancery.example/register"
)

// whole serves pages and files of the node, as "chancery serve" does.
func (n *node) whole(t *testing.T) {
	t.Helper()
	src, err := Read(t.Context(), n.Dir, proof.Policy{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	src.drafts = NewDrafts(t.Context(), n.Folder(), func(err error) { t.Error(err) })
	h, err := web.New(src, web.Options{Form: n.Folder().HasForm, Rates: web.Rates{All: web.Rate{Burst: -1}, Checks: web.Rate{Burst: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	if n.server != nil {
		n.server.Close()
	}
	n.src, n.server = src, httptest.NewServer(Handler(h, n.Folder(), src.Form))
	t.Cleanup(n.server.Close)
}

var changing = regexp.MustCompile(`(?m)^Date: .*\r?\n`)

// raw is a whole answer, headers and all but the date.
func (n *node) raw(t *testing.T, method, path, accept string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, n.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var head strings.Builder
	if err := res.Header.Write(&head); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d\n%s\n%s", res.StatusCode, changing.ReplaceAllString(head.String(), ""), body)
}

// secrets are what must stand nowhere before the hour.
func secrets(t *testing.T, n *node, id int64) (leaf letter.Hash, all []string) {
	t.Helper()
	q, err := n.Request(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	issue, ok := q.Body.(register.Issue)
	if !ok {
		t.Fatalf("request %d is a %T", id, q.Body)
	}
	for _, d := range issue.Fields {
		if _, isText := d.Field.Lang(); isText {
			leaf = d.Hash
		}
		all = append(all, d.Hash.String())
	}
	return leaf, append(all, "HC-SECRET", "Vessels of more than forty", issue.Seal.Opening.Digest.String(), string(issue.Seal.Opening.Tag[:]))
}

// TestScenario16 (product.md): a letter under embargo cannot be fetched or told
// from nothing by address, page, program's answer, file or log before its hour;
// from then on it can.
func TestScenario16(t *testing.T) {
	n := newNode(t)
	until := n.Now().Add(time.Hour)
	c := officetest.Content(t, "HC-SECRET", draftText())
	// A copy left the house while it was a draft, which then answered on a copy.
	if err := n.Start(t.Context(), "harbour", "drafter", c); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Circulate(t.Context(), "harbour", "clerk", "HC-SECRET", []office.Holder{{Name: "Coast guard", Purpose: "coordination", Outside: true}}); err != nil {
		t.Fatal(err)
	}
	q, err := n.Submit(t.Context(), "harbour", "drafter", "HC-SECRET", office.Terms{NotBefore: until})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := n.Carry(t.Context(), q, "clerk", n.Signer("harbour", "commissioner"), n.Signer("harbour", "legal"))
	if err != nil || rec.Until != until {
		t.Fatalf("%v (%v)", rec.Until, err)
	}
	if _, err := BuildIndex(t.Context(), n.Dir, true, func(string) {}, nil); err != nil {
		t.Fatal(err)
	}
	leaf, hidden := secrets(t, n, q.ID)
	n.whole(t)
	before := n.equalToNothing(t, leaf)
	n.nowhere(t, hidden)
	for i := range rec.Index { // its entry looks like any other commitment
		if e := n.raw(t, http.MethodGet, fmt.Sprintf("/log/%d/raw", i), "*/*"); strings.Contains(e, "kindfcommit") {
			if got := n.raw(t, http.MethodGet, fmt.Sprintf("/log/%d/raw", rec.Index), "*/*"); len(got) != len(e) {
				t.Errorf("the entry of an embargo has %d bytes, that of a draft %d", len(got), len(e))
			}
		}
	}

	n.Clock.Step(time.Hour - time.Second)
	if err := n.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.whole(t)
	n.nowhere(t, hidden)
	n.Clock.Step(time.Second)
	if err := n.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.whole(t)
	for path := range before {
		if got := n.raw(t, http.MethodGet, path, "*/*"); !strings.HasPrefix(got, "200\n") {
			t.Errorf("at the hour GET %s: %.80q", path, got)
		}
	}
	if r := n.ask(t, "json", draftText()); !strings.Contains(r.body, `"in_force"`) {
		t.Errorf("at the hour its words are answered %.300s", r.body)
	}
}

// equalToNothing compares every answer about the letter with that about one that
// is not there, byte by byte.
func (n *node) equalToNothing(t *testing.T, leaf letter.Hash) map[string]bool {
	t.Helper()
	const absent = "HC-NOTHIN" // as long
	paths := map[string]bool{}
	for _, accept := range []string{"text/html", "application/json", "*/*"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			for _, p := range []string{"/l/harbour/%s", "/ar/l/harbour/%s", "/l/harbour/%s/proof"} {
				there, gone := fmt.Sprintf(p, "HC-SECRET"), fmt.Sprintf(p, absent)
				paths[there] = true
				if a, b := n.raw(t, method, there, accept), n.raw(t, method, gone, accept); strings.ReplaceAll(a, "HC-SECRET", absent) != b {
					t.Errorf("%s %s (%s) is told from nothing:\n%s\n%s", method, there, accept, a, b)
				}
			}
			there, gone := "/texts/"+leaf.String(), "/texts/"+strings.Repeat("0", 64)
			paths[there] = true
			if a, b := n.raw(t, method, there, accept), n.raw(t, method, gone, accept); a != b {
				t.Errorf("%s %s is told from nothing:\n%s\n%s", method, there, a, b)
			}
		}
	}
	for _, form := range []string{"html", "json", "ar"} {
		if a, b := n.ask(t, form, draftText()), n.ask(t, form, unknownText); a != b {
			t.Errorf("%s: its words are told from unknown ones:\n%+v\n%+v", form, a, b)
		}
		if a, b := n.ask(t, form, "HC-SECRET-1"), n.ask(t, form, absent+"-1"); a.status != b.status || strings.ReplaceAll(a.body, "HC-SECRET", absent) != b.body {
			t.Errorf("%s: its reference is told from an unknown one", form)
		}
	}
	return paths
}

// nowhere looks for what is secret in every page and in every public file.
func (n *node) nowhere(t *testing.T, hidden []string) {
	t.Helper()
	paths := []string{"/", "/o/", "/o/harbour", "/log", "/checkpoint", "/index/manifest", "/compare", "/q/"}
	for _, dir := range []string{"log", "texts", "index"} {
		root := filepath.Join(n.Dir, dir)
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(name)
			for _, s := range hidden {
				if strings.Contains(string(raw), s) || strings.Contains(name, s) {
					t.Errorf("%q stands in %s", s, name)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range n.src.shown.reading.Checkpoint.Size {
		paths = append(paths, fmt.Sprintf("/log/%d", i))
	}
	for _, p := range paths {
		for _, accept := range []string{"text/html", "application/json"} {
			got := n.raw(t, http.MethodGet, p, accept)
			for _, s := range hidden {
				if strings.Contains(got, s) {
					t.Errorf("%q stands in %s", s, p)
				}
			}
		}
	}
}
