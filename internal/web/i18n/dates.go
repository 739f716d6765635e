package i18n

import (
	"fmt"
	"strconv"
	"time"

	"chancery.example/letter"
	"chancery.example/register"
)

// Both names of the month are given in Arabic, because readers of one country
// do not know those of another. Digits are the European ones in both languages:
// the same entry number must look the same to everybody.
var months = map[letter.Lang][12]string{
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	Arabic: {"كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيو",
		"تموز/يوليو", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر"},
}

// Day says a date, in UTC.
func (p *Printer) Day(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%d %s %d", t.Day(), months[p.lang][t.Month()-1], t.Year())
}

// Written says when something was written that was recorded later: a year, a month
// or a day.
func (p *Printer) Written(d register.Day) string {
	t, err := time.Parse(time.DateOnly, d.First())
	if err != nil {
		return string(d)
	}
	switch month := months[p.lang][t.Month()-1]; len(d) {
	case len("1962"):
		return t.Format("2006")
	case len("1962-10"):
		return month + " " + t.Format("2006")
	default:
		return p.Day(t)
	}
}

// Moment says a date and the time of day, in UTC.
func (p *Printer) Moment(t time.Time) string {
	return p.T("date.moment", "day", p.Day(t), "time", t.UTC().Format("15:04"))
}

// Num says a number, its thousands apart.
func (p *Printer) Num(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// LangName says the name of a language in the language of the page, or its tag.
func (p *Printer) LangName(l letter.Lang) string {
	if p.Has("language." + string(l)) {
		return p.T("language." + string(l))
	}
	return string(l)
}
