package web_test

import (
	"maps"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A pairing is a colour of words on a colour of ground, by the names of tokens.
type pairing struct{ words, ground string }

// pairings are those that the style sheets make. What only draws a line or an
// icon is in lines.
func pairings() []pairing {
	var out []pairing
	for _, ground := range []string{
		"ground", "paper", "wash", "hover", "green-tint", "blue-tint", "violet-tint", "yellow-tint", "red-tint", "maroon-tint", "grey-tint", "slate-tint",
		"only-copy", "only-record", "disagree",
	} {
		out = append(out, pairing{"ink", ground})
	}
	for _, words := range []string{"ink-2", "link", "link-strong", "red-ink", "warn"} {
		for _, ground := range []string{"ground", "paper", "wash"} {
			out = append(out, pairing{words, ground})
		}
	}
	for _, fill := range []string{"green", "blue", "violet", "red", "maroon", "grey", "slate"} {
		out = append(out, pairing{"#fff", fill})
	}
	return append(out, pairing{"on-yellow", "yellow"}, pairing{"on-yellow", "focus"}, pairing{"on-mast", "mast"}, pairing{"on-mast", "mast-hover"}, pairing{"on-mast", "mast-here"}, pairing{"on-mast-2", "mast"}, pairing{"on-btn", "btn"},
		pairing{"on-btn", "btn-hover"}, pairing{"on-code", "code"}, pairing{"on-fill", "mark-red"}, pairing{"on-fill", "mark-blue"}, pairing{"on-fill", "mark-violet"}, pairing{"on-fill", "mark-yellow"}, pairing{"warn", "red-tint"}, pairing{"warn", "yellow-tint"}, pairing{"link", "yellow-tint"})
}

// lines draw marks and icons: 3 to 1 is asked of them.
func lines() []pairing {
	var out []pairing
	for _, tone := range []string{"green", "blue", "violet", "yellow", "red", "maroon", "grey", "slate"} {
		out = append(out, pairing{tone + "-ink", "paper"}, pairing{tone + "-ink", tone + "-tint"})
	}
	return append(out, pairing{"mark-red", "mark-red-ground"}, pairing{"mark-blue", "mark-blue-ground"}, pairing{"mark-violet", "mark-violet-ground"}, pairing{"mark-yellow", "mark-yellow-ground"}, pairing{"line-2", "paper"}, pairing{"red-ink", "only-copy"}, pairing{"blue-ink", "only-record"}, pairing{"yellow-ink", "disagree"})
}

// The colours of the design can be told apart in the light and in the dark
// scheme: 4.5 to 1 for words, 3 to 1 for marks (WCAG 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	raw, err := os.ReadFile("shared/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(raw), "@media screen and (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there is no dark scheme")
	}
	dark, _, _ = strings.Cut(dark, "\n}")
	scheme := tokens(light)
	for _, name := range []string{"light", "dark"} {
		if name == "dark" {
			maps.Copy(scheme, tokens(dark))
		}
		for least, pairs := range map[float64][]pairing{4.5: pairings(), 3: lines()} {
			for _, p := range pairs {
				if got := contrast(t, scheme, p); got < least {
					t.Errorf("%s: --%s on --%s: %.2f; want %v", name, p.words, p.ground, got, least)
				}
			}
		}
	}
}

var token = regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{3,6});`)

func tokens(css string) map[string]string {
	out := map[string]string{}
	for _, m := range token.FindAllStringSubmatch(css, -1) {
		out[m[1]] = m[2]
	}
	return out
}

func contrast(t *testing.T, scheme map[string]string, p pairing) float64 {
	t.Helper()
	a, b := luminance(t, scheme, p.words), luminance(t, scheme, p.ground)
	return (max(a, b) + .05) / (min(a, b) + .05)
}

func luminance(t *testing.T, scheme map[string]string, name string) float64 {
	t.Helper()
	hex := strings.TrimPrefix(name, "#")
	if hex == name {
		value, ok := scheme[name]
		if !ok {
			t.Fatalf("no token --%s", name)
		}
		hex = strings.TrimPrefix(value, "#")
	}
	if len(hex) == 3 {
		hex = strings.Join([]string{hex[:1], hex[:1], hex[1:2], hex[1:2], hex[2:], hex[2:]}, "")
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	linear := func(b uint64) float64 {
		c := float64(b&255) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*linear(n>>16) + .7152*linear(n>>8) + .0722*linear(n)
}

// No style sheet but the tokens names a colour, so that none is forgotten in the
// other scheme; print is black on white.
func TestColoursAreTokens(t *testing.T) {
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(`)
	printed := regexp.MustCompile(`(?s)@media print \{.*?\n\}`)
	for _, sheet := range sheets(t) {
		if strings.HasSuffix(sheet, "tokens.css") {
			continue
		}
		css, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if m := colour.FindString(strings.ReplaceAll(printed.ReplaceAllString(string(css), ""), "var(--on, #fff)", "")); m != "" {
			t.Errorf("%s names the colour %s; give it a token", sheet, m)
		}
	}
}
