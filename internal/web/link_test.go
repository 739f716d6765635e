package web_test

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/web"
	"chancery.example/internal/web/keptest"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// sendForm sends fields as a form without files does.
func sendForm(t testing.TB, h http.Handler, path string, fields url.Values, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

var (
	offered = regexp.MustCompile(`name="answer" value="([^"]+)"`)
	address = regexp.MustCompile(`class="address" dir="ltr">http://[^/]+(/[^<]+)<`)
	managed = regexp.MustCompile(`href="(/(?:ar/)?r/[^/"]+/[^"]+)"`)
)

func one(t *testing.T, re *regexp.Regexp, text string) string {
	t.Helper()
	m := re.FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("%s is not in the page", re)
	}
	return html.UnescapeString(m[1])
}

// A reader may have an answer kept: without the copy unless told otherwise, until
// a day, deleted by who made it alone. Nothing is kept before that.
func TestAnAnswerIsKeptWhenItsReaderSaysSo(t *testing.T) {
	for _, prefix := range []string{"", "/ar"} {
		m := &keptest.Links{}
		reg := webtest.New(t)
		h := serve(t, reg, web.Options{Links: m})
		answer := body(t, post(t, h, prefix+"/check", map[string]string{"text": webtest.InForceAltered}, ""))
		if len(m.All) != 0 {
			t.Fatal("kept before anybody said so")
		}
		offer := one(t, offered, answer)
		for _, withCopy := range []bool{false, true} {
			fields := url.Values{"answer": {offer}}
			if withCopy {
				fields.Set("copy", "yes")
			}
			made := body(t, sendForm(t, h, prefix+"/r/", fields))
			wellFormed(t, "made", made)
			at, manage := one(t, address, made), one(t, managed, made)
			res := get(t, h, at)
			text := body(t, res)
			wellFormed(t, at, text)
			if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(text, `<meta name="robots" content="noindex">`) {
				t.Errorf("%s: status %d, %v", at, res.StatusCode, res.Header)
			}
			if !strings.Contains(text, "<bdi>60</bdi>") || !strings.Contains(text, "i-altered") {
				t.Error("the answer does not say what differs")
			}
			if got := strings.Contains(text, `class="pair"`) && strings.Count(text, "Amal Rashid") > 2; prefix == "" && got != withCopy && withCopy {
				t.Error("the copy is not beside the record")
			}
			if stored := m.All[strings.TrimPrefix(strings.TrimPrefix(at, prefix), "/r/")]; len(stored.Answer) == 0 || time.Until(stored.Until) > 31*24*time.Hour {
				t.Errorf("kept until %v", stored.Until)
			}
			if got := body(t, get(t, h, manage)); !strings.Contains(got, at) {
				t.Error("who made it does not see it")
			}
			forged := manage[:len(manage)-2] + "AA"
			for _, r := range []*http.Response{get(t, h, forged), sendForm(t, h, forged, nil), get(t, h, prefix+"/r/AAAAAAAAAAAAAAAAAAAAAA")} {
				if r.StatusCode != http.StatusNotFound {
					t.Errorf("without the secret: status %d", r.StatusCode)
				}
			}
			if r := sendForm(t, h, manage, nil); r.StatusCode != http.StatusOK || len(m.All) != 0 {
				t.Errorf("deleting: status %d, %d kept", r.StatusCode, len(m.All))
			}
			if r := get(t, h, at); r.StatusCode != http.StatusNotFound {
				t.Errorf("deleted and still there: %d", r.StatusCode)
			}
		}
	}
}

// The words of the copy are nowhere in what is kept without them.
func TestACopyIsNotKeptUnlessItsReaderSaysSo(t *testing.T) {
	m := &keptest.Links{}
	h := serve(t, webtest.NewFurther(t), web.Options{Links: m})
	private := "My own note, which stands in no letter of any office and is nobody's business at all."
	sent := strings.Replace(webtest.Harbour, "Provisions are brought", private+" Provisions are brought", 1)
	answer := body(t, post(t, h, "/check", map[string]string{"text": sent, "as": "text"}, ""))
	made := body(t, sendForm(t, h, "/r/", url.Values{"answer": {one(t, offered, answer)}}))
	got := body(t, get(t, h, one(t, address, made)))
	// It is a difference, and those are kept: the page said so. What agrees is not.
	if !strings.Contains(got, "nobody") {
		t.Error("the difference is not kept")
	}
	if strings.Contains(got, "keep clear of the fairway.</div>") || strings.Contains(got, `<div class="letter pre"`) {
		t.Error("the copy is kept")
	}
}

// Only answers that were given here are kept here, for two hours.
func TestOnlyOurOwnAnswersAreKept(t *testing.T) {
	m := &keptest.Links{}
	h := serve(t, webtest.New(t), web.Options{Links: m})
	offer := one(t, offered, body(t, post(t, h, "/check", map[string]string{"text": webtest.InForce}, "")))
	other := serve(t, webtest.New(t), web.Options{Links: m})
	changed := []byte(offer)
	changed[40] ^= 1
	for name, r := range map[string]*http.Response{
		"of another server": sendForm(t, other, "/r/", url.Values{"answer": {offer}}),
		"changed":           sendForm(t, h, "/r/", url.Values{"answer": {string(changed)}}),
		"empty":             sendForm(t, h, "/r/", url.Values{}),
		"nonsense":          sendForm(t, h, "/r/", url.Values{"answer": {"%%%"}}),
		"huge":              sendForm(t, h, "/r/", url.Values{"answer": {strings.Repeat("A", 300<<10)}}),
		"other form":        post(t, h, "/r/", map[string]string{"answer": offer}, ""),
		"of another site":   sendForm(t, h, "/r/", url.Values{"answer": {offer}}, "Sec-Fetch-Site", "cross-site"),
	} {
		if r.StatusCode < 400 || r.StatusCode >= 500 || len(m.All) > 0 {
			t.Errorf("%s: status %d, %d kept", name, r.StatusCode, len(m.All))
		}
	}
	m.Full = true
	if r := sendForm(t, h, "/r/", url.Values{"answer": {offer}}); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("no room: status %d", r.StatusCode)
	}
}

// A mirror keeps nothing and says nothing of it.
func TestAMirrorKeepsNothing(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	if text := body(t, post(t, h, "/check", map[string]string{"text": webtest.InForce}, "")); strings.Contains(text, `action="/r/"`) {
		t.Error("it offers a link")
	}
	if r := get(t, h, "/r/AAAAAAAAAAAAAAAAAAAAAA"); r.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", r.StatusCode)
	}
	if r := sendForm(t, h, "/r/", nil); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("status %d", r.StatusCode)
	}
}

// An answer with its style sheet, all but the fonts, is small.
func TestAnAnswerIsSmall(t *testing.T) {
	m := &keptest.Links{}
	h := serve(t, webtest.NewFurther(t), web.Options{Links: m})
	style := len(body(t, get(t, h, "/style.css")))
	for _, lang := range []letter.Lang{"en", "ar"} {
		prefix := ""
		if lang == "ar" {
			prefix = "/ar"
		}
		for _, text := range []string{webtest.InForceAltered, webtest.DraftOne, webtest.InForceArabic, strings.Replace(webtest.Harbour, "40 metres", "60 metres", 1)} {
			var page bytes.Buffer
			page.WriteString(body(t, post(t, h, prefix+"/check", map[string]string{"text": text, "as": "text"}, "")))
			if n := page.Len() + style; n > 60_000 {
				t.Errorf("%s: %d bytes of page, %d of style", lang, page.Len(), style)
			}
		}
	}
}
