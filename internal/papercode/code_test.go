package papercode_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"chancery.example/internal/papercode"
	"chancery.example/internal/testkit"
	"chancery.example/letter"
)

const good = "https://harbour.example/q/#1.harbour.1.56df4d37ce57c71b.HC-2026-0012"

func codes(t *rapid.T) papercode.Code {
	return papercode.Code{
		Host:     rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?){1,3}`).Draw(t, "host"),
		Office:   rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,31}`).Draw(t, "office"),
		Revision: rapid.Uint32Min(1).Draw(t, "revision"),
		Check:    [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "check")),
		Reference: rapid.Custom(func(t *rapid.T) letter.Ref {
			return letter.Ref(rapid.StringMatching(`[A-Za-z0-9](\.?[A-Za-z0-9_-]){0,20}(/[A-Za-z0-9_-]{1,8}){0,2}`).Draw(t, "reference"))
		}).Draw(t, "ref"),
	}
}

// What is written is read (MUST-1, MUST-2), and is running matter of a letter, so
// that a code on a copy is no difference.
func TestCodesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := codes(t)
		got, err := papercode.Parse(c.String())
		if err != nil || got != c {
			t.Fatalf("%s: %+v, %v", c, got, err)
		}
		if len(c.String()) > papercode.MaxLength {
			t.Fatalf("%d bytes", len(c.String()))
		}
		if spans := letter.RunningMatter("Chancery code: " + c.String() + "\n"); len(spans) != 1 {
			t.Fatalf("%s is not taken for running matter", c)
		}
	})
}

// What differs by one letter is another code or none, never the same one.
func TestCodesAreStrict(t *testing.T) {
	want, err := papercode.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for _, with := range []string{"", " ", ".", "%", "A", "a", "-", "\u0430", good[i:i+1] + good[i:i+1]} {
			s := good[:i] + with + good[i+1:]
			if got, err := papercode.Parse(s); err == nil && (got == want) != (s == good) {
				t.Errorf("%s is read as %s", s, got)
			}
		}
	}
	for _, s := range []string{
		"", "https://", good + "\n", " " + good, strings.ToUpper(good), strings.Replace(good, "https", "http", 1),
		strings.Replace(good, "harbour.example", "harbour.example:443", 1), strings.Replace(good, "harbour.example", "harbour.example.", 1),
		strings.Replace(good, "harbour.example", "me@harbour.example", 1), strings.Replace(good, "harbour.example", "HARBOUR.example", 1),
		strings.Replace(good, "harbour.example", "localhost", 1), strings.Replace(good, "harbour.example", "-a.example", 1),
		strings.Replace(good, "harbour.example", strings.Repeat("a", 64)+".example", 1),
		strings.Replace(good, "/q/#", "/q/?x#", 1), strings.Replace(good, "/q/#", "/q#", 1), strings.Replace(good, "/q/#", "/q/%23", 1),
		strings.Replace(good, ".1.56", ".01.56", 1), strings.Replace(good, ".1.56", ".0.56", 1), strings.Replace(good, ".1.56", ".4294967296.56", 1), strings.Replace(good, ".1.56", ".+1.56", 1),
		strings.Replace(good, "56df", "56DF", 1), strings.Replace(good, "56df4", "56df", 1), strings.Replace(good, ".harbour.", ".-harbour.", 1),
		strings.Replace(good, "HC-2026", "..", 1), good + "/", good + "<svg onload=1>", good + strings.Repeat("a", 60), strings.Repeat("A", 4000),
	} {
		if got, err := papercode.Parse(s); err == nil {
			t.Errorf("%q is read as %s", s, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("https://a.b/q/#2.x")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := papercode.Parse(s); err == nil && c.String() != s {
			t.Errorf("%q is read as %s", s, c)
		}
	})
}

var offices = []papercode.Office{{ID: "chancery", Domain: "chancery.example"}, {ID: "harbour", Domain: "harbour.example"}}

