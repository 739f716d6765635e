package pades_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"chancery.example/internal/pdf/pades"
	"chancery.example/internal/testkit"
)

var update = flag.Bool("update", false, "write testdata/remarks.txt anew; read the difference")

const golden = "testdata/remarks.txt"

// signatures are the categories of foreign files that are about signatures.
var signatures = []string{"sig-usf", "sig-isa", "sig-swa", "shadow", "certified", "signed-odd", "signed-valid", "tampered",
	"gen-valid", "gen-isa", "gen-cert", "gen-usf", "gen-tamper", "gen-swa", "gen-shadow", "gen-forged", "gen-signer"}

type known struct {
	File, Category, Attack, Expect string
}

func manifest(t *testing.T, folder string) []known {
	t.Helper()
	var m struct{ Entries []known }
	if err := json.Unmarshal(testkit.Read(t, folder+"/manifest.json"), &m); err != nil {
		t.Fatal(err)
	}
	return m.Entries
}

// may is what remarks an expectation allows; what else comes out has its reason in
// the golden file.
var may = map[string][]pades.SealState{
	"altered_after_signing":                    {pades.SealExtended},
	"change_within_or_outside_permission":      {pades.SealExtended},
	"invalid_signature":                        {pades.SealBroken, pades.SealUnclear},
	"reject_safely":                            {pades.SealUnclear, pades.SealNone},
	"foreign_signature":                        {pades.SealWhole},
	"foreign_signature_or_invalid":             {pades.SealWhole, pades.SealBroken, pades.SealUnclear, pades.SealExtended},
	"foreign_signature_with_invalid_timestamp": {pades.SealUnclear},
	"foreign_signature_weak_hash":              {pades.SealUnclear},
	"signed_revision_equals_record":            {pades.SealWhole},
	"signed_revision_equals_record_with_note":  {pades.SealExtended},
	"refuse_at_issue":                          {pades.SealCovert},
	"unknown_signer":                           {pades.SealWhole},
	"unknown_signer_and_text_altered":          {pades.SealWhole},
	"content_matches_record_unsigned":          {pades.SealNone, pades.SealUnclear},
	"reference":                                {pades.SealNone},
}

// attacks are expectations of files that must never come out as whole.
var attacks = []string{"altered_after_signing", "invalid_signature", "refuse_at_issue", "reject_safely"}

// TestForgedFilesAreNotWhole goes through all files about signatures that others
// forged, signed and broke, and holds each remark to the golden file.
func TestForgedFilesAreNotWhole(t *testing.T) {
	reasons := reasonsOf(t)
	var b strings.Builder
	b.WriteString(goldenHead)
	for _, folder := range []string{"attack-pdfs", "attack-generated"} {
		for _, k := range manifest(t, folder) {
			if !slices.Contains(signatures, k.Category) && !strings.Contains(k.Expect, "sign") {
				continue
			}
			name := folder + "/" + k.File
			r := pades.Inspect(testkit.Read(t, name))
			if r.Seal == pades.SealWhole && (slices.Contains(attacks, k.Expect) || k.Expect == "change_within_or_outside_permission" && reasons[name] == "") {
				t.Errorf("%s (%s) comes out as intact over the whole file", name, k.Attack)
			}
			fmt.Fprintf(&b, "%s: %s%s%s, expected %s\n", name, r.Seal, list(r.Changed), because(r.Why), k.Expect)
			if slices.Contains(may[k.Expect], r.Seal) {
				continue
			}
			if reasons[name] == "" {
				t.Errorf("%s: %s (%s), expected %s: look at it and write the reason into %s", name, r.Seal, r.Why, k.Expect, golden)
			}
			fmt.Fprintf(&b, "\t%s\n", reasons[name])
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != b.String() {
		t.Errorf("remarks are others than in %s (%v); run with -update and read the difference:\n%s", golden, err, difference(string(want), b.String()))
	}
}

const goldenHead = `# What is said of each file about signatures, and what its collectors expect.
# Where both differ, the reason is on the next line; it is kept when the file is
# written anew (go test ./internal/pdf/pades -run TestForged -update).
`

func list(changes []pades.Change) string {
	if len(changes) == 0 {
		return ""
	}
	return fmt.Sprint(" ", changes)
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// reasonsOf reads the reasons out of the golden file.
func reasonsOf(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	out, name := map[string]string{}, ""
	for _, line := range strings.Split(string(raw), "\n") {
		if reason, ok := strings.CutPrefix(line, "\t"); ok {
			out[name] = reason
			continue
		}
		name, _, _ = strings.Cut(line, ": ")
	}
	return out
}

func difference(want, got string) string {
	have := map[string]bool{}
	for _, l := range strings.Split(want, "\n") {
		have[l] = true
	}
	var out []string
	for _, l := range strings.Split(got, "\n") {
		if !have[l] {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
