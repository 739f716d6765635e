package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/web"
	"chancery.example/internal/web/webtest"
)

const jsonOnly = "application/json"

// One address, twice: the page for people and the finding for programs must say
// the same.
func TestCheckAsPageAndAsJSON(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for _, c := range []struct{ name, text, code, reference string }{
		{"same words", webtest.InForce, "same_text/in_force", "LA-2026-004"},
		{"Arabic", webtest.InForceArabic, "same_text/in_force", "LA-2026-004"},
		{"number and negation changed", webtest.InForceAltered, "altered/in_force", "LA-2026-004"},
		{"superseded", webtest.Superseded, "same_text/superseded", "LA-2026-001"},
		{"withdrawn", webtest.Withdrawn, "same_text/withdrawn", "LA-2026-002"},
		{"closed draft", webtest.DraftOne, "same_text/draft_closed", "LA-2026-003"},
		{"disavowed", webtest.Forged, "same_text/disavowed", ""},
		{"unknown", "Nobody has ever written this sentence about gulls in any letter.", "none/not_on_record", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fields := map[string]string{"text": c.text, "as": "text"}
			res := post(t, h, "/check", fields, "", "Accept", jsonOnly)
			var got struct {
				Headline struct {
					Code string            `json:"code"`
					Text map[string]string `json:"text"`
				} `json:"headline"`
				Record *struct {
					Reference string `json:"reference"`
				} `json:"record"`
				Differences []any `json:"differences"`
			}
			text := body(t, res)
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatalf("%v: %.300s", err, text)
			}
			if res.StatusCode != http.StatusOK || got.Headline.Code != c.code {
				t.Errorf("status %d, %s; want %s", res.StatusCode, got.Headline.Code, c.code)
			}
			if c.reference != "" && (got.Record == nil || got.Record.Reference != c.reference) {
				t.Errorf("record %+v; want %s", got.Record, c.reference)
			}
			for lang, path := range map[string]string{"en": "/check", "ar": "/ar/check"} {
				res := post(t, h, path, fields, "", "Accept", "text/html,application/json;q=0.5")
				page := body(t, res)
				wellFormed(t, path, page)
				if !strings.Contains(page, "<h1>"+got.Headline.Text[lang]+"</h1>") {
					t.Errorf("%s: the headline is not %q", path, got.Headline.Text[lang])
				}
				if green := strings.Contains(page, "verdict i-in-force"); green != (c.code == "same_text/in_force") {
					t.Errorf("%s: green is %v", path, green)
				}
				if res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(page, `content="noindex"`) {
					t.Errorf("%s: the answer may be kept", path)
				}
			}
		})
	}
}

func TestDifferencesAreMarked(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	page := body(t, post(t, h, "/check", map[string]string{"text": webtest.InForceAltered, "as": "text"}, ""))
	for _, want := range []string{`<del data-n="1">60</del>`, `<ins data-n="1">40</ins>`, "<del><bdi>60</bdi></del>", "<ins><bdi>not</bdi></ins>", "2 places differ."} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// A word that one language of the copy lacks is said to be missing: nothing is
// said of "the other language", and no empty mark is shown.
func TestDifferenceInOneLanguage(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	words := strings.Fields(webtest.InForceArabic)
	missing := words[len(words)/2]
	copied := webtest.InForce + "\n\n" + strings.Replace(webtest.InForceArabic, " "+missing, "", 1)
	page := body(t, post(t, h, "/check", map[string]string{"text": copied, "as": "text"}, ""))
	if !strings.Contains(page, "Your copy leaves out <ins><bdi>"+missing) || strings.Contains(page, "<bdi></bdi>") {
		t.Errorf("%q: %s", missing, page[strings.Index(page, "<main"):])
	}
}

// Whatever is pasted comes back as text, with what deceives the eye spelt out.
func TestPastedTextIsEscaped(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	hostile := "<script>alert(1)</script>\u202e<img src=x onerror=alert(1)>\u202c " + webtest.InForce
	page := body(t, post(t, h, "/check", map[string]string{"text": hostile, "as": "text"}, ""))
	wellFormed(t, "/check", page)
	for _, bad := range []string{"<img", "\u202e"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, "202E RIGHT-TO-LEFT OVERRIDE") || !strings.Contains(page, "&lt;script&gt;") {
		t.Error("the page does not show what was pasted")
	}
}

func TestFileGoesBeforeText(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	res := post(t, h, "/check", map[string]string{"text": webtest.Forged}, webtest.Withdrawn, "Accept", jsonOnly)
	if text := body(t, res); !strings.Contains(text, "/withdrawn\"") {
		t.Errorf("%.200s", text)
	}
}

func TestPlainTextBody(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	r := httptest.NewRequest(http.MethodPost, "/check?as=text", strings.NewReader(webtest.InForce))
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	r.Header.Set("Accept", jsonOnly)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `"same_text/in_force"`) {
		t.Errorf("status %d: %.200s", w.Code, w.Body)
	}
}