// Whatever is no office's own address, to the byte, is refused, and the registered
// domain is named (MUST-9).
func TestLookAlikes(t *testing.T) {
	for s, want := range map[string]papercode.Verdict{
		good: papercode.Genuine,
		strings.Replace(good, "#1.harbour.", "#1.chancery.", 1):                  papercode.Unknown, // another office's code at this host
		strings.Replace(good, "#1.", "#2.", 1):                                   papercode.Unknown,
		"https://harbour.example/news":                                           papercode.Unknown,
		strings.Replace(good, "https", "http", 1):                                papercode.Foreign,
		strings.ToUpper(good):                                                    papercode.Foreign,
		strings.Replace(good, "harbour.example", "HARBOUR.example", 1):           papercode.Foreign,
		strings.Replace(good, "harbour.example", "harbour.example.", 1):          papercode.Foreign,
		strings.Replace(good, "harbour.example", "harbour.example:8443", 1):      papercode.Foreign,
		strings.Replace(good, "harbour.example", "harbour.example@evil.test", 1): papercode.Foreign,
		strings.Replace(good, "harbour.example", "user:pw@harbour.example", 1):   papercode.Foreign,
		strings.Replace(good, "harbour.example", "harbour.example.evil.test", 1): papercode.Foreign,
		strings.Replace(good, "harbour.example", "pilots.harbour.example", 1):    papercode.Foreign,
		strings.Replace(good, "harbour.example", "h\u0430rbour.example", 1):      papercode.Foreign,
		strings.Replace(good, "harbour.example", "xn--hrbour-3nf.example", 1):    papercode.Foreign,
		strings.Replace(good, "harbour.example", "harb0ur.example", 1):           papercode.Foreign,
		strings.Replace(good, "harbour.example", "harbour-example.test", 1):      papercode.Foreign,
		strings.Replace(good, "harbour.example", "harbour%2eexample", 1):         papercode.Foreign,
		strings.Replace(good, "harbour.example", "%68arbour.example", 1):         papercode.Foreign,
		strings.Replace(good, "harbour.example", "harbour\u3002example", 1):      papercode.Foreign,
		strings.Replace(good, "https://", "https:\\\\", 1):                       papercode.Foreign,
		strings.Replace(good, "https://", "//", 1):                               papercode.Foreign,
		strings.Replace(good, "https://", "", 1):                                 papercode.Foreign,
		"HTTPS://EVIL.TEST/?u=" + good:                                           papercode.Foreign,
		"javascript:alert(1)":                                                    papercode.Other,
		"tel:+123":                                                               papercode.Other,
		"BEGIN:VCARD":                                                            papercode.Other,
		"CHANCERY:DRAFT:1:AAAA":                                                  papercode.Opening,
	} {
		got := papercode.Judge(s, offices)
		if got.Verdict != want {
			t.Errorf("%s is %s: want %s", s, got.Verdict, want)
		}
		if got.Verdict == papercode.Foreign && (!got.Alike || len(got.Registered) != 1 || got.Registered[0] != "harbour.example") {
			t.Errorf("%s: the registered domain is not named, but %v", s, got.Registered)
		}
		for _, r := range got.Shown {
			if r <= ' ' || r > '~' || r == '<' {
				t.Errorf("%s is shown with %q", s, r)
			}
		}
	}
	if got := papercode.Judge("https://elsewhere.test/", offices); got.Verdict != papercode.Foreign || got.Alike || len(got.Registered) != 2 {
		t.Errorf("an address like none: %+v", got)
	}
}

// TestAttackPayloads holds the corpus of code payloads to what must happen; its
// addresses of letters use /v/ where ours use /q/#.
func TestAttackPayloads(t *testing.T) {
	var cases []struct{ Payload, Expect string }
	if err := json.Unmarshal(testkit.Read(t, "attack-generated/qr_payloads.json"), &cases); err != nil {
		t.Fatal(err)
	}
	want := map[string]papercode.Verdict{
		"open own verifier": papercode.Genuine, "warn": papercode.Foreign, "IDN look-alike: warn": papercode.Foreign,
		"foreign verifier: warn, never follow": papercode.Foreign, "no plain http": papercode.Foreign,
		"ignore": papercode.Other, "ignore oversize": papercode.Other, "escape": papercode.Unknown,
	}
	judged := 0
	for _, c := range cases {
		expect, ok := want[c.Expect]
		if !ok {
			continue // a scene, not a payload: internal/check plays those
		}
		judged++
		payload := strings.Replace(c.Payload, "/v/AB12", "/q/#1.chancery.1.56df4d37ce57c71b.AB12", 1)
		got := papercode.Judge(payload, offices)
		if got.Verdict != expect {
			t.Errorf("%.80q is %s: want %s (%s)", payload, got.Verdict, expect, c.Expect)
		}
		if got.Verdict == papercode.Foreign && (!got.Alike || got.Registered[0] != "chancery.example") {
			t.Errorf("%.80q: the registered domain is not named, but %v", payload, got.Registered)
		}
		if strings.ContainsAny(got.Shown, "<>\"\u0430") {
			t.Errorf("%.80q is shown as %s", payload, got.Shown)
		}
	}
	if judged < 10 {
		t.Errorf("%d payloads were judged: the corpus has other words now", judged)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(good)
	f.Add("https://h\u0430rbour.example@%2e%2")
	f.Fuzz(func(t *testing.T, s string) {
		j := papercode.Judge(s, offices)
		if j.Verdict == papercode.Genuine && j.Code.String() != s {
			t.Errorf("%q is genuine", s)
		}
		if len(j.Shown) > 100 || strings.ContainsFunc(j.Shown, func(r rune) bool { return r < '!' || r > '~' }) {
			t.Errorf("%q is shown as %q", s, j.Shown)
		}
	})
}
