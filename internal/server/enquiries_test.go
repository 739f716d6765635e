package server

import (
	"strings"
	"testing"

	"chancery.example/internal/kind"
	"chancery.example/internal/office/officetest"
	"chancery.example/internal/web"
)

// Readers' questions reach the office that they are for and come back to who
// knows the secret alone.
func TestQuestionsReachTheOffice(t *testing.T) {
	n := officetest.New(t)
	n.Enrol(t, "a", 2, 2)
	n.Enrol(t, "b", 2, 2)
	e := enquiries{n.Register}
	if !e.Takes(t.Context(), "a") || e.Takes(t.Context(), "z") {
		t.Error("another office takes questions than those of the folder")
	}
	secret, err := e.Ask(t.Context(), "a", web.Question{Words: "Is it yours?", Exhibit: "All vessels leave.", Contact: "a@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Asked(t.Context(), secret)
	if err != nil || got.Office != "a" || got.Words != "Is it yours?" || got.State != "open" || !got.EndedAt.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	if all, err := n.Enquiries(t.Context(), "b"); err != nil || len(all) != 0 {
		t.Errorf("the other office has %v %v", all, err)
	}
	all, err := n.Enquiries(t.Context(), "a")
	if err != nil || len(all) != 1 || all[0].Contact != "a@example.org" {
		t.Fatalf("%v %v", all, err)
	}
	if err := n.DismissEnquiry(t.Context(), "a", "clerk", all[0].ID, "Ask the harbour."); err != nil {
		t.Fatal(err)
	}
	if got, err := e.Asked(t.Context(), secret); err != nil || got.State != "dismissed" || got.Reason != "Ask the harbour." {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range []string{"", "x", strings.Repeat("0", 32), strings.ToUpper(secret)} {
		if _, err := e.Asked(t.Context(), bad); kind.Of(err) != kind.NotFound && bad != secret {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := e.Ask(t.Context(), "a", web.Question{Words: strings.Repeat("a", 2001)}); kind.Of(err) != kind.Invalid {
		t.Errorf("too long: %v", err)
	}
}
