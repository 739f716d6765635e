package browsertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// media makes the tab pretend to print, or to have its reader's settings.
func media(kind string, features ...string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		p := emulation.SetEmulatedMediaParams{Media: kind}
		for _, f := range features {
			name, value, _ := strings.Cut(f, "=")
			p.Features = append(p.Features, &emulation.MediaFeature{Name: name, Value: value})
		}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, p)
		return err
	})
}

// TestMedia looks at one full answer on paper, in forced colours and with less
// motion.
func TestMedia(t *testing.T) {
	t.Parallel()
	ctx, srv := browser(t), site(t)
	page, _ := tab(ctx, t, strings.TrimPrefix(srv.URL, "http://"), 1280)
	var answer sight
	for _, s := range sights() {
		if s.name == "result-altered" {
			answer = s
		}
	}
	for _, c := range []struct {
		name, kind, feature, js, want string
	}{
		{"print", "print", "prefers-color-scheme=light", `getComputedStyle(document.querySelector(".band")).backgroundColor + getComputedStyle(document.querySelector(".acts")).display`, "rgb(255, 255, 255)none"},
		{"forced-colours", "screen", "forced-colors=active", `getComputedStyle(document.querySelector(".band")).borderTopStyle`, "solid"},
		{"less-motion", "screen", "prefers-reduced-motion=reduce", `getComputedStyle(document.querySelector(".btn")).transitionDuration`, "0s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			look, cancel := soon(page)
			defer cancel()
			if err := visit(look, srv.URL, "en", answer); err != nil {
				t.Fatal(err)
			}
			if err := chromedp.Do(look, media(c.kind, c.feature)); err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(look, chromedp.Evaluate[string](c.js))
			if err != nil || got != c.want {
				t.Errorf("%q %v; want %q", got, err, c.want)
			}
			if bad, err := overflow(look); err != nil || bad != "" {
				t.Errorf("overflow: %s %v", bad, err)
			}
			keep(look, t, "media-"+c.name)
			if err := chromedp.Do(look, media("")); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestKeyboard goes through the form with the Tab key alone: every stop must
// show where it is.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	ctx, srv := browser(t), site(t)
	page, _ := tab(ctx, t, strings.TrimPrefix(srv.URL, "http://"), 1280)
	look, cancel := soon(page)
	defer cancel()
	if err := chromedp.Do(look, chromedp.Navigate(srv.URL+"/")); err != nil {
		t.Fatal(err)
	}
	var stops []string
	for range 11 {
		if err := chromedp.Do(look, pressTab()); err != nil {
			t.Fatal(err)
		}
		at, err := chromedp.Run(look, chromedp.Evaluate[string](`(() => { const e = document.activeElement, s = getComputedStyle(e);
			return (e.name || e.className || e.textContent.trim()) + "|" + s.outlineStyle + s.outlineWidth; })()`))
		if err != nil {
			t.Fatal(err)
		}
		name, outline, _ := strings.Cut(at, "|")
		stops = append(stops, name)
		if outline != "solid3px" {
			t.Errorf("%s has the outline %q when focused", name, outline)
		}
	}
	got := strings.Join(stops, ",")
	if want := "skip,brand"; !strings.HasPrefix(got, want) {
		t.Errorf("the first stops are %s", got)
	}
	for _, want := range []string{"text", "file", "as", "btn"} {
		if !strings.Contains(","+got+",", ","+want+",") {
			t.Errorf("the Tab key never reaches %s: %s", want, got)
		}
	}
}

func pressTab() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			p := input.DispatchKeyEventParams{Type: kind, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9, NativeVirtualKeyCode: 9}
			if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, p); err != nil {
				return fmt.Errorf("pressing Tab: %w", err)
			}
		}
		return nil
	})
}
