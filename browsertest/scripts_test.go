package browsertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// The public pages as most readers have them: with scripts.

// reads waits until a page that reads on the reader's device says so.
func reads(ctx context.Context, t *testing.T) {
	t.Helper()
	eventually(ctx, t, "a form that reads on the device", func(ctx context.Context) (bool, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[bool](`!!document.querySelector("form[data-device]") && !document.querySelector("form[data-device] [data-nojs]")`))
	})
}

// TestWithScripts looks at the pages whose forms read on the reader's own device, before
// and after they have an answer, and goes through them with the Tab key alone.
func TestWithScripts(t *testing.T) {
	t.Parallel()
	source := axeSource(t)
	ctx := browser(t)
	h, dir := played(t)
	draft := draftText(t, dir)
	page, w := tab(ctx, t, strings.TrimPrefix(h.URL, "http://"), 1280)
	k := &typist{t: t, ctx: page, w: w, d: desk{url: h.URL}}
	for _, path := range []string{"/", "/ar/", "/verify", "/ar/verify"} {
		t.Run(path, func(t *testing.T) {
			own := *k
			own.t = t
			own.around(path)
			look, cancel := slow(page)
			defer cancel()
			open(look, t, h.URL+path)
			reads(look, t)
			around(look, t, "scripts"+strings.ReplaceAll(path, "/", "-"), func(by rules) { sound(look, t, w, source, by) })
		})
	}
	for _, path := range []string{"/", "/ar/"} {
		t.Run("answer"+path, func(t *testing.T) {
			look, cancel := slow(page)
			defer cancel()
			got, err := onDevice(look, h.URL+path, held{Text: draft})
			if err != nil || got.Hash != "#answer" {
				t.Fatalf("%+v %v", got, err)
			}
			around(look, t, "scripts-answer"+strings.ReplaceAll(path, "/", "-"), func(by rules) { sound(look, t, w, source, by) })
		})
	}
}

// shown is what the page of a code on paper shows.
const shown = `(() => {
	const seen = e => e && e.getClientRects().length > 0, words = name => document.querySelector("[data-code=" + name + "]").textContent;
	const probe = document.body.appendChild(document.createElement("i")), greens = new Set();
	for (const token of ["--green", "--green-tint", "--green-ink"]) { probe.style.color = "var(" + token + ")"; greens.add(getComputedStyle(probe).color); }
	probe.remove();
	const green = [...document.querySelectorAll("body, body *")].filter(seen).filter(e => { const s = getComputedStyle(e);
		return e.matches(".i-in-force") || [s.color, s.backgroundColor, s.borderTopColor, s.borderInlineStartColor, s.fill, s.stroke].some(c => greens.has(c)); });
	return [seen(document.getElementById("claim")) ? [words("office"), words("reference"), words("revision")].join(" ") : "nothing", seen(document.getElementById("unread")) ? "unread" : "read",
		seen(document.getElementById("text")) ? "asks for words" : "asks nothing", green.length ? "GREEN " + green[0].outerHTML.slice(0, 100) : "not green", document.querySelector("#claim a").getAttribute("href")].join("|");
})()`

// A code on a paper is read by the reader's browser alone: what stands behind the # is
// never sent. The page says what the code names, asks for the words and is never green,
// whether the code is the office's or was made up (papercode.md MUST-1).
func TestCodeOnPaper(t *testing.T) {
	t.Parallel()
	source := axeSource(t)
	ctx := browser(t)
	h, _ := played(t)
	page, w := tab(ctx, t, strings.TrimPrefix(h.URL, "http://"), 390)
	if err := chromedp.Do(page, uncached()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, fragment, want, letter string
		whole                        bool // one of each sort is looked at on all screens
	}{
		{"registered", "1.harbour.1.0123456789abcdef.HC-2026-0010", "harbour HC-2026-0010 1|read", "/l/harbour/HC-2026-0010", true},
		{"made-up", "1.harbour.7.fedcba9876543210.HC-1999-0001", "harbour HC-1999-0001 7|read", "/l/harbour/HC-1999-0001", false},
		{"cut", "1.harbour.1.0123456789ab", "nothing|unread", "", true},
		{"later", "2.harbour.1.0123456789abcdef.HC-2026-0010", "nothing|unread", "", false},
		{"climbing", "1.harbour.1.0123456789abcdef.HC/../../HC-2026-0010", "nothing|unread", "", false},
		{"hostile", "1.harbour.1.0123456789abcdef.%3Cimg%20src=x%20onerror=alert(1)%3E", "nothing|unread", "", false},
	} {
		for _, lang := range []string{"", "/ar"} {
			t.Run(c.name+lang, func(t *testing.T) {
				look, cancel := slow(page)
				defer cancel()
				h.took()
				open(look, t, h.URL+lang+"/q/#"+c.fragment)
				says := func() {
					got, err := chromedp.Run(look, chromedp.Evaluate[string](shown))
					want := c.want + "|asks for words|not green|"
					if c.letter != "" {
						want += lang + c.letter
					}
					if err != nil || !strings.HasPrefix(got, want) {
						t.Errorf("it shows %q (%v), want %q", got, err, want)
					}
				}
				says()
				if c.whole {
					around(look, t, "code-"+c.name+strings.ReplaceAll(lang, "/", "-"), func(by rules) {
						says()
						sound(look, t, w, source, by)
					})
				}
				sent(t, h, c.fragment)
				// The words are typed and sent: not the code, which is still in the address.
				fill(look, t, map[string]string{"#text": "The North Lock is closed on Sundays."}, "form.panel button[type=submit]")
				sent(t, h, c.fragment)
			})
		}
	}
}

// uncached has a browser ask for a page each time.
func uncached() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
		return err
	})
}

// sent fails when a host was asked for anything that a code holds.
func sent(t *testing.T, h *host, fragment string) {
	t.Helper()
	asked := h.took()
	if len(asked) == 0 {
		t.Error("nothing was asked for: the page was not loaded")
	}
	for _, r := range asked {
		for _, part := range []string{fragment, "HC-", "0123456789ab", "fedcba98", fmt.Sprintf("%.9s", fragment)} {
			if strings.Contains(r, part) {
				t.Errorf("the host was asked for %q, which tells of the code", r)
			}
		}
	}
}
