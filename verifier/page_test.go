package verifier_test

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var updatePage = flag.Bool("update-page", false, "write index.html anew from its modules, page.html and page.css")

// TestPage: index.html is one file that holds the second verifier as it is, so
// that it works from a disc; its content policy lets nothing else run and nothing
// out. "make vectors" writes it.
func TestPage(t *testing.T) {
	want := page(t)
	if *updatePage {
		if err := os.WriteFile("index.html", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, "index.html")
	if got != want {
		t.Error("index.html is not made of forms.mjs, webauthn.mjs, verify.mjs, words.mjs, page.mjs, page.html and page.css as they are: go test ./verifier -run TestPage -update-page")
	}
	if strings.Contains(got, "\nimport ") {
		t.Error("the page's script imports something")
	}
	if n := strings.Count(got, "<script"); n != 1 {
		t.Errorf("%d scripts: want one", n)
	}
	if out := regexp.MustCompile(`(?i)(src|href|action)="|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|innerHTML|eval\(`).FindString(got); out != "" {
		t.Errorf("the page holds %q: it fetches nothing and makes no markup of words", out)
	}
	if !strings.Contains(got, "default-src 'none'; script-src 'sha256-") || strings.Contains(got, "unsafe") {
		t.Error("its content policy is not strict")
	}
}

// imports are the import statements of a module.
var imports = regexp.MustCompile(`(?m)^import [^;]*;\n+`)

func page(t *testing.T) string {
	t.Helper()
	js := ""
	for _, name := range []string{"forms.mjs", "webauthn.mjs", "verify.mjs", "words.mjs", "page.mjs"} { // one script: what they import from each other is in it
		js += imports.ReplaceAllString(read(t, name), "") + "\n"
	}
	css := read(t, "page.css")
	if strings.Contains(js, "</script") || strings.Contains(css, "</style") {
		t.Fatal("a script or style would end early")
	}
	return strings.NewReplacer("{{js}}", js, "{{css}}", css, "{{script}}", source(js), "{{style}}", source(css)).Replace(read(t, "page.html"))
}

// source is how a content policy names a script or style by its hash.
func source(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
