package browsertest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// A desk is the program's own demonstration, with a link for each of its people.
type desk struct {
	url   string            // http://localhost:PORT
	links map[string]string // by name
}

var link = regexp.MustCompile(`^  (\S.*?)\s+(http://localhost:\d+/desk/join#\S+)$`)

// demonstration runs the program's demonstration until the test ends.
func demonstration(t *testing.T) desk {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), bin, "demo", "--addr", "127.0.0.1:0")
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
	})
	d := desk{links: map[string]string{}}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := link.FindStringSubmatch(lines.Text()); m != nil {
			d.links[m[1]] = m[2]
			d.url, _, _ = strings.Cut(m[2], "/desk/")
		}
		if strings.HasPrefix(lines.Text(), "The pages are at") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return d
		}
	}
	t.Fatalf("the demonstration ended: %v", lines.Err())
	return d
}

// colleague opens a browser of its own with an authenticator, and lets a person in
// by their link.
func colleague(t *testing.T, d desk, name string, width int) (context.Context, *watch) {
	t.Helper()
	page, w := tab(browser(t), t, strings.TrimPrefix(d.url, "http://"), width)
	if err := chromedp.Do(page, passkeys(), scripts(true)); err != nil {
		t.Fatal(err)
	}
	look, cancel := soon(page)
	defer cancel()
	if err := chromedp.Do(look, chromedp.Navigate(d.links[name])); err != nil {
		t.Fatal(err)
	}
	keep(look, t, fmt.Sprintf("desk-join-%d", width))
	ceremony(look, t, "/desk/")
	return page, w
}

// passkeys gives a tab an authenticator whose owner is there.
func passkeys() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return err
	})
}

// ceremony presses the button of a page with a passkey, and waits until it leads
// on.
func ceremony(ctx context.Context, t *testing.T, to string) {
	t.Helper()
	if err := chromedp.Do(ctx, scripts(true), chromedp.WaitVisible(chromedp.CSS("form[data-passkey] button")), chromedp.Click(chromedp.CSS("form[data-passkey] button"))); err != nil {
		t.Fatal(err)
	}
	arrived(ctx, t, to)
}

func arrived(ctx context.Context, t *testing.T, to string) {
	t.Helper()
	eventually(ctx, t, "arriving at "+to, func(ctx context.Context) (bool, error) {
		at, err := chromedp.Run(ctx, chromedp.Location())
		return strings.HasSuffix(strings.SplitN(at, "?", 2)[0], to), err
	})
}

// fill types into fields and sends the form that a button belongs to.
func fill(ctx context.Context, t *testing.T, fields map[string]string, button string) {
	t.Helper()
	for field, value := range fields {
		if err := chromedp.Do(ctx, chromedp.SetValue(chromedp.CSS(field), value)); err != nil {
			t.Fatalf("%s: %v", field, err)
		}
	}
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(button))); err != nil {
		t.Fatalf("%s: %v", button, err)
	}
}

const (
	english = "HARBOUR AUTHORITY\n\nSubject: Closing of the north lock\n\nSir,\n\nThe north lock closes for days and weeks from 4 March 2026 at 18:00. Ships of class AH-64 wait at the quay.\n\nWe respect your decision.\n\nA. Keeper\nHarbour Master\n"
	arabic  = "هيئة الميناء\n\nالموضوع: إغلاق الهويس الشمالي\n\nسيدي،\n\nيُغلق الهويس الشمالي لأيام من 4 آذار 2026 الساعة 18:00. وتنتظر السفن عند الرصيف.\n\nنحترم قراركم.\n\nأ. كيبر\nمدير الميناء\n"
)

