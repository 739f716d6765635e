package parity

import (
	"fmt"
	"strconv"
	"strings"
)

// wordedDates finds dates with the month in words, and days of the week.
func (x *text) wordedDates(out items, p int) {
	ts := x.paras[p].tokens
	for i := range ts {
		if ts[i].used || ts[i].class != aWord {
			continue
		}
		if month, n := x.monthAt(p, i); n > 0 && x.date(out, p, i, i+n, month) {
			continue
		}
		x.weekday(out, p, i)
	}
}

// monthAt returns the month that begins at a token, and how many tokens it takes:
// Arabic gives it under two names at times, كانون الثاني/يناير.
func (x *text) monthAt(p, i int) (month int64, n int) {
	month, n = x.oneMonth(p, i)
	ts := x.paras[p].tokens
	for n > 0 && i+n+1 < len(ts) && strings.ContainsAny(ts[i+n].word, "/(-") {
		again, m := x.oneMonth(p, i+n+1)
		if m == 0 || again != month {
			break
		}
		n += 1 + m
		if i+n < len(ts) && ts[i+n].word == ")" {
			n++
		}
	}
	return month, n
}

func (x *text) oneMonth(p, i int) (month int64, n int) {
	ts := x.paras[p].tokens
	if ts[i].class != aWord || ts[i].used {
		return 0, 0
	}
	for _, w := range x.forms(ts[i].word) {
		if pair := monthPairs[w]; pair != nil && base(x.lang) == "ar" && i+1 < len(ts) {
			if m := pair[ts[i+1].word]; m > 0 {
				return m, 2
			}
		}
		if m := months[base(x.lang)][w]; m > 0 {
			return m, 1
		}
	}
	return 0, 0
}

// date takes the day and the year that stand around a month. It returns false when
// the word is likely none.
func (x *text) date(out items, p, from, to int, month int64) bool {
	ts := x.paras[p].tokens
	var parts []string
	day, first := x.dayBefore(p, from)
	if day > 0 {
		from = first
	} else if base(x.lang) == "en" && to < len(ts) {
		if d := dayIn(ts[to]); d > 0 && !x.unitBehind(p, to+1) { // January 6, 2020
			day, to = d, to+1
			if x.ordinalSuffix(p, to) {
				to++
			}
		}
	}
	year, end := x.yearBehind(p, to)
	if year > 0 {
		to = end
	}
	it := item{para: p}
	switch {
	case day > 0 && year > 0:
		it.keys = []string{fmt.Sprintf("%04d-%02d-%02d", year, month, day)}
		parts = []string{strconv.Itoa(day), strconv.Itoa(year)}
	case day > 0:
		it.keys = []string{fmt.Sprintf("-%02d-%02d", month, day)}
		parts = []string{strconv.Itoa(day)}
	case year > 0:
		it.keys = []string{fmt.Sprintf("%04d-%02d", year, month)}
		parts = []string{strconv.Itoa(year)}
	case !lonelyMonths[month] || len([]rune(ts[from].word)) < 4: // may, march: also other words
		return false
	default:
		it.keys = []string{fmt.Sprintf("-%02d", month)}
	}
	it.parts, it.span = parts, x.use(p, from, to)
	out.add(Dates, it)
	return true
}

// dayBefore reads a day before a month: 6, 6th of, السادس من شهر. It returns the
// token at which it begins.
func (x *text) dayBefore(p, month int) (day, first int) {
	ts := x.paras[p].tokens
	i := month - 1
	for ; i >= 0 && i > month-3; i-- {
		if w := ts[i].word; w != "of" && w != foldWord("من") && w != foldWord("شهر") {
			break
		}
	}
	if i < 0 || ts[i].used {
		return 0, 0
	}
	if i > 0 && x.ordinalSuffix(p, i) {
		i--
	}
	if d := dayIn(ts[i]); d > 0 {
		return d, i
	}
	if ts[i].class != aWord {
		return 0, 0
	}
	return x.ordinalDay(p, i)
}

// ordinalDay reads a day in words that ends at a token: sixth, twenty-sixth,
// السادس والعشرين, الحادي عشر.
func (x *text) ordinalDay(p, i int) (day, first int) {
	ts := x.paras[p].tokens
	v, ok := x.ordinalAt(p, i)
	if base(x.lang) == "en" {
		if ok && v < 10 && i >= 2 && ts[i-1].word == "-" && (ts[i-2].word == "twenty" || ts[i-2].word == "thirty") {
			return int(v + cardinals["en"][ts[i-2].word]), i - 2
		}
		return int(v), i
	}
	if ok {
		return int(v), i
	}
	for _, w := range stems(ts[i].word) {
		tens := cardinals["ar"][w]
		if tens != 10 && tens != 20 && tens != 30 {
			continue
		}
		if i == 0 {
			break
		}
		if units, isOrdinal := x.ordinalAt(p, i-1); isOrdinal && (tens == 10 || strings.HasPrefix(ts[i].word, "و")) {
			return int(units%10 + tens), i - 1 // الحادي is one here
		}
		if tens > 10 && strings.HasPrefix(ts[i].word, "ال") {
			return int(tens), i
		}
	}
	return 0, 0
}

