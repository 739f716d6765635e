package server

import (
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/folder"
	"chancery.example/letter"
	"chancery.example/register"
)

// public is a folder with public and secret files, and links that lead astray.
func public(t *testing.T) http.Handler {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"reg/register.toml": "what it is", "reg/policy": "whom to ask", "reg/log/checkpoint": "head", "reg/log/tile/0/000": "tile", "reg/texts/" + strings.Repeat("a", 64): "words",
		"reg/texts/.new-1": "secret", "reg/" + folder.FormName(sha256.Sum256([]byte("the letter"))): "the letter",
		"reg/" + folder.FormName(sha256.Sum256([]byte("a letter to come"))): "a letter to come", "reg/log/.state/treeState": "secret", "reg/office.db": "secret", "reg/keys/log.pem": "secret", "outside": "secret",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{
		"texts/up": "../office.db", "texts/out": "../../outside", "texts/keys": "../keys", "log/tile/up": "../../office.db", "log/tile/state": "../.state",
		"texts/abs": filepath.Join(dir, "outside"),
	} {
		if err := os.Symlink(to, filepath.Join(dir, "reg", name)); err != nil {
			t.Fatal(err)
		}
	}
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no page", http.StatusNotFound) })
	named := func(_ context.Context, digest letter.Hash) (folder.Form, bool) {
		return folder.Form{Digest: digest, Record: register.RecordID{Reference: "A-1/2026"}}, digest == sha256.Sum256([]byte("the letter"))
	}
	return Handler(pages, folder.Folder{Dir: filepath.Join(dir, "reg")}, named)
}

// TestPublicFiles: folder.md MUST-12.
func TestPublicFiles(t *testing.T) {
	s := httptest.NewServer(public(t))
	defer s.Close()
	for path, want := range map[string]string{
		"/register.toml": "what it is", "/policy": "whom to ask", "/checkpoint": "head", "/tile/0/000": "tile", "/texts/" + strings.Repeat("a", 64): "words",
	} {
		r, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || string(b) != want || r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %q %v (%v)", path, b, r.Header, err)
		}
	}
}

// TestIssuedPDFsAreServed: an issued PDF is a file to keep under the letter's
// reference, and one that no public entry names is not there (folder.md MUST-19).
func TestIssuedPDFsAreServed(t *testing.T) {
	s := httptest.NewServer(public(t))
	defer s.Close()
	get := func(content string) *http.Response {
		t.Helper()
		r, err := http.Get(s.URL + "/" + folder.FormName(sha256.Sum256([]byte(content))))
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		return r
	}
	r := get("the letter")
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "Content-Disposition": "attachment; filename=A-1_2026.pdf", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "public, max-age=86400, immutable",
	} {
		if got := r.Header.Get(name); got != want || r.StatusCode != http.StatusOK {
			t.Errorf("%d %s: %q", r.StatusCode, name, got)
		}
	}
	if r := get("a letter to come"); r.StatusCode != http.StatusNotFound || r.Header.Get("Content-Disposition") != "" {
		t.Errorf("what no entry names: %d %v", r.StatusCode, r.Header)
	}
}

// TestNothingElseIsServed: neither paths nor links lead out of what is public.
func TestNothingElseIsServed(t *testing.T) {
	h := public(t)
	for _, path := range []string{
		"/texts/up", "/texts/out", "/texts/abs", "/texts/keys/log.pem", "/tile/up", "/tile/state/treeState", "/texts/.new-1",
		"/texts/../office.db", "/texts/..%2foffice.db", "/texts/%2e%2e/office.db", "/texts/..%5coffice.db", "/texts//../../outside", "/texts/./../keys/log.pem",
		"/texts/%2fetc%2fpasswd", "/tile/../.state/treeState", "/tile/..%2f.state%2ftreeState", "/texts/", "/tile/", "/tile/0/", "/texts/a%00", "/office.db",
		"/keys/log.pem", "/log/.state/treeState", "/register.toml/../office.db", "/checkpoint/../../office.db", "/texts/" + strings.Repeat("x/", 3000),
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodConnect, http.MethodPut, http.MethodDelete} {
			r := httptest.NewRequest(method, "http://letters.example/", nil)
			r.URL.Path, r.URL.RawPath, r.RequestURI = unescaped(path), path, path
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code == http.StatusOK || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s %s: %d %q", method, path, w.Code, w.Body.String())
			}
		}
	}
}

func unescaped(path string) string {
	return strings.NewReplacer("%2f", "/", "%2e", ".", "%5c", `\`, "%00", "\x00").Replace(path)
}
