package main

import (
	"bytes"
	"strings"
	"testing"
)

const events = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"a went wrong\n"}
{"Action":"fail","Package":"p","Test":"TestA","Elapsed":0.1}
{"Action":"pass","Package":"p","Test":"TestB","Elapsed":0.1}
{"Action":"output","Package":"p","Test":"TestC","Output":"=== RUN   TestC\n"}
{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:7: SKIPPED: no disk\n"}
{"Action":"output","Package":"p","Test":"TestC","Output":"--- SKIP: TestC (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestC","Elapsed":0}
{"Action":"fail","Package":"p","Elapsed":0.2}
not an event
{"Action":"output","Package":"q","Output":"panic in init\n"}
{"Action":"fail","Package":"q","Elapsed":0.2}
{"Action":"skip","Package":"without-tests"}
`

func TestTally(t *testing.T) {
	c := newTally()
	var live bytes.Buffer
	if err := c.read(strings.NewReader(events), &live); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a went wrong\n", "FAIL\tp\t0.2s\n", "not an event\n", "panic in init\n", "FAIL\tq\t0.2s\n"} {
		if !strings.Contains(live.String(), want) {
			t.Errorf("while it runs it does not print %q:\n%s", want, &live)
		}
	}
	var end bytes.Buffer
	c.print(&end)
	want := `SKIPPED  p TestC: c_test.go:7: SKIPPED: no disk
FAILED   p TestA
FAILED   q, before or beside its tests

tests: 1 passed, 2 failed, 1 skipped
`
	if end.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &end, want)
	}
}

func TestNothingRan(t *testing.T) {
	if ok, err := totals(&bytes.Buffer{}, "", nil); ok || err != nil {
		t.Errorf("no test at all counts as good: %v %v", ok, err)
	}
}
