package confine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mark is the variable of the environment of children here.
const mark = "CHANCERY_CONFINED"

// means are what children here may use.
var means = Limits{Memory: 64 << 20, Processor: 1, Files: 24}

// TestMain: the test program is its own child.
func TestMain(m *testing.M) {
	if echoing.Is(os.Args) {
		os.Exit(echoing.Main(os.Args, os.Stdin, os.Stdout))
	}
	if len(os.Args) == 5 && os.Args[1] == "child" {
		os.Exit(child(os.Args[2], os.Args[3], os.Args[4]))
	}
	os.Exit(m.Run())
}

// child locks itself in, then does what it is told, and prints "done" or what kept it
// from it.
func child(stage, does, with string) int {
	if stage == "lock" {
		l := means
		if does == "read what it may" {
			l.Readable = []string{with}
		}
		fmt.Fprintln(os.Stderr, Again([]string{os.Args[0], "child", "locked", does, with}, l))
		return 1
	}
	if err := deeds[does](with); err != nil {
		fmt.Println("kept from it:", err)
		return 0
	}
	fmt.Println("done")
	return 0
}

// deeds are what children try, with a file or an address.
var deeds = map[string]func(with string) error{
	"read what it may": read, "read": read,
	"list":  func(with string) error { _, err := os.ReadDir(filepath.Dir(with)); return err },
	"write": func(with string) error { return os.WriteFile(with+".new", []byte("x"), 0o600) },
	"truncate": func(with string) error {
		f, err := os.OpenFile(with, os.O_WRONLY|os.O_TRUNC, 0)
		if err == nil {
			_ = f.Close()
		}
		return err
	},
	"remove": os.Remove,
	"start": func(with string) error {
		return exec.CommandContext(context.Background(), "/bin/sh", "-c", "echo x > "+with+".new").Run()
	},
	"dial": func(with string) error {
		c, err := net.DialTimeout("tcp", with, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err
	},
	"open many": func(string) error {
		for range 100 {
			if _, err := os.Open("/dev/null"); err != nil {
				return err
			}
		}
		return nil
	},
	"take memory": func(string) error {
		b := make([]byte, means.Memory+64<<20)
		for i := range b {
			b[i] = 1
		}
		return nil
	},
	"take time":  func(string) error { return forever() },
	"start anew": func(string) error { _, err := Run(context.Background(), Child{Mark: mark}); return err },
	"leave one behind": func(with string) error {
		return exec.CommandContext(context.Background(), "/bin/sh", "-c", "sleep 60 & echo $!").Start()
	},
	"echo":   func(string) error { _, err := io.Copy(os.Stdout, os.Stdin); return err },
	"babble": func(string) error { fmt.Print(strings.Repeat("x", 2000)); return nil },
	"wait":   func(string) error { time.Sleep(time.Minute); return nil },
	"die": func(string) error {
		fmt.Fprintln(os.Stderr, "the last \x1b[31mwords\nand more")
		os.Exit(3)
		return nil
	},
}

func read(name string) error { _, err := os.ReadFile(name); return err }

func forever() error {
	for n := 1; ; n++ {
		if n == 0 {
			return nil
		}
	}
}

func run(t *testing.T, does, with string, most time.Duration) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	var used Usage
	out, err := Run(ctx, Child{Args: []string{"child", "lock", does, with}, Mark: mark, Input: []byte("what it is given"), Most: 1000, Used: func(u Usage) { used = u }})
	if used.Memory == 0 {
		t.Errorf("%s: nobody heard what it took", does)
	}
	return strings.TrimSpace(string(out)), err
}

// TestLockedIn: what a child may not do it cannot; what it may it can.
func TestLockedIn(t *testing.T) {
	own := filepath.Join(t.TempDir(), "own")
	if err := os.WriteFile(own, []byte("somebody's own"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	for _, does := range []string{"read", "list", "write", "truncate", "remove", "start", "dial", "open many"} {
		with := own
		if does == "dial" {
			with = l.Addr().String()
		}
		switch out, err := run(t, does, with, time.Minute); {
		case err != nil:
			t.Errorf("%s: %v", does, err)
		case out == "done" && does != "open many" && !landlocked(t):
		case !strings.HasPrefix(out, "kept from it"):
			t.Errorf("a child could %s: %q", does, out)
		}
	}
	for does, want := range map[string]string{"read what it may": "done", "echo": "what it is givendone"} {
		if out, err := run(t, does, own, time.Minute); err != nil || out != want {
			t.Errorf("%s: %q, %v", does, out, err)
		}
	}
	if raw, err := os.ReadFile(own); err != nil || string(raw) != "somebody's own" {
		t.Errorf("the file is %q, %v", raw, err)
	}
}

func landlocked(t *testing.T) bool {
	t.Helper()
	raw, err := os.ReadFile("/sys/kernel/security/lsm")
	if err == nil && !strings.Contains(string(raw), "landlock") {
		t.Log("SKIPPED: no Landlock in this kernel, so children may reach files")
		return false
	}
	return true
}

// TestEnds: a child that takes too much, too long, prints too much or dies ends with an
// error, at once, and with all that it started.
func TestEnds(t *testing.T) {
	for does, want := range map[string]string{
		"take memory": "ended early", "take time": "ended early", "babble": "ended early",
		"die": "ended early: exit status 3: the last", "start anew": "kept from it: " + ErrInside.Error(),
	} {
		out, err := run(t, does, "", time.Minute)
		if !strings.Contains(out+fmt.Sprint(err), want) || strings.Contains(fmt.Sprint(err), "\x1b") || strings.Contains(fmt.Sprint(err), "and more") {
			t.Errorf("%s: %q, %v; want %q", does, out, err, want)
		}
	}
	began := time.Now()
	if out, err := run(t, "wait", "", 300*time.Millisecond); err == nil || time.Since(began) > 20*time.Second {
		t.Errorf("a child that waits: %q, %v after %s", out, err, time.Since(began))
	}
	began = time.Now()
	if out, err := run(t, "leave one behind", "", time.Minute); err != nil || time.Since(began) > 20*time.Second {
		t.Errorf("a child that leaves another behind: %q, %v after %s", out, err, time.Since(began))
	}
	if _, err := Run(t.Context(), Child{Program: filepath.Join(t.TempDir(), "none"), Mark: mark, Most: 1}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a program that is not there: %v", err)
	}
}

// TestCapped: a writer takes so much and no more.
func TestCapped(t *testing.T) {
	loud, silent := &Capped{Limit: 5}, &Capped{Limit: 5, Silent: true}
	for _, s := range []string{"abc", "de", "f"} {
		_, err := loud.Write([]byte(s))
		if (err != nil) != (s == "f") || errors.Is(err, io.ErrShortBuffer) != (s == "f") {
			t.Errorf("%q: %v", s, err)
		}
		if n, err := silent.Write([]byte(s)); n != len(s) || err != nil {
			t.Errorf("%q, silently: %d, %v", s, n, err)
		}
	}
	if string(loud.Bytes()) != "abcde" || string(silent.Bytes()) != "abcde" {
		t.Errorf("%q and %q", loud.Bytes(), silent.Bytes())
	}
}
