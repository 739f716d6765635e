package settings

import (
	"flag"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"
)

type sample struct {
	Addr    string         `name:"addr" word:"HOST:PORT" doc:"to listen on"`
	Most    int            `name:"most" doc:"at once"`
	Bytes   int64          `name:"bytes" doc:"of a file"`
	Rate    float64        `name:"rate" doc:"a second"`
	Wait    time.Duration  `name:"wait" doc:"before it ends"`
	Fresh   *time.Duration `name:"fresh" doc:"how old"`
	On      bool           `name:"on" doc:"whether"`
	Names   []string       `name:"who" doc:"can be repeated"`
	Proxies []netip.Prefix `name:"proxy" word:"NETWORK" doc:"in front"`
	Hidden  chan int       // no setting
}

func declared() (*flag.FlagSet, *sample) {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	day := 24 * time.Hour
	s := &sample{Addr: "127.0.0.1:8080", Most: 4, Fresh: &day}
	Declare(fs, s)
	return fs, s
}

// TestPrecedence: a flag goes before the file, and that before the default.
func TestPrecedence(t *testing.T) {
	fs, s := declared()
	if err := fs.Parse([]string{"--most", "9", "--who", "first"}); err != nil {
		t.Fatal(err)
	}
	given := map[string]bool{"most": true, "who": true}
	err := Apply(fs, given, []byte("most = 5\nwho = [\"a\", \"b\"]\nbytes = 7\nrate = 1.5\nwait = \"3s\"\nfresh = \"1h\"\non = true\nproxy = [\"10.0.0.0/8\", \"::1\"]\n"), "x.toml")
	if err != nil {
		t.Fatal(err)
	}
	if s.Most != 9 || len(s.Names) != 1 || s.Bytes != 7 || s.Rate != 1.5 || s.Wait != 3*time.Second || *s.Fresh != time.Hour || !s.On || s.Addr != "127.0.0.1:8080" {
		t.Errorf("%+v", s)
	}
	if got := (*prefixes)(&s.Proxies).String(); got != "10.0.0.0/8, ::1/128" {
		t.Error(got)
	}
}

// TestRefused: what is not known, is of the wrong sort, or is no TOML.
func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"colour = 1":               `setting "colour" is not known`,
		"config = \"x\"":           `setting "config" is not known`,
		"most = \"many\"":          "setting most",
		"wait = 3":                 "setting wait",
		"proxy = [\"nowhere\"]":    "want a network",
		"[addr]\nhost = 1":         "want a word",
		"who = [[1]]":              "a list holds",
		"most":                     "x.toml",
		"a = 1 #" + big(MaxFile+1): "more than",
	} {
		fs, _ := declared()
		fs.String("config", "", "")
		err := Apply(fs, nil, []byte(text), "x.toml", "config")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "x.toml") {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

func big(n int) string { return strings.Repeat("x", n) }

// TestDefects: a field of another type is found when the program starts.
func TestDefects(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a setting of an unknown type was declared")
		}
	}()
	Declare(flag.NewFlagSet("x", flag.ContinueOnError), &struct {
		X chan int `name:"x"`
	}{})
}

// TestManual: each setting is there once, with its names and its default.
func TestManual(t *testing.T) {
	fs, _ := declared()
	got := Manual(fs, strings.ToUpper, "who")
	for _, want := range []string{"| `addr` | `ADDR` | 127.0.0.1:8080 | HOST:PORT to listen on |", "| `on` | `ON` | false | whether |", "| `fresh` | `FRESH` | 24h0m0s | how old |"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "`who`") {
		t.Error("what is left out is there")
	}
}

// FuzzApply: a file of settings is refused or taken, and nothing else happens.
func FuzzApply(f *testing.F) {
	f.Add("most = 5")
	f.Add("proxy = [\"10.0.0.0/8\"]\n[x]\n")
	f.Fuzz(func(t *testing.T, text string) {
		fs, _ := declared()
		_ = Apply(fs, nil, []byte(text), "x.toml")
	})
}
