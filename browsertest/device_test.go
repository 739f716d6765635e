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
func draftText(t *testing.T, dir string) string {
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
		if s := string(b); len(s) > len(best) && strings.Contains(s, " the ") {
			best = s
		}
	}
	if best == "" {
		t.Fatal("the register shows no English text")
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
			lines.forEach((l, i) => p.fillText(l, 80, 100 + 46 * i));
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

// TestDeviceAsksTheSameForEveryExhibit is the promise of the check page: whoever
// serves it sees the same requests whatever is examined, and the answer is the one
// that the server would give.
func TestDeviceAsksTheSameForEveryExhibit(t *testing.T) {
	t.Parallel()
	browser(t) // or skip
	h, dir := played(t)
	draft := draftText(t, dir)
	var first []string
	for name, e := range exhibits(draft) {
		ctx := browser(t) // its own, with nothing kept
		page, w := tab(ctx, t, strings.TrimPrefix(h.URL, "http://"), 1280)
		look, cancel := slow(page)
		h.took()
		got, err := onDevice(look, h.URL+"/", e)
		asked := h.took()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %q %q, %d requests", name, got.H1, got.Status, len(asked))
		if name != "photo" && (got.Hash != "#answer" || !strings.Contains(got.Note, "nothing of what you entered was sent")) {
			t.Errorf("%s: no answer: %+v", name, got)
		}
		if first == nil {
			first = asked
		}
		if !slices.Equal(first, asked) {
			t.Errorf("%s: the server was asked for\n%s\nfor another exhibit for\n%s", name, strings.Join(asked, "\n"), strings.Join(first, "\n"))
		}
		if others, errors := w.take(); len(others)+len(errors) > 0 {
			t.Errorf("%s: requests to other hosts %q, errors %q", name, others, errors)
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
		cancel()
	}
	if len(first) < 8 || slices.ContainsFunc(first, func(r string) bool { return strings.HasPrefix(r, "POST") }) {
		t.Errorf("the requests are %q", first)
	}
}

// An alteration is a letter of which a picture is made, with one word changed and one
// lost: the lines in which that is, and the words of each line before it.
type alteration struct {
	text          string
	Changed, Lost int
	Before, Until string
}

func altered(t *testing.T, draft string) alteration {
	t.Helper()
	lines := strings.Split(wrapped(draft), "\n")
	var long []int
	for i, l := range lines {
		if len(strings.Fields(l)) >= 10 {
			long = append(long, i)
		}
	}
	if len(long) < 3 {
		t.Fatalf("the letter's lines are %q", lines)
	}
	a := alteration{Changed: long[0], Lost: long[2]}
	ws, other := strings.Fields(lines[a.Changed]), strings.Fields(lines[a.Lost])
	ws[2] = "elephants"
	a.Before, a.Until = strings.Join(ws[:2], " ")+" ", strings.Join(other[:3], " ")
	lines[a.Changed], lines[a.Lost] = strings.Join(ws, " "), strings.Join(append(other[:3:3], other[4:]...), " ")
	a.text = strings.Join(lines, "\n")
	return a
}

// marksLie reports what is wrong with the marks on the reader's own picture.
func marksLie(ctx context.Context, a alteration) (string, error) {
	in, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(a => {
		const own = document.querySelector("#drawn .own"), img = own?.querySelector("img");
		if (!img) return "no picture is drawn";
		const p = new OffscreenCanvas(10, 10).getContext("2d"), at = img.getBoundingClientRect(), k = img.naturalWidth / at.width, wrong = [];
		p.font = "30px serif";
		const wide = s => p.measureText(s).width, word = {x: 80 + wide(a.Before), y: 100 + 46 * a.Changed - 26, width: wide("elephants"), height: 36};
		const places = sel => [...own.querySelectorAll(sel)].map(e => e.getBoundingClientRect()).map(r => ({x: (r.x - at.x) * k, y: (r.y - at.y) * k, width: r.width * k, height: r.height * k}));
		const middle = r => [r.x + r.width / 2, r.y + r.height / 2];
		const over = places(".on-copy > line").some(r => { const [x, y] = middle(r); return x > word.x && x < word.x + word.width && y > word.y && y < word.y + word.height && r.width > word.width * .8 && r.width < word.width * 1.4; });
		if (!over) wrong.push("no line lies over " + JSON.stringify(word) + " but " + JSON.stringify(places(".on-copy > line")));
		const gap = 80 + wide(a.Until);
		if (!places(".on-gap > path").some(r => { const [x, y] = middle(r); return Math.abs(x - gap) < 20 && Math.abs(y - 100 - 46 * a.Lost) < 30; })) wrong.push("no wedge at " + gap + " but " + JSON.stringify(places(".on-gap > path")));
		const numbers = [...own.querySelectorAll(".number text")].map(e => e.textContent), listed = [...document.querySelectorAll(".diffs > li")].map(e => String(e.value));
		if (!numbers.length || numbers.some(n => !listed.includes(n))) wrong.push("numbers " + numbers + " of a list of " + listed);
		if (new Set(numbers).size < numbers.length) wrong.push("a number stands twice: " + numbers);
		if (!img.src.startsWith("blob:") || !img.alt.includes("elephants")) wrong.push("the picture is " + img.src + " " + img.alt);
		if (own.querySelector("svg").getAttribute("aria-hidden") !== "true") wrong.push("marks are read aloud twice");
		const small = [...own.querySelectorAll(".number rect")].map(e => e.getBoundingClientRect().height).filter(h => h < 14);
		if (small.length) wrong.push("numbers of " + small + " pixels");
		return wrong.join("; ");
	})(%s)`, in)))
}

// TestDeviceReadsPhotos: with its box ticked a photo is read on the device, what differs
// is marked on it where it stands, and what is asked for is again the same for every
// exhibit.
func TestDeviceReadsPhotos(t *testing.T) {
	t.Parallel()
	browser(t)
	if _, err := os.Stat(filepath.Join("..", "out", "ocr", "worker.min.js")); err != nil {
		t.Skip("SKIPPED FOR WANT OF A TEXT READER: run scripts/device.sh out/ocr")
	}
	h, dir := played(t)
	draft := draftText(t, dir)
	var first []string
	source := axeSource(t)
	paper := altered(t, draft)
	for name, e := range map[string]held{"photo": {Picture: paper.text, Pictures: true}, "text": {Text: draft, Pictures: true}} {
		ctx := browser(t)
		page, w := tab(ctx, t, strings.TrimPrefix(h.URL, "http://"), 390)
		look, cancel := slow(page)
		h.took()
		began := time.Now()
		got, err := onDevice(look, h.URL+"/", e)
		asked := h.took()
		if err != nil || got.Hash != "#answer" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		t.Logf("%s: %q in %s, %d requests", name, got.H1, time.Since(began).Round(time.Millisecond), len(asked))
		if name == "photo" {
			var f struct {
				Kind     string `json:"exhibit_kind"`
				Standing string `json:"standing"`
			}
			if err := json.Unmarshal([]byte(got.JSON), &f); err != nil || f.Kind != "photo" || !strings.HasPrefix(f.Standing, "draft") {
				t.Errorf("the photo of a draft: %+v %v", f, err)
			}
			around(look, t, "device-drawn", func(by rules) {
				if wrong, err := marksLie(look, paper); err != nil || wrong != "" {
					t.Errorf("the marks: %s %v", wrong, err)
				}
				found, err := axe(look, source, by)
				if err != nil {
					t.Error(err)
				}
				for _, v := range found {
					t.Errorf("axe: %s", v)
				}
				if o, err := overflow(look); err != nil || o != "" {
					t.Errorf("too wide: %s %v", o, err)
				}
				if err := chromedp.Do(look, scripts(true)); err != nil { // marks follow the width
					t.Error(err)
				}
			})
		}
		if first == nil {
			first = asked
		}
		if !slices.Equal(first, asked) {
			t.Errorf("%s: %q\nfor another exhibit %q", name, asked, first)
		}
		if others, errors := w.take(); len(others)+len(errors) > 0 {
			t.Errorf("%s: requests to other hosts %q, errors %q", name, others, errors)
		}
		keep(look, t, "device-pictures-"+name)
		cancel()
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
	draft := draftText(t, dir)
	var first []string
	for name, e := range exhibits(draft) {
		ctx := browser(t)
		page, w := tab(ctx, t, strings.TrimPrefix(h.URL, "http://"), 390)
		look, cancel := slow(page)
		h.took()
		got, err := onDevice(look, h.URL+"/checker/", e)
		asked := h.took()
		if err != nil || name != "photo" && got.Hash != "#answer" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if first == nil {
			first = asked
			for _, address := range []string{"", "ar.html"} {
				if err := chromedp.Do(look, chromedp.Navigate(h.URL+"/checker/"+address)); err != nil {
					t.Fatal(err)
				}
				found, err := axe(look, source, allRules)
				if err != nil {
					t.Error(err)
				}
				for _, v := range found {
					t.Errorf("axe: %s", v)
				}
				if o, err := overflow(look); err != nil || o != "" {
					t.Errorf("too wide: %s %v", o, err)
				}
				keep(look, t, "site-"+address)
			}
		}
		if !slices.Equal(first, asked) {
			t.Errorf("%s: the host was asked for %q\nfor another exhibit for %q", name, asked, first)
		}
		if others, errors := w.take(); len(others)+len(errors) > 0 {
			t.Errorf("%s: requests to other hosts %q, errors %q", name, others, errors)
		}
		cancel()
	}
}
