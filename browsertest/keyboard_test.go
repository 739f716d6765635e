package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// A typist is somebody at the desk who has a keyboard and nothing else: no test
// function of theirs points at anything or moves the focus by a script. Every step
// of theirs has its own time.
type typist struct {
	t   *testing.T
	ctx context.Context
	w   *watch
	d   desk
}

// do is one step.
func (k *typist) do(actions ...chromedp.Action[chromedp.Void]) {
	k.t.Helper()
	step, cancel := soon(k.ctx)
	defer cancel()
	if err := chromedp.Do(step, actions...); err != nil {
		k.t.Fatal(err)
	}
}

// A stop is where the focus is.
type stop struct {
	Body    bool    `json:"body"`
	Skip    bool    `json:"skip"`  // the link over what stands around the page, its first stop
	Hit     bool    `json:"hit"`   // what was looked for
	Seen    bool    `json:"seen"`  // it shows that it has the focus, inside the window
	After   bool    `json:"after"` // it stands behind the stop before it, in the page
	Below   bool    `json:"below"` // and, in the same column, not above it on the screen
	Name    string  `json:"name"`
	Top     float64 `json:"top"`
	TabStop int     `json:"tabStop"`
}

const whereIs = `(sought => {
	const e = document.activeElement, last = window.lastStop, inner = !e || e === document.body || e === document.documentElement;
	if (inner) { window.lastStop = undefined; return JSON.stringify({body: true}); }
	const box = e.getBoundingClientRect(), drawn = x => { const s = getComputedStyle(x);
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== "none"; };
	const was = last && last.isConnected ? last.getBoundingClientRect() : null;
	const sameColumn = was && last.closest("main, aside, header, .cols > *") === e.closest("main, aside, header, .cols > *") && box.left < was.right && was.left < box.right;
	window.lastStop = e;
	return JSON.stringify({
		skip: e.matches(".skip"), hit: !!sought && e.matches(sought), seen: drawn(e) && box.bottom > 0 && box.top < innerHeight && box.width > 0,
		after: !was || last === e || !!(last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING),
		below: !sameColumn || box.bottom > was.top, top: box.top, tabStop: e.tabIndex,
		name: e.tagName + " " + (e.id || e.name || e.textContent.trim().slice(0, 40)),
	});
})(%q)`

func (k *typist) stop(sought string) stop {
	k.t.Helper()
	step, cancel := soon(k.ctx)
	defer cancel()
	raw, err := chromedp.Run(step, chromedp.Evaluate[string](fmt.Sprintf(whereIs, sought)))
	if err != nil {
		k.t.Fatal(err)
	}
	var s stop
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		k.t.Fatal(err)
	}
	return s
}

// key presses a key that has a name.
func (k *typist) key(name string) {
	k.t.Helper()
	p := input.DispatchKeyEventParams{Key: strings.TrimPrefix(name, "Shift+"), Code: strings.TrimPrefix(name, "Shift+")}
	switch p.Key {
	case "Tab":
		p.WindowsVirtualKeyCode = 9
	case "Enter":
		p.WindowsVirtualKeyCode, p.Text = 13, "\r"
	case "Space":
		p.Key, p.WindowsVirtualKeyCode, p.Text = " ", 32, " "
	}
	p.NativeVirtualKeyCode = p.WindowsVirtualKeyCode
	if strings.HasPrefix(name, "Shift+") {
		p.Modifiers = 8 // Shift
	}
	k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		p.Type = input.DispatchKeyEventTypeKeyDown
		if p.Text == "" {
			p.Type = input.DispatchKeyEventTypeRawKeyDown
		}
		if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, p); err != nil {
			return fmt.Errorf("pressing %s: %w", name, err)
		}
		p.Type, p.Text = input.DispatchKeyEventTypeKeyUp, ""
		_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, p)
		return err
	}))
}

// write types words where the focus is.
func (k *typist) write(words string) {
	k.t.Helper()
	k.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: words})
		return err
	}))
}

// mostStops is how many stops a page of the desk may have: who needs more is lost.
const mostStops = 150

// to presses Tab until the focus is on what is sought; every stop on the way is
// looked at.
func (k *typist) to(sought string) {
	k.t.Helper()
	var way []string
	around := 0
	for range mostStops {
		k.key("Tab")
		s := k.stop(sought)
		if s.Body || s.Skip && len(way) > 0 {
			if around++; around == 2 {
				break
			}
			continue
		}
		way = append(way, s.Name)
		k.judge(s, around > 0)
		if s.Hit {
			return
		}
	}
	says := text(k.ctx, k.t, "main")
	at, _ := chromedp.Run(k.ctx, chromedp.Location())
	k.t.Fatalf("at %s Tab never reaches %s, only %q: %s", at, sought, way, says)
}

func (k *typist) judge(s stop, wrapped bool) {
	k.t.Helper()
	if !s.Seen {
		k.t.Errorf("%s does not show that it has the focus", s.Name)
	}
	if s.TabStop > 0 || !wrapped && (!s.After || !s.Below) {
		k.t.Errorf("%s is reached against the order of reading (%+v)", s.Name, s)
	}
}

