package office_test

import (
	"fmt"
	"slices"
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

// TestLettersByLanguageAndYear: each choice shows as many letters as it says, keeps
// the others, and is taken back by choosing it again.
func TestLettersByLanguageAndYear(t *testing.T) {
	snap, err := webtest.New(t).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lights, _ := snap.State().OfficeByID("lights")
	all := office.Build(snap, lights, office.Query{}, webtest.Now)
	if len(all.Langs) < 2 || len(all.Years) == 0 {
		t.Fatalf("languages %v, years %v", all.Langs, all.Years)
	}
	for _, c := range all.Langs {
		some := office.Build(snap, lights, office.Query{Lang: c.Lang}, webtest.Now)
		if len(some.Rows) != c.N || c.Chosen || c.Href != "?language="+string(c.Lang) {
			t.Errorf("%+v: %d rows", c, len(some.Rows))
		}
		for _, x := range some.Rows {
			if !slices.Contains(x.Languages, c.Lang) {
				t.Errorf("%s is listed as %s", x.Reference, c.Lang)
			}
		}
		for _, y := range some.Years {
			both := office.Build(snap, lights, office.Query{Lang: c.Lang, Year: y.Year, Standing: register.InForce}, webtest.Now)
			if q := both.Query.At(2); q != fmt.Sprintf("?language=%s&page=2&standing=in_force&year=%d", c.Lang, y.Year) {
				t.Error(q)
			}
			for _, l := range both.Langs {
				if l.Chosen != (l.Lang == c.Lang) || l.Chosen && l.Href != fmt.Sprintf("?standing=in_force&year=%d", y.Year) {
					t.Errorf("%+v", l)
				}
			}
		}
	}
	if none := office.Build(snap, lights, office.Query{Year: 1955}, webtest.Now); len(none.Rows) != 0 || none.Query.All() || !all.Query.All() {
		t.Errorf("a year without letters: %d rows", len(none.Rows))
	}
}
