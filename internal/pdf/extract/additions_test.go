package extract

import (
	"os"
	"path/filepath"
	"testing"

	"chancery.example/internal/check"
	"chancery.example/internal/pdf"
	"chancery.example/internal/testkit"
)

// A file on record to which an update was appended is named as that, and its words
// are held against the record (scenario 11): altered, or nothing that is seen.
func TestLaterAdditions(t *testing.T) {
	for name, want := range map[string]string{
		"isa_replace_content_P1.pdf": "changed",
		"isa_unused_object.pdf":      "same",
	} {
		data, err := os.ReadFile(filepath.Join(testkit.Data(t, "attack-generated"), name))
		if err != nil {
			t.Fatal(err)
		}
		form := data[:pdf.Ends(data)[1]] // with the line end behind its mark
		snap, at := issued(t, "HC-1", "The letter of the harbour is kept in a file alone, and its words stand there.\n", form)
		f, err := snap.Examine(t.Context(), check.Exhibit{Data: data, PDFs: reader(t, nil)}, at)
		if err != nil || f.PDF == nil || f.PDF.Begins == nil {
			t.Fatalf("%s: %s", name, result(f, err))
		}
		changed := want != "same"
		if f.PDF.Begins.Changes != changed || changed && (*f.Match != check.Altered || len(f.Differences) == 0 || f.Verdict.Intent == check.IntentInForce) || !changed && *f.Match != check.SameText {
			t.Errorf("%s: %s with %d differences", name, result(f, err), len(f.Differences))
		}
	}
}
