package browsertest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// officer is a colleague with a passkey to approve with that the policy names: in
// the demonstration the other officers agree by themselves.
func officer(t *testing.T, d desk, name string, width int) (context.Context, *watch) {
	t.Helper()
	page, w := colleague(t, d, name, width)
	ctx, cancel := context.WithTimeout(page, 3*time.Minute)
	defer cancel()
	open(ctx, t, d.url+"/desk/keys")
	if err := chromedp.Do(ctx, chromedp.SetValue(chromedp.CSS("#approvalname"), "test")); err != nil {
		t.Fatal(err)
	}
	press(ctx, t, "#approval form[data-passkey] button")
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(`form[action$="/desk/policy/key"] button`))); err != nil {
		t.Fatal(err)
	}
	fill(ctx, t, nil, `form[action$="/desk/policy/key"] button`)
	for ctx.Err() == nil {
		open(ctx, t, d.url+"/desk/keys")
		if strings.Contains(text(ctx, t, "#approval"), "Counts") {
			return page, w
		}
		time.Sleep(500 * time.Millisecond)
	}
	t.Fatalf("the policy does not name the key of %s", name)
	return page, w
}

func press(ctx context.Context, t *testing.T, what string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(what)), chromedp.Click(chromedp.CSS(what))); err != nil {
		t.Fatalf("pressing %s: %v: %s", what, err, text(ctx, t, "main"))
	}
}

func text(ctx context.Context, t *testing.T, of string) string {
	t.Helper()
	const tries = 20 // while a page is replaced by another there is none
	for i := range tries {
		s, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.textContent ?? ""`, of)))
		if err == nil {
			return strings.Join(strings.Fields(s), " ")
		}
		if i == tries-1 {
			t.Fatalf("reading %s: %v", of, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ""
}

// until waits for words in the page.
func until(ctx context.Context, t *testing.T, of, words string) {
	t.Helper()
	eventually(ctx, t, fmt.Sprintf("%q in %s", words, of), func(ctx context.Context) (bool, error) {
		says, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.textContent ?? ""`, of)))
		return strings.Contains(strings.Join(strings.Fields(says), " "), words), err
	})
}

// mostTaps is how many taps a press officer needs at most, once signed in, from "a
// leak is seen" to a holding statement that everybody reads.
const mostTaps = 6

// TestLeakSeen: a press officer on a phone, and the taps to a public statement
// counted.
func TestLeakSeen(t *testing.T) {
	t.Parallel()
	d := demonstration(t)
	page, _ := officer(t, d, "Press officer", 390)
	ctx, cancel := context.WithTimeout(page, 3*time.Minute)
	defer cancel()
	open(ctx, t, d.url+"/desk/")
	fill(ctx, t, nil, ".side .who button")
	ceremony(ctx, t, "/desk/")
	began, taps := time.Now(), 0
	tap := func(what string) {
		t.Helper()
		press(ctx, t, what)
		taps++
	}
	tap(`.side a[href="/desk/statements"]`)
	tap(`a[href="/desk/say/holding"]`)
	keep(ctx, t, "leak-holding-390")
	tap(`form[action="/desk/say/holding"] button[type=submit]`)
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS("form[data-approve] button"))); err != nil {
		t.Fatal(err)
	}
	if says := text(ctx, t, "#document"); !strings.Contains(says, "A paper that bears our name is circulating") || !strings.Contains(says, "تُتداول ورقة") {
		t.Errorf("not shown as the public will see it: %s", says)
	}
	keep(ctx, t, "leak-sign-390")
	tap("form[data-approve] button")
	until(ctx, t, "main", "The entry is in the log")
	took := time.Since(began)
	keep(ctx, t, "leak-done-390")
	eventually(ctx, t, "the statement on the office's page", func(ctx context.Context) (bool, error) {
		open(ctx, t, d.url+"/o/harbour")
		return strings.Contains(text(ctx, t, "main"), "A paper that bears our name is circulating"), nil
	})
	if taps > mostTaps {
		t.Errorf("%d taps, at most %d", taps, mostTaps)
	}
	t.Logf("leak seen to holding statement public: %d taps after signing in, %s of the machine's own time", taps, took.Round(time.Millisecond))
}

