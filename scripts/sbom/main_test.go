package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The bill of this very test program names the standard library, and refuses
// checksums that are not those of go.sum.
func TestBill(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := write(&b, program, filepath.Join("..", "..", "go.sum")); err != nil {
		t.Fatal(err)
	}
	var got bom
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != "CycloneDX" || len(got.Components) == 0 || got.Components[len(got.Components)-1].Name != "std" {
		t.Errorf("%+v", got)
	}
	if err := write(&b, os.Args[0]+"-none", "go.sum"); err == nil || !strings.Contains(err.Error(), "reading") {
		t.Errorf("a program that is not there: %v", err)
	}
}
