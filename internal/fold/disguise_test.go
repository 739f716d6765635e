package fold

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

var (
	plainWords  = strings.Fields("The harbour office will not close North Basin to fishing boats before 21:00 on 12 March 2031, and payment of 1,250,000 crowns is due; vessels co-operate with U.S. pilots who wait")
	arabicWords = strings.Fields("قرر مجلس الميناء إغلاق الحوض الشمالي أمام قوارب الصيد في ١٢ آذار، على أن تُدفع المكافأة عن كل شيء إلى مسؤول الهيئة")
)

// A disguise writes a text so that it looks the same, or means the same, and
// holds other characters. kind is what must be reported, "" where it is proper
// writing.
type disguise struct {
	name string
	kind OddityKind
	do   func(t *rapid.T, text string) string
}

// each puts something else for some of the characters that have it.
func each(of func(r rune) string) func(*rapid.T, string) string {
	return func(t *rapid.T, text string) string {
		var b strings.Builder
		for _, r := range text {
			if s := of(r); s != "" && rapid.IntRange(0, 2).Draw(t, "whether") > 0 {
				b.WriteString(s)
			} else {
				b.WriteRune(r)
			}
		}
		return b.String()
	}
}

func within(r, from, to rune) bool { return r >= from && r <= to }

// among returns one of a few, by the character, so that each is tried.
func among(rs string, r rune) string {
	all := []rune(rs)
	return string(all[int(r)%len(all)])
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

var disguises = []disguise{
	{"zero width", Invisible, each(func(r rune) string {
		return string(r) + among("\u200b\u2060\ufeff\u00ad\u034f\u115f\u180e\ufe0e\U000e0061", r)
	})},
	{"isolates and marks", BidiControl, each(func(r rune) string {
		if !unicode.IsSpace(r) {
			return ""
		}
		return string(r) + among("\u2066\u2069\u202a\u202c\u061c", r)
	})},
	{"full width", CompatibilityForm, each(func(r rune) string {
		if within(r, '!', '~') && r != '-' {
			return string(r - '!' + 0xFF01)
		}
		return ""
	})},
	{"mathematical", CompatibilityForm, each(func(r rune) string {
		styles := []rune{0x1D400, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D63C, 0x1D670}
		style := styles[int(r)%len(styles)]
		switch {
		case within(r, 'A', 'Z'):
			return string(style + r - 'A')
		case within(r, 'a', 'z'):
			return string(style + 26 + r - 'a')
		case within(r, '0', '9'):
			return string(0x1D7CE + r - '0' + 10*(r%5))
		}
		return ""
	})},
	{"circled and ligatures", CompatibilityForm, each(func(r rune) string {
		if within(r, 'a', 'z') {
			return string('ⓐ' + r - 'a')
		}
		return ""
	})},
	{"small capitals", LookAlike, each(func(r rune) string {
		for v, plain := range data().variants {
			if plain == string(r) {
				return string(v)
			}
		}
		return ""
	})},
	{"other digits", OtherDigits, each(func(r rune) string {
		if !within(r, '0', '9') {
			return ""
		}
		ds := slices.DeleteFunc(slices.Clone(data().decades), func(d decade) bool { return d.script == nil || d.script == unicode.Arabic })
		return string(ds[int(r)%len(ds)].zero + r - '0')
	})},
	{"case", "", each(func(r rune) string { return string(unicode.ToUpper(r)) })},
	{"line wraps", "", func(t *rapid.T, text string) string {
		return strings.ReplaceAll(text, " ", rapid.SampledFrom([]string{"\n", "  \n\t", "\r\n", "\u00a0"}).Draw(t, "space"))
	}},
	{"hyphens at line ends", "", each(func(r rune) string {
		if within(r, 'a', 'z') {
			return string(r) + among("-\u2010", r) + "\n"
		}
		return ""
	})},
	{"tatweel", "", each(func(r rune) string {
		if unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) {
			return string(r) + "ـ"
		}
		return ""
	})},
	{"vowel signs", "", each(func(r rune) string {
		if unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r) {
			return string(r) + among("\u064B\u064E\u0651\u0652\u0670", r)
		}
		return ""
	})},
	{"spellings", "", each(func(r rune) string {
		return map[rune]string{'أ': "ا", 'إ': "ا", 'آ': "ا", 'ى': "ي", 'ة': "ه", 'ؤ': "و", 'ئ': "ي", 'ك': "ک", 'ي': "ی", 'ا': "ٱ"}[r]
	})},
	{"presentation forms", CompatibilityForm, each(func(r rune) string {
		for f := rune(0xFE80); f <= 0xFEF4; f++ {
			if norm.NFKC.String(string(f)) == string(r) {
				return string(f)
			}
		}
		return ""
	})},
}

// lookAlikes puts letters of one other script for some letters of each word, for
// all that have one when whole.
func lookAlikes(script *unicode.RangeTable, whole bool) func(t *rapid.T, text string) string {
	of := map[rune]rune{}
	for r, l := range data().alike {
		if old, ok := of[l.latin]; unicode.Is(script, r) && (!ok || l.strong && !data().alike[old].strong || l.strong == data().alike[old].strong && r < old) {
			of[l.latin] = r
		}
	}
	return func(t *rapid.T, text string) string {
		out := strings.Map(func(r rune) rune {
			if o := of[r]; o != 0 && (whole || rapid.IntRange(0, 1).Draw(t, "whether") > 0) {
				return o
			}
			return r
		}, text)
		return out
	}
}

