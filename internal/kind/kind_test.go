package kind_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"chancery.example/internal/kind"
)

func TestKinds(t *testing.T) {
	inner := kind.Conflict.Errorf("issuing %s: %w", "HC-1", io.EOF)
	outer := fmt.Errorf("at the desk: %w", inner)
	again := kind.Unavailable.Wrap(outer)
	for _, c := range []struct {
		name string
		err  error
		want kind.Kind
	}{
		{"none", io.EOF, kind.Unknown},
		{"nil", nil, kind.Unknown},
		{"made", inner, kind.Conflict},
		{"wrapped", outer, kind.Conflict},
		{"the outermost counts", again, kind.Unavailable},
		{"joined", errors.Join(io.EOF, inner), kind.Conflict},
	} {
		if got := kind.Of(c.err); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if !errors.Is(outer, kind.Conflict) || errors.Is(outer, kind.NotFound) || !errors.Is(outer, io.EOF) {
		t.Error("errors.Is does not see kind and cause")
	}
	if kind.Invalid.Wrap(nil) != nil {
		t.Error("no error became one")
	}
	names := map[string]bool{}
	for k := kind.Unknown; k <= kind.Unavailable; k++ {
		names[k.Error()] = true
	}
	if len(names) != 6 {
		t.Errorf("kinds without a name of their own: %v", names)
	}
}

func TestSaid(t *testing.T) {
	inner := kind.Conflict.Errorf("issuing %s: it is closed", "HC-1")
	for name, err := range map[string]error{"itself": inner, "wrapped": fmt.Errorf("at the desk: %w", inner), "of another kind": kind.Invalid.Wrap(inner)} {
		if format, args, ok := kind.Said(err); !ok || format != "issuing %s: it is closed" || len(args) != 1 || args[0] != "HC-1" {
			t.Errorf("%s: %q %v %t", name, format, args, ok)
		}
	}
	for _, err := range []error{nil, io.EOF, kind.Invalid.Wrap(io.EOF)} {
		if _, _, ok := kind.Said(err); ok {
			t.Errorf("%v was said in a form", err)
		}
	}
}
