package browsertest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// draftText is the longest English text that the register shows.
func draftText(t *testing.T, dir string) string { return longest(t, dir, " the ") }

// longest is the longest text that the register shows, of those with some words.
func longest(t *testing.T, dir, with string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "texts", "*"))
	if err != nil {
		t.Fatal(err)
	}
	best := ""
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if s := string(b); len(s) > len(best) && strings.Contains(s, with) {
			best = s
		}
	}
	if best == "" {
		t.Fatalf("the register shows no text with %q", with)
	}
	return best
}

// A held exhibit is what a reader gives to the form.
type held struct {
	Text     string `json:"text"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Data     string `json:"data"` // base64
	As       string `json:"as"`
	Picture  string `json:"picture"`  // words of which the browser makes a picture
	Right    bool   `json:"right"`    // its lines begin on the right
	Pictures bool   `json:"pictures"` // its box is ticked
}

func fileOf(name, media string, b []byte) held {
	return held{Name: name, Type: media, Data: base64.StdEncoding.EncodeToString(b)}
}

// examined is what the page shows in the end.
type examined struct {
	H1, Status, JSON, Note, Hash string
}

// onDevice gives an exhibit to the form of a page as a reader does, and waits for the
// answer.
func onDevice(ctx context.Context, address string, e held) (examined, error) {
	if err := chromedp.Do(ctx, scripts(true), chromedp.Navigate(address)); err != nil {
		return examined{}, err
	}
	in, err := json.Marshal(e)
	if err != nil {
		return examined{}, err
	}
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(async e => {
		const form = document.querySelector("form[data-device]"), wait = ms => new Promise(go => setTimeout(go, ms));
		if (!form) return JSON.stringify({Status: "no form that reads on the device"});
		for (let i = 0; i < 100 && form.querySelector("[data-nojs]"); i++) await wait(50);
		form.dispatchEvent(new FocusEvent("focusin", {bubbles: true}));
		if (e.pictures) form.elements.pictures.click();
		if (e.text) form.elements.text.value = e.text;
		if (e.as) form.querySelector("input[name=as][value=" + e.as + "]").checked = true;
		if (e.data) {
			const t = new DataTransfer();
			t.items.add(new File([Uint8Array.from(atob(e.data), c => c.charCodeAt(0))], e.name, {type: e.type}));
			form.elements.file.files = t.files;
		}
		if (e.picture) {
			const lines = e.picture.split("\n"), c = new OffscreenCanvas(1400, 160 + 46 * lines.length), p = c.getContext("2d");
			p.fillStyle = "white", p.fillRect(0, 0, c.width, c.height), p.fillStyle = "black", p.font = "30px serif";
			if (e.right) p.direction = "rtl", p.font = "32px Noto Naskh Arabic, serif";
			lines.forEach((l, i) => p.fillText(l, e.right ? 1320 : 80, 100 + 46 * i));
			const t = new DataTransfer();
			t.items.add(new File([await c.convertToBlob({type: "image/png"})], "photo.png", {type: "image/png"}));
			form.elements.file.files = t.files;
		}
		form.requestSubmit();
		const status = form.querySelector("[data-status]"), busy = () => form.querySelector("button[type=submit]").disabled;
		await wait(100);
		for (let i = 0; i < 3600 && busy(); i++) await wait(50);
		return JSON.stringify({H1: document.querySelector("h1").textContent.trim(), Status: status.textContent.trim(), JSON: window.chanceryAnswer || "",
			Note: document.querySelector(".ondevice")?.textContent || "", Hash: location.hash});
	})(%s)`, in), chromedp.EvalAwaitPromise))
	if err != nil {
		return examined{}, err
	}
	var got examined
	return got, json.Unmarshal([]byte(out), &got)
}

func slow(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, 4*time.Minute)
}

// posted is the server's own answer as JSON.
func posted(t *testing.T, address, text, as string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/check", strings.NewReader(url.Values{"text": {text}, "as": {as}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	delete(out, "checked_at")
	return out
}

// exhibits are the sorts of things that readers hold.
func exhibits(draft string) map[string]held {
	return map[string]held{
		"draft":   {Text: draft},
		"part":    {Text: draft[:len(draft)/2]},
		"report":  {Text: report, As: "report"},
		"unknown": {Text: "Every foreign vessel must leave the roads of Ras Amal by noon on Friday, and no pilot will come."},
		"pdf":     fileOf("letter.pdf", "application/pdf", []byte("%PDF-1.7\n1 0 obj\n")),
		"html":    fileOf("report.html", "text/html", []byte("<!doctype html><p>"+report)),
		"photo":   {Picture: wrapped(draft)},
	}
}

