package parity

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// numbers finds the numbers of a paragraph that stand in nothing larger, in digits
// and, where that is known, in words. In words they are asked for from three on:
// "one" is a pronoun, and Arabic has a dual.
func (x *text) numbers(out items, p int, inWords bool) {
	ts := x.paras[p].tokens
	for i := 0; i < len(ts); i++ {
		t := ts[i]
		switch {
		case t.used:
		case t.class == aNumber:
			n := 1
			keys := values(t.word)
			if factor, ok := x.scaleAt(p, i+1); ok {
				keys, n = scaled(keys, factor), 2
			}
			// What is glued to a number makes it an ordinal or a quantity: 3rd, 5kg.
			it := item{keys: keys, para: p, span: x.use(p, i, i+n), weak: x.ordinalSuffix(p, i+1)}
			out.add(Numbers, it)
			i += n - 1
		case t.class == aWord && worded(base(x.lang)):
			value, n, weak := x.numberAt(p, i)
			if n == 0 {
				if slices.ContainsFunc(x.forms(t.word), func(w string) bool { return duals[w] }) {
					out.add(Numbers, item{keys: []string{"2"}, para: p, span: t.span, weak: true})
				}
				continue
			}
			it := item{keys: []string{strconv.FormatInt(value, 10)}, para: p, span: x.use(p, i, i+n), weak: weak || !inWords || value < 3}
			out.add(Numbers, it)
			i += n - 1
		}
	}
}

// ordinalSuffix reports whether "st" or the like stands right behind a number.
func (x *text) ordinalSuffix(p, i int) bool {
	ts := x.paras[p].tokens
	if i >= len(ts) || ts[i].class != aWord || ts[i].span.Start != ts[i-1].span.End {
		return false
	}
	switch ts[i].word {
	case "st", "nd", "rd", "th":
		return true
	}
	return false
}

// values returns what a number in digits may be: 5.000 is five in one country and
// five thousand in another.
func values(s string) []string {
	commas, points, marks := strings.Count(s, ","), strings.Count(s, "."), strings.Count(s, ";")
	switch {
	case marks == 1: // the Arabic decimal sign: the others set thousands apart
		return []string{decimal(strings.NewReplacer(",", "", ".", "", ";", ".").Replace(s))}
	case commas > 0 && points > 0: // the last kind is the decimal one
		if strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.') {
			return []string{decimal(strings.NewReplacer(".", "", ",", ".").Replace(s))}
		}
		return []string{decimal(strings.ReplaceAll(s, ",", ""))}
	case commas+points == 0:
		return []string{decimal(s)}
	}
	sep := ","
	if points > 0 {
		sep = "."
	}
	whole := decimal(strings.ReplaceAll(s, sep, ""))
	thousands := true
	for _, group := range strings.Split(s, sep)[1:] {
		thousands = thousands && len(group) == 3
	}
	switch {
	case thousands && commas+points > 1:
		return []string{whole}
	case thousands:
		return []string{whole, decimal(strings.Replace(s, sep, ".", 1))}
	case commas+points == 1:
		return []string{decimal(strings.Replace(s, sep, ".", 1))}
	}
	return []string{strings.ReplaceAll(s, ",", ".")} // 3.1.2 is no number, but must be there
}

// decimal writes a number in one way: no zeros that say nothing.
func decimal(s string) string {
	whole, part, _ := strings.Cut(s, ".")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if part = strings.TrimRight(part, "0"); part == "" {
		return whole
	}
	return whole + "." + part
}

// scaled multiplies what a number may be: 5 million.
func scaled(keys []string, factor int64) []string {
	var out []string
	for _, k := range keys {
		if len(k) > 40 {
			continue
		}
		if r, ok := new(big.Rat).SetString(k); ok {
			out = append(out, decimal(r.Mul(r, new(big.Rat).SetInt64(factor)).FloatString(12)))
		}
	}
	if len(out) == 0 {
		return keys
	}
	return out
}

// scaleAt returns the value of a word like "million" behind a number in digits.
func (x *text) scaleAt(p, i int) (int64, bool) {
	ts := x.paras[p].tokens
	if i >= len(ts) || ts[i].class != aWord || ts[i].used {
		return 0, false
	}
	n, ok := scales[base(x.lang)][ts[i].word]
	return n, ok
}

