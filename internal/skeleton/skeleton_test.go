package skeleton_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/net/idna"
	"pgregory.net/rapid"

	"chancery.example/internal/skeleton"
	"chancery.example/internal/testkit"
)

var harbour = skeleton.Identity{ID: "harbour", Domain: "harbour.example", Names: map[string]string{"en": "Harbour Commission", "ar": "هيئة الميناء"}}

// TestTakenForAnother is attack A11: names that a hurried reader takes for those
// of an office that is enrolled.
func TestTakenForAnother(t *testing.T) {
	for name, n := range map[string]skeleton.Identity{
		"the same":             {ID: "x", Names: map[string]string{"en": "Harbour Commission"}},
		"in another language":  {ID: "x", Names: map[string]string{"fr": "Harbour Commission"}},
		"capitals":             {ID: "x", Names: map[string]string{"en": "HARBOUR COMMISSION"}},
		"the and of":           {ID: "x", Names: map[string]string{"en": "The Commission of the Harbour"}},
		"a legal form":         {ID: "x", Names: map[string]string{"en": "Harbour Commission Ltd."}},
		"one word":             {ID: "x", Names: map[string]string{"en": "HarbourCommission"}},
		"a hyphen":             {ID: "x", Names: map[string]string{"en": "Harbour-Commission"}},
		"Cyrillic":             {ID: "x", Names: map[string]string{"en": "Наrbоur Соmmissiоn"}},
		"Greek":                {ID: "x", Names: map[string]string{"en": "Ηarbοur Cοmmissiοn"}},
		"full width":           {ID: "x", Names: map[string]string{"en": "Ｈarbour Commission"}},
		"mathematical":         {ID: "x", Names: map[string]string{"en": "𝐇arbour Commission"}},
		"zero width":           {ID: "x", Names: map[string]string{"en": "Harbour\u200b Com\u00admission"}},
		"accents":              {ID: "x", Names: map[string]string{"en": "Hárbour Commissión"}},
		"one for l and i":      {ID: "x", Names: map[string]string{"en": "Harbour Comm1ss1on"}},
		"zero for o":           {ID: "x", Names: map[string]string{"en": "Harb0ur Commissi0n"}},
		"rn for m":             {ID: "x", Names: map[string]string{"en": "Harbour Cornrnission"}},
		"Arabic kaf and yeh":   {ID: "x", Names: map[string]string{"ar": "هیئة المیناء"}},
		"Arabic without hamza": {ID: "x", Names: map[string]string{"ar": "هييه الميناء"}},
		"Arabic with tatweel":  {ID: "x", Names: map[string]string{"ar": "هيئة المينـــاء"}},
		"Arabic with vowels":   {ID: "x", Names: map[string]string{"ar": "هَيْئة المِيناء"}},
		"Arabic, no article":   {ID: "x", Names: map[string]string{"ar": "هيئة ميناء"}},
		"its short name":       {ID: "harb0ur"},
		"its name as ours":     {ID: "harbour-commission"},
		"its short name again": {ID: "x", Names: map[string]string{"en": "Harbour"}},
		"digits in the domain": {ID: "x", Domain: "harb0ur.example"},
		"hyphen in the domain": {ID: "x", Domain: "har-bour.example"},
		"dots in the domain":   {ID: "x", Domain: "harbour-example"},
		"begins like it":       {ID: "x", Domain: "harbour.example.net"},
		"begins like it, -":    {ID: "x", Domain: "harbour-example.net"},
		"international":        {ID: "x", Domain: must(idna.ToASCII("hаrbоur.example"))}, // Cyrillic а, о
		"rn in the domain":     {ID: "x", Domain: "harbour.exarnple"},
	} {
		c, ok := skeleton.Compare(n, []skeleton.Identity{{ID: "other", Names: map[string]string{"en": "Pilot Station"}}, harbour})
		if !ok || c.Earlier != "harbour" || !strings.Contains(c.Error(), "harbour") {
			t.Errorf("%s: %+v passes (%+v)", name, n, c)
		}
	}
}

// TestToldApart: names that anybody tells apart are not refused, however near.
func TestToldApart(t *testing.T) {
	for _, n := range []skeleton.Identity{
		{ID: "harbours", Domain: "harbours.example", Names: map[string]string{"en": "Harbour Council"}},
		{ID: "pilots", Domain: "pilots.harbour.example", Names: map[string]string{"en": "Pilots of the Harbour"}},
		{ID: "pilots", Domain: "harbour.example", Names: map[string]string{"en": "Pilots"}}, // another path of one domain
		{ID: "court-2", Domain: "court-2.example", Names: map[string]string{"en": "Court 2", "ar": "المحكمة ٢"}},
		{ID: "town", Domain: must(idna.ToASCII("порт.example")), Names: map[string]string{"ru": "Порт"}},
		{ID: "lock", Domain: "lock.example", Names: map[string]string{"en": "The"}},
	} {
		all := []skeleton.Identity{harbour, {ID: "court-3", Domain: "court-3.example", Names: map[string]string{"en": "Court 3", "ar": "المحكمة ٣"}}}
		if c, clash := skeleton.Compare(n, all); clash {
			t.Errorf("%+v: %s", n, c.Error())
		}
	}
}

