package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// The JSON of a check has the members that other programs rely on, of the kinds
// that they rely on, whatever was checked.
func TestCheckJSON(t *testing.T) {
	t.Parallel()
	dir := demoRegister(t)
	story := filepath.Join("..", "..", "internal", "story", "embedded")
	short := filepath.Join(t.TempDir(), "altered.txt")
	write(t, short, []byte("the fee for night pilotage is 1,900 marks for each vessel of up to 5,000 tonnes\n"))
	for name, args := range map[string][]string{
		"letter": {filepath.Join(story, "tariff.en.txt")}, "altered": {short}, "report": {filepath.Join(story, "report.txt")},
		"forgery": {filepath.Join(story, "forgery.en.txt")}, "unread": {"json_test.go", "--as", "file"},
	} {
		for where, flags := range map[string][]string{"register": {"--register", dir}, "no register": nil} {
			t.Run(name+", "+where, func(t *testing.T) {
				_, out, _ := chancery(t, slices.Concat([]string{"check", "--json"}, args, flags)...)
				checkMembers(t, out, name == "report", flags != nil)
			})
		}
	}
}

func checkMembers(t *testing.T, out string, report, hasRegister bool) {
	t.Helper()
	var got map[string]any
	d := json.NewDecoder(strings.NewReader(out))
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	kinds := map[string]string{
		"exhibit_kind": "string", "headline": "object", "match": "string", "standing": "string", "record": "object or null",
		"coverage": "object or null", "differences": "array", "quotations": "array", "statements": "array", "evidence": "array",
		"checked_at": "string", "checkpoint": "object",
	}
	if report {
		kinds["headline"], kinds["match"], kinds["standing"] = "null", "null", "null"
	}
	if !hasRegister {
		kinds["checkpoint"] = "null"
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		v, there := got[name]
		if kind := jsonKind(v); !there || !slices.Contains(strings.Split(kinds[name], " or "), kind) {
			t.Errorf("%q is %s (there: %v), want %s", name, kind, there, kinds[name])
		}
	}
	if h, ok := got["headline"].(map[string]any); ok {
		match, _ := got["match"].(string)
		standing, _ := got["standing"].(string)
		if h["code"] != match+"/"+standing {
			t.Errorf("the headline's code is %v of match %q and standing %q", h["code"], match, standing)
		}
		text, _ := h["text"].(map[string]any)
		if len(text) != 2 || text["en"] == "" || text["ar"] == "" {
			t.Errorf("the headline is not in both languages: %v", text)
		}
	}
	if q, _ := got["quotations"].([]any); report {
		if len(q) == 0 {
			t.Fatal("a report without quotations")
		}
		for _, name := range []string{"quotation", "offset", "length", "speaker", "match", "standing", "record", "differences"} {
			if _, there := q[0].(map[string]any)[name]; !there {
				t.Errorf("a quotation has no %q", name)
			}
		}
	}
}

func jsonKind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	}
	return "object"
}

// Whatever foreign words hold, no output steers a terminal or turns the reading
// order.
func TestNoForeignControlsInOutput(t *testing.T) {
	t.Parallel()
	dir := demoRegister(t)
	evil := "\x1b[31m\u202e\u2066\u200f\u0085\u2028\x07\u00ad\U000e0041"
	words := "“The South Lock opens at 06:00 " + evil + " and closes at 23:00 on " + evil + " every working day”, said Leonora " + evil +
		" Castellane.\n\n“I have tied up here " + evil + " for thirty years and never saw such a night”, said Tomas " + evil + " Verrin.\n"
	file := filepath.Join(t.TempDir(), "evil\x1b[31m\u202e.txt")
	write(t, file, []byte(words))
	plain := filepath.Join("..", "..", "internal", "story", "embedded", "report.txt")
	for _, args := range [][]string{
		{"check", file, "--register", dir}, {"check", file, "--register", dir, "--json"}, {"check", file, "--as", "report", "--lang", "ar"},
		{"check", file, "--as", "text", "--register", dir}, {"check", file, plain, "--register", dir},
		{"compare", file, plain}, {"compare", plain, file, "--json"}, {"compare", file, plain, "--as", "text"},
		{"check", "no" + evil}, {"check", plain, "--register", "no" + evil}, {"no" + evil}, {"help", "no" + evil}, {"check", "--no" + evil},
		{"register", "--register", dir, evil}, {"register", "--register", dir, "harbour/" + evil}, {"log", "--register", dir, evil},
		{"proof", evil, "--register", dir}, {"verify", file, "--policy", file}, {"draft", evil, "--register", dir, "--by", evil},
		{"init", evil, "--origin", evil, "--operator", evil}, {"office", evil}, {"check", plain, "--at", evil}, {"check", plain, "--as", evil},
	} {
		_, out, errOut := chancery(t, args...)
		if out+errOut == "" {
			t.Errorf("%q says nothing", args)
		}
		for _, r := range out + errOut {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029) {
				t.Errorf("%q prints U+%04X:\n%q", args, r, out+errOut)
				break
			}
		}
	}
}

// The same entry is printed for people in one line and for programs in full,
// with digests as digits.
func TestEntryJSON(t *testing.T) {
	t.Parallel()
	dir := demoRegister(t)
	for n, want := range map[string]string{"0": "genesis", "2": "policy", "27": "draft-open", "30": "disavow"} {
		_, out, errOut := chancery(t, "log", n, "--register", dir)
		var got map[string]any
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("entry %s: %v: %s%s", n, err, out, errOut)
		}
		if diff := cmp.Diff(want, got["kind"]); diff != "" {
			t.Errorf("entry %s (-want +got):\n%s", n, diff)
		}
		noNumberLists(t, "entry "+n, got)
	}
}

func noNumberLists(t *testing.T, where string, v any) {
	t.Helper()
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			noNumberLists(t, where+"."+k, e)
		}
	case []any:
		for _, e := range x {
			if _, number := e.(float64); number && len(x) > 4 {
				t.Errorf("%s is a list of %d numbers: write its bytes as digits", where, len(x))
				return
			}
			noNumberLists(t, where, e)
		}
	}
}

// demoRegister plays the embedded story into a folder of the test's own.
func demoRegister(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if code, _, errOut := chancery(t, "demo", "--no-serve", "--keep", dir); code != 0 {
		t.Fatalf("demo: exit %d: %s", code, errOut)
	}
	return dir
}
