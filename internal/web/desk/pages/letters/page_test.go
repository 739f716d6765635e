package letters

import (
	"fmt"
	"slices"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

func TestBuild(t *testing.T) {
	var rows []Row
	for i := range 120 {
		r := Row{Reference: letter.Ref(fmt.Sprintf("HC-%d", i)), Title: "The lock", Stage: "drafting", Langs: []letter.Lang{"en"}}
		if i%2 == 1 {
			r.Stage, r.Standing, r.Langs = "issued", register.InForce, []letter.Lang{"en", "ar"}
		}
		if i == 7 {
			r.Title = "إغلاق الهويس"
		}
		rows = append(rows, r)
	}
	v := Build(rows, Query{})
	if len(v.Rows) != Rows || v.Rows[0].Reference != "HC-119" || v.Next != 2 || v.Previous != 0 || v.Total != 120 || len(v.Stages) != 2 || !slices.Equal(v.Langs, []letter.Lang{"ar", "en"}) {
		t.Errorf("%+v", v)
	}
	if v := Build(rows, Query{Page: 3}); len(v.Rows) != 20 || v.Next != 0 || v.Previous != 2 {
		t.Errorf("page 3 has %d, %d, %d", len(v.Rows), v.Previous, v.Next)
	}
	for _, page := range []int{-5, 0, 99} {
		if v := Build(rows, Query{Page: page}); len(v.Rows) == 0 {
			t.Errorf("page %d is empty", page)
		}
	}
	for want, q := range map[int]Query{
		60: {Stage: "issued"}, 59: {Standing: register.InForce, Words: "LOCK"}, 1: {Words: "hc-7 الهويس"}, 0: {Words: "nothing"}, 120: {Lang: "en"},
	} {
		if v := Build(rows, q); v.Total != want {
			t.Errorf("%+v finds %d, want %d", q, v.Total, want)
		}
	}
	if v := Build(nil, Query{Page: 4}); len(v.Rows) != 0 || v.Next+v.Previous != 0 {
		t.Errorf("%+v", v)
	}
	if got := (Query{Words: "a&b", Stage: "issued"}).At(2); got != "?page=2&q=a%26b&stage=issued" {
		t.Errorf("%s", got)
	}
}
