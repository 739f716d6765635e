package browsertest

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// A letter in two languages. The Arabic has الله, a shadda with each of three vowels,
// lam and alef, and Latin words and numbers in its lines; the English has the letters that
// typefaces join.
const (
	printedEnglish = `Dear Sir,

The south lock is closed for repairs from 4 March 2026 to 6 March 2026. Vessels in difficulty are offered the first berth in the north basin.

The office in charge is the pilot station; affected traffic files its flight of stairs plan (fee 1,250 euros) with the Harbour Office before 14:30. The time is at most 48 hours, by decision HC/2026/17, whoever signs.

Yours faithfully`
	printedArabic = `السيد مدير الميناء،

نُفيدكم بأنَّ هيئة الميناء قرَّرت، بإذن الله، إغلاق الهويس الجنوبي من 4 مارس 2026 إلى 6 مارس 2026 لأعمال الصيانة.

تُدفع الرسوم (1,250 يورو) في مكتب Harbour Office قبل الساعة 14:30، ولا تُقبل بعد ذلك. والمُدَّة لا تتجاوز 48 ساعة وفق القرار HC/2026/17 الموقِّع عليه.

الله وليُّ التوفيق.`
)

// printed is the letter as a browser prints it, with Arabic in a typeface.
func printed(t *testing.T, family string) []byte {
	t.Helper()
	paragraphs := func(s string) string { return "<p>" + strings.ReplaceAll(s, "\n\n", "</p><p>") + "</p>" }
	srv := hosting(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<!doctype html><title>HC-1</title><style>body{font:11pt/1.4 "DejaVu Serif"}[dir]{font-family:"` + family + `"}</style>` +
			`<p>Harbour Commission</p><p>Reference: HC-1</p>` + paragraphs(printedEnglish) + `<div lang="ar" dir="rtl">` + paragraphs(printedArabic) + `</div>`))
	}))
	ctx, cancel := context.WithTimeout(browser(t), 2*time.Minute)
	defer cancel()
	open(ctx, t, srv.URL)
	inches := func(mm float64) *float64 { v := mm / 25.4; return &v }
	var out []byte
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
		got, err := cdp.Call(ctx, at, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 210 / 25.4, PaperHeight: 297 / 25.4, MarginTop: inches(20), MarginBottom: inches(55), MarginLeft: inches(25), MarginRight: inches(25)})
		out = got.Data
		return err
	}))
	if err != nil {
		t.Fatalf("printing: %v", err)
	}
	return out
}

// TestPrintedIsIssued: what a browser prints is stamped, sealed, approved and issued as
// the letter, and answers as the letter's own file.
func TestPrintedIsIssued(t *testing.T) {
	t.Parallel()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range []string{"Noto Naskh Arabic", "Noto Sans Arabic"} {
		t.Run(family, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range map[string]string{"printed.pdf": string(printed(t, family)), "en.txt": printedEnglish, "ar.txt": printedArabic, "policy.toml": printPolicy} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			run := func(want int, args ...string) string {
				t.Helper()
				cmd := exec.CommandContext(t.Context(), bin, args...)
				cmd.Dir, cmd.Env = dir, append(os.Environ(), "CHANCERY_REGISTER=reg")
				out, _ := cmd.CombinedOutput()
				if got := cmd.ProcessState.ExitCode(); got != want {
					t.Fatalf("chancery %s: exit %d, want %d: %s", strings.Join(args, " "), got, want, out)
				}
				return string(out)
			}
			run(0, "init", "reg", "--origin", "letters.harbour.example/main/2026", "--operator", "https://harbour.example", "--name", "en=Harbour register")
			for _, key := range []string{"drafter", "clerk", "boss"} {
				run(0, "key", "new", key)
			}
			run(0, "office", "add", "harbour", "--uri", "https://harbour.example", "--name", "en=Harbour Commission", "--policy", "policy.toml")
			run(0, "draft", "HC-1", "--by", "drafter", "--text", "en=en.txt", "--text", "ar=ar.txt")
			shown := run(2, "submit", "HC-1", "--by", "drafter", "--form", "printed.pdf")
			digest := regexp.MustCompile(`--confirmed (\S+)`).FindStringSubmatch(shown)
			if digest == nil || !strings.Contains(shown, "The south lock is closed") || !strings.Contains(shown, "الله") {
				t.Fatalf("not shown to be confirmed: %s", shown)
			}
			run(0, "submit", "HC-1", "--by", "drafter", "--form", "printed.pdf", "--confirmed", digest[1])
			run(0, "requests", "1", "--pdf", "approved.pdf")
			run(0, "approve", "1", "--officer", "boss", "--key", "boss")
			run(0, "perform", "1", "--by", "clerk")
			if says := run(0, "check", "approved.pdf", "--register", "reg"); !strings.Contains(says, "This very file is a letter in force") {
				t.Errorf("the issued file answers: %s", says)
			}
		})
	}
}

const printPolicy = `approvals = 1

[[officer]]
id = "drafter"
name = "Drafter"
roles = ["drafter"]
keys = ["@drafter.pub"]

[[officer]]
id = "clerk"
name = "Issuing clerk"
roles = ["issuing clerk"]
keys = ["@clerk.pub"]

[[officer]]
id = "boss"
name = "Commissioner"
roles = ["approver"]
keys = ["@boss.pub"]
`
