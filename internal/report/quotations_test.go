package report

import (
	"strings"
	"testing"
)

func TestQuotationMarks(t *testing.T) {
	for text, want := range map[string]string{
		`He said "one thing" and "another," too.`:                        "one thing|another",
		`“Curly ‘nested one’ here”, and ‘single marks’ too.`:             "Curly ‘nested one’ here|nested one|single marks",
		`«À la française», „deutsch“, »dansk«, ‚einfach‘, ‹petit›.`:      "À la française|deutsch|dansk|einfach|petit",
		`「日本語の引用」と『もう一つ』`:                                                "日本語の引用|もう一つ",
		`قال الوزير: «لن نغادر» ثم "سنعود".`:                             "لن نغادر|سنعود",
		`The workers' union isn't "theirs", it's 'ours' since the '90s.`: "theirs|ours",
		`‘The workers’ union won’t go’ was the cry.`:                     "The workers’ union won’t go",
		`A 5" pipe and a 6" pipe.`:                                       "",
		`An unclosed "quotation goes nowhere.`:                           "",
		"“First paragraph\n\n“Second paragraph” end.":                    "First paragraph|Second paragraph",
		`U.S.' "movement out" and Iraq's "decision",`:                    "movement out|decision",
		`”Svenska citat” och ”ett till”.`:                                "Svenska citat|ett till",
		`« espacé comme il faut »`:                                       "espacé comme il faut",
	} {
		var got []string
		for _, q := range Read(text, nil) {
			got = append(got, text[q.From:q.To])
		}
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("%s\n got %s\nwant %s", text, g, want)
		}
	}
}