func init() {
	for name, script := range map[string]*unicode.RangeTable{"Cyrillic": unicode.Cyrillic, "Greek": unicode.Greek, "Armenian": unicode.Armenian, "Cherokee": unicode.Cherokee, "Coptic": unicode.Coptic, "Lisu": unicode.Lisu} {
		disguises = append(disguises,
			disguise{"some " + name + " letters", LookAlike, lookAlikes(script, false)},
			disguise{"all " + name + " letters", LookAlike, lookAlikes(script, true)})
	}
	slices.SortFunc(disguises, func(a, b disguise) int { return strings.Compare(a.name, b.name) })
}

// TestDisguisesAreTakenOff: the stream of a disguised text is that of the text,
// and what disguised it is reported (MUST-8 to MUST-14, MUST-20).
func TestDisguisesAreTakenOff(t *testing.T) {
	for _, d := range disguises {
		t.Run(d.name, func(t *testing.T) {
			met := 0
			rapid.Check(t, func(t *rapid.T) {
				words := rapid.SampledFrom([][]string{plainWords, arabicWords}).Draw(t, "language")
				text := strings.Join(words[:rapid.IntRange(3, len(words)).Draw(t, "words")], " ")
				masked := d.do(t, text)
				met += boolean(masked != text)
				checkDisguised(t, text, masked, d.kind)
			})
			if met == 0 {
				t.Error("nothing was disguised")
			}
		})
	}
}

// TestDisguisesTogether: two at once.
func TestDisguisesTogether(t *testing.T) {
	together := slices.DeleteFunc(slices.Clone(disguises), func(d disguise) bool { return strings.HasPrefix(d.name, "all ") || strings.HasPrefix(d.name, "some ") })
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom([][]string{plainWords, arabicWords}).Draw(t, "language")
		text := strings.Join(words, " ")
		first := rapid.SampledFrom(together).Draw(t, "first").do(t, text)
		masked := rapid.SampledFrom(together).Draw(t, "second").do(t, first)
		checkDisguised(t, text, masked, "")
	})
}

func checkDisguised(t *rapid.T, text, masked string, kind OddityKind) {
	f, plain := checkFold(t, masked), Copy(text)
	if f.Stream != plain.Stream {
		t.Fatalf("%q folds to\n%s, not\n%s", masked, f.Stream, plain.Stream)
	}
	checkIdempotent(t, f)
	if kind == "" || masked == text {
		return
	}
	want := 0
	for _, r := range masked {
		want += boolean(!strings.ContainsRune(text, r) && (letterOrDigit(r) || !unicode.IsPrint(r) && !unicode.IsSpace(r) || invisible(r)))
	}
	got := 0
	for _, o := range f.Odd {
		got += o.Count
		if o.Kind != kind || []rune(masked)[o.Offset] != o.Rune {
			t.Fatalf("%q: %s reported as %s at %d, want %s", masked, fmt.Sprintf("U+%04X", o.Rune), o.Kind, o.Offset, kind)
		}
	}
	if got < want {
		t.Fatalf("%q: %d characters reported, %d disguised", masked, got, want)
	}
}

// TestRealScriptsAreLeftAlone (MUST-14, MUST-15): whole texts in other scripts,
// alone and beside Latin ones, fold to themselves and nothing is reported.
func TestRealScriptsAreLeftAlone(t *testing.T) {
	for name, text := range map[string]string{
		"Russian":   "Совет порта постановил, что с 12 марта суда не заходят в северный бассейн. ОНИ НЕ ТАМ. Он и она, а также оно; все они с нами.",
		"Ukrainian": "Рада порту ухвалила, що від 12 березня судна не заходять до північної гавані; її, їх і свій.",
		"Bulgarian": "Пристанищният съвет реши, че корабите няма да влизат. Това не е тук, а там.",
		"Serbian":   "Савет луке је одлучио да бродови не улазе у северни базен, који је сада затворен.",
		"Greek":     "Το συμβούλιο του λιμένα αποφάσισε ότι τα πλοία δεν θα εισέρχονται. ΤΟ ΤΕΛΟΣ ΚΑΙ Ο ΚΟΣΜΟΣ.",
		"Armenian":  "Նավահանգստի խորհուրդը որոշեց, որ նավերը չեն մտնի հյուսիսային ավազան։",
		"Georgian":  "ნავსადგურის საბჭომ გადაწყვიტა, რომ გემები არ შევლენ.",
		"Hebrew":    "מועצת הנמל החליטה כי ספינות לא ייכנסו לאגן הצפוני.",
		"Arabic":    "قرر مجلس الميناء ألا تدخل السفن الحوض الشمالي.",
		"Chinese":   "港口委员会决定船舶不得进入北港池。",
	} {
		for how, s := range map[string]string{"alone": text, "beside English": "The Port Council has decided that vessels will not enter.\n\n" + text + "\n\nIt is so ordered by the Council."} {
			for _, w := range Copy(s).Words {
				if w.Confused {
					t.Errorf("%s %s: a word was taken for Latin: %s", name, how, s[w.Start:w.End])
				}
			}
			if odd := Copy(s).Odd; len(odd) > 0 {
				t.Errorf("%s %s: %+v", name, how, odd)
			}
		}
	}
}
