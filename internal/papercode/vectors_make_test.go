//go:build !js

package papercode_test

import (
	"encoding/base32"
	"strings"
	"testing"

	"chancery.example/commitment"
	"chancery.example/internal/papercode"
)

// vectors are all of them by name; what good ones give is written by the program and
// read by whoever adds them.
func vectors(t *testing.T) map[string]vector {
	t.Helper()
	out := map[string]vector{}
	for name, v := range map[string][2]string{
		"address_example": {"MUST-1, MUST-2: the example of the page", good},
		"address_dots":    {"MUST-2: the reference has dots, to the end", change("HC-2026-0012", "HC.2026.0012.a")},
		"address_slashes": {"letter.md MUST-9: a reference with slashes", change("HC-2026-0012", "HC/2026/0012")},
		"address_short":   {"the shortest parts", "https://a.b/q/#1.a.1.0000000000000000.a"},
		"address_most":    {"the largest revision", change(".1.56", ".4294967295.56")},
		"address_digits":  {"host and office of digits", "https://1.2/q/#1.7.9.ffffffffffffffff.7"},
		"address_hyphens": {"hyphens inside", "https://har-bour.ex-ample/q/#1.har-bour-.1.56df4d37ce57c71b.HC-1"},
		"address_labels":  {"a host of many labels", change("harbour.example", "a.b.c.d.e.example")},
		"address_office":  {"an office of 32", change(".harbour.", "."+strings.Repeat("a", 32)+".")},
		"address_label":   {"a label of 63", change("harbour.example", strings.Repeat("a", 63)+".example")},
		"address_punycode": {"MUST-1: a host in punycode is a host; whether it is an office's is MUST-9",
			change("harbour.example", "xn--hrbour-3nf.example")},
	} {
		out[name] = vector{Comment: v[0], Input: input{Do: "address", Code: v[1]}}
	}
	for name, v := range map[string][3]string{
		"address_empty":             {"address", "nothing", ""},
		"address_http":              {"address", "MUST-1: plain http", change("https", "http")},
		"address_capitals":          {"address", "MUST-1: the scheme in capitals", change("https", "HTTPS")},
		"address_host_capitals":     {"address", "MUST-1: the host in capitals", change("harbour.example", "HARBOUR.example")},
		"address_space_before":      {"address", "MUST-1: something before", " " + good},
		"address_line_after":        {"reference", "MUST-1: something after", good + "\n"},
		"address_slash_after":       {"reference", "MUST-1: a slash after", good + "/"},
		"address_port":              {"address", "MUST-1: a port", change("harbour.example", "harbour.example:443")},
		"address_host_dot":          {"address", "MUST-1: a dot behind the host", change("harbour.example", "harbour.example.")},
		"address_user":              {"address", "MUST-1: a user name", change("harbour.example", "me@harbour.example")},
		"address_one_label":         {"address", "a host of one label", change("harbour.example", "localhost")},
		"address_label_hyphen":      {"address", "a label that begins with a hyphen", change("harbour.example", "-harbour.example")},
		"address_label_hyphen_last": {"address", "a label that ends with a hyphen", change("harbour.example", "harbour-.example")},
		"address_label_long":        {"address", "a label of 64", change("harbour.example", strings.Repeat("a", 64)+".example")},
		"address_cyrillic":          {"address", "a host in other letters", change("harbour", "h\u0430rbour")},
		"address_query":             {"address", "a query", change("/q/#", "/q/?x#")},
		"address_no_slash":          {"address", "no slash before #", change("/q/#", "/q#")},
		"address_percent":           {"address", "# in percent signs", change("/q/#", "/q/%23")},
		"address_version_2":         {"version", "a later version", change("#1.", "#2.")},
		"address_version_0":         {"parts", "version 0", change("#1.", "#0.")},
		"address_four_parts":        {"parts", "MUST-2: four parts", change(".HC-2026-0012", "")},
		"address_office_capital":    {"office", "MUST-2: an office in capitals", change(".harbour.", ".Harbour.")},
		"address_office_hyphen":     {"office", "an office that begins with a hyphen", change(".harbour.", ".-harbour.")},
		"address_office_33":         {"office", "an office of 33", change(".harbour.", "."+strings.Repeat("a", 33)+".")},
		"address_office_none":       {"office", "no office", change(".harbour.", "..")},
		"address_revision_0":        {"revision", "MUST-2: revision 0", change(".1.56", ".0.56")},
		"address_revision_zero":     {"revision", "MUST-2: a leading zero", change(".1.56", ".01.56")},
		"address_revision_sign":     {"revision", "MUST-2: a sign", change(".1.56", ".+1.56")},
		"address_revision_large":    {"revision", "a revision above 4294967295", change(".1.56", ".4294967296.56")},
		"address_check_capitals":    {"check", "MUST-3: a check in capitals", change("56df", "56DF")},
		"address_check_short":       {"check", "MUST-3: a check of 15 digits", change("56df4", "56df")},
		"address_check_long":        {"check", "MUST-3: a check of 17 digits", change("56df4", "56df44")},
		"address_check_letter":      {"check", "MUST-3: a check with a g", change("56df4", "56dg4")},
		"address_reference_dots":    {"reference", "letter.md MUST-9: a reference of dots", change("HC-2026-0012", "..")},
		"address_reference_none":    {"reference", "no reference", change("HC-2026-0012", "")},
		"address_reference_mark":    {"reference", "a mark in the reference", good + "<"},
		"address_long":              {"length", "more than 400 bytes", good + strings.Repeat("a", 400)},
	} {
		out[name+"_fail"] = vector{Comment: v[1], Input: input{Do: "address", Code: v[2]}, Expect: expected{Class: v[0]}}
	}
	judged(out)
	opened(t, out)
	return out
}