// TestMixedScripts: a word of two scripts is refused, wherever it stands.
func TestMixedScripts(t *testing.T) {
	for _, d := range []string{"hаrbour.example", "хarbor.example", "αlpha.example", "a.раypal.example"} {
		if err := skeleton.Domain(must(idna.ToASCII(d))); err == nil {
			t.Errorf("%s passes", d)
		}
	}
	for _, d := range []string{"harbour.example", must(idna.ToASCII("порт.example")), must(idna.ToASCII("münchen.example")), must(idna.ToASCII("ميناء.example")), must(idna.ToASCII("東京タワーlab.example"))} {
		if err := skeleton.Domain(d); err != nil {
			t.Errorf("%s: %v", d, err)
		}
	}
	for _, d := range []string{"xn--.example", "xn--a.example", "xn--99999999.example"} {
		if err := skeleton.Domain(d); err == nil {
			t.Errorf("%s passes", d)
		}
	}
	if skeleton.Name("Hаrbour Commission") == nil || skeleton.Name("Harbour هيئة") != nil || skeleton.Name("Порт Harbour") != nil {
		t.Error("names of two scripts")
	}
}

// TestDisguises: whatever disguise is put on a name, and in whatever order, it is
// known again; and comparing is symmetric.
func TestDisguises(t *testing.T) {
	disguises := []func(string) string{
		strings.ToUpper, strings.NewReplacer("a", "а", "e", "е").Replace, strings.NewReplacer("o", "ο").Replace, strings.NewReplacer("i", "1").Replace,
		func(s string) string { return "The " + s }, func(s string) string { return s + " Ltd" }, strings.NewReplacer(" ", "-").Replace,
		strings.NewReplacer("c", "ⅽ").Replace, func(s string) string { return strings.Join(strings.Split(s, ""), "\u2060") },
		strings.NewReplacer("s", "ѕ").Replace, strings.NewReplacer("o", "0").Replace,
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringMatching(`[a-z]{4,9}( [a-z]{3,9}){1,2}`).Draw(rt, "name")
		hidden := name
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(disguises)-1), 1, 3).Draw(rt, "disguises") {
			hidden = disguises[i](hidden)
		}
		a := skeleton.Identity{ID: "a", Names: map[string]string{"en": name}}
		b := skeleton.Identity{ID: "b", Names: map[string]string{"en": hidden}}
		if _, ok := skeleton.Compare(b, []skeleton.Identity{a}); !ok {
			rt.Fatalf("%q passes beside %q: %q and %q", hidden, name, skeleton.Of(hidden), skeleton.Of(name))
		}
		if _, ok := skeleton.Compare(a, []skeleton.Identity{b}); !ok {
			rt.Fatalf("%q passes beside %q", name, hidden)
		}
	})
}

// TestHostileNames: nothing that is called like an attack breaks it, and each is
// known again.
func TestHostileNames(t *testing.T) {
	var names []string
	if err := json.Unmarshal(testkit.Read(t, "attack-generated/hostile_names.json"), &names); err != nil || len(names) == 0 {
		t.Fatalf("%d names: %v", len(names), err)
	}
	for _, n := range names {
		a := skeleton.Identity{ID: "a", Names: map[string]string{"en": n}}
		b := skeleton.Identity{ID: "b", Names: map[string]string{"ar": n}}
		if _, ok := skeleton.Compare(b, []skeleton.Identity{a}); !ok {
			t.Errorf("%q beside itself passes", n)
		}
		_ = skeleton.Name(n)
		_ = skeleton.Domain(n)
	}
}

func FuzzNames(f *testing.F) {
	f.Add("Harbour Commission", "xn--hrbour-5nf.example")
	f.Fuzz(func(t *testing.T, name, domain string) {
		i := skeleton.Identity{ID: "a", Domain: domain, Names: map[string]string{"en": name}}
		_ = skeleton.Domain(domain)
		_ = skeleton.Name(name)
		j := i
		j.ID = "b"
		if _, ok := skeleton.Compare(j, []skeleton.Identity{i}); !ok && skeleton.Of(name) != "" {
			t.Errorf("%q beside itself passes", name)
		}
	})
}

func must(s string, err error) string {
	if err != nil {
		panic(err) // only in tests, where it names the line
	}
	return s
}
