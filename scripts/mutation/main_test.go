package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const sample = `package sample

import "errors"

type list []string

// Between has most of what can be changed in it.
func Between(n, low, high int, names list) (int, error) {
	if n < low || n >= high && high != 0 {
		return 0, errors.New("it is " + "outside")
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += 2 * i
	}
	if !known(names) {
		return sum - 1, nil
	}
	return sum % 7, nil
}

func known(names list) bool { return names != nil && names[0] == "x" }
`

// thorough notices every change, lazy only runs the code.
const (
	thorough = `package sample

import "testing"

func TestBetween(t *testing.T) {
	for _, c := range []struct {
		n, low, high int
		names        list
		want         int
		fails        bool
	}{
		{3, 1, 5, list{"x"}, 6, false}, {4, 1, 5, list{"x"}, 5, false}, {4, 1, 5, list{"y"}, 11, false}, {4, 1, 5, nil, 11, false},
		{1, 1, 5, list{"y"}, -1, false}, {0, 1, 5, nil, 0, true}, {5, 1, 5, nil, 0, true}, {6, 1, 5, nil, 0, true},
		{2, 1, 0, nil, 1, false}, {2, 1, 5, nil, 1, false},
	} {
		got, err := Between(c.n, c.low, c.high, c.names)
		if got != c.want || (err != nil) != c.fails {
			t.Errorf("Between(%d, %d, %d, %q) = %d, %v", c.n, c.low, c.high, c.names, got, err)
		}
	}
}
`
	lazy = `package sample

import "testing"

func TestBetween(t *testing.T) {
	_, _ = Between(3, 1, 5, list{"x"})
	_, _ = Between(3, 1, 5, nil)
}
`
)

// sampleScore measures the sample under a test.
func sampleScore(t *testing.T, test string) float64 {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example\n\ngo 1.26\n", "sample/sample.go": sample, "sample/sample_test.go": test} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "")
	patience = 2 * time.Second
	score, err := measure(t.Context(), "sample", nil, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	return score
}

// A thorough test notices every mutant; one that looks at nothing notices only
// those that crash or hang.
func TestScore(t *testing.T) {
	if got := sampleScore(t, thorough); got != 100 {
		t.Errorf("a thorough test notices %.1f %%, want all", got)
	}
	if got := sampleScore(t, lazy); got > 40 {
		t.Errorf("a test that looks at nothing notices %.1f %%", got)
	}
}

// What is changed, and where; what does not compile is left out by its place.
func TestMutate(t *testing.T) {
	text, found, err := mutate("sample.go", []byte(sample), 0, map[string]bool{"sample.go:17:14": true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range found {
		got = append(got, strings.TrimPrefix(m.place, "sample.go:")+" "+m.what)
	}
	slices.Sort(got)
	want := []string{
		"13:16 < to <=", "13:16 < to >=", "13:22 ++ to --", "14:12 * to /", "14:7 += to -=",
		"16:5 a condition to its contrary", "19:13 % to *", "22:44 != to ==", "22:51 && to ||", "22:63 == to !=",
		"9:13 || to &&", "9:18 >= to <", "9:18 >= to >", "9:26 && to ||", "9:34 != to ==", "9:7 < to <=", "9:7 < to >=",
	}
	if !slices.Equal(got, want) {
		t.Errorf("mutants:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if strings.Count(string(text), "\n") != strings.Count(sample, "\n") {
		t.Error("lines moved: places would not fit")
	}
}
