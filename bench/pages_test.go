package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if asked, err := asServer(); asked {
		if err != nil {
			println(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A short run asks the real server for every kind, and no request fails.
func TestPagesShort(t *testing.T) {
	s := settings{writers: 4, pageLetters: 12, pageTime: 20 * time.Millisecond, pageRate: 100, dir: t.TempDir()}
	rows := &table{}
	if err := pages(t.Context(), s, rows); err != nil {
		t.Fatal(err)
	}
	if len(rows.rows) != 8*4 {
		t.Errorf("%d rows", len(rows.rows))
	}
	for _, r := range rows.rows {
		if !strings.Contains(r[1], " 0 errors") || !strings.Contains(r[2], " 0 errors") {
			t.Errorf("%v", r)
		}
	}
}
