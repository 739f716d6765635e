package main

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// confusions are what readers of pictures take for each other.
var confusions = func() map[rune][]string {
	m := map[rune][]string{}
	for _, pair := range strings.Fields("l/1 l/i l/t i/1 i/j I/l I/1 o/0 o/e o/c O/0 O/Q e/c e/o c/e a/o a/s a/u u/v u/n n/u n/ri n/h h/b h/li m/rn m/ni w/vv w/v d/cl d/ol b/6 b/h g/q g/9 s/8 s/5 s/a S/8 S/5 B/8 r/t r/n t/f t/l f/t f/r y/v k/lc p/n q/g v/y x/z z/2 5/S 8/3 3/8 6/8 8/B 1/l 0/O 7/1 9/g 4/9 2/7 A/4 E/F F/P P/R R/B C/G G/6 D/O T/Y U/V N/M H/N M/N W/V ./, ,/. ;/: ”/\" “/\" ’/' -/~ " +
		"ب/ت ب/ن ت/ث ن/ت ح/ج ج/خ خ/ح د/ذ ذ/د ر/ز ز/ر س/ش ش/س ص/ض ض/ص ط/ظ ع/غ غ/ع ف/ق ق/ف ي/ب و/ر ه/ة ة/ه ا/ل ل/ا م/ن ك/ل") {
		from, to, _ := strings.Cut(pair, "/")
		r := []rune(from)[0]
		m[r] = append(m[r], to)
	}
	return m
}()

// misread changes percent of the characters as a bad reading would: most are
// taken for what they look like, some are lost, doubled or made up, and spaces
// come and go. lines also breaks the text as a page does, now and then in the
// middle of a word.
func misread(rng *rand.Rand, text string, percent int, lines bool) string {
	var b strings.Builder
	rate := float64(percent) / 100
	width := 0
	for _, r := range text {
		if r == '\n' {
			width = 0
		}
		width++
		if lines && percent > 0 && width > 85 && (r == ' ' || unicode.IsLetter(r) && rng.IntN(40) == 0) {
			if r != ' ' {
				b.WriteString("-\n")
				b.WriteRune(r)
			} else {
				b.WriteByte('\n')
			}
			width = 0
			continue
		}
		if r == '\n' || rng.Float64() >= rate {
			b.WriteRune(r)
			continue
		}
		b.WriteString(slip(rng, r))
	}
	return b.String()
}

// slip is what one wrong character becomes.
func slip(rng *rand.Rand, r rune) string {
	if r == ' ' {
		return "" // two words run together
	}
	switch n := rng.IntN(100); {
	case n < 65:
		if like := confusions[r]; len(like) > 0 {
			return like[rng.IntN(len(like))]
		}
		return string('a' + rng.Int32N(26))
	case n < 78:
		return "" // lost
	case n < 88:
		return string(r) + string('a'+rng.Int32N(26))
	case n < 92:
		return string(r) + string(r)
	}
	return string(r) + " "
}

// respell writes Arabic as people type it: without vowel signs, with other forms
// of alef, yeh and teh marbuta.
func respell(rng *rand.Rand, text string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) || r == 'ـ' {
			return -1
		}
		return r
	}, text)
	forms := strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا")
	if rng.IntN(2) == 0 {
		forms = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ى", "ي", "ة", "ه")
	}
	return forms.Replace(bare)
}