// numberAt reads a number in words that begins at a token: its value, how many
// tokens it takes (0: none is there), and whether it may be something else.
func (x *text) numberAt(p, i int) (value int64, n int, weak bool) {
	ts := x.paras[p].tokens
	lex := cardinals[base(x.lang)]
	if o, ok := x.ordinalAt(p, i); ok {
		return o, 1, true
	}
	if x.elevenAt(p, i) {
		return 11, 2, false
	}
	var total, current int64
	for j := i; j < len(ts) && ts[j].class == aWord && !ts[j].used; j++ {
		v, joined, ok := x.cardinal(lex, ts[j].word, n > 0)
		if !ok {
			// "one hundred and five", "twenty-five"
			if n > 0 && current%100 == 0 && x.andMore(p, j) {
				continue
			}
			break
		}
		if n > 0 && !follows(total, current, v, joined, base(x.lang) == "ar") {
			break
		}
		switch {
		case v >= 1000:
			total, current = total+max(current, 1)*v, 0
		case v == 100 && !joined:
			current = max(current, 1) * v
		default:
			current += v
		}
		n = j - i + 1
		if j+2 < len(ts) && ts[j+1].word == "-" && base(x.lang) == "en" && current >= 20 && current%10 == 0 && lex[ts[j+2].word] > 0 && lex[ts[j+2].word] < 10 {
			current += lex[ts[j+2].word]
			n += 2
			j += 2
		}
	}
	total += current
	if n > 0 && i+n < len(ts) && ts[i+n].word == "-" { // three-dimensional
		return total, n, true
	}
	_, unsure := unsureNumbers[ts[i].word]
	return total, n, n == 1 && unsure
}

// elevenAt reports أحد عشر and إحدى عشرة, whose first word is no number.
func (x *text) elevenAt(p, i int) bool {
	ts := x.paras[p].tokens
	return base(x.lang) == "ar" && i+1 < len(ts) && (ts[i+1].word == foldWord("عشر") || ts[i+1].word == foldWord("عشرة")) &&
		slices.ContainsFunc(stems(ts[i].word), func(s string) bool { return elevens[s] })
}

// andMore reports the "and" of one hundred and five.
func (x *text) andMore(p, i int) bool {
	ts := x.paras[p].tokens
	if base(x.lang) != "en" || ts[i].word != "and" || i+1 >= len(ts) {
		return false
	}
	v := cardinals["en"][ts[i+1].word]
	return v > 0 && v < 100
}

// cardinal returns the value of a number word, and whether it is joined to what
// stands before it: in Arabic by a letter of its own.
func (x *text) cardinal(lex map[string]int64, w string, inside bool) (v int64, joined, ok bool) {
	if v, ok := lex[w]; ok && !strings.HasPrefix(w, "ال") {
		return v, false, true
	}
	if base(x.lang) != "ar" {
		return 0, false, false
	}
	for _, stem := range stems(w) {
		// بالمئة is "per cent", and كمية, "quantity", no hundred.
		if v, ok := lex[stem]; ok && !(v == 100 && (strings.HasPrefix(w, "ك") || len(w)-len(stem) > len("و"))) {
			return v, inside && strings.HasPrefix(w, "و"), true
		}
	}
	return 0, false, false
}

// follows reports whether a number word goes on with the number before it.
func follows(total, current, v int64, joined, arabic bool) bool {
	tens := current % 100
	switch {
	case v >= 1000 && total > 0 && v >= smallest(total):
		return false
	case v >= 1000 && arabic && joined:
		return current == 0
	case v >= 1000:
		return current > 0
	case arabic && !joined:
		return v == 10 && tens > 0 && tens < 10 || v == 100 && current >= 3 && current < 10 // fifteen is "five ten"
	case arabic: // five and twenty
		return current == 0 || v < 100 && tens == 0 || v >= 20 && v < 100 && tens < 10
	case v == 100:
		return current > 0 && current < 100
	case v < 10 && tens >= 20 && tens%10 == 0:
		return true
	}
	return tens == 0 // one hundred and fifteen, one thousand fifteen
}

// smallest is the scale of what was summed up last.
func smallest(total int64) int64 {
	s := int64(1000)
	for total%(s*1000) == 0 {
		s *= 1000
	}
	return s
}

// ordinalAt returns the value of an ordinal in words.
func (x *text) ordinalAt(p, i int) (int64, bool) {
	t := x.paras[p].tokens[i]
	lex := ordinals[base(x.lang)]
	if v, ok := lex[t.word]; ok {
		return v, true
	}
	if base(x.lang) == "ar" {
		for _, stem := range stems(t.word) {
			if v, ok := lex[stem]; ok {
				return v, true
			}
		}
	}
	return 0, false
}
