package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"chancery.example/internal/web"
	"chancery.example/internal/web/keptest"
	"chancery.example/internal/web/webtest"
)

// chromium starts the one browser that all tests share, once.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return nil, exec.ErrNotFound
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
	}
	// Windows in which other tests work are not put to sleep.
	for _, flag := range []string{
		"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	atEnd(func() {
		cancel()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return ctx, nil
})

// ends is what happens when all tests have ended, the last first.
var ends struct {
	sync.Mutex
	do []func()
}

func atEnd(do func()) {
	ends.Lock()
	defer ends.Unlock()
	ends.do = append(ends.do, do)
}

func TestMain(m *testing.M) {
	code := m.Run()
	ends.Lock()
	for _, do := range slices.Backward(ends.do) {
		do()
	}
	os.Exit(code)
}

// browser gives a test a browser with nothing kept in it, which shares with no
// other what it is told (cookies, files, passkeys); or skips the test loudly.
func browser(t *testing.T) context.Context {
	t.Helper()
	all, err := chromium()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("SKIPPED FOR WANT OF A BROWSER: no chromium on the PATH; apt-get install chromium")
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(all, chromedp.WithNewBrowserContext(), chromedp.WithNewWindow(true))
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, focused()); err != nil {
		t.Fatalf("a new window: %v", err)
	}
	return ctx
}

// focused has a page believe that its window is the one in front, as it is for who
// looks at it.
func focused() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})
}

// axeSource returns the source of axe-core, or skips the test loudly.
func axeSource(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("SKIPPED FOR WANT OF AXE-CORE: run npm ci in browsertest")
	}
	return string(b)
}

func site(t *testing.T) *httptest.Server {
	t.Helper()
	h, err := web.New(webtest.NewFurther(t), web.Options{Pictures: webtest.ReadPicture, Links: &keptest.Links{}, Enquiries: asked()})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// asked is a desk at which somebody has asked already.
func asked() *keptest.Desk {
	return &keptest.Desk{ByAsker: map[string]web.Asked{
		keptest.AskedSecret:                {Office: "lights", Words: "Is this <b>yours</b>? It hung at the quay.", AskedAt: webtest.Now, State: "open"},
		"fedcba9876543210fedcba9876543210": {Office: "lights", Words: "Is this yours?", AskedAt: webtest.Now, State: "dismissed", Reason: "Ask the harbour master.", EndedAt: webtest.Now, Took: 50 * time.Hour},
	}}
}

// scheme makes pages believe that the reader prefers light or dark colours, and no
// motion: colours that are half way from one to the other are nobody's.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	})
}

// rules names what axe is to look for, as it wants to be told.
type rules string

