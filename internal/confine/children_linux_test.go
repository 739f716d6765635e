package confine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// echoing is a work for tests: it answers with its order and what followed.
var echoing = Work{
	Command: "echo", Instead: "chancery help", Does: "echoing", Order: 40, Input: 100, Limits: means,
	Ready: func([]string) (func(string, []byte) (any, error), error) {
		return func(order string, data []byte) (any, error) {
			switch order {
			case "fail":
				return nil, errors.New("as it was told")
			case "wait":
				time.Sleep(time.Minute)
			}
			return []string{order, string(data)}, nil
		}, nil
	},
}

func childrenFor(t *testing.T, o Options) *Children {
	t.Helper()
	o.Child = func(context.Context) Child { return Child{Args: echoing.Args(), Mark: mark, Most: 1000} }
	c := NewChildren(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestChildren: each piece of work has a child of its own, also when it was started ahead;
// one that has ended by itself or waited too long is given none.
func TestChildren(t *testing.T) {
	c := childrenFor(t, Options{Ahead: true, Time: time.Minute})
	if c.Waits() != 0 {
		t.Error("a child waits before there was work")
	}
	seen := map[int]bool{}
	for i := range 3 {
		raw, err := c.Do(t.Context(), Input(fmt.Sprint("order ", i), []byte("a\nb")))
		var got []string
		if err != nil || Decode(raw, 100, &got) != nil || strings.Join(got, "|") != fmt.Sprintf("order %d|a\nb", i) {
			t.Fatalf("%q, %v", got, err)
		}
		pid := c.Waits()
		if pid == 0 || seen[pid] {
			t.Errorf("child %d waits, after %v", pid, seen)
		}
		seen[pid] = true
	}
	_ = syscall.Kill(c.Waits(), syscall.SIGKILL)
	if _, err := c.Do(t.Context(), Input("x", nil)); err != nil && !strings.Contains(err.Error(), "ended early") { // it ended just then
		t.Errorf("with a child that had ended: %v", err)
	}
	if _, err := c.Do(t.Context(), Input("fail", nil)); err == nil || !strings.Contains(err.Error(), "echoing: as it was told") {
		t.Errorf("work that fails: %v", err)
	}
	if _, err := c.Do(t.Context(), Input(strings.Repeat("x", 41), nil)); err == nil || !strings.Contains(err.Error(), "given no file") {
		t.Errorf("an order that is too long: %v", err)
	}
	if err := c.Close(); err != nil || c.Waits() != 0 {
		t.Errorf("closed: %v, child %d waits", err, c.Waits())
	}
	if _, err := c.Do(t.Context(), Input("x", nil)); err != nil || c.Waits() != 0 {
		t.Errorf("after it was closed: %v, child %d waits", err, c.Waits())
	}

	slow := childrenFor(t, Options{Time: 300 * time.Millisecond})
	if _, err := slow.Do(t.Context(), Input("wait", nil)); !errors.Is(err, ErrTime) {
		t.Errorf("work that takes too long: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := slow.Do(ctx, Input("x", nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("who asked went away: %v", err)
	}

	once := childrenFor(t, Options{Rest: time.Millisecond, Time: time.Minute})
	once.Expect()
	once.Expect()
	for end := time.Now().Add(20 * time.Second); once.Waits() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a child waits after its rest")
		}
	}
	if _, err := once.Do(t.Context(), Input("x", nil)); err != nil {
		t.Errorf("after its rest: %v", err)
	}
}

// TestForPeople: the word that makes the child is no command for people.
func TestForPeople(t *testing.T) {
	for _, args := range [][]string{{"p", "echo"}, {"p", "echo", "x"}} {
		if code := echoing.Main(args, strings.NewReader(""), &bytes.Buffer{}); code == 0 || !echoing.Is(args) || echoing.Locked(args) {
			t.Errorf("%q: %d", args, code)
		}
	}
}

// TestDecode: one value with known names, and nothing else.
func TestDecode(t *testing.T) {
	for raw, good := range map[string]bool{
		`{"A":1}`: true, "{\"A\":1}\n": true, ``: false, `{"A":1}{"A":1}`: false, `{"A":1} x`: false,
		`{"B":1}`: false, `{"A":1, "A":"1234567890"}`: false, `{"A":1                   }`: false,
	} {
		var v struct{ A int }
		if err := Decode([]byte(raw), 20, &v); (err == nil) != good {
			t.Errorf("%s: %v", raw, err)
		}
	}
}
