// Package skeleton tells whether two offices could be taken for one another by
// their names: written in look-alike letters of other scripts, with other digits,
// hyphens, accents or spaces, with Arabic letters that are typed one way or the
// other, with or without "the", "of" and a legal form, or with a domain that
// begins like another's.
//
// A skeleton (after Unicode Technical Standard 39) is what is left of a name when
// all of that is taken away; offices whose skeletons are equal are not told apart
// by a hurried reader. Names that differ in one letter that prints differently
// have two skeletons: "Court 2" is not "Court 3", and somebody has to be both.
package skeleton

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"chancery.example/internal/fold"
)

// An Identity is by what an office is known.
type Identity struct {
	ID     string
	Domain string
	Names  map[string]string // by language
}

// A Clash is an earlier office that a new one could be taken for.
type Clash struct {
	Earlier      string // its short name
	Ours, Theirs string // the two that look alike
	What         string // of the new office: "short name", "domain", "name (en)"
}

func (c Clash) Error() string {
	return fmt.Sprintf("its %s %q could be taken for %q of the office %s, which is enrolled here", c.What, c.Ours, c.Theirs, c.Earlier)
}

// Compare returns the first earlier office that n could be taken for; ok is false
// when there is none. Names in all languages, short names and domains are
// compared with each other.
func Compare(n Identity, earlier []Identity) (c Clash, ok bool) {
	for _, e := range earlier {
		for _, a := range n.called() {
			for _, b := range e.called() {
				if alike(a.name, b.name) {
					return Clash{e.ID, a.name, b.name, a.what}, true
				}
			}
		}
		if n.Domain != e.Domain && domainsAlike(n.Domain, e.Domain) {
			return Clash{e.ID, n.Domain, e.Domain, "domain"}, true
		}
	}
	return Clash{}, false
}

type called struct{ what, name string }

// called lists what an office is called, the short name first.
func (i Identity) called() []called {
	out := []called{{"short name", i.ID}}
	for _, l := range slices.Sorted(maps.Keys(i.Names)) {
		out = append(out, called{"name (" + l + ")", i.Names[l]})
	}
	return out
}

// alike compares two names by their skeletons, and by those of their words in any
// order: "Commission of the Harbour" is "Harbour Commission".
func alike(a, b string) bool {
	x, y := Of(a), Of(b)
	if x == "" || y == "" {
		return a == b
	}
	return x == y || sorted(a) == sorted(b)
}

// Of returns the skeleton of a name.
func Of(name string) string { return strings.Join(words(name), "") }

func sorted(name string) string {
	ws := words(name)
	slices.Sort(ws)
	return strings.Join(ws, " ")
}

// words returns the words of a name that tell it from others, as they print; all
// of them when none does.
func words(name string) []string {
	var all, telling []string
	for _, w := range strings.FieldsFunc(norm.NFKC.String(name), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("_./,&()", r)
	}) {
		bare := fold.Bare(w)
		if bare == "" {
			continue
		}
		shape := shapes.Replace(article(bare))
		all = append(all, shape)
		if !noise[bare] {
			telling = append(telling, shape)
		}
	}
	if len(telling) == 0 {
		return all
	}
	return telling
}

// article takes the Arabic article off a word that has more than it.
func article(w string) string {
	if rest, ok := strings.CutPrefix(w, "ال"); ok && len([]rune(rest)) >= 3 {
		return rest
	}
	return w
}

// shapes are letters and digits, and pairs of them, that print nearly alike in
// many typefaces.
var shapes = strings.NewReplacer("0", "o", "1", "l", "i", "l", "5", "s", "8", "b", "rn", "m", "vv", "w", "cl", "d")

// noise are words that do not tell an office from another.
var noise = map[string]bool{}

func init() {
	for _, w := range strings.Fields("the of for and a an to in le la les l de du des d et der die das und el los las y " +
		"ltd limited inc incorporated llc llp plc corp corporation co company gmbh ag sa sarl bv nv spa " +
		"من في و شركة المحدودة ذ م م محدودة") {
		noise[fold.Bare(w)] = true
	}
}

// DomainsAlike reports whether one domain could be taken for another; an equal one
// could not.
func DomainsAlike(a, b string) bool { return a != b && domainsAlike(a, b) }

// domainsAlike: domains that print alike, and a new one that begins with the
// labels of an earlier one, as harbour.example.net does with harbour.example, or
// the other way round. One under another (pilots.harbour.example) belongs to it.
func domainsAlike(a, b string) bool {
	if isUnder(a, b) || isUnder(b, a) {
		return false
	}
	x, y := labels(a), labels(b)
	if strings.Join(x, "") == strings.Join(y, "") {
		return true
	}
	short := min(len(x), len(y))
	return short > 1 && slices.Equal(x[:short], y[:short])
}

func isUnder(a, b string) bool { return strings.HasSuffix(a, "."+b) }

// labels returns what stands between dots and hyphens of a domain, as it prints.
func labels(domain string) []string {
	var out []string
	for _, l := range strings.FieldsFunc(shown(domain), func(r rune) bool { return r == '.' || r == '-' }) {
		out = append(out, cmp.Or(shapes.Replace(fold.Bare(l)), l))
	}
	return out
}

// shown is a domain as browsers show it.
func shown(domain string) string {
	if u, err := idna.Punycode.ToUnicode(domain); err == nil {
		return u
	}
	return domain
}