// TestDesk goes the way of a letter from its first word to its submission as people
// do, and looks at every page on a phone and on a desk, in both languages.
func TestDesk(t *testing.T) {
	t.Parallel()
	source, d := axeSource(t), demonstration(t)
	drafter, seen := colleague(t, d, "Desk officer", 1280)
	ctx, cancel := context.WithTimeout(drafter, 10*time.Minute)
	defer cancel()
	open(ctx, t, d.url+"/desk/new")
	fill(ctx, t, map[string]string{"#reference": "HC-2026-0100", "#text-en": english, "#text-ar": arabic, "#addressees": "The Master, South Lock"}, "main button[type=submit]:not([name], .vh)")
	arrived(ctx, t, "/desk/letter/HC-2026-0100")
	open(ctx, t, d.url+"/desk/circulate/HC-2026-0100")
	fill(ctx, t, map[string]string{"#holder1": "Pilots' Office", "#purpose1": "coordination"}, "main button[type=submit]")
	open(ctx, t, d.url+"/desk/edit/HC-2026-0100")
	fill(ctx, t, map[string]string{"#text-en": strings.Replace(english, "4 March", "5 March", 1), "#why": "The pilots asked for a day more."}, "main button[type=submit]:not([name], .vh)")
	open(ctx, t, d.url+"/desk/letter/HC-2026-0100")
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS("#ask summary"))); err != nil {
		t.Fatal(err)
	}
	fill(ctx, t, map[string]string{"#of": "legal", "#due": "2099-01-01T10:00"}, "#ask button")
	says, err := chromedp.Run(ctx, chromedp.TextContent(chromedp.CSS("main")))
	if err == nil && !strings.Contains(says, "a year") {
		t.Errorf("a clearance in 70 years: %s", says)
	}
	fill(ctx, t, map[string]string{"#of": "legal", "#due": time.Now().UTC().Add(48 * time.Hour).Format("2006-01-02T15:04")}, "#ask button")
	arrived(ctx, t, "/desk/letter/HC-2026-0100")
	for _, path := range []string{
		"/desk/", "/desk/letters", "/desk/letter/HC-2026-0100", "/desk/letter/HC-2026-0012", "/desk/edit/HC-2026-0100", "/desk/circulate/HC-2026-0100",
		"/desk/submit/HC-2026-0100", "/desk/revisions/HC-2026-0100?from=1&to=2", "/desk/new", "/desk/sign-in", "/desk/prove", "/desk/join",
	} {
		for _, lang := range []string{"", "/ar"} {
			t.Run(lang+path, func(t *testing.T) { everywhere(ctx, t, seen, source, d.url, lang+path) })
		}
	}
	// Out, and in again with the passkey that is there.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 844), chromedp.Navigate(d.url+"/desk/")); err != nil {
		t.Fatal(err)
	}
	fill(ctx, t, nil, ".side .who button")
	arrived(ctx, t, "/desk/sign-in")
	open(ctx, t, d.url+"/desk/letter/HC-2026-0100")
	arrived(ctx, t, "/desk/sign-in")
	ceremony(ctx, t, "/desk/letter/HC-2026-0100")
	open(ctx, t, d.url+"/desk/prove?then=/desk/letters")
	ceremony(ctx, t, "/desk/letters")
}

// open opens a page, with the scripts of pages on.
func open(ctx context.Context, t *testing.T, address string) {
	t.Helper()
	err := chromedp.Do(ctx, scripts(true))
	if err == nil {
		err = anew(ctx, address)
	}
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}

// anew loads a page, also when it is open already: another fragment alone would load
// nothing.
func anew(ctx context.Context, address string) error {
	if strings.Contains(address, "#") {
		if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
			return err
		}
	}
	return chromedp.Do(ctx, chromedp.Navigate(address))
}

// sound looks for what sticks out, what is too small, and what axe finds.
func sound(ctx context.Context, t *testing.T, w *watch, source string, by rules) {
	t.Helper()
	for name, look := range map[string]func(context.Context) (string, error){"overflow": overflow, "small controls": small} {
		if bad, err := look(ctx); err != nil || bad != "" {
			t.Errorf("%s: %s %v", name, bad, err)
		}
	}
	found, err := axe(ctx, source, by)
	if err != nil {
		t.Errorf("axe: %v", err)
	}
	for _, v := range found {
		t.Errorf("axe: %s", v)
	}
	if requests, errors := w.take(); len(requests) > 0 || len(errors) > 0 {
		t.Errorf("requests to other hosts %v, errors %v", requests, errors)
	}
}