// press goes to a button or a link and uses it with a key.
func (k *typist) press(sought, key string) {
	k.t.Helper()
	k.to(sought)
	k.key(key)
}

// type into a field.
func (k *typist) fill(field, words string) {
	k.t.Helper()
	k.to(field)
	k.write(words)
}

// at waits until a page is there whose address ends so.
func (k *typist) at(path string) {
	k.t.Helper()
	arrived(k.ctx, k.t, path)
	eventually(k.ctx, k.t, "the whole page "+path, func(ctx context.Context) (bool, error) {
		ready, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState`))
		return ready == "complete", err
	})
}

// goes opens an address, as people do who type it.
func (k *typist) goes(path string) {
	k.t.Helper()
	step, cancel := soon(k.ctx)
	defer cancel()
	open(step, k.t, k.d.url+path)
}

// around goes once through a whole page and out of it: the first stop skips to the
// content, no stop holds the focus, and Shift+Tab leads back.
func (k *typist) around(path string) {
	k.t.Helper()
	k.goes(path)
	k.key("Tab")
	first := k.stop(".skip")
	if !first.Hit || !first.Seen {
		k.t.Errorf("%s: the first stop is %s", path, first.Name)
	}
	names, last := []string{first.Name}, first
	for len(names) < mostStops {
		k.key("Tab")
		if last = k.stop(""); last.Body || last.Skip {
			break // out of the page, or at its beginning again
		}
		if names[len(names)-1] == last.Name && last.Top == 0 {
			k.t.Fatalf("%s: %s holds the focus", path, last.Name)
		}
		names = append(names, last.Name)
		k.judge(last, false)
		if len(names) == 3 {
			k.back(path, names)
		}
	}
	if len(names) == mostStops {
		k.t.Errorf("%s: %d stops and no end: %q", path, mostStops, names[len(names)-5:])
	}
	// On its way out of the page and in again the focus is nowhere for a moment.
	if last = k.settled(last); last.Body {
		k.key("Tab")
		last = k.settled(k.stop(""))
	}
	if !last.Skip {
		k.t.Errorf("%s: behind the last stop comes %s and not the first", path, last.Name)
	}
	k.key("Enter")
	if in, err := chromedp.Run(k.ctx, chromedp.Evaluate[bool](`document.activeElement?.id === "main" || location.hash === "#main"`)); err != nil || !in {
		k.t.Errorf("%s: the first stop does not lead to the content (%v)", path, err)
	}
}

// settled waits a moment for the focus to be somewhere.
func (k *typist) settled(s stop) stop {
	k.t.Helper()
	for range 10 {
		if !s.Body {
			break
		}
		time.Sleep(50 * time.Millisecond)
		s = k.stop("")
	}
	return s
}

// back goes from the third stop to the second, and to the third again.
func (k *typist) back(path string, names []string) {
	k.t.Helper()
	for _, step := range []struct{ key, to string }{{"Shift+Tab", names[1]}, {"Tab", names[2]}} {
		k.key(step.key)
		if s := k.stop(""); s.Name != step.to {
			k.t.Errorf("%s: %s leads to %s and not to %s", path, step.key, s.Name, step.to)
		}
	}
}

// newTypist sits down at a browser of their own; joins lets them in by their link.
func newTypist(t *testing.T, d desk) *typist {
	t.Helper()
	page, w := tab(browser(t), t, strings.TrimPrefix(d.url, "http://"), 1280)
	return &typist{t: t, ctx: page, w: w, d: d}
}

func (k *typist) joins(name string) {
	k.t.Helper()
	k.do(passkeys(), scripts(true), chromedp.Navigate(k.d.links[name]), chromedp.WaitVisible(chromedp.CSS("form[data-passkey] button")))
	k.fill("#name", "laptop")
	k.press("form[data-passkey] button", "Enter")
	k.at("/desk/")
}

// beside lets typists work at the same time, each as a test of its own.
func beside(t *testing.T, name string, works map[*typist]func(*typist)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		i := 0
		for k, work := range works {
			i++
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				own := *k
				own.t = t
				work(&own)
			})
		}
	})
	if t.Failed() {
		t.FailNow() // what follows rests on it
	}
}

// approves gives them a passkey to approve with: made, proposed, and named by the policy.
func (k *typist) approves() {
	k.t.Helper()
	k.press(`.side a[href="/desk/people"]`, "Enter")
	k.at("/desk/people")
	k.press(`main a[href="/desk/keys"]`, "Enter")
	k.at("/desk/keys")
	k.fill("#approvalname", "approvals")
	k.press("#approval form[data-passkey] button", "Space")
	k.do(chromedp.WaitVisible(chromedp.CSS(`form[action$="/desk/policy/key"] button`)))
	k.press(`form[action$="/desk/policy/key"] button`, "Enter")
	k.request()
	eventually(k.ctx, k.t, "a policy that names the key", func(ctx context.Context) (bool, error) {
		k.goes("/desk/keys")
		return strings.Contains(text(ctx, k.t, "#approval"), "Counts"), nil
	})
}

// approve finds a request among what waits, and approves it.
func (k *typist) approve(path, enough string) {
	k.t.Helper()
	k.goes("/desk/")
	k.press(`main a[href="`+path+`"]`, "Enter")
	k.at(path)
	k.press("form[data-approve] button", "Enter")
	until(k.ctx, k.t, "main", enough)
}

// carry carries a request out.
func (k *typist) carry(path string) {
	k.t.Helper()
	k.goes("/desk/")
	k.press(`main a[href="`+path+`"]`, "Enter")
	k.at(path)
	k.press(`form[action$="/perform"] button`, "Enter")
	until(k.ctx, k.t, "main", "The entry is in the log")
}

// request returns the path of the request that a page shows.
func (k *typist) request() string {
	k.t.Helper()
	path := ""
	eventually(k.ctx, k.t, "a request", func(ctx context.Context) (bool, error) {
		at, err := chromedp.Run(ctx, chromedp.Location())
		path = requestPath.FindString(at)
		return path != "", err
	})
	k.at(path)
	return path
}

// TestKeyboardAlone goes the whole way of a letter with keys alone: people join,
// write, submit, approve, issue, say something and withdraw.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	d := demonstration(t)
	first, second, drafter, clerk, press := newTypist(t, d), newTypist(t, d), newTypist(t, d), newTypist(t, d), newTypist(t, d)
	join := func(name string) func(*typist) { return func(k *typist) { k.joins(name) } }
	beside(t, "join", map[*typist]func(*typist){
		first: join("Harbour Commissioner"), second: join("Legal adviser"), drafter: join("Desk officer"), clerk: join("Issuing clerk"), press: join("Press officer"),
	})
	first.approves()
	second.approves()

	drafter.press(`main a[href="/desk/new"]`, "Enter")
	drafter.at("/desk/new")
	drafter.fill("#reference", "HC-2026-0300")
	drafter.fill("#text-en", "Sir,\n\nThe north lock closes on 4 March 2026 at 18:00.\n\nA. Keeper\n")
	drafter.fill("#text-ar", "سيدي،\n\nيُغلق الهويس الشمالي في 4 آذار 2026 الساعة 18:00.\n\nأ. كيبر\n")
	drafter.press("main form button[type=submit]:not([name], .vh)", "Enter")
	drafter.at("/desk/letter/HC-2026-0300")
	drafter.press(`main a[href="/desk/submit/HC-2026-0300"]`, "Enter")
	drafter.at("/desk/submit/HC-2026-0300")
	drafter.press("main form button[type=submit]", "Enter")
	issue := drafter.request()

	first.approve(issue, "1 of 2 approvals")
	second.approve(issue, "2 of 2 approvals")
	clerk.carry(issue)

	clerk.goes("/desk/letter/HC-2026-0300")
	clerk.press(`main a[href="/desk/withdraw/HC-2026-0300"]`, "Enter")
	clerk.at("/desk/withdraw/HC-2026-0300")
	clerk.fill(`[name="reason.en"]`, "The lock stays open.")
	clerk.fill(`[name="reason.ar"]`, "يبقى الهويس مفتوحاً.")
	clerk.press("main form button[type=submit]", "Enter")
	withdrawal := clerk.request()
	first.approve(withdrawal, "1 of 2 approvals")
	second.approve(withdrawal, "2 of 2 approvals")
	clerk.carry(withdrawal)
	// Readers' pages look for a newer head twice a second: the first may be of the moment before.
	eventually(clerk.ctx, t, "the withdrawal on the letter's page", func(ctx context.Context) (bool, error) {
		clerk.goes("/l/harbour/HC-2026-0300")
		return strings.Contains(text(ctx, t, "main"), "The lock stays open."), nil
	})

	press.approves()
	press.press(`.side a[href="/desk/statements"]`, "Enter")
	press.at("/desk/statements")
	press.press(`a[href="/desk/say/holding"]`, "Enter")
	press.at("/desk/say/holding")
	press.press("main form button[type=submit]", "Enter")
	press.request()
	press.press("form[data-approve] button", "Space")
	until(press.ctx, t, "main", "The entry is in the log")

	walk := func(paths ...string) func(*typist) {
		return func(k *typist) {
			for _, path := range paths {
				k.around(path)
			}
		}
	}
	beside(t, "around", map[*typist]func(*typist){
		drafter: walk("/desk/", "/desk/letters", "/desk/new", "/desk/letter/HC-2026-0012", "/desk/circulate/HC-2026-0012"),
		press:   walk("/desk/statements", "/desk/disavow", "/desk/keys", "/desk/policy", "/ar/desk/say/draft", withdrawal),
	})
	for _, k := range []*typist{first, second, drafter, clerk, press} {
		if requests, errors := k.w.take(); len(requests) > 0 || len(errors) > 0 {
			t.Errorf("requests to other hosts %v, errors %v", requests, errors)
		}
	}
}
