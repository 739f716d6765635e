package fold

import (
	"strings"
	"testing"
)

// keys lists the words of a text, a confused one in brackets.
func keys(f *Folded) string {
	var out []string
	for _, w := range f.Words {
		k := w.Key
		if w.Confused {
			k = "[" + k + "]"
		}
		out = append(out, k)
	}
	return strings.Join(out, " ")
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ rule, text, want string }{
		{"MUST-1", "The lock, opens; (now)", "the lock opens now"},
		{"MUST-1", "a\xffb \xc3lock", "a b lock"},
		{"MUST-1", "Sirs,\nPage 2 of 3\nthe gates", "sirs the gates"},
		{"MUST-1", "5 ㎏ at 3 ℃", "5 kg at 3 °c"},
		{"MUST-2", "it's 5,000 at 21:00 or 1/2", "it's 5,000 at 21:00 or 1/2"},
		{"MUST-2", "it’s, ‘so’", "it's so"},
		{"MUST-2", "U.S. and U. S. and a.m.", "us and u s and a m"},
		{"MUST-2", "the .5 and -.5 and 5. end", "the .5 and − .5 and 5 end"},
		{"MUST-2", "1\u200b,\u200b250 it\u200b'\u200bs U\u200b.\u200bS.", "1,250 it's us"},
		{"MUST-2", "１，２５０ at ２２：００", "1,250 at 22:00"},
		{"MUST-3", "$5 and 5% and ٪ a+b -5 (-5) 4-5", "$ 5 and 5 % and % a + b − 5 − 5 4 5"},
		{"MUST-3", "５％ ＄５", "5 % $ 5"},
		{"MUST-4", "港口 ไทย", "港 口 ไ ท ย"},
		{"MUST-5", "ΤΈΛΟΣ Straße 10² ½ STRASSE", "τέλοσ strasse 10^2 ^1⁄2 strasse"},
		{"MUST-5", "ﬁsh ſo 𝐋𝐨𝐜𝐤 Ⅳ", "fish so lock iv"},
		{"MUST-5", "المـــذكّرةُ أُصدرت ۲۰۳۱ ٢٠٣١ کتاب", "المذكرة اصدرت 2031 2031 كتاب"},
		{"MUST-5", "decisión decision", "decisión decision"},
		{"MUST-6", "Cafe\u0301 a\u0323\u0302", "café ậ"},
		{"MUST-6", "مسؤول مسو\u0654ول", "مسؤول مسؤول"},
		{"MUST-7", "Lосk Lock", "[lock] lock"},
		{"MUST-17", "1\u202e000,052,\u202c crowns", "[1,250,000] crowns"},
		{"MUST-18", "HARB0UR and W1THIN and wa11", "[harbour] and [within] and wa11"},
		{"MUST-19", "re-\n  sult re-\r\nsult", "re sult re sult"},
	} {
		if got := keys(Copy(c.text)); got != c.want {
			t.Errorf("%s: %q is read as %q, want %q", c.rule, c.text, got, c.want)
		}
	}
}

// TestSameWords (MUST-5 to MUST-7).
func TestSameWords(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"LOCK", "lock", true}, {"Straße", "STRASSE", true}, {"٣٨", "38", true}, {"３８", "38", true}, {"café", "cafe\u0301", true},
		{"decisión", "decision", false}, {"5,000", "5000", false}, {"10²", "102", false}, {"café", "cafe", false},
		{"كتاب", "كِتاب", true}, {"كُتاب", "كِتاب", false}, {"أب", "اب", true}, {"أب", "إب", false}, {"آب", "ٱب", true}, {"مدرسة", "مدرسه", false},
		{"مسو\u0654ول", "مسؤول", true}, {"کتاب", "كتاب", true}, {"على", "علي", false},
		{"Lосk", "Lock", false}, {"Lосk", "lосk", true}, {"Lосk", "Loсk", false}, {"HARB0UR", "HARBОUR", false}, {"HARB0UR", "harb0ur", true},
		{"1\u202e2\u202c", "12", false}, {"1\u202e2\u202c", "1\u202e2\u202c", true},
	} {
		a, b := Copy(c.a), Copy(c.b)
		if len(a.Words) != 1 || len(b.Words) != 1 {
			t.Fatalf("%q, %q: %d and %d words", c.a, c.b, len(a.Words), len(b.Words))
		}
		if got := a.Words[0].Agrees(b.Words[0]); got != c.same || b.Words[0].Agrees(a.Words[0]) != got {
			t.Errorf("%q and %q: the same word %v, want %v", c.a, c.b, got, c.same)
		}
		if got := a.Spelling() == b.Spelling(); (a.Words[0].Confused || b.Words[0].Confused) && got != c.same {
			t.Errorf("%q and %q have one spelling", c.a, c.b)
		}
	}
}

// TestBetweenWords (MUST-19): what stands between two words is kept where it may
// mean something.
func TestBetweenWords(t *testing.T) {
	for text, want := range map[string]Word{
		"re-sult": {Soft: true}, "re-\nsult": {Soft: true, Line: true}, "re-\n   sult": {Soft: true, Line: true}, "re-\r\nsult": {Soft: true, Line: true},
		"re\u2010\nsult": {Soft: true, Line: true}, "re.sult": {Soft: true}, "re - sult": {}, "re--sult": {}, "re sult": {}, "re, sult": {},
		"re ... sult": {Gap: true}, "re … sult": {Gap: true}, "re\nsult": {Line: true}, "re -\nsult": {Line: true},
	} {
		f := Copy(text)
		if w := f.Words[len(f.Words)-1]; w.Soft != want.Soft || w.Gap != want.Gap || w.Line != want.Line || f.Stream != "result" {
			t.Errorf("%q: soft %v, gap %v, line %v, stream %s", text, w.Soft, w.Gap, w.Line, f.Stream)
		}
	}
	if !Copy("the lock ...").Omission || Copy("the lock.").Omission {
		t.Error("an ellipsis at the end is an omission, a full stop is none")
	}
}

