package extract

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"chancery.example/internal/testkit"
)

// reachesOut is a PDF that asks for files, addresses and programs wherever a PDF can.
const reachesOut = `%PDF-1.7
1 0 obj
<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R/AA<</WC 7 0 R>>/AcroForm<</XFA 8 0 R/Fields[]>>/Names<</JavaScript<</Names[(a) 9 0 R]>>>>>>
endobj
2 0 obj
<</Type/Pages/Kids[3 0 R]/Count 1>>
endobj
3 0 obj
<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents[4 0 R 5 0 R]/Resources<</Font<</F 10 0 R>>/XObject<</X 11 0 R>>>>/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 300 300]/A 7 0 R>>]>>
endobj
4 0 obj
<</Length 67>>
stream
BT /F 18 Tf 20 200 Td (The pilot station stays manned) Tj ET /X Do
endstream
endobj
5 0 obj
<</Length 0/F(/etc/passwd)/FFilter/FlateDecode>>
stream

endstream
endobj
6 0 obj
<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>/Next 7 0 R>>
endobj
7 0 obj
<</S/URI/URI(http://127.0.0.1:9/seen)/Next<</S/SubmitForm/F(http://127.0.0.1:9/form)/Next<</S/GoToR/F(/etc/hostname)/D[0/Fit]>>>>>>
endobj
8 0 obj
<</Length 0/F<</FS/URL/F(http://127.0.0.1:9/xfa)>>>>
stream

endstream
endobj
9 0 obj
<</S/JavaScript/JS(app.launchURL\("http://127.0.0.1:9/js"\);)>>
endobj
10 0 obj
<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont/FirstChar 32/LastChar 33/Widths[500 500]/FontDescriptor<</Type/FontDescriptor/FontName/NoSuchFont/Flags 32/FontFile2 12 0 R>>>>
endobj
11 0 obj
<</Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace/DeviceGray/Length 0/F(/etc/passwd)>>
stream

endstream
endobj
12 0 obj
<</Length 0/F(/usr/share/fonts/x.ttf)>>
stream

endstream
endobj
trailer
<</Root 1 0 R/Size 13>>
%%EOF
`

// traced runs the child on a file in a network without interfaces, under strace, and
// returns the system calls about files, networks and new processes before it has read
// the first byte of the file, and after.
func traced(t *testing.T, env string, data []byte) (before, after []string, took time.Duration, memory int64) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := reader(t, nil)
	r.Prepare(t.Context())
	log := filepath.Join(t.TempDir(), "calls")
	apart := []string{"unshare", "--net"}
	if os.Getuid() != 0 {
		apart = []string{"unshare", "--map-current-user", "--net"}
	}
	args := append(apart, "strace", "-f", "-qq", "-s", "8", "-o", log, "-e", "trace=%file,%network,read,fork,vfork,clone,clone3,io_uring_setup,open_by_handle_at", "--", self) //nolint:gocritic // another list
	args = append(args, work.Args(r.cache)...)
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...) //nolint:gosec // named here
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GOTRACEBACK=none", env + "=1"}
	cmd.Stdin = io.MultiReader(strings.NewReader(order{within: time.Minute, look: lookRead}.line()), bytes.NewReader(data))
	var says bytes.Buffer
	cmd.Stderr = &says
	out, err := cmd.Output()
	if strings.Contains(says.String(), "unshare:") || strings.Contains(says.String(), "ptrace") {
		t.Skipf("SKIPPED: this system lets no empty network be made, or nothing be traced (%s), so no system calls are counted", strings.TrimSpace(says.String()))
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if bytes.HasPrefix(out, []byte("reached")) {
		t.Errorf("the child %s", out)
	}
	raw, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	given := regexp.MustCompile(`^\d+ +read\(0, *"`) // the first byte of the file
	thread := regexp.MustCompile(`CLONE_THREAD|<unfinished|resumed|SIG|\+\+\+|^\d+ +read\(`)
	fed := false
	for line := range strings.Lines(string(raw)) {
		switch line = strings.TrimSpace(line); {
		case given.MatchString(line):
			fed = true
		case thread.MatchString(line) && !strings.Contains(line, "open") && !strings.Contains(line, "connect") && !strings.Contains(line, "socket"):
		case fed:
			after = append(after, line)
		default:
			before = append(before, line)
		}
	}
	if !fed {
		t.Fatalf("the child read nothing: %s", says.String())
	}
	used, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return before, after, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), used.Maxrss << 10
}

// TestReachesNothing: from the first byte of a PDF on the child asks the system for no
// file, no network and no process, whatever the PDF asks for; and it takes no more time
// and memory than it may (security.md, the reader's sandbox).
func TestReachesNothing(t *testing.T) {
	for _, program := range []string{"strace", "unshare"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("SKIPPED: no %s here (Debian: strace, util-linux), so no system calls are counted", program)
		}
	}
	if _, after, _, _ := traced(t, reachingEnv, []byte("x")); len(after) < 2 || !strings.Contains(strings.Join(after, "\n"), "/etc/hostname") || !strings.Contains(strings.Join(after, "\n"), "socket(") {
		t.Fatalf("what counts system calls does not see them: %q", after)
	}
	reachNothing(t, "honest", setAndSealed(t, "Harbour Commission", pilots))
	reachNothing(t, "reaching out", []byte(reachesOut))
	for _, name := range []string{"attack-generated/bomb_flate3_1G.pdf", "attack-generated/bomb_kids_200k_same_page.pdf", "attack-pdfs/side-effect/pdfjs__xfa_issue14315.pdf", "attack-pdfs/differential/safe__list-of-uri-actions.pdf"} {
		folder, file, _ := strings.Cut(name, "/")
		data, err := os.ReadFile(filepath.Join(testkit.Data(t, folder), file))
		if err != nil {
			t.Fatal(err)
		}
		reachNothing(t, name, data)
	}
}

func reachNothing(t *testing.T, name string, data []byte) {
	t.Helper()
	before, after, took, memory := traced(t, insideEnv, data)
	if len(before) < 5 {
		t.Errorf("%s: only %d calls before the file: is anything counted?", name, len(before))
	}
	if len(after) > 0 {
		t.Errorf("%s: after it had the file the child asked for\n%s", name, strings.Join(after, "\n"))
	}
	if took > 10*time.Second || memory > 512<<20 {
		t.Errorf("%s: the child took %s and %d MiB", name, took, memory>>20)
	}
	t.Logf("%s: %d calls before the file, %d after; %s and %d MiB with strace", name, len(before), len(after), took.Round(time.Millisecond), memory>>20)
}
