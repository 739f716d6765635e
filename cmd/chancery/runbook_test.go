package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// notRun are the blocks of docs/operate marked no-run, by their first line, and why
// nobody types them here.
var notRun = map[string]string{
	"chancery witness serve w1 --addr 127.0.0.1:8090":                                                                        "two machines; testdata/witness.txtar plays it",
	"apt-get install tesseract-ocr tesseract-ocr-script-arab":                                                                "it changes the machine",
	"chancery office seals harbour import chain.pem":                                                                         "it takes an authority; seals_test.go plays it",
	"chancery office seals harbour new-key --signer /usr/local/bin/chancery-signer":                                          "it takes a module; seals_test.go plays it",
	"chancery office seals harbour stamp https://timestamp.authority.example/ --authority root.pem --stamp-policy 1.2.3.4.1": "it takes a server; seals_test.go plays it",
	"chancery office seals harbour long-term list.crl answer.der":                                                            "it takes an authority; seals_test.go plays it",
}

// places are what stands for a folder or file of the reader's own.
var places = strings.NewReplacer("DIR", "reg", "FILE", "once.tar", "/backups/", "backups/", "/media/vault/", "vault/", "/mnt/other/", "other/")

var (
	operateBlock = regexp.MustCompile("(?ms)^[ ]*```([a-z]+[^\\n]*)\\n(.*?)^[ ]*```$")
	typedExit    = regexp.MustCompile(`#.*\bexit (\d+)`)
	typedProgram = regexp.MustCompile(`^    (chancery|apt-get|systemctl) `)
)

// script makes a block one that ends at the first line whose exit code is not the
// one that its comment names. Lines of a here-document stay as they are.
func script(block string) string {
	var b strings.Builder
	b.WriteString("set -e\n")
	until := ""
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if until != "" {
			if line == until {
				until = ""
			}
			b.WriteString(line + "\n")
			continue
		}
		if _, word, ok := strings.Cut(line, "<<'"); ok {
			until = strings.TrimSuffix(word, "'")
		}
		if m := typedExit.FindStringSubmatch(line); m != nil {
			want, _ := strconv.Atoi(m[1])
			typed, _, _ := strings.Cut(line, " #")
			line = "got=0; " + strings.TrimSpace(typed) + " || got=$?; test $got = " + strconv.Itoa(want) + ` || { echo "exit $got: ` + strings.ReplaceAll(strings.TrimSpace(typed), `"`, "'") + `"; exit 99; }`
		}
		b.WriteString(strings.TrimPrefix(line, "   ") + "\n")
	}
	return b.String()
}

// TestRunbook types what docs/operate tells an operator to type: runbook.md from an
// empty folder on, then what the other pages mark so.
func TestRunbook(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: no bash, so the runbook cannot be typed")
	}
	dir := t.TempDir()
	for _, d := range []string{"vault", "other"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	all, err := filepath.Glob("../../docs/operate/*.md")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(all, func(a, b string) int { // the runbook first: it makes the register
		return strings.Compare(strings.Replace(a, "runbook", " ", 1), strings.Replace(b, "runbook", " ", 1))
	})
	env := append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "CHANCERY_") }), "HOME="+dir, "XDG_CACHE_HOME="+caches(t))
	typed, left := 0, map[string]bool{}
	for _, name := range all {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(page)) {
			if typedProgram.MatchString(line) {
				t.Errorf("%s: a line to type stands in no fenced block: %s", name, line)
			}
		}
		for _, m := range operateBlock.FindAllStringSubmatch(string(page), -1) {
			first, _, _ := strings.Cut(m[2], "\n")
			switch {
			case m[1] == "sh no-run":
				if left[first] = true; notRun[first] == "" {
					t.Errorf("%s: nobody says why this is not typed: %s", name, first)
				}
				continue
			case m[1] != "sh":
				continue
			}
			typed++
			if out, err := typeBlock(t.Context(), bash, dir, env, m[2]); err != nil {
				t.Fatalf("%s: %v\n%s\n%s", name, err, m[2], out)
			}
			if strings.Contains(m[2], "export CHANCERY_REGISTER=reg\n") {
				env = append(env, "CHANCERY_REGISTER=reg")
			}
		}
	}
	for first := range notRun {
		if !left[first] {
			t.Errorf("no page has this block any more: %s", first)
		}
	}
	if typed < 10 {
		t.Errorf("only %d blocks were typed", typed)
	}
}

func typeBlock(ctx context.Context, bash, dir string, env []string, block string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bash, "-c", script(places.Replace(block)))
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), errors.Join(errors.New("a line failed"), err)
	}
	return string(out), nil
}

// TestRunbookScript: an exit code that is announced has to come, any other ends the
// block, and a here-document is left alone.
func TestRunbookScript(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIPPED: no bash")
	}
	for block, want := range map[string]bool{
		"false # exit 1: as said\ntrue\n": true, "true # exit 1: not so\n": false, "false\ntrue\n": false, "nosuchprogram\n": false,
		"cat > x <<'END'\n# exit 7\nEND\ngrep -q 'exit 7' x\n": true, "   true\n": true,
	} {
		if out, err := typeBlock(t.Context(), bash, t.TempDir(), os.Environ(), block); (err == nil) != want {
			t.Errorf("%q: %v %s", block, err, out)
		}
	}
}
