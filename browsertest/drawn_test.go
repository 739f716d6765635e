package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

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

// marksLie reports what is wrong with the marks of an English picture that was altered:
// the struck word and the lost one.
func marksLie(ctx context.Context, a alteration) (string, error) {
	in, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(a => {
		const own = document.querySelector("#drawn .sheet"), img = own?.querySelector("img");
		if (!img) return "no picture is drawn";
		const p = new OffscreenCanvas(10, 10).getContext("2d"), at = img.getBoundingClientRect(), k = img.naturalWidth / at.width, wrong = [];
		p.font = "30px serif";
		const wide = s => p.measureText(s).width, word = {x: 80 + wide(a.Before), y: 100 + 46 * a.Changed - 26, width: wide("elephants"), height: 36};
		const places = sel => [...own.querySelectorAll(sel)].map(e => e.getBoundingClientRect()).map(r => ({x: (r.x - at.x) * k, y: (r.y - at.y) * k, width: r.width * k, height: r.height * k}));
		const middle = r => [r.x + r.width / 2, r.y + r.height / 2];
		const over = places("g.on-copy > path").some(r => { const [x, y] = middle(r); return x > word.x && x < word.x + word.width && y > word.y && y < word.y + word.height && r.width > word.width * .8 && r.width < word.width * 1.4; });
		if (!over) wrong.push("no line lies over " + JSON.stringify(word) + " but " + JSON.stringify(places("g.on-copy > path")));
		const gap = 80 + wide(a.Until);
		if (!places("svg.on-gap > path").some(r => { const [x, y] = middle(r); return Math.abs(x - gap) < 20 && Math.abs(y - 100 - 46 * a.Lost) < 30; })) wrong.push("no wedge at " + gap + " but " + JSON.stringify(places("svg.on-gap > path")));
		if (!img.src.startsWith("blob:") || !img.alt.includes("elephants")) wrong.push("the picture is " + img.src + " " + img.alt);
		return wrong.join("; ");
	})(%s)`, in)))
}

// numbersLie reports what is wrong with the numbers of marked pictures: each stands beside its
// picture, on no other and within the page, is large enough for a finger, has words for who
// does not see it, and leads to its difference in the list, which leads back to a place
// on the picture that then shows itself.
func numbersLie(ctx context.Context) (string, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[string](`(async () => {
		const wrong = [], wide = document.documentElement.clientWidth;
		const apart = (p, q) => p.right <= q.left + .5 || q.right <= p.left + .5 || p.bottom <= q.top + .5 || q.bottom <= p.top + .5;
		const sheets = [...document.querySelectorAll("#drawn .sheet")];
		if (!sheets.length) return "no picture is drawn";
		for (const sheet of sheets) {
			const picture = sheet.querySelector("img").getBoundingClientRect(), links = [...sheet.querySelectorAll(".label a")];
			if (!links.length) wrong.push("a picture without numbers");
			const rects = links.map(e => e.querySelector("rect").getBoundingClientRect());
			links.forEach((e, i) => {
				const r = rects[i], n = e.textContent.trim();
				if (!apart(r, picture)) wrong.push(n + " hides a part of the picture");
				if (rects.some((q, j) => j > i && !apart(r, q))) wrong.push(n + " lies on another number");
				if (r.left < 0 || r.right > wide) wrong.push(n + " stands outside of the page");
				if (r.width < 24 || r.height < 24) wrong.push(n + " is " + r.width + " by " + r.height + " pixels");
				if (!e.getAttribute("aria-label").startsWith(parseInt(n) + ":")) wrong.push(n + " is called " + e.getAttribute("aria-label"));
				const to = document.getElementById(e.getAttribute("href").slice(1));
				if (to?.tagName !== "LI" || to.value !== parseInt(n)) wrong.push(n + " leads nowhere");
				const t = e.querySelector("text").getBoundingClientRect();
				if (t.left < r.left || t.right > r.right) wrong.push(n + " does not fit its ground");
			});
		}
		const here = location.hash, back = [...document.querySelectorAll(".diffs .see a")];
		if (!back.length) wrong.push("nothing in the list leads to a picture");
		for (const e of back) {
			e.click();
			await new Promise(go => setTimeout(go, 60));
			const ring = document.querySelector("#drawn .ring:target");
			if (!ring || "#" + ring.id !== e.getAttribute("href") || getComputedStyle(ring).stroke === "none") { wrong.push(e.getAttribute("href") + " does not show itself"); continue; }
			const r = ring.getBoundingClientRect();
			if (r.bottom < 0 || r.top > innerHeight) wrong.push(ring.id + " is not in sight");
		}
		history.replaceState(history.state, "", here || location.pathname);
		return wrong.join("; ");
	})()`, chromedp.EvalAwaitPromise))
}

// looked holds the marked pictures of an open answer to their rules, on a phone and on a
// desk, in light and dark colours and in forced ones.
func looked(ctx context.Context, t *testing.T, w *watch, name, source string) {
	t.Helper()
	around(ctx, t, name, func(by rules) {
		sound(ctx, t, w, source, by)
		if err := chromedp.Do(ctx, scripts(true)); err != nil {
			t.Error(err)
		}
		if wrong, err := numbersLie(ctx); err != nil || wrong != "" {
			t.Errorf("%s: %s %v", name, wrong, err)
		}
	})
	if err := chromedp.Do(ctx, media("screen", "forced-colors=active")); err != nil {
		t.Error(err)
	}
	ground, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(() => { const l = document.querySelector(".label rect"); return getComputedStyle(l).fill + getComputedStyle(l.parentNode.querySelector("text")).fill; })()`))
	if err != nil || ground == "" || strings.HasPrefix(ground, "none") || strings.Count(ground, "rgb(255, 255, 255)") != 1 {
		t.Errorf("%s: in forced colours numbers are %s %v", name, ground, err)
	}
	keep(ctx, t, name+"-forced")
	if err := chromedp.Do(ctx, media("")); err != nil {
		t.Error(err)
	}
}