var requestPath = regexp.MustCompile(`/desk/request/\d+`)

// TestShownIsSigned: a page that shows one document and asks for a signature over
// another is of no use to who made it.
func TestShownIsSigned(t *testing.T) {
	t.Parallel()
	d := demonstration(t)
	page, _ := officer(t, d, "Press officer", 1280)
	ctx, cancel := context.WithTimeout(page, 3*time.Minute)
	defer cancel()
	var paths, challenges []string
	for _, words := range []string{"We have ordered nothing.", "We have ordered it."} {
		open(ctx, t, d.url+"/desk/say/about")
		if err := chromedp.Do(ctx, chromedp.SetValue(chromedp.CSS(`[name="words.en"]`), words)); err != nil {
			t.Fatal(err)
		}
		fill(ctx, t, nil, `form[action="/desk/say/about"] button[type=submit]`)
		at, err := chromedp.Run(ctx, chromedp.Location())
		if err != nil {
			t.Fatal(err)
		}
		c, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("form[data-approve]").dataset.approve`))
		if err != nil {
			t.Fatal(err)
		}
		paths, challenges = append(paths, requestPath.FindString(at)), append(challenges, c)
	}
	open(ctx, t, d.url+paths[0])
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector("form[data-approve]").dataset.approve = %q`, challenges[1]))); err != nil {
		t.Fatal(err)
	}
	press(ctx, t, "form[data-approve] button")
	until(ctx, t, "main", "rules do not allow it")
	for _, path := range paths {
		open(ctx, t, d.url+path)
		if says := text(ctx, t, "main"); !strings.Contains(says, "0 of") {
			t.Errorf("%s has an approval: %s", path, says)
		}
	}
}

// TestOfficePages looks at the desk's other pages on a phone and on a desk, in both
// languages and both colour schemes.
func TestOfficePages(t *testing.T) {
	t.Parallel()
	source, d := axeSource(t), demonstration(t)
	press, seen := officer(t, d, "Press officer", 1280)
	admin, seenAdmin := colleague(t, d, "Administrator", 1280)
	clerk, seenClerk := colleague(t, d, "Issuing clerk", 1280)
	ctx, cancel := context.WithTimeout(press, 8*time.Minute)
	defer cancel()
	open(ctx, t, d.url+"/desk/say/draft")
	fill(ctx, t, nil, `form[action="/desk/say/draft"] button[type=submit]`)
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	request := requestPath.FindString(at)
	for _, p := range []struct {
		ctx   context.Context
		w     *watch
		paths []string
	}{
		{press, seen, []string{request, "/desk/statements", "/desk/say/holding", "/desk/say/draft", "/desk/disavow", "/desk/enquiries", "/desk/keys", "/desk/open/HC-2026-0012", "/desk/embargoes"}},
		{admin, seenAdmin, []string{"/desk/people", "/desk/person/press", "/desk/policy", "/desk/tokens", "/desk/audit", "/desk/settings"}},
		{clerk, seenClerk, []string{"/desk/finished", "/desk/withdraw/HC-2026-0010", "/desk/correct/HC-2026-0010", "/desk/supersede/HC-2026-0010", "/desk/close/HC-2026-0012", "/desk/policy/officer/press"}},
	} {
		for _, path := range p.paths {
			for _, lang := range []string{"", "/ar"} {
				t.Run(lang+path, func(t *testing.T) { everywhere(p.ctx, t, p.w, source, d.url, lang+path) })
			}
		}
	}
}

// everywhere opens a page and looks at it on a phone and on a desk.
func everywhere(ctx context.Context, t *testing.T, w *watch, source, base, path string) {
	t.Helper()
	look, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	open(look, t, base+path)
	name := strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "").Replace("desk" + path)
	around(look, t, name, func(by rules) { sound(look, t, w, source, by) })
}
