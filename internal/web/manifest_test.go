package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

// A phone can share a paper to the pages. What the manifest promises is there:
// the icons, the start page, and an address that takes the form it describes.
func TestSharingFromAPhone(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for prefix, dir := range map[string]string{"": "ltr", "/ar": "rtl"} {
		res := get(t, h, prefix+"/manifest.webmanifest")
		if got := res.Header.Get("Content-Type"); got != "application/manifest+json" {
			t.Errorf("media type %q", got)
		}
		var m struct {
			Name, Dir, Start string `json:"-"`
			StartURL         string `json:"start_url"`
			Direction        string `json:"dir"`
			Icons            []struct{ Src, Type string }
			Share            struct {
				Action, Method, Enctype string
				Params                  struct {
					Text  string
					Files []struct {
						Name   string
						Accept []string
					}
				}
			} `json:"share_target"`
		}
		if err := json.Unmarshal([]byte(body(t, res)), &m); err != nil {
			t.Fatal(err)
		}
		if m.Direction != dir || m.StartURL != prefix+"/" || m.Share.Method != "POST" || m.Share.Enctype != "multipart/form-data" || len(m.Share.Params.Files) != 1 {
			t.Errorf("%+v", m)
		}
		for _, i := range m.Icons {
			if r := get(t, h, i.Src); r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != i.Type {
				t.Errorf("icon %s: %d %s", i.Src, r.StatusCode, r.Header.Get("Content-Type"))
			}
		}
		if page := body(t, get(t, h, m.StartURL)); !strings.Contains(page, `<link rel="manifest" href="`+prefix+`/manifest.webmanifest">`) {
			t.Error("the page does not name the manifest")
		}
		// The browser itself sends it, on behalf of no page.
		field := map[string]string{m.Share.Params.Text: webtest.InForce}
		res = post(t, h, m.Share.Action, field, "", "Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate")
		if text := body(t, res); res.StatusCode != http.StatusOK || !strings.Contains(text, "i-in-force") {
			t.Errorf("a shared text: status %d", res.StatusCode)
		}
		if m.Share.Params.Files[0].Name != "file" {
			t.Error("the form takes its file under another name")
		}
	}
}