// arabicAltered is an Arabic picture with one word changed.
func arabicAltered(t *testing.T, dir string) string {
	t.Helper()
	lines := strings.Split(wrapped(longest(t, dir, "الحوض")), "\n")
	for i, l := range lines {
		if ws := strings.Fields(l); len(ws) >= 8 {
			ws[3] = "الأفيال"
			lines[i] = strings.Join(ws, " ")
			return strings.Join(lines, "\n")
		}
	}
	t.Fatalf("the letter's lines are %q", lines)
	return ""
}

// TestDeviceReadsPhotos: with its box ticked a photo is read on the device, in both
// languages, what differs is marked on it where it stands, and what is asked for is again
// the same for every exhibit.
func TestDeviceReadsPhotos(t *testing.T) {
	t.Parallel()
	browser(t)
	if _, err := os.Stat(filepath.Join("..", "out", "ocr", "worker.min.js")); err != nil {
		t.Skip("SKIPPED FOR WANT OF A TEXT READER: run scripts/device.sh out/ocr")
	}
	h, dir := played(t)
	draft, source := draftText(t, dir), axeSource(t)
	paper := altered(t, draft)
	for _, c := range []struct {
		path   string
		photo  held
		marked func(context.Context) (string, error)
	}{
		{"/", held{Picture: paper.text, Pictures: true}, func(ctx context.Context) (string, error) { return marksLie(ctx, paper) }},
		{"/ar/", held{Picture: arabicAltered(t, dir), Right: true, Pictures: true}, func(ctx context.Context) (string, error) {
			return chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("#drawn img")?.alt.includes("الأفيال") ? "" : "the changed word is not marked"`))
		}},
	} {
		sat := sitting{host: h, path: c.path, width: 390}
		name := "device-drawn" + strings.TrimSuffix(c.path, "/")
		sat.give(t, "photo", c.photo, func(look context.Context, w *watch, got examined) {
			var f struct {
				Kind     string `json:"exhibit_kind"`
				Standing string `json:"standing"`
			}
			if err := json.Unmarshal([]byte(got.JSON), &f); err != nil || got.Hash != "#answer" || f.Kind != "photo" || !strings.HasPrefix(f.Standing, "draft") {
				t.Errorf("the photo of a draft: %+v %+v %v", got, f, err)
				return
			}
			if wrong, err := c.marked(look); err != nil || wrong != "" {
				t.Errorf("the marks: %s %v", wrong, err)
			}
			looked(look, t, w, strings.ReplaceAll(name, "/", "-"), source)
		})
		sat.give(t, "text", held{Text: draft, Pictures: true}, func(_ context.Context, _ *watch, got examined) {
			if got.Hash != "#answer" {
				t.Errorf("a text: %+v", got)
			}
		})
	}
}

// TestTries: papers that are offered to who has none at hand are checked by one press, with
// scripts and without, in both languages and on a phone; the answer to one that was altered
// shows where, on pictures whose numbers hide nothing.
func TestTries(t *testing.T) {
	t.Parallel()
	browser(t)
	source := axeSource(t)
	played, err := demo()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, try, says, changed string }{
		{"/", "altered-photo.jpg", "letter in force", "23:00"},
		{"/ar/", "altered-photo.jpg", "رسالة سارية", "23:00"},
		{"/", "issued-letter.pdf", "This very file is a letter in force", ""},
	} {
		for _, with := range []bool{false, true} {
			page, w := tab(browser(t), t, strings.TrimPrefix(played.address, "http://"), 390)
			look, cancel := slow(page)
			if err := chromedp.Do(look, scripts(with), chromedp.Navigate(played.address+c.path)); err != nil {
				t.Fatal(err)
			}
			pressed, err := chromedp.Run(look, chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
				const b = [...document.querySelectorAll(".tries form")].find(f => f.elements.try.value === %q)?.querySelector("button");
				b?.click();
				return Boolean(b && b.getBoundingClientRect().height >= 43.5);
			})()`, c.try)))
			if err != nil || !pressed {
				t.Fatalf("%s: no button, large enough, for %s: %v", c.path, c.try, err)
			}
			eventually(look, t, "an answer to "+c.try, func(ctx context.Context) (bool, error) {
				return chromedp.Run(ctx, chromedp.Evaluate[bool](`Boolean(document.querySelector(".verdict .band"))`))
			})
			says, err := chromedp.Run(look, chromedp.Evaluate[string](`document.querySelector("h1").textContent + " " + [...document.querySelectorAll(".diffs > li")].map(e => e.textContent).join(" ")`))
			if err != nil || !strings.Contains(says, c.says) || !strings.Contains(says, c.changed) {
				t.Errorf("%s, scripts %v: %s is answered %q %v", c.path, with, c.try, says, err)
			}
			if c.changed != "" && with {
				looked(look, t, w, "try"+strings.ReplaceAll(strings.TrimSuffix(c.path, "/"), "/", "-"), source)
			} else {
				sound(look, t, w, source, allRules)
			}
			cancel()
		}
	}
}