func TestReferenceLeadsToItsLetter(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for text, want := range map[string]string{"LA-2026-002": "/l/lights/LA-2026-002", " LA/2026/006\r\n": "/l/lights/LA/2026/006"} {
		res := post(t, h, "/ar/check", map[string]string{"text": text}, "")
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/ar"+want {
			t.Errorf("%q: %d to %q; want %q", text, res.StatusCode, res.Header.Get("Location"), "/ar"+want)
		}
	}
	both := body(t, post(t, h, "/check", map[string]string{"text": "LA-2026-004"}, ""))
	for _, want := range []string{`href="/l/lights/LA-2026-004"`, `href="/l/ministry/LA-2026-004"`} {
		if !strings.Contains(both, want) {
			t.Errorf("two letters with one reference: %s is missing", want)
		}
	}
	// A sealed draft and a reference that nobody ever used must look the same.
	sealed := body(t, post(t, h, "/check", map[string]string{"text": "LA-2026-008"}, ""))
	unused := body(t, post(t, h, "/check", map[string]string{"text": "LA-2026-999"}, ""))
	if strings.ReplaceAll(sealed, "LA-2026-008", "X") != strings.ReplaceAll(unused, "LA-2026-999", "X") {
		t.Error("a sealed draft can be told from a reference that is not used")
	}
}

// request sends a body that may be no form.
func request(h http.Handler, contentType string, data []byte) *http.Response {
	r := httptest.NewRequest(http.MethodPost, "/check", bytes.NewReader(data))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Accept", jsonOnly)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func form(t *testing.T, field, filename string, data []byte) (string, []byte) {
	t.Helper()
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	part, err := m.CreateFormFile(field, filename)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = m.Close()
	return m.FormDataContentType(), buf.Bytes()
}

func TestBadInputHasItsAnswer(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{FileLimit: 3_000_000, TextLimit: 1_000_000})
	fileType, bigFile := form(t, "file", "big.txt", make([]byte, 3_000_001))
	hugeType, huge := form(t, "file", "huge.txt", make([]byte, 9_000_000))
	textType, bigText := form(t, "text", "", bytes.Repeat([]byte("a "), 500_001))
	asType, badKind := form(t, "as", "", []byte("nonsense"))
	binaryType, binary := form(t, "file", "x.bin", append([]byte{0, 1, 2, 3, 0xff, 0xfe, 0xfd}, bytes.Repeat([]byte{0, 7}, 500)...))
	for _, c := range []struct {
		name, contentType string
		data              []byte
		status            int
		kind              string
	}{
		{"no type", "", []byte("x"), 415, "media_type"},
		{"JSON", "application/json", []byte("{}"), 415, "media_type"},
		{"other charset", "text/plain; charset=utf-16", []byte("xx"), 415, "media_type"},
		{"empty", "application/x-www-form-urlencoded", []byte("text=+%0A"), 400, "nothing_sent"},
		{"no parts", "multipart/form-data; boundary=x", []byte("--x--\r\n"), 400, "nothing_sent"},
		{"no boundary", "multipart/form-data", []byte("--x--\r\n"), 400, "bad_form"},
		{"torn", fileType, bigFile[:len(bigFile)/2], 400, "bad_form"},
		{"bad escape", "application/x-www-form-urlencoded", []byte("text=%zz"), 400, "bad_form"},
		{"kind", asType, badKind, 400, "bad_form"},
		{"file over the limit", fileType, bigFile, 413, "too_large"},
		{"far over the limit", hugeType, huge, 413, "too_large"},
		{"text over the limit", textType, bigText, 413, "text_too_large"},
		{"field over the limit", "application/x-www-form-urlencoded", append([]byte("text="), bytes.Repeat([]byte("a"), 1_000_001)...), 413, "text_too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := request(h, c.contentType, c.data)
			text := body(t, res)
			if res.StatusCode != c.status || !strings.Contains(text, "#"+c.kind+`"`) {
				t.Errorf("%d %s; want %d %s", res.StatusCode, text, c.status, c.kind)
			}
			if got := res.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
		})
	}
	res := request(h, binaryType, binary)
	if text := body(t, res); res.StatusCode >= 500 || strings.Contains(text, "in_force") {
		t.Errorf("a file of no known kind: %d %.300s", res.StatusCode, text)
	}
}

func TestRegisterThatCannotBeRead(t *testing.T) {
	reg := webtest.New(t)
	reg.Fail = errors.New("the disk is gone")
	h := serve(t, reg, web.Options{})
	if res := get(t, h, "/ar/q/"); res.StatusCode != http.StatusOK {
		t.Errorf("the address of a paper code does not answer: %d", res.StatusCode)
	}
	for _, path := range []string{"/", "/ar/", "/l/lights/LA-2026-004"} {
		res := get(t, h, path)
		text := body(t, res)
		if res.StatusCode != http.StatusServiceUnavailable || strings.Contains(text, "disk") {
			t.Errorf("%s: %d; the cause is shown: %v", path, res.StatusCode, strings.Contains(text, "disk"))
		}
		wellFormed(t, path, text)
	}
}

func TestEmptyRegister(t *testing.T) {
	h := serve(t, webtest.Empty(t), web.Options{})
	for _, path := range []string{"/", "/o/", "/log", "/log/0", "/ar/o/"} {
		res := get(t, h, path)
		wellFormed(t, path, body(t, res))
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	for _, as := range []string{"text", "report"} {
		res := post(t, h, "/check", map[string]string{"text": `He said: "We shall move the lamp keepers over the coming days."`, "as": as}, "")
		wellFormed(t, as, body(t, res))
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", as, res.StatusCode)
		}
	}
}

func TestCheckThatTakesTooLong(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{CheckTimeout: time.Nanosecond})
	res := post(t, h, "/check", map[string]string{"text": webtest.InForce, "as": "text"}, "")
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d", res.StatusCode)
	}
}