const (
	allRules rules = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`
	// colourRules are those of them that other colours can break.
	colourRules rules = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// around shows an open page on a phone and on a desk, in light colours and in dark
// ones, has it examined each time by the rules that may be broken there alone, and
// keeps its picture.
func around(ctx context.Context, t *testing.T, name string, examine func(by rules)) {
	t.Helper()
	for _, width := range []int64{390, 1280} {
		for _, in := range []struct {
			colours string
			by      rules
		}{{"light", allRules}, {"dark", colourRules}} {
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 844), scheme(in.colours)); err != nil {
				t.Fatal(err)
			}
			keep(ctx, t, fmt.Sprintf("%s-%d-%s", name, width, in.colours))
			examine(in.by)
		}
	}
}

// A watch notes what a page does behind the reader's back.
type watch struct {
	mu       sync.Mutex
	host     string
	requests []string // to other hosts
	errors   []string // of the console
}

func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || u.Host != w.host && !slices.Contains([]string{"data", "about", "blob"}, u.Scheme) {
			w.requests = append(w.requests, e.Request.URL)
		}
	case *cdplog.EventEntryAdded:
		// A page that says 404 or 413 is itself an entry of the network; that is
		// what it was asked for.
		if e.Entry.Level == cdplog.EntryLevelError && !strings.Contains(e.Entry.Text, "the server responded with a status of") {
			w.errors = append(w.errors, e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		w.errors = append(w.errors, e.ExceptionDetails.Text)
	}
}

func (w *watch) take() (requests, errors []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	requests, errors = w.requests, w.errors
	w.requests, w.errors = nil, nil
	return requests, errors
}

// tab opens a tab in which pages cannot run scripts.
func tab(ctx context.Context, t *testing.T, host string, width int) (context.Context, *watch) {
	t.Helper()
	w := &watch{host: host}
	tabCtx, cancel := chromedp.NewContext(ctx, chromedp.WithListener(w.see), chromedp.WithNewWindow(true))
	t.Cleanup(cancel)
	height := 800
	if width < 600 {
		height = 844
	}
	if err := chromedp.Do(tabCtx, focused(), scripts(false), chromedp.EmulateViewport(int64(width), int64(height))); err != nil {
		t.Fatal(err)
	}
	return tabCtx, w
}

// scripts switches the scripts of pages. What the test itself evaluates runs
// either way.
func scripts(on bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

// A violation is one rule that axe finds broken.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for i, n := range v.Nodes {
		if i == 3 {
			fmt.Fprintf(&b, "\n  and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n  %.200s\n  %s", n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n  "))
	}
	return b.String()
}

// axe runs axe on the page in the tab, with some of its rules. It goes in through the debugging
// protocol, which the content security policy does not concern.
func axe(ctx context.Context, source string, by rules) ([]violation, error) {
	if err := chromedp.Do(ctx, scripts(true)); err != nil {
		return nil, err
	}
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`typeof axe === "object"`))
	if err != nil {
		return nil, err
	}
	if there { // an earlier look at the same page brought it
		source = ""
	}
	run := `;new Promise(drawn => setTimeout(drawn, 50)).then(() => axe.run(document, {resultTypes: ["violations"], runOnly: ` + string(by) + `})).then(r => JSON.stringify(r.violations))`
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](source+run, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, err
	}
	var found []violation
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		return nil, err
	}
	return found, chromedp.Do(ctx, scripts(false))
}

// overflow returns what sticks out of the page sideways.
func overflow(ctx context.Context) (string, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {
		const wide = document.documentElement.clientWidth, out = [];
		if (document.documentElement.scrollWidth > wide) out.push("the page is " + document.documentElement.scrollWidth + " px wide in " + wide);
		for (const e of document.querySelectorAll("main *, header *, footer *")) {
			const r = e.getBoundingClientRect();
			if (r.width > 1 && r.height > 1 && (r.right > wide + 1 || r.left < -1)) out.push(e.tagName + "." + e.className + " " + Math.round(r.left) + ".." + Math.round(r.right));
		}
		return out.slice(0, 5).join("; ");
	})()`))
}

// small returns controls that are too small for a finger.
func small(ctx context.Context) (string, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[string](`(() => {
		const out = [];
		for (const e of document.querySelectorAll(".btn, input, textarea, nav a, .filters a, .choices label")) {
			const target = e.closest("label") || e, r = target.getBoundingClientRect();
			if (r.width && r.height < 43.5) out.push(e.tagName + " " + (e.textContent || e.name).trim().slice(0, 30) + " " + r.height);
		}
		return out.slice(0, 5).join("; ");
	})()`))
}

// keep saves a picture of the whole page when a folder for them is named.
func keep(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("CHANCERY_SCREENSHOTS")
	if dir == "" {
		return
	}
	// A picture that the browser does not give is no failure of the page.
	wait, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	png, err := chromedp.Run(wait, chromedp.FullScreenshot(100))
	if err != nil {
		t.Logf("picture of %s: %v", name, err)
		return
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// patience is how long one step in a browser may take, on a machine that does other
// things besides.
const patience = time.Minute

// soon bounds one look at a page.
func soon(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, patience)
}

// eventually asks again and again whether something is so, for as long as one step may
// take, and fails with what was seen last.
func eventually(ctx context.Context, t *testing.T, what string, so func(context.Context) (bool, error)) {
	t.Helper()
	look, cancel := soon(ctx)
	defer cancel()
	for {
		there, err := so(look)
		if err == nil && there {
			return
		}
		if look.Err() != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	last, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	at, _ := chromedp.Run(last, chromedp.Location())
	says, _ := chromedp.Run(last, chromedp.TextContent(chromedp.CSS("main")))
	t.Fatalf("not in %s: %s; at %s, which says %s", patience, what, at, strings.Join(strings.Fields(says), " "))
}
