package office_test

import (
	"testing"

	"chancery.example/internal/web/pages/office"
	"chancery.example/internal/web/webtest"
	"chancery.example/register"
)

func TestLettersByStanding(t *testing.T) {
	snap, err := webtest.New(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lights, ok := snap.State().OfficeByID("lights")
	if !ok {
		t.Fatal("no office")
	}
	all := office.Build(snap, lights, office.Query{}, webtest.Now)
	sum := 0
	for _, c := range all.Counts {
		sum += c.N
		some := office.Build(snap, lights, office.Query{Standing: c.Standing, Page: 9}, webtest.Now)
		if len(some.Rows) != c.N || some.Next != 0 || some.Previous != 0 {
			t.Errorf("%s: %d rows; want %d", c.Standing, len(some.Rows), c.N)
		}
		for _, r := range some.Rows {
			if r.Standing != c.Standing {
				t.Errorf("%s is listed as %s", r.Reference, c.Standing)
			}
		}
	}
	if sum != all.Total || len(all.Rows) != all.Total {
		t.Errorf("the counts add up to %d of %d letters, %d shown", sum, all.Total, len(all.Rows))
	}
	if all.Rows[0].Entry < all.Rows[1].Entry {
		t.Error("the newest letter is not the first")
	}
	none := office.Build(snap, lights, office.Query{Standing: register.Lookalike}, webtest.Now)
	if len(none.Rows) != 0 || none.Total != all.Total {
		t.Errorf("a standing that no letter has: %d rows", len(none.Rows))
	}
}
