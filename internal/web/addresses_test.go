package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"chancery.example/internal/web"
	"chancery.example/internal/web/shared"
	"chancery.example/internal/web/webtest"
	"chancery.example/letter"
)

// Addresses that stand on paper. Nothing here may be changed: a line that no
// longer holds is a mistake in the program, not in the line (addresses.md MUST-1
// to MUST-6). Those that may be changed (addresses.md MUST-7) are not here.
var frozen = []struct{ address, media, holds string }{
	{"/l/lights/LA-2026-001", "text/html", "<h1>Issued, then replaced</h1>"},
	{"/l/lights/LA-2026-002", "text/html", "<h1>Issued, then withdrawn</h1>"},
	{"/l/lights/LA-2026-003", "text/html", "<h1>A draft, closed without being issued</h1>"},
	{"/l/lights/LA-2026-004", "text/html", "<h1>Issued, in force</h1>"},
	{"/l/ministry/LA-2026-004", "text/html", "The ministry has its own letter under the same number."},
	{"/l/lights/LA/2026/006", "text/html", "<h1>Issued; its period is over</h1>"},
	{"/l/lights/LA-2026-004/proof", "application/chancery-proof+cbor", ""},
	{"/l/lights/LA/2026/006/proof", "application/chancery-proof+cbor", ""},
	{"/l/lights/LA-2026-004/badge.svg", "image/svg+xml", "Issued, in force"},
	{"/l/lights/LA-2026-004/badge.json", "application/json", `"standing": "in_force"`},
	{"/l/lights/LA-2026-004/letter.jsonld", "application/ld+json", `"DigitalDocument"`},
	{"/l/lights/LA-2026-004/claimreview.json", "application/ld+json", `"ClaimReview"`},
	{"/o/", "text/html", `href="/o/lights"`},
	{"/o/lights", "text/html", "<h1><bdi lang=\"en\" dir=\"ltr\">Lighthouse Authority of Ras Amal</bdi></h1>"},
	{"/o/lights/feed.atom", "application/atom+xml", "<id>urn:chancery:entry:letters.lights.example/tests/2026:11:withdrawn:LA-2026-002</id>"},
	{"/o/lights/feed.json", "application/feed+json", `"id": "urn:chancery:entry:letters.lights.example/tests/2026:11:withdrawn:LA-2026-002"`},
	{"/log", "text/html", `href="/log/0"`},
	{"/log/0", "text/html", "Entry 0 of"},
	{"/log/11", "text/html", `href="/l/lights/LA-2026-002"`},
	{"/log/11/raw", "application/cose", ""},
	{"/q/", "text/html", "A code alone says nothing about this paper"},
	{"/ar/l/lights/LA-2026-004", "text/html", `<html lang="ar" dir="rtl">`},
	{"/ar/o/lights", "text/html", `<html lang="ar" dir="rtl">`},
	{"/ar/log/11", "text/html", `href="/ar/l/lights/LA-2026-002"`},
	{"/ar/q/", "text/html", `<html lang="ar" dir="rtl">`},
}

func TestFrozenAddresses(t *testing.T) {
	h := serve(t, webtest.New(t), web.Options{})
	for _, f := range frozen {
		res := get(t, h, f.address)
		media, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
		text := body(t, res)
		if res.StatusCode != http.StatusOK || media != f.media || !strings.Contains(text, f.holds) {
			t.Errorf("%s: status %d, %s; %q is not there", f.address, res.StatusCode, media, f.holds)
		}
	}
	for _, none := range []string{"/l/lights/LA-2026-999", "/l/lights/la-2026-004", "/l/lights/LA-2026-004/", "/l/nobody/LA-2026-004", "/o/nobody", "/log/010", "/log/+1", "/log/1e1", "/l/lights/LA-2026-004/nothing"} {
		if got := get(t, h, none).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: status %d", none, got)
		}
	}
}

// What a reference may hold stands in its address in one way, and leads back.
func TestAddressesOfReferences(t *testing.T) {
	for ref, want := range map[letter.Ref]string{
		"HC-2026-0012": "/l/harbour/HC-2026-0012", "LA/2026/006": "/l/harbour/LA/2026/006", "A_1.b": "/l/harbour/A_1.b",
	} {
		if got := shared.LetterPath("harbour", ref); got != want {
			t.Errorf("%s: %s; want %s", ref, got, want)
		}
	}
	reg := webtest.New(t)
	refs := []letter.Ref{"2026.014-b/EN", "X/proof", "X", "9", "LA-2026-004/letter.jsonld"}
	for _, ref := range refs {
		reg.Issue("lights", ref, "The letter "+strings.ReplaceAll(string(ref), "/", " ")+" has words of its own.\n")
	}
	h := serve(t, reg, web.Options{})
	for _, ref := range refs {
		text := body(t, get(t, h, shared.LetterPath("lights", ref)))
		if !strings.Contains(text, "The letter "+strings.ReplaceAll(string(ref), "/", " ")+" has words") {
			t.Errorf("%s leads elsewhere", ref)
		}
	}
}

// The page of codes is the same bytes whatever was asked for, also without a
// register (addresses.md MUST-5, papercode.md MUST-5).
func TestThePageOfCodesIsTheSameForEveryCode(t *testing.T) {
	reg := webtest.New(t)
	h := serve(t, reg, web.Options{})
	want := body(t, get(t, h, "/q/"))
	for _, path := range []string{"/q", "/q/?utm=1", "/q/?1.lights.1.56df4d37ce57c71b.LA-2026-004"} {
		if res := get(t, h, path); res.StatusCode != http.StatusOK || body(t, res) != want {
			t.Errorf("%s: status %d, or another page", path, res.StatusCode)
		}
	}
	if regexp.MustCompile(`i-in-force|LA-2026`).MatchString(want) {
		t.Error("the page says something about a letter")
	}
}
