package parity

import (
	"fmt"
	"strconv"
	"strings"
)

// times finds times of day: 18:00, 6 p.m., 6 o'clock, noon, الساعة السادسة مساءً.
// Where the half of the day is not said both are tried.
func (x *text) times(out items, p int) {
	ts := x.paras[p].tokens
	for i := 0; i < len(ts); i++ {
		if ts[i].used {
			continue
		}
		keys, parts, n := x.timeAt(p, i)
		if n == 0 {
			continue
		}
		weak := base(x.lang) == "ar" && n == 1 // الظهر is the afternoon's beginning, and a back
		out.add(Times, item{keys: keys, parts: parts, para: p, span: x.use(p, i, i+n), weak: weak})
		i += n - 1
	}
}

func (x *text) timeAt(p, i int) (keys, parts []string, n int) {
	ts := x.paras[p].tokens
	switch {
	case ts[i].class == aNumber:
		return x.clock(p, i, false)
	case ts[i].class != aWord:
		return nil, nil, 0
	case base(x.lang) == "en":
		switch ts[i].word {
		case "noon", "midday":
			return []string{"12:00"}, nil, 1
		case "midnight":
			return []string{"00:00", "24:00"}, nil, 1
		}
	case base(x.lang) == "ar":
		return x.arabicTime(p, i)
	}
	return nil, nil, 0
}

// clock reads a time that begins with digits. Said is that "the hour" stands before
// it, so that a number alone is a time.
func (x *text) clock(p, i int, said bool) (keys, parts []string, n int) {
	ts := x.paras[p].tokens
	h, m, n, ok := hourMinute(ts[i:])
	if !ok {
		return x.militaryTime(p, i)
	}
	parts = []string{strconv.Itoa(h)}
	if m >= 0 {
		parts = append(parts, strconv.Itoa(m))
	}
	colon := n == 3
	part, taken := x.partBehind(p, i+n)
	switch {
	case taken > 0:
		n += taken
	case !colon && !said:
		return x.militaryTime(p, i)
	case colon && h > 12, colon && strings.HasPrefix(ts[i].word, "0"):
		part = anyPart
		return []string{fmt.Sprintf("%02d:%02d", h, max(m, 0))}, parts, n
	}
	return hourKeys(h, max(m, 0), part), parts, n
}

// hourMinute reads 18:00, 6.30 and 6; m is -1 when there is none.
func hourMinute(ts []token) (h, m, n int, ok bool) {
	hour, minute, hasPoint := strings.Cut(ts[0].word, ".")
	h, err := strconv.Atoi(hour)
	if err != nil || h > 24 || len(hour) > 2 {
		return 0, 0, 0, false
	}
	if hasPoint {
		m, err = strconv.Atoi(minute)
		return h, m, 1, err == nil && m < 60 && len(minute) == 2
	}
	if len(ts) >= 3 && ts[1].word == ":" && ts[2].class == aNumber && len(ts[2].word) == 2 && touching(ts[:3]) {
		m, err = strconv.Atoi(ts[2].word)
		return h, m, 3, err == nil && m < 60
	}
	return h, -1, 1, true
}

// partBehind reads which half of the day it is: p.m., o'clock, مساءً, بعد الظهر.
func (x *text) partBehind(p, i int) (dayPart, int) {
	ts := x.paras[p].tokens
	if i >= len(ts) || ts[i].class != aWord {
		return anyPart, 0
	}
	w := ts[i].word
	if base(x.lang) == "ar" {
		if i+1 < len(ts) && (ts[i+1].word == foldWord("الظهر") || ts[i+1].word == foldWord("ظهرا")) {
			switch w {
			case foldWord("بعد"):
				return evening, 2
			case foldWord("قبل"):
				return morning, 2
			}
		}
		if i+1 < len(ts) && w == foldWord("في") {
			if part, ok := dayParts[strings.TrimPrefix(ts[i+1].word, "ال")]; ok {
				return part, 2
			}
		}
		if part, ok := dayParts[strings.TrimPrefix(w, "ال")]; ok {
			return part, 1
		}
		return anyPart, 0
	}
	switch {
	case w == "am":
		return morning, 1
	case w == "pm":
		return evening, 1
	case w == "o'clock":
		return anyPart, 1
	case (w == "a" || w == "p") && i+3 < len(ts) && ts[i+1].word == "." && ts[i+2].word == "m" && ts[i+3].word == ".":
		if w == "a" {
			return morning, 4
		}
		return evening, 4
	case w == "noon" || w == "midday":
		return noonish, 1
	case w == "midnight":
		return night, 1
	}
	return anyPart, 0
}