func change(old, to string) string { return strings.Replace(good, old, to, 1) }

// judged are addresses beside the offices of a register (MUST-9).
func judged(out map[string]vector) {
	register := map[string]string{"chancery": "chancery.example", "harbour": "harbour.example"}
	for name, v := range map[string][3]string{
		"judge_example":                {"", "MUST-9: the office's own, to the byte", good},
		"judge_other":                  {"", "no address, and no concern of a register", "WIFI:S:guests;;"},
		"judge_opening":                {"", "MUST-10: a draft-opening code", "CHANCERY:DRAFT:1:AAAA"},
		"judge_other_office_fail":      {"unknown", "MUST-9: the short name is another office's", change("#1.harbour.", "#1.chancery.")},
		"judge_version_fail":           {"unknown", "a later version at a registered domain", change("#1.", "#2.")},
		"judge_page_fail":              {"unknown", "another page of a registered domain", "https://harbour.example/news"},
		"judge_http_fail":              {"foreign", "MUST-9: plain http", change("https", "http")},
		"judge_capitals_fail":          {"foreign", "MUST-9: in capitals", strings.ToUpper(good)},
		"judge_host_dot_fail":          {"foreign", "MUST-9: a dot behind the host", change("harbour.example", "harbour.example.")},
		"judge_port_fail":              {"foreign", "MUST-9: a port", change("harbour.example", "harbour.example:8443")},
		"judge_user_fail":              {"foreign", "MUST-9: a user name before another host", change("harbour.example", "harbour.example@evil.test")},
		"judge_password_fail":          {"foreign", "MUST-9: a user name before the host", change("harbour.example", "user:pw@harbour.example")},
		"judge_under_fail":             {"foreign", "MUST-9: another domain around it", change("harbour.example", "harbour.example.evil.test")},
		"judge_below_fail":             {"foreign", "MUST-9: a domain under it", change("harbour.example", "pilots.harbour.example")},
		"judge_cyrillic_fail":          {"foreign", "MUST-9: in other letters", change("harbour", "h\u0430rbour")},
		"judge_punycode_fail":          {"foreign", "MUST-9: in punycode", change("harbour.example", "xn--hrbour-3nf.example")},
		"judge_digit_fail":             {"foreign", "MUST-9: a digit for a letter", change("harbour", "harb0ur")},
		"judge_percent_fail":           {"foreign", "MUST-9: percent signs", change("harbour", "h%61rbour")},
		"judge_elsewhere_fail":         {"foreign", "MUST-9: another host altogether", change("harbour.example", "port.test")},
		"judge_without_a_scheme_fail":  {"foreign", "MUST-1: no scheme", strings.TrimPrefix(good, "https://")},
		"judge_reference_marked_fail":  {"unknown", "MUST-1: more behind it", good + "/"},
		"judge_revision_of_none_fail":  {"unknown", "MUST-2: revision 0 at a registered domain", change(".1.56", ".0.56")},
		"judge_space_before_fail":      {"foreign", "MUST-1: something before", " " + good},
		"judge_backslash_in_host_fail": {"foreign", "MUST-9: a backslash behind the host", change("harbour.example/", `harbour.example\`)},
	} {
		x := vector{Comment: v[1], Input: input{Do: "judge", Code: v[2], Offices: register}, Expect: expected{Class: v[0]}}
		out[name] = x
	}
}

// opened are draft-opening codes (MUST-10 to MUST-12).
func opened(t *testing.T, out map[string]vector) {
	t.Helper()
	h := example(t)
	code := func() string {
		s, err := papercode.WriteOpening(h)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := code()
	put := func(name, comment, class, code string) {
		out["opening_"+name] = vector{Comment: comment, Input: input{Do: "opening", Code: code}, Expect: expected{Class: class}}
	}
	put("example", "MUST-10 to MUST-12: the example of the page", "", first)
	h.Link.Index = 1<<40 + 7
	put("index", "MUST-11: a large index", "", code())
	h.Link.Index = 0
	put("index_0", "MUST-11: index 0", "", code())
	for name, n := range map[string]uint32{"second": 2, "last": 4294967295} {
		h.Link.Index, h.Link.Opening.Revision, h.Link.Opening.Previous = 9, n, commitment.Commitment([]byte(strings.Repeat("\x33", 32)))
		put(name, "MUST-11: a later revision names the commitment before it", "", code())
	}
	h = example(t)
	h.Fields[len(h.Fields)-1].Salt, h.Fields[len(h.Fields)-1].Value = nil, nil
	put("no_text_shown", "MUST-11: a text by its leaf alone", "", code())

	const prefix = "CHANCERY:DRAFT:1:"
	base := base32.StdEncoding.WithPadding(base32.NoPadding)
	raw, err := base.DecodeString(strings.TrimPrefix(first, prefix))
	if err != nil {
		t.Fatal(err)
	}
	with := func(at int, b byte) string {
		c := append([]byte(nil), raw...)
		c[at] = b
		return prefix + base.EncodeToString(c)
	}
	put("empty_fail", "nothing", "prefix", "")
	put("small_letters_fail", "MUST-10: the prefix in small letters", "prefix", strings.ToLower(prefix)+strings.TrimPrefix(first, prefix))
	put("version_2_fail", "a later version", "prefix", strings.Replace(first, ":1:", ":2:", 1))
	put("small_base32_fail", "MUST-10: base32 in small letters", "base32", prefix+strings.ToLower(strings.TrimPrefix(first, prefix)))
	put("padding_fail", "MUST-10: padding", "base32", first+"==")
	put("line_fail", "MUST-10: a line end, which some decoders pass over", "base32", first+"\n")
	put("digit_fail", "MUST-10: a digit that base32 has not", "base32", first[:len(first)-1]+"1")
	put("long_fail", "MUST-10: more than 1,448 characters", "length", first+strings.Repeat("A", 1449))
	put("nothing_fail", "MUST-11: no bytes", "bytes", prefix)
	put("cut_fail", "MUST-11: a salt is cut", "bytes", prefix+base.EncodeToString(raw[:len(raw)-5]))
	put("more_fail", "MUST-11: something follows", "bytes", prefix+base.EncodeToString(append(append([]byte(nil), raw...), 0)))
	put("revision_0_fail", "MUST-11: revision 0", "bytes", with(75, 0))
	put("revision_2_fail", "MUST-11: revision 2 without the commitment before it", "bytes", with(75, 2))
	put("shown_2_fail", "MUST-11: neither 00 nor 01 before a salt", "bytes", with(len(raw)-33, 2))
	put("long_reference_fail", "MUST-11: the reference is said to be longer than it is", "bytes", with(76, 200))
	put("language_fail", "MUST-11: a language that is none", "bytes", with(len(raw)-67, '!'))
}