// dayIn returns the day that a number in digits is, 0 for none.
func dayIn(t token) int {
	if t.class != aNumber || t.used || len(t.word) > 2 {
		return 0
	}
	d, err := strconv.Atoi(t.word)
	if err != nil || d > 31 {
		return 0
	}
	return d
}

// unitBehind reports whether a number is more than a day: May 5 million.
func (x *text) unitBehind(p, i int) bool {
	_, ok := x.scaleAt(p, i)
	return ok
}

// yearBehind reads a year behind a month: 2020, ", 2020", عام 2020, 2020م. It
// returns the token behind it.
func (x *text) yearBehind(p, i int) (year, end int) {
	ts := x.paras[p].tokens
	for n := 0; n < 2 && i < len(ts); n++ {
		if w := ts[i].word; w != "," && w != "،" && w != foldWord("عام") && w != foldWord("سنة") && w != foldWord("لعام") && w != foldWord("لسنة") && w != foldWord("من") {
			break
		}
		i++
	}
	if i >= len(ts) || ts[i].used || ts[i].class != aNumber || len(ts[i].word) != 4 {
		return 0, 0
	}
	year, err := strconv.Atoi(ts[i].word)
	if err != nil || year < 1700 || year > 2299 {
		return 0, 0
	}
	if i+1 < len(ts) && ts[i+1].word == "م" {
		return year, i + 2
	}
	return year, i + 1
}

// weekday finds a day of the week.
func (x *text) weekday(out items, p, i int) {
	ts := x.paras[p].tokens
	for _, w := range x.forms(ts[i].word) {
		v, ok := weekdays[base(x.lang)][w]
		if !ok {
			continue
		}
		it := item{keys: []string{"day " + strconv.FormatInt(v, 10)}, para: p, weak: base(x.lang) == "ar"}
		from := i
		if i > 0 && it.weak {
			for _, before := range stems(ts[i-1].word) {
				if weekdayWords[before] {
					it.weak, from = false, i-1
				}
			}
		}
		// الثلاثاء, الأربعاء, الخميس, الجمعة and السبت are nothing else.
		it.weak = it.weak && (v == 1 || v == 7)
		it.span = x.use(p, from, i+1)
		out.add(Dates, it)
		return
	}
}

// plainDates finds dates in digits: 2020-01-06, 6/1/2020, 6.1.2020. Where day and
// month could be either, both are tried.
func (x *text) plainDates(out items, p int) {
	ts := x.paras[p].tokens
	for i := 0; i < len(ts); i++ {
		if ts[i].used || ts[i].class != aNumber {
			continue
		}
		var a, b, c string
		n := 1
		if i+4 < len(ts) && ts[i+2].class == aNumber && ts[i+4].class == aNumber && ts[i+1].word == ts[i+3].word &&
			strings.Contains("/-.", ts[i+1].word) && ts[i+4].span.End-ts[i].span.Start <= 32 && touching(ts[i:i+5]) {
			a, b, c, n = ts[i].word, ts[i+2].word, ts[i+4].word, 5
		} else if parts := strings.Split(ts[i].word, "."); len(parts) == 3 {
			a, b, c = parts[0], parts[1], parts[2]
		} else {
			continue
		}
		keys := dateKeys(a, b, c)
		if len(keys) == 0 {
			continue
		}
		out.add(Dates, item{keys: keys, para: p, span: x.use(p, i, i+n), parts: []string{decimal(a), decimal(b), decimal(c)}})
		i += n - 1
	}
}

// touching reports whether no space stands between tokens.
func touching(ts []token) bool {
	for i := range ts[1:] {
		if ts[i+1].span.Start != ts[i].span.End {
			return false
		}
	}
	return true
}

// dateKeys returns the days that three numbers can be.
func dateKeys(a, b, c string) []string {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	z, errC := strconv.Atoi(c)
	if errA != nil || errB != nil || errC != nil {
		return nil
	}
	var out []string
	add := func(year, month, day int) {
		if year >= 1000 && year < 3000 && month >= 1 && month <= 12 && day >= 1 && day <= 31 {
			out = append(out, fmt.Sprintf("%04d-%02d-%02d", year, month, day))
		}
	}
	switch {
	case len(a) == 4:
		add(x, y, z)
		add(x, z, y)
	case len(c) == 4:
		add(z, y, x)
		add(z, x, y)
	case len(c) == 2 && len(a) <= 2 && len(b) <= 2:
		add(2000+z, y, x)
		add(2000+z, x, y)
	}
	return out
}
