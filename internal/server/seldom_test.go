package server

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// TestTheSameErrorIsLoggedOnce: an error that comes ten times a second fills no log.
func TestTheSameErrorIsLoggedOnce(t *testing.T) {
	var out strings.Builder
	say := Config{Log: slog.New(slog.NewTextHandler(&out, nil))}.seldom(newOperated(Config{}, nil))
	for range 50 {
		say(errors.New("the disk is full"))
	}
	say(errors.New("another"))
	say(errors.New("the disk is full"))
	if full, other := strings.Count(out.String(), "the disk is full"), strings.Count(out.String(), "another"); full != 2 || other != 1 {
		t.Errorf("logged %d and %d times:\n%s", full, other, out.String())
	}
}
