package around

import (
	"fmt"
	"strings"
	"time"

	"chancery.example/letter"
)

// months of Arabic papers: the Levant's names and those of the Maghreb and Egypt,
// as dates are written in official letters that are read in both.
var months = [12]string{
	"كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيو",
	"تموز/يوليو", "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر",
}

// Day writes the day of a letter in each language of its texts: in words in English
// and Arabic, in digits in all others.
func Day(t time.Time, texts []letter.LangText) (out []Phrase) {
	for _, x := range texts {
		base, _, _ := strings.Cut(string(x.Lang), "-")
		words := t.UTC().Format(time.DateOnly)
		switch base {
		case "en":
			words = t.UTC().Format("2 January 2006")
		case "ar":
			words = fmt.Sprintf("%d %s %d", t.UTC().Day(), months[t.UTC().Month()-1], t.UTC().Year())
		}
		out = append(out, Phrase{Language: x.Lang, Text: words})
	}
	return out
}