// wrapped breaks a text into lines of a page.
func wrapped(text string) string {
	var out []string
	for par := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line := ""
		for _, w := range strings.Fields(par) {
			if len(line)+len(w) > 72 {
				out, line = append(out, line), ""
			}
			line = strings.TrimSpace(line + " " + w)
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// A sitting is exhibits given to one page, each in a browser of its own with nothing kept
// in it. What the page asks its host for must be the same for all of them.
type sitting struct {
	host  *host
	path  string
	width int
	first []string // requests
}

// give gives an exhibit to the page as a reader does, and has the answer looked at.
func (s *sitting) give(t *testing.T, name string, e held, then func(context.Context, *watch, examined)) {
	t.Helper()
	page, w := tab(browser(t), t, strings.TrimPrefix(s.host.URL, "http://"), s.width)
	look, cancel := slow(page)
	defer cancel()
	s.host.took()
	began := time.Now()
	got, err := onDevice(look, s.host.URL+s.path, e)
	asked := slices.Compact(s.host.took()) // the worker is there twice or once, by how quickly the box is ticked
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	t.Logf("%s: %q %q in %s, %d requests", name, got.H1, got.Status, time.Since(began).Round(time.Millisecond), len(asked))
	if s.first == nil {
		s.first = asked
	}
	if !slices.Equal(s.first, asked) {
		t.Errorf("%s: the host was asked for\n%s\nfor another exhibit for\n%s", name, strings.Join(asked, "\n"), strings.Join(s.first, "\n"))
	}
	then(look, w, got)
	if others, errors := w.take(); len(others)+len(errors) > 0 {
		t.Errorf("%s: requests to other hosts %q, errors %q", name, others, errors)
	}
}

// TestDeviceAsksTheSameForEveryExhibit is the promise of the check page: whoever
// serves it sees the same requests whatever is examined, and the answer is the one
// that the server would give.
func TestDeviceAsksTheSameForEveryExhibit(t *testing.T) {
	t.Parallel()
	browser(t) // or skip
	h, dir := played(t)
	draft := draftText(t, dir)
	sat := sitting{host: h, path: "/", width: 1280}
	for name, e := range exhibits(draft) {
		sat.give(t, name, e, func(look context.Context, _ *watch, got examined) {
			if name != "photo" && (got.Hash != "#answer" || !strings.Contains(got.Note, "nothing of what you entered was sent")) {
				t.Errorf("%s: no answer: %+v", name, got)
			}
			if e.Text != "" {
				var mine map[string]any
				if err := json.Unmarshal([]byte(got.JSON), &mine); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				delete(mine, "checked_at")
				a, _ := json.Marshal(mine)
				b, _ := json.Marshal(posted(t, h.URL, e.Text, e.As))
				if !bytes.Equal(a, b) {
					t.Errorf("%s: the device says\n%s\nthe server\n%s", name, a, b)
				}
			}
			keep(look, t, "device-"+name)
		})
	}
	if len(sat.first) < 8 || slices.ContainsFunc(sat.first, func(r string) bool { return strings.HasPrefix(r, "POST") }) {
		t.Errorf("the requests are %q", sat.first)
	}
}

// TestVerifyOnDevice: a proof file is verified on the device, in both languages.
func TestVerifyOnDevice(t *testing.T) {
	t.Parallel()
	ctx := browser(t)
	h, dir := played(t)
	res, err := http.Get(h.URL + "/l/harbour/HC-2026-0012/proof")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%d %v in %s", res.StatusCode, err, dir)
	}
	page, w := tab(ctx, t, strings.TrimPrefix(h.URL, "http://"), 390)
	for path, want := range map[string]string{"/verify": "draft", "/ar/verify": "مسودة"} {
		look, cancel := slow(page)
		got, err := onDevice(look, h.URL+path, fileOf("letter.chancery-proof", "", raw))
		if err != nil || !strings.Contains(got.H1, want) || got.Hash != "#answer" {
			t.Errorf("%s: %+v %v", path, got, err)
		}
		if others, errors := w.take(); len(others)+len(errors) > 0 {
			t.Errorf("requests to other hosts %q, errors %q", others, errors)
		}
		cancel()
	}
	for _, r := range h.took() {
		if strings.HasPrefix(r, "POST") {
			t.Errorf("something was sent: %s", r)
		}
	}
}

// TestSite: the checker that others host works from plain files, asks nobody but its own
// host, and for the same whatever it is given.
func TestSite(t *testing.T) {
	t.Parallel()
	browser(t)
	source := axeSource(t)
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := story()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "site")
	if says, err := exec.CommandContext(t.Context(), bin, "site", to, "--register", dir, "--picture-reader", filepath.Join("..", "out", "ocr")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, says)
	}
	h := hosting(t, http.StripPrefix("/checker", http.FileServer(http.Dir(to))))
	sat := sitting{host: h, path: "/checker/", width: 390}
	for name, e := range exhibits(draftText(t, dir)) {
		before := sat.first
		sat.give(t, name, e, func(look context.Context, w *watch, got examined) {
			if name != "photo" && got.Hash != "#answer" {
				t.Errorf("%s: %+v", name, got)
			}
			if before != nil {
				return
			}
			for _, address := range []string{"", "ar.html"} {
				if err := chromedp.Do(look, chromedp.Navigate(h.URL+"/checker/"+address)); err != nil {
					t.Fatal(err)
				}
				sound(look, t, w, source, allRules)
				keep(look, t, "site-"+address)
			}
		})
	}
}