// militaryTime reads 1500 hours, 18.30 hrs.
func (x *text) militaryTime(p, i int) (keys, parts []string, n int) {
	ts := x.paras[p].tokens
	if base(x.lang) != "en" || i+1 >= len(ts) || ts[i+1].word != "hours" && ts[i+1].word != "hrs" {
		return nil, nil, 0
	}
	s := strings.ReplaceAll(ts[i].word, ".", "")
	if len(s) != 4 || len(ts[i].word) == 4 && (i == 0 || !clockWords[ts[i-1].word]) {
		return nil, nil, 0
	}
	v, err := strconv.Atoi(s)
	if err != nil || v/100 > 24 || v%100 > 59 {
		return nil, nil, 0
	}
	return []string{fmt.Sprintf("%02d:%02d", v/100, v%100)}, []string{strconv.Itoa(v / 100), strconv.Itoa(v % 100)}, 2
}

// clockWords stand before a time and not before how long something takes.
var clockWords = wordSet("at from until till by to before after between and")

// hourKeys returns the times of a day that an hour can be.
func hourKeys(h, m int, part dayPart) []string {
	key := func(h int) string { return fmt.Sprintf("%02d:%02d", h%24, m) }
	switch {
	case h > 12:
		return []string{key(h)}
	case part == morning:
		return []string{key(h % 12)}
	case part == evening:
		return []string{key(h%12 + 12)}
	case part == night && (h >= 6 && h < 12):
		return []string{key(h + 12)}
	case part == night:
		return []string{key(h % 12), fmt.Sprintf("24:%02d", m)}
	case part == noonish && h <= 3:
		return []string{key(h + 12)}
	case part == noonish:
		return []string{key(h)}
	}
	return []string{key(h), key(h%12 + 12), key(h % 12)}
}

// arabicTime reads a time that begins with a word.
func (x *text) arabicTime(p, i int) (keys, parts []string, n int) {
	ts := x.paras[p].tokens
	for _, w := range stems(ts[i].word) {
		switch {
		case w == foldWord("منتصف") && i+1 < len(ts) && ts[i+1].word == foldWord("الليل"):
			return []string{"00:00", "24:00"}, nil, 2
		case w == foldWord("ظهر") || w == foldWord("ظهرا"):
			if i == 0 || ts[i-1].word != foldWord("بعد") && ts[i-1].word != foldWord("قبل") {
				return []string{"12:00"}, nil, 1
			}
		case w == foldWord("الساعة") && i+1 < len(ts):
			keys, parts, n = x.hourBehind(p, i+1)
			if n > 0 {
				return keys, parts, n + 1
			}
		}
	}
	return nil, nil, 0
}

// hourBehind reads what stands behind "the hour".
func (x *text) hourBehind(p, i int) (keys, parts []string, n int) {
	ts := x.paras[p].tokens
	if ts[i].used {
		return nil, nil, 0
	}
	if ts[i].class == aNumber {
		return x.clock(p, i, true)
	}
	h, ok := hours[ts[i].word]
	if !ok {
		return nil, nil, 0
	}
	n = 1
	if i+1 < len(ts) && ts[i+1].word == foldWord("عشرة") {
		switch h {
		case 2:
			h, n = 12, 2
		case 11:
			n = 2
		}
	}
	m, taken := x.minutes(p, i+n)
	n += taken
	if m < 0 {
		h, m = (h+10)%12+1, 60+m
	}
	part, more := x.partBehind(p, i+n)
	return hourKeys(int(h), m, part), []string{strconv.FormatInt(h, 10)}, n + more
}

// minutes reads "and a half", "and a quarter", "less a third".
func (x *text) minutes(p, i int) (m, n int) {
	ts := x.paras[p].tokens
	fractions := map[string]int{foldWord("نصف"): 30, foldWord("ربع"): 15, foldWord("ثلث"): 20, foldWord("ربعا"): 15, foldWord("ثلثا"): 20}
	if i >= len(ts) {
		return 0, 0
	}
	for _, w := range stems(ts[i].word) {
		if m, ok := fractions[w]; ok && strings.HasPrefix(ts[i].word, "و") {
			return m, 1
		}
	}
	if ts[i].word == foldWord("إلا") && i+1 < len(ts) {
		for _, w := range stems(ts[i+1].word) {
			if m, ok := fractions[w]; ok {
				return -m, 2
			}
		}
	}
	return 0, 0
}
