package office_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chancery.example/internal/office"
	"chancery.example/internal/office/officetest"
	"chancery.example/letter"
)

// tool finds a program or skips the test, loudly.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED FOR WANT OF A PROGRAM: %s is not installed", name)
	}
	return path
}

// Every sheet of a printed copy says that it is a draft, which copy, for whom and
// for what, and that it is not issued: in a real browser's print.
func TestEverySheetOfAPrintedCopySaysDraft(t *testing.T) {
	chromium, pdftotext := tool(t, "chromium"), tool(t, "pdftotext")
	var en, ar strings.Builder
	for i := range 60 {
		fmt.Fprintf(&en, "%d. The pilot station keeps a light on the outer mole from dusk to dawn, whatever the weather and whoever asks.\n\n", i+1)
		fmt.Fprintf(&ar, "%d. تُبقي محطة الإرشاد ضوءاً على الرصيف الخارجي من الغروب إلى الفجر، أياً كان الطقس وأياً كان السائل.\n\n", i+1)
	}
	c := office.NumberedCopy{
		Mark: letter.CopyMark{Revision: 2, Copy: 3, Of: 5, Holder: "Coast guard", Purpose: "coordination"},
		Code: "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012", Outside: true,
		Content: letter.Content{Reference: "HC-2026-0012", Texts: []letter.LangText{
			{Lang: "ar", Text: officetest.Text(t, ar.String())}, {Lang: "en", Text: officetest.Text(t, en.String())},
		}},
	}
	page, err := c.HTML()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "copy.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	pdf := filepath.Join(dir, "copy.pdf")
	run := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", //nolint:gosec // found by LookPath
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--no-pdf-header-footer", "--print-to-pdf="+pdf, "file://"+filepath.Join(dir, "copy.html"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("printing: %v\n%s", err, out)
	}
	text, err := exec.CommandContext(t.Context(), pdftotext, pdf, "-").Output() //nolint:gosec // found by LookPath
	if err != nil {
		t.Fatal(err)
	}
	sheets := strings.Split(strings.TrimRight(string(text), "\f"), "\f")
	if len(sheets) < 4 {
		t.Fatalf("%d sheets; want two or more for each language", len(sheets))
	}
	english := letter.DraftNotice("en", c.Mark)
	for i, s := range sheets {
		words := strings.Join(strings.Fields(s), " ")
		arabic := strings.Contains(words, "Coast guard") && strings.Contains(words, "coordination") && strings.ContainsAny(words, "ةﺓ")
		if !strings.Contains(words, english) && !arabic {
			t.Errorf("sheet %d of %d does not carry the notice:\n%s", i+1, len(sheets), s)
		}
		if !strings.Contains(strings.ReplaceAll(words, " ", ""), "#1.harbour.2.") {
			t.Errorf("sheet %d of %d does not carry the code", i+1, len(sheets))
		}
	}
}
