package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"chancery.example/internal/folder"
	"chancery.example/internal/kit"
	"chancery.example/internal/pdf/typeset"
	"chancery.example/internal/photo/photosim"
	"chancery.example/internal/testkit/press"
	"chancery.example/letter"
)

// TestScripts plays the scripts in testdata: real processes, each in a folder of
// its own. $DEMO is the register of the embedded story, not to be changed; $STORY
// holds the story's papers.
func TestScripts(t *testing.T) {
	t.Parallel()
	demo := filepath.Join(t.TempDir(), "demo")
	if code, _, errOut := chancery(t, "demo", "--no-serve", "--keep", demo); code != 0 {
		t.Fatalf("demo: exit %d: %s", code, errOut)
	}
	story, err := filepath.Abs("../../internal/story/embedded")
	if err != nil {
		t.Fatal(err)
	}
	before, cache, given := listing(t, demo), caches(t), madeElsewhere(t)
	t.Run("each", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: "testdata", RequireExplicitExec: true, RequireUniqueNames: true,
			Setup: func(e *testscript.Env) error {
				e.Setenv("DEMO", demo)
				e.Setenv("HOUR", time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339))
				e.Setenv("STORY", story)
				e.Setenv("XDG_CACHE_HOME", cache)
				e.Setenv("ELSEWHERE", given)
				e.Setenv("ONLY", filepath.SplitList(e.Getenv("PATH"))[0]) // where this program is, and no other
				return nil
			},
			Condition: func(name string) (bool, error) {
				switch name {
				case "root":
					return os.Getuid() == 0, nil
				case "netless":
					err := exec.Command("unshare", "-rn", "true").Run()
					if err != nil {
						t.Log("SKIPPED: this machine gives no network namespace (unshare -rn), so reading with no network at all is not shown here")
					}
					return err == nil, nil
				case "reader":
					there := kit.Embedded() != nil
					if !there {
						t.Log("SKIPPED: this program has no reader for browsers (scripts/reader.sh builds it), so no checker is written here; cmd/chancery/internal/site tests it with another")
					}
					return there, nil
				case "pdftoppm":
					_, err := exec.LookPath("pdftoppm")
					if err != nil {
						t.Log("SKIPPED: no pdftoppm here (Debian: poppler-utils), so no page of a PDF is photographed")
					}
					return err == nil, nil
				case "tesseract":
					_, err := exec.LookPath("tesseract")
					if err != nil {
						t.Log("SKIPPED: no tesseract here (Debian: tesseract-ocr tesseract-ocr-script-arab), so no picture can be read")
					}
					return err == nil, nil
				}
				return false, fmt.Errorf("no condition %q", name)
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits": exits, "serving": serving, "fetch": fetch, "post": post, "make": makeFile, "flip": flip,
				"cut": cut, "copytree": copyTree, "listing": writeListing, "taken": taken, "policyof": policyOf,
				"witnesspolicy": witnessPolicy,
				"photo":         func(ts *testscript.TestScript, _ bool, args []string) { takePhoto(t, ts, args) },
			},
		})
	})
	if diff := cmp.Diff(strings.Split(before, "\n"), strings.Split(listing(t, demo), "\n")); diff != "" {
		t.Errorf("readers wrote into the register (-before +after):\n%s", diff)
	}
}

// exits CODE PROGRAM ARG... runs a program that must end with that exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// madeElsewhere are PDFs of a letter in two languages, as another program makes them:
// right.pdf, and wrong.pdf with another day in its Arabic.
func madeElsewhere(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const en, ar = "Sir,\n\nthe south lock is closed on the fourth of March.\n", "سيدي،\n\nيُغلق الهويس الجنوبي في الرابع من آذار.\n"
	for name, words := range map[string]string{"right": ar, "wrong": strings.Replace(ar, "الرابع", "الخامس", 1)} {
		var texts []letter.LangText
		for l, s := range map[letter.Lang]string{"en": en, "ar": words} {
			x, err := letter.Canonicalize([]byte(s))
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, letter.LangText{Lang: l, Text: x})
		}
		set, err := typeset.Set(typeset.Letter{Content: letter.Content{Type: letter.TypeLetter, Texts: texts}})
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name+".pdf"), set.PDF)
	}
	write(t, filepath.Join(dir, "en.txt"), []byte(en))
	write(t, filepath.Join(dir, "ar.txt"), []byte(ar))
	return dir
}

// caches is the folder in which the compiled reader of PDFs lies once for all tests.
func caches(t *testing.T) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		return filepath.Join(t.TempDir(), "cache")
	}
	return dir
}

