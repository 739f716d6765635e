package manuscript

import (
	"strconv"
	"strings"
)

// Letters that count, in their order.
const (
	latin = "abcdefghijklmnopqrstuvwxyz"
	hijai = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
	abjad = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
)

// A counting writes numbers as a list shows them.
type counting func(n int) string

// countings are those of DOCX (w:numFmt), ODT (style:num-format) and HTML (type),
// each under its own names. A list that counts otherwise has to be settled.
var countings = map[string]counting{
	"decimal": strconv.Itoa, "1": strconv.Itoa,
	"decimalZero": func(n int) string { return strings.Repeat("0", max(0, 2-len(strconv.Itoa(n)))) + strconv.Itoa(n) },
	"lowerLetter": lettered(latin), "a": lettered(latin),
	"upperLetter": lettered(strings.ToUpper(latin)), "A": lettered(strings.ToUpper(latin)),
	"lowerRoman": func(n int) string { return strings.ToLower(roman(n)) }, "i": func(n int) string { return strings.ToLower(roman(n)) },
	"upperRoman": roman, "I": roman,
	"arabicAlpha": lettered(hijai), "أ, ب, ت, ...": lettered(hijai),
	"arabicAbjad": lettered(abjad), "أ, ب, ج, ...": lettered(abjad),
	"none": func(int) string { return "" }, "": func(int) string { return "" },
}

// lettered counts a, b, ... z, aa, bb, as office programs do.
func lettered(alphabet string) counting {
	signs := []rune(alphabet)
	return func(n int) string {
		if n < 1 || n > 50*len(signs) {
			return strconv.Itoa(n)
		}
		return strings.Repeat(string(signs[(n-1)%len(signs)]), (n-1)/len(signs)+1)
	}
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, s := range []struct {
		n    int
		sign string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= s.n; n -= s.n {
			b.WriteString(s.sign)
		}
	}
	return b.String()
}

// Limits of lists: office programs have no more levels, and nobody writes as much
// before a number.
const (
	levels   = 10
	maxLabel = 100 // bytes
)

// A level says how the items of a list are numbered.
type level struct {
	known   bool
	bullet  bool
	format  string
	start   int
	text    string // with %1 to %9 for the numbers of the levels
	restart int    // after which level it begins anew, from 1; 0: never; -1: after each above
	legal   bool   // all numbers in digits
}

// A count is where a list is.
type count struct {
	at   [levels]int
	used [levels]bool
}

// next counts an item and returns what stands before its words; false when it counts
// in a way that is not known here.
func (c *count) next(all *[levels]level, depth int) (string, bool) {
	l := all[depth]
	if c.used[depth] {
		c.at[depth]++
	} else {
		c.at[depth], c.used[depth] = l.start, true
	}
	for deeper := depth + 1; deeper < levels; deeper++ {
		if r := all[deeper].restart; r < 0 || r > depth {
			c.used[deeper] = false
		}
	}
	if !l.known {
		return "", true
	}
	if l.bullet {
		return "- ", true
	}
	label := l.text
	if len(label) > maxLabel {
		return "", false
	}
	for i := range levels - 1 {
		sign := "%" + strconv.Itoa(i+1)
		if !strings.Contains(label, sign) {
			continue
		}
		n, format := c.at[i], all[i].format
		if !c.used[i] {
			n = all[i].start
		}
		if l.legal {
			format = "decimal"
		}
		write, ok := countings[format]
		if !ok {
			return "", false
		}
		label = strings.ReplaceAll(label, sign, write(n))
	}
	if label = strings.TrimSpace(label); label != "" {
		label += " "
	}
	return label, true
}