func TestStream(t *testing.T) {
	for _, c := range []struct{ rule, text, want string }{
		{"MUST-8", "lo\u00adck lo\u200bck l\u034fo\ufe0fck\U000e0041 lo\u2066ck\u2069", "locklocklocklock"},
		{"MUST-9", "Cafe\u0301 CAFÉ ﬁsh ſo ＬＯＣＫ 𝔏𝔬𝔠𝔨 Ⓛock Straße ΤΈΛΟΣ", "cafecafefishsolocklocklockstrasseτελοσ"},
		{"MUST-9", "l\u20ddo\u1ab0ck 한글 が", "lock한글が"},
		{"MUST-10", "Æsir œuvre søt ıllı þing ʟᴏᴄᴋ ɡɑte", "aesiroeuvresotilli" + "thinglockgate"},
		{"MUST-11", "२०३१ ٢٠٣١ ２０３１ 𝟐𝟎𝟑𝟏 10²", "2031203120312031102"},
		{"MUST-12", "أُصدرت المذكّرةُ مسؤول هيئة على شيء كتاب ﻻ کی", "اصدرتالمذكره" + "مسوول" + "هييه" + "علي" + "شي" + "كتابلاكي"},
		{"MUST-13", "Lосk Тhе οffiсе", "locktheoffice"},
		{"MUST-13", "Договор о мирe и кoт", "договоромиреикот"},
		{"MUST-14", "аре осе", "apeoce"},
		{"MUST-14", "he said оре twice", "hesaidopetwice"},
		{"MUST-14", "Москва не там, где он её оставил", "москванетамгдеонееоставил"},
		{"MUST-14", "Το τέλος και ο κόσμος", "τοτελοσκαιοκοσμοσ"},
		{"MUST-14", "the α and β rays", "theαandβrays"},
		{"MUST-15", "the ה and 港", "theהand港"},
		{"MUST-18", "HARB0UR 2O31 H2O B12 1st COVID19 0xCAFE", "harbour2031h2ob121stcovid190xcafe"},
		{"MUST-19", "re-\nsult. And so", "resultandso"},
	} {
		if got := Copy(c.text).Stream; got != c.want {
			t.Errorf("%s: %q folds to %q, want %q", c.rule, c.text, got, c.want)
		}
	}
}

// TestOddities (MUST-20): what was dropped or replaced is named.
func TestOddities(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Oddity
		name string
	}{
		{"the lo\u200bck\u200b", []Oddity{{Invisible, 0x200b, 6, 2}}, "ZERO WIDTH SPACE"},
		{"the Lосk", []Oddity{{LookAlike, 'о', 5, 1}, {LookAlike, 'с', 6, 1}}, "CYRILLIC SMALL LETTER O"},
		{"HARB0UR", []Oddity{{LookAlike, '0', 4, 1}}, "DIGIT ZERO"},
		{"in 2O31", []Oddity{{LookAlike, 'O', 4, 1}}, "LATIN CAPITAL LETTER O"},
		{"ɡate", []Oddity{{LookAlike, 'ɡ', 0, 1}}, "LATIN SMALL LETTER SCRIPT G"},
		{"мирe", []Oddity{{LookAlike, 'e', 3, 1}}, "LATIN SMALL LETTER E"},
		{"Ｌock", []Oddity{{CompatibilityForm, 'Ｌ', 0, 1}}, "FULLWIDTH LATIN CAPITAL LETTER L"},
		{"𝐛", []Oddity{{CompatibilityForm, '𝐛', 0, 1}}, "MATHEMATICAL BOLD SMALL B"},
		{"𝟛", []Oddity{{CompatibilityForm, '𝟛', 0, 1}}, "MATHEMATICAL DOUBLE-STRUCK DIGIT THREE"},
		{"ﻻ", []Oddity{{CompatibilityForm, 'ﻻ', 0, 1}}, "a form of “لا”"},
		{"the ٣٣", []Oddity{{OtherDigits, '٣', 4, 2}}, "ARABIC-INDIC DIGIT THREE"},
		{"cafe\u0301", []Oddity{{UnusualMarks, 0x301, 4, 1}}, "COMBINING ACUTE ACCENT"},
		{"the \u2066lock\u2069", []Oddity{{BidiControl, 0x2066, 4, 1}, {BidiControl, 0x2069, 9, 1}}, "LEFT-TO-RIGHT ISOLATE"},
		{"\U000e0101", []Oddity{{Invisible, 0xe0101, 0, 1}}, "VARIATION SELECTOR-18"},
		// Proper writing.
		{"المادة ٣، مي\u200cخواهم\u200f", nil, ""}, {"décision №3 10² ½ µ", nil, ""}, {"THE LOCK\u00a0opens ‘now’", nil, ""}, {"👨\u200d👩", nil, ""},
		{"المـذكّرة", nil, ""}, {"Москва", nil, ""}, {"И\u0306", nil, ""},
	} {
		f := Copy(c.text)
		if len(f.Odd) != len(c.want) {
			t.Errorf("%q: %+v, want %+v", c.text, f.Odd, c.want)
			continue
		}
		for i, o := range f.Odd {
			if o != c.want[i] {
				t.Errorf("%q: %+v, want %+v", c.text, o, c.want[i])
			}
		}
		if len(f.Odd) > 0 && f.Odd[0].Name() != c.name {
			t.Errorf("%q: named %q, want %q", c.text, f.Odd[0].Name(), c.name)
		}
	}
}
