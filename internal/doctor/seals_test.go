package doctor_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/doctor"
	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/seals"
)

// TestSeals: a certificate that ends is told two months before, a key or program that
// is not there at once; and how grave it is, by what the office wants of its PDFs.
func TestSeals(t *testing.T) {
	now := time.Now()
	h := officetest.NewInEarnest(t, now)
	want := func(what string, at time.Time, l doctor.Level, words string) {
		t.Helper()
		fs := doctor.Folder(t.Context(), h.Dir, doctor.Options{Now: at})
		for _, f := range fs {
			if f.Name == "seals of harbour" && f.Level == l && strings.Contains(f.What+f.Means+f.Do, words) {
				return
			}
		}
		t.Errorf("%s: want %s with %q: %+v", what, l, words, fs)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want("without paper", now, doctor.OK, "there are none")
	must(h.SetPaper(t.Context(), "harbour", office.PDFPaper))
	want("a new key", now, doctor.OK, "good until")
	want("its last month", now.AddDate(5, 0, -30), doctor.Warn, "from then on PDFs are issued without a seal")
	want("after that", now.AddDate(5, 0, 2), doctor.Bad, "PDFs are issued without a seal")
	k, err := h.SealsOf(t.Context(), "harbour")
	must(err)
	must(k.Require(seals.Seal))
	want("where a seal is wanted", now.AddDate(5, 0, 2), doctor.Bad, "no letter can be put up for approval")
	file := h.Folder().KeyFile("seal-harbour")
	settings := strings.TrimSuffix(file, ".pem") + ".toml"
	raw, err := os.ReadFile(settings)
	must(err)
	must(os.WriteFile(settings, []byte(strings.ReplaceAll(string(raw), "name = \"seal-harbour\"", "name = \"seal-harbour\"\nsigner = [\"/nowhere/signer\", \"4711\"]")), 0o600))
	want("a program that is not there", now, doctor.Bad, "/nowhere/signer")
	must(os.WriteFile(settings, []byte("format = 9"), 0o600))
	want("settings that are none", now, doctor.Bad, "format 9")
	must(os.WriteFile(settings, raw, 0o600))
	must(os.Remove(file))
	want("a key that is not there", now, doctor.Bad, "new-key --from now")
}
