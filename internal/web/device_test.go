package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"chancery.example/internal/kit"
	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// someKit is a kit with made-up content.
func someKit(t *testing.T) *kit.Kit {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, "\x00asm")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	k := &kit.Kit{Files: map[string]kit.File{
		kit.Reader:   {Media: "application/wasm", Digest: "0123456789abcdef", Forms: map[string][]byte{"br": []byte("brotli"), "gzip": packed.Bytes()}},
		kit.Pictures: {Media: "application/wasm", Digest: "1123456789abcdef", Forms: map[string][]byte{"gzip": packed.Bytes()}},
		kit.GoScript: {Media: "text/javascript; charset=utf-8", Digest: "2123456789abcdef", Forms: map[string][]byte{"": []byte("go")}},
	}}
	dir := t.TempDir()
	for _, name := range kit.OCRFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o, err := kit.LoadOCR(dir)
	if err != nil {
		t.Fatal(err)
	}
	k.OCR = o
	return k
}

// module is the one script that pages may have, by its address.
var module = regexp.MustCompile(`<script type="module" src="[^"<>]+"></script>`)

// TestCheckPageOffersTheDevice: the form works without scripts, and with them names
// all that reads on the device; without a reader the page says nothing of it.
func TestCheckPageOffersTheDevice(t *testing.T) {
	k := someKit(t)
	h := serve(t, webtest.New(t), web.Options{Reader: kit.Of(k)})
	for _, path := range []string{"/", "/ar/", "/verify", "/ar/verify"} {
		res := get(t, h, path)
		page := body(t, res)
		wellFormed(t, path, module.ReplaceAllString(page, ""))
		if !strings.Contains(res.Header.Get("Content-Security-Policy"), "script-src 'self' 'wasm-unsafe-eval';") {
			t.Errorf("%s: %s", path, res.Header.Get("Content-Security-Policy"))
		}
		if !strings.Contains(page, `method="post"`) || !strings.Contains(page, `value="device" checked`) || strings.Contains(page, "{{") {
			t.Errorf("%s: no form for the device:\n%s", path, page)
		}
		for _, address := range regexp.MustCompile(`(?:data-(?:worker|go|reader|picture-reader)|script type="module" src)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			if got := get(t, h, address[1]); got.StatusCode != http.StatusOK || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s names %s: %d %s", path, address[1], got.StatusCode, got.Header.Get("Cache-Control"))
			}
		}
	}
	for _, path := range []string{"/log", "/o/", "/compare", "/about", "/verify/x"} {
		if got := get(t, h, path).Header.Get("Content-Security-Policy"); strings.Contains(got, "wasm") {
			t.Errorf("%s may run WebAssembly: %s", path, got)
		}
	}
	bare := serve(t, webtest.New(t), web.Options{})
	for _, path := range []string{"/", "/verify"} {
		if page := body(t, get(t, bare, path)); strings.Contains(page, "data-device") || strings.Contains(page, "<script") {
			t.Errorf("%s promises what is not there", path)
		}
	}
	if got := get(t, bare, "/device/0123456789abcdef/reader.wasm").StatusCode; got != http.StatusNotFound {
		t.Errorf("without a reader its address answers %d", got)
	}
}

// TestDeviceFiles: each file comes in the smallest form that the client takes, under
// the address of its content alone.
func TestDeviceFiles(t *testing.T) {
	k := someKit(t)
	h := serve(t, webtest.New(t), web.Options{Reader: kit.Of(k)})
	for _, c := range []struct {
		path, accept, encoding, content string
		status                          int
	}{
		{"/device/0123456789abcdef/reader.wasm", "gzip, deflate, br", "br", "brotli", 200},
		{"/device/0123456789abcdef/reader.wasm", "br;q=0", "", "\x00asm", 200},
		{"/device/0123456789abcdef/reader.wasm", "", "", "\x00asm", 200},
		{"/device/2123456789abcdef/go.js", "gzip", "", "go", 200},
		{"/device/" + k.OCR.Digest + "/eng.traineddata.gz", "gzip", "", "of eng.traineddata.gz", 200},
		{"/device/" + k.OCR.Digest + "/worker.min.js", "", "", "of worker.min.js", 200},
		{"/device/" + k.OCR.Digest + "/worker.min.js", "gzip", "gzip", "", 200},
		{"/device/ffffffffffffffff/reader.wasm", "", "", "", 404},
		{"/device/0123456789abcdef/go.js", "", "", "", 404},
		{"/device/" + k.OCR.Digest + "/other.js", "", "", "", 404},
	} {
		res := get(t, h, c.path, "Accept-Encoding", c.accept)
		got := body(t, res)
		if res.StatusCode != c.status || c.status == 200 && (res.Header.Get("Content-Encoding") != c.encoding || c.content != "" && got != c.content) {
			t.Errorf("%s for %q: %d %q %q", c.path, c.accept, res.StatusCode, res.Header.Get("Content-Encoding"), got)
		}
	}
}

// TestCheckerFiles: what others host holds no address that leads anywhere but to its
// own files.
func TestCheckerFiles(t *testing.T) {
	k := someKit(t)
	for _, c := range []web.Checker{
		{Kit: k, Origin: "letters.example/2026", Register: "register/", Keys: []string{"log x"}},
		{Kit: k, Origin: "letters.example/2026", Register: "https://letters.example/", Host: "https://letters.example/", Policy: "log \"x\"\n", Exercise: true},
	} {
		files := map[string]string{}
		if err := c.Files(func(name string, b []byte) error { files[name] = string(b); return nil }); err != nil {
			t.Fatal(err)
		}
		for _, page := range []string{"index.html", "ar.html"} {
			wellFormed(t, page, module.ReplaceAllString(files[page], ""))
			for _, a := range regexp.MustCompile(` (?:href|src|data-worker|data-go|data-reader|data-picture-reader)="([^"#]+)"`).FindAllStringSubmatch(files[page], -1) {
				if _, ok := files[a[1]]; !ok {
					t.Errorf("%s leads to %s, which is not written", page, a[1])
				}
			}
			if connect := regexp.MustCompile(`connect-src &#39;self&#39;( [^;]*)?;`).FindStringSubmatch(files[page]); connect == nil || (connect[1] != "") != (c.Host != "") {
				t.Errorf("%s: %q", page, connect)
			}
		}
		for _, u := range regexp.MustCompile(`url\(([^)]+)\)`).FindAllStringSubmatch(files["style.css"], -1) {
			if _, ok := files[u[1]]; !ok {
				t.Errorf("the style sheet names %s, which is not written", u[1])
			}
		}
	}
}
