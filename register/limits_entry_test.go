package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chancery.example/letter"
	"chancery.example/register"
)

// TestLimitsOfAnEntry (entry.md MUST-1, MUST-6): bytes, time and subject.
func TestLimitsOfAnEntry(t *testing.T) {
	h := newHouse("hc")
	sign := func(last int, claims register.Claims) (register.Entry, error) {
		w := register.Withdraw{Target: register.Target{Office: h.uri, Index: 7, Leaf: letter.Hash{1}}, Reason: register.Words{"en": "x"}}
		for i := range 32 {
			w.Approvals.Signatures = append(w.Approvals.Signatures, register.OfficerSignature{Officer: fmt.Sprintf("o%02d", i), Signature: make([]byte, 2040)})
		}
		w.Approvals.Signatures[31].Signature = make([]byte, last)
		return register.Sign(h.key, claims, w)
	}
	claims := register.Claims{Issuer: h.uri, Subject: register.OfficeSubject(h.uri), IssuedAt: begin}
	fill := register.MaxEntry - len(must(sign(1000, claims)).Bytes()) + 1000
	e, err := sign(fill, claims)
	if err != nil || len(e.Bytes()) != register.MaxEntry {
		t.Fatalf("an entry of the most bytes has %d: %v", len(e.Bytes()), err)
	}
	if _, err := register.Parse(e.Bytes()); err != nil {
		t.Errorf("an entry of the most bytes: %v", err)
	}
	_, err = sign(fill+1, claims)
	says(t, "a byte more", err, "the entry has 65536 bytes: at most 65535")
	_, err = register.Parse(append(e.Bytes(), 0))
	says(t, "a byte more, read", err, "an entry of 65536 bytes: want 1 to 65535")

	for at, words := range map[int64]string{1 << 24: "", 1<<24 - 1: "out of range", 253_402_300_799: "", 253_402_300_800: "out of range"} {
		c := claims
		c.IssuedAt = time.Unix(at, 0)
		_, err := sign(9, c)
		says(t, fmt.Sprint("at ", at), err, words)
	}
	for n, words := range map[int]string{400: "", 401: "begins with"} {
		c := claims
		c.Subject = "urn:chancery:" + strings.Repeat("x", n-len("urn:chancery:"))
		_, err := sign(9, c)
		says(t, fmt.Sprintf("a subject of %d bytes", n), err, words)
	}
}

// TestLimitsOfStatements (entry.md MUST-26).
func TestLimitsOfStatements(t *testing.T) {
	const last = 253_402_300_799
	leaf := textLeaf(english(t, "A paper.\n"), "held")
	files := func(n int) []letter.Hash { return slices.Repeat([]letter.Hash{{1}}, n) }
	for what, c := range map[string]struct {
		change func(*register.Statement)
		words  string
	}{
		"about":                {func(*register.Statement) {}, ""},
		"an unknown type":      {func(s *register.Statement) { s.Type = "rumour" }, "is not known"},
		"a sighting of text":   {func(s *register.Statement) { s.Type, s.Of = register.Sighting, leaf }, ""},
		"a sighting of a file": {func(s *register.Statement) { s.Type, s.Files = register.Sighting, files(1) }, ""},
		"a sighting of none":   {func(s *register.Statement) { s.Type = register.Sighting }, "names nothing"},
		"a receipt of none":    {func(s *register.Statement) { s.Type = register.Received }, "names nothing"},
		"a collection of none": {func(s *register.Statement) { s.Type, s.Source = register.Collected, "x" }, "names nothing"},
		"holding":              {func(s *register.Statement) { s.Type, s.NextWordBy = register.Holding, 1 }, ""},
		"holding for ever":     {func(s *register.Statement) { s.Type = register.Holding }, "next word"},
		"collected":            {func(s *register.Statement) { s.Type, s.Files, s.Source = register.Collected, files(1), "x" }, ""},
		"without its source":   {func(s *register.Statement) { s.Type, s.Files = register.Collected, files(1) }, "needs its source"},
		"64 files":             {func(s *register.Statement) { s.Files = files(64) }, ""},
		"65 files":             {func(s *register.Statement) { s.Files = files(65) }, "65 files: at most 64"},
		"a source of 500":      {func(s *register.Statement) { s.Source = strings.Repeat("x", 500) }, ""},
		"a source of 501":      {func(s *register.Statement) { s.Source = strings.Repeat("x", 501) }, "source of 501 bytes"},
		"the last times":       {func(s *register.Statement) { s.SeenAt, s.NextWordBy = last, last }, ""},
		"seen too late":        {func(s *register.Statement) { s.SeenAt = last + 1 }, "beyond the year 9999"},
		"next word too late":   {func(s *register.Statement) { s.NextWordBy = last + 1 }, "beyond the year 9999"},
	} {
		s := register.Statement{Type: register.About, Texts: textLeaf(english(t, "Sir,\n"), "x")}
		c.change(&s)
		_, err := register.EncodeBody(s)
		says(t, what, err, c.words)
	}
}
