package approval_test

import (
	"bytes"
	"strings"
	"testing"

	"chancery.example/approval"
)

// TestLimits (MUST-2, MUST-5, MUST-6): the most of everything, and one more.
func TestLimits(t *testing.T) {
	s := example(t)
	s.Register = strings.Repeat("x", 512)
	if err := s.Validate(); err != nil {
		t.Errorf("a line of 512: %v", err)
	}
	if got, err := approval.ParseStatement(s.Bytes()); err != nil || got != s {
		t.Errorf("a line of 512 is not read back: %v", err)
	}
	long := func(n int) []byte { return bytes.Repeat([]byte("x"), n) }
	for _, c := range []struct {
		what string
		most int
		read func(b []byte) error
	}{
		{"statement", 4096, func(b []byte) error { _, err := approval.ParseStatement(b); return err }},
		{"key", 16 << 10, func(b []byte) error { _, err := approval.ParseKey(string(b)); return err }},
		{"signature", 16 << 10, func(b []byte) error { _, err := approval.Wire(b); return err }},
	} {
		if err := c.read(long(c.most)); err == nil || strings.Contains(err.Error(), "at most") {
			t.Errorf("a %s of %d bytes is none, and not too long: %v", c.what, c.most, err)
		}
		if err := c.read(long(c.most + 1)); err == nil || !strings.Contains(err.Error(), "at most") {
			t.Errorf("a %s of %d bytes: %v", c.what, c.most+1, err)
		}
	}
}

// TestWhatIsWrongIsSaid: the line, and what it wants.
func TestWhatIsWrongIsSaid(t *testing.T) {
	good := string(example(t).Bytes())
	_, err := approval.ParseStatement([]byte(strings.Replace(good, "\noffice: ", "\nOffice: ", 1)))
	if err == nil || !strings.Contains(err.Error(), `line 3 is not "office"`) {
		t.Errorf("another name: %v", err)
	}
	at := strings.LastIndex(good, "nonce: ") + len("nonce: ")
	for _, nonce := range []string{good[at : at+30], good[at:at+32] + "00", "", "zz" + good[at+2:at+32]} {
		_, err := approval.ParseStatement([]byte(good[:at] + nonce + "\n"))
		if err == nil || !strings.Contains(err.Error(), "want 32 hexadecimal digits") {
			t.Errorf("nonce %q: %v", nonce, err)
		}
	}
}
