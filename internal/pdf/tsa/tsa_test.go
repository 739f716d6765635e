package tsa_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chancery.example/internal/pdf/tsa"
)

// A granted answer of RFC 3161 is a SEQUENCE of a status and a token; here the
// token is no token, or there is none. That good ones are taken, pades tests with a
// server of OpenSSL's.
func TestAnswersThatAreNoTimestamp(t *testing.T) {
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"an error":       {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) }, "503"},
		"a page":         {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "no answer of a timestamp server"},
		"nothing":        {func(http.ResponseWriter, *http.Request) {}, "no answer of a timestamp server"},
		"refused":        {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(unhex("30053003020102")) }, "refuses, with status 2"},
		"no token":       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(unhex("30053003020100")) }, "no timestamp in it"},
		"an empty token": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(unhex("300730030201003000")) }, "SignedData"},
		"too long":       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 70<<10)) }, "more than 65536"},
		"another address": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, "not followed"},
	} {
		s := httptest.NewServer(c.answer)
		client, err := tsa.New(tsa.Server{Address: s.URL})
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256([]byte("letter"))
		if token, err := client.Stamp(t.Context(), digest[:]); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), s.URL) || token != nil {
			t.Errorf("%s: %v, want %q and the address", name, err, c.want)
		}
		s.Close()
	}
}

// TestOnlyTheDigestIsSent: the question holds the digest, and no name of anybody.
func TestOnlyTheDigestIsSent(t *testing.T) {
	var asked []byte
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked, _ = io.ReadAll(r.Body)
	}))
	defer s.Close()
	client, err := tsa.New(tsa.Server{Address: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("letter"))
	if _, err := client.Stamp(t.Context(), digest[:]); err == nil {
		t.Error("nothing was taken for an answer")
	}
	if !bytes.Contains(asked, digest[:]) || len(asked) > 80 {
		t.Errorf("asked %x", asked)
	}
}

func TestAServerThatHangsIsLeft(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	client, err := tsa.New(tsa.Server{Address: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client.Stamp(ctx, make([]byte, 32)); err == nil {
		t.Error("no error")
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, a := range []string{"", "tsa.example", "ftp://tsa.example", "https://", "https://user:word@tsa.example/", "file:///etc/passwd", "http://[::1"} {
		if _, err := tsa.New(tsa.Server{Address: a}); err == nil || !strings.Contains(err.Error(), "https://") {
			t.Errorf("%q: %v", a, err)
		}
	}
}