// serving ARG... starts "chancery ARG..." and waits for the address that it
// prints, which becomes $URL (and $HOSTPORT).
func serving(ts *testscript.TestScript, _ bool, args []string) {
	self, err := os.Executable()
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Args[0] = "chancery" // TestMain goes by it
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"TMPDIR=" + ts.Getenv("TMPDIR"), "HOME=" + ts.Getenv("HOME"), "XDG_CACHE_HOME=" + ts.Getenv("XDG_CACHE_HOME"), "PATH=" + ts.Getenv("PATH")}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	found := make(chan string, 1)
	rest := make(chan struct{})
	go func() {
		defer close(rest)
		defer close(found)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, after, ok := strings.Cut(lines.Text(), "http://"); ok {
				found <- "http://" + strings.Fields(after)[0]
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
	}()
	ts.Defer(func() {
		cancel()
		<-rest
		// An interrupted server ends of its own will, and in order.
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 0 {
			ts.Logf("the server ended with %v: %s", err, &errOut)
		}
	})
	select {
	case at, ok := <-found:
		if !ok {
			ts.Fatalf("it printed no address")
		}
		u, err := url.Parse(at)
		ts.Check(err)
		ts.Setenv("URL", strings.TrimSuffix(at, "/"))
		ts.Setenv("HOSTPORT", u.Host)
	case <-time.After(time.Minute):
		ts.Fatalf("no address within a minute")
	}
}

// fetch STATUS ADDRESS prints what is there.
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	answer(ts, args[0], func(c *http.Client) (*http.Response, error) { return c.Get(args[1]) })
}

// post STATUS ADDRESS FIELD=@FILE|FIELD=VALUE... submits a form.
func post(ts *testscript.TestScript, _ bool, args []string) {
	form := url.Values{}
	for _, a := range args[2:] {
		k, v, _ := strings.Cut(a, "=")
		if name, isFile := strings.CutPrefix(v, "@"); isFile {
			v = ts.ReadFile(name)
		}
		form.Set(k, v)
	}
	answer(ts, args[0], func(c *http.Client) (*http.Response, error) { return c.PostForm(args[1], form) })
}

func answer(ts *testscript.TestScript, status string, ask func(*http.Client) (*http.Response, error)) {
	got, err := ask(&http.Client{Timeout: time.Minute})
	ts.Check(err)
	defer func() { _ = got.Body.Close() }()
	_, err = io.Copy(ts.Stdout(), got.Body)
	ts.Check(err)
	if strconv.Itoa(got.StatusCode) != status {
		ts.Fatalf("status %d, want %s", got.StatusCode, status)
	}
}

// make FILE SIZE GO-STRING writes a file that repeats a string up to a size.
func makeFile(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	s, err := strconv.Unquote(`"` + args[2] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat(s, size/len(s)+1))[:size], 0o600))
}

// photo TEXT|PDF OUT QUALITY takes a photo of a page with a text, or of the last page
// of a PDF, the same each time.
func takePhoto(t *testing.T, ts *testscript.TestScript, args []string) {
	for _, q := range photosim.Qualities() {
		if q.Name != args[2] {
			continue
		}
		var page photosim.Page
		if name, isPDF := strings.CutSuffix(args[0], ".pdf"); isPDF {
			page = drawnLast(t, ts.MkAbs(name+".pdf"))
		} else {
			page = press.Render(t, ts.ReadFile(args[0]), 27)
		}
		shot, err := q.Shoot(rand.New(rand.NewPCG(1, 2)), page)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), shot.Data, 0o600))
		return
	}
	ts.Fatalf("no quality %q", args[2])
}

// witnesspolicy LOG-POLICY WITNESS-DIR URL OUT writes a policy that asks the
// witness at an address for the log of another policy.
func witnessPolicy(ts *testscript.TestScript, _ bool, args []string) {
	log, _, _ := strings.Cut(ts.ReadFile(args[0]), "\n")
	var key string
	for line := range strings.Lines(ts.ReadFile(filepath.Join(args[1], "witness.toml"))) {
		if v, ok := strings.CutPrefix(line, "key = "); ok {
			key = strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	text := log + "\nwitness one " + key + " " + args[2] + "\nquorum one\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(text), 0o600))
}

// flip FILE OUT AT changes one bit of a file, at a part of its length in percent.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	b := []byte(ts.ReadFile(args[0]))
	at, err := strconv.Atoi(args[2])
	ts.Check(err)
	b[len(b)*at/100] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o600))
}

// cut FILE OUT AT keeps a part of a file, in percent.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	b := []byte(ts.ReadFile(args[0]))
	at, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b[:len(b)*at/100], 0o600))
}

// copytree FROM TO copies a folder with the modes of its files.
func copyTree(ts *testscript.TestScript, _ bool, args []string) {
	from, to := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	ts.Check(os.CopyFS(to, os.DirFS(from)))
	ts.Check(filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.Chmod(to+strings.TrimPrefix(name, from), info.Mode())
	}))
}

// taken opens a port of its own, as $HOSTPORT, until the script ends.
func taken(ts *testscript.TestScript, _ bool, _ []string) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("HOSTPORT", l.Addr().String())
	ts.Defer(func() { _ = l.Close() })
}

// policyof DIR FILE writes the policy of who trusts a register's own keys.
func policyOf(ts *testscript.TestScript, _ bool, args []string) {
	f, err := folder.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	p, err := f.Config.Policy()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), p.Bytes(), 0o600))
}

func writeListing(ts *testscript.TestScript, _ bool, args []string) {
	s, err := files(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(s), 0o600))
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	s, err := files(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files names every file below dir with its mode, time of change and digest.
func files(dir string) (string, error) {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var content []byte
		if d.Type().IsRegular() {
			if content, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		fmt.Fprintf(&b, "%s %s %d %x\n", name, info.Mode(), info.ModTime().UnixNano(), sha256.Sum256(content))
		return nil
	})
	return b.String(), err
}
