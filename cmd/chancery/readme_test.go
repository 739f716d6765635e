package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A promise is one line of the README that a reader may type.
type promise struct {
	line string
	args []string
	exit int
}

var (
	shell    = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")
	says     = regexp.MustCompile(`exit (\d+)`)
	ourCalls = regexp.MustCompile(`^(?:chancery|go run \./cmd/chancery)\s+(.*)$`)
)

// TestREADME types what the README tells its reader to type, in one folder that
// has the project's papers, and looks at the exit codes that it names.
func TestREADME(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	promises := readREADME(t, string(text))
	if len(promises) < 5 {
		t.Fatalf("the README has %d lines to type: this test looks at nothing", len(promises))
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	papers := filepath.Join("internal", "story", "embedded")
	if err := os.CopyFS(filepath.Join(dir, papers), os.DirFS(filepath.Join("..", "..", papers))); err != nil {
		t.Fatal(err)
	}
	for _, p := range promises {
		cmd := exec.CommandContext(t.Context(), self, p.args...)
		cmd.Args[0], cmd.Dir = "chancery", dir
		cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "CHANCERY_") })
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		got := 0
		var ended *exec.ExitError
		if errors.As(err, &ended) {
			got = ended.ExitCode()
		} else if err != nil {
			t.Fatalf("%s: %v", p.line, err)
		}
		if p.args[0] == "demo" && slices.Contains(p.args, "--keep") {
			papersShown(t, dir, out.String())
		}
		if got != p.exit || out.Len() == 0 {
			t.Errorf("README: %s\nended with exit code %d, and the README says %d:\n%s", p.line, got, p.exit, &out)
		}
	}
}

// papersShown: what the demo says of the papers that people of its story hold, and the
// pictures that it leaves.
func papersShown(t *testing.T, dir, said string) {
	t.Helper()
	_, said, _ = strings.Cut(said, "Papers that people hold")
	papers := map[string][]string{"issued-letter.pdf": {"This very file is a letter in force"}}
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Log("SKIPPED in part: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), so the demo reads no photo")
	} else {
		papers["altered-photo.jpg"] = []string{"from a letter in force", `"23:00" | on record: "21:00"`, "altered-photo.marked.png and altered-photo.marked.html"}
		papers["replaced-photo.jpg"] = []string{"letter that was issued, then replaced"}
		papers["leaked-photo.jpg"] = []string{"draft that was closed without being issued"}
	}
	for name, want := range papers {
		_, of, ok := strings.Cut(said, "\n"+name+": ")
		of, _, _ = strings.Cut(of, "\n\n")
		for _, w := range want {
			if !ok || !strings.Contains(of, w) {
				t.Errorf("the demo does not say %q of %s:\n%s", w, name, of)
			}
		}
	}
	for _, name := range []string{"altered-arabic.jpg", "draft-copy.pdf"} {
		if !strings.Contains(said, filepath.Join("exhibits", name)+" --register ") {
			t.Errorf("the demo does not offer %s:\n%s", name, said)
		}
		if st, err := os.Stat(filepath.Join(dir, "harbour", "exhibits", name)); err != nil || st.Size() < 10_000 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// readREADME returns the calls of this program in fenced sh blocks, in order.
func readREADME(t *testing.T, text string) (out []promise) {
	t.Helper()
	for _, block := range shell.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSpace(line)
			typed, comment, _ := strings.Cut(line, " #")
			call := ourCalls.FindStringSubmatch(strings.TrimSpace(typed))
			if strings.Contains(comment, "(not tested)") {
				if call != nil && !strings.HasPrefix(call[1], "serve") && !strings.HasPrefix(call[1], "demo") {
					t.Errorf("README: only what starts a server, or needs make, may stay untested: %s", line)
				}
				continue
			}
			if call == nil {
				if line != "" && !strings.HasPrefix(line, "#") {
					t.Errorf("README: this line is not tested; mark it \"# (not tested)\" if it cannot be: %s", line)
				}
				continue
			}
			p := promise{line: line, args: strings.Fields(call[1])}
			if p.args[0] == "demo" && !slices.Contains(p.args, "--no-serve") {
				p.args = append(p.args, "--json") // it ends; what it says is looked at once
			}
			if code := says.FindStringSubmatch(comment); code != nil {
				p.exit, _ = strconv.Atoi(code[1])
			}
			out = append(out, p)
		}
	}
	return out
}

// The reader of the README leaves out what it is told to, and nothing else.
func TestReadREADME(t *testing.T) {
	got := readREADME(t, "```sh\nchancery check a --lang ar # exit 14: part\nmake x # (not tested)\n```\n```toml\nchancery no\n```\n```sh\ngo run ./cmd/chancery demo\n```\n")
	if len(got) != 2 || got[0].exit != 14 || !slices.Equal(got[0].args, []string{"check", "a", "--lang", "ar"}) ||
		!slices.Equal(got[1].args, []string{"demo", "--json"}) {
		t.Errorf("got %+v", got)
	}
}
