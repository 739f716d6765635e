package parity

import (
	"strings"

	"chancery.example/letter"
)

// The words that are known in English and Arabic. They are looked up as foldWord
// leaves them; Arabic ones also behind the letters that are joined to a word.

// A lexicon gives words values, by language.
type lexicon map[letter.Lang]map[string]int64

// lexiconOf reads "value word word; value word" for both languages.
func lexiconOf(en, ar map[int64]string) lexicon {
	out := lexicon{}
	for lang, words := range map[letter.Lang]map[int64]string{"en": en, "ar": ar} {
		m := map[string]int64{}
		for v, list := range words {
			for w := range strings.FieldsSeq(list) {
				m[foldWord(w)] = v
			}
		}
		out[lang] = m
	}
	return out
}

var cardinals = lexiconOf(map[int64]string{
	1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve dozen",
	13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty",
	40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", 100: "hundred", 1000: "thousand", 1e6: "million", 1e9: "billion",
}, map[int64]string{
	1: "واحد واحدة", 2: "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي", 3: "ثلاثة ثلاث", 4: "أربعة أربع", 5: "خمسة خمس", 6: "ستة ست", 7: "سبعة سبع",
	8: "ثمانية ثماني ثمان", 9: "تسعة تسع", 10: "عشرة عشر", 20: "عشرون عشرين", 30: "ثلاثون ثلاثين", 40: "أربعون أربعين", 50: "خمسون خمسين",
	60: "ستون ستين", 70: "سبعون سبعين", 80: "ثمانون ثمانين", 90: "تسعون تسعين", 100: "مئة مائة", 200: "مئتان مئتين مائتان مائتين مئتي مائتي",
	300: "ثلاثمئة ثلاثمائة", 400: "أربعمئة أربعمائة", 500: "خمسمئة خمسمائة", 600: "ستمئة ستمائة", 700: "سبعمئة سبعمائة",
	800: "ثمانمئة ثمانمائة ثمانيمئة", 900: "تسعمئة تسعمائة", 1000: "ألف آلاف ألفا", 2000: "ألفان ألفين ألفي", 1e6: "مليون ملايين مليونا", 2e6: "مليونان مليونين",
	1e9: "مليار مليارات بليون مليارا", 2e9: "ملياران مليارين",
})

// elevens are the words for one in eleven: أحد عشر.
var elevens = wordSet("أحد إحدى")

var ordinals = lexiconOf(map[int64]string{
	1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth", 11: "eleventh",
	12: "twelfth", 13: "thirteenth", 14: "fourteenth", 15: "fifteenth", 16: "sixteenth", 17: "seventeenth", 18: "eighteenth", 19: "nineteenth",
	20: "twentieth", 30: "thirtieth",
}, map[int64]string{
	1: "الأول الأولى أول", 2: "الثاني الثانية", 3: "الثالث الثالثة", 4: "الرابع الرابعة", 5: "الخامس الخامسة", 6: "السادس السادسة", 7: "السابع السابعة",
	8: "الثامن الثامنة", 9: "التاسع التاسعة", 10: "العاشر العاشرة", 11: "الحادي الحادية",
})

// scales are what a number in digits is multiplied with.
var scales = lexiconOf(
	map[int64]string{100: "hundred", 1000: "thousand", 1e6: "million", 1e9: "billion"},
	map[int64]string{1000: "ألف آلاف ألفا", 1e6: "مليون ملايين مليونا", 1e9: "مليار مليارات بليون مليارا"})

// unsureNumbers are also other words.
var unsureNumbers = wordSet("ست خمس سبع تسع ثمن عشر")

// duals are nouns that hold the number two.
var duals = wordSet("يومين يومان أسبوعين أسبوعان شهرين شهران سنتين سنتان عامين عامان ساعتين ساعتان دقيقتين دقيقتان مرتين مرتان نسختين نسختان")

// months by their English, Levantine, Egyptian, Maghreb and Moroccan names, those
// of one word.
var months = lexiconOf(map[int64]string{
	1: "january jan", 2: "february feb", 3: "march mar", 4: "april apr", 5: "may", 6: "june jun", 7: "july jul", 8: "august aug",
	9: "september sept sep", 10: "october oct", 11: "november nov", 12: "december dec",
}, map[int64]string{
	1: "يناير جانفي", 2: "شباط فبراير فيفري", 3: "آذار مارس", 4: "نيسان أبريل إبريل أفريل", 5: "أيار مايو ماي", 6: "حزيران يونيو يونيه جوان",
	7: "تموز يوليو يوليه يوليوز جويلية", 8: "آب أغسطس غشت أوت", 9: "أيلول سبتمبر شتنبر", 10: "أكتوبر", 11: "نوفمبر نونبر", 12: "ديسمبر دجنبر",
})

// monthPairs are the Levantine names of two words.
var monthPairs = map[string]map[string]int64{
	foldWord("كانون"): {foldWord("الثاني"): 1, foldWord("ثاني"): 1, foldWord("ثان"): 1, foldWord("الأول"): 12, foldWord("أول"): 12},
	foldWord("تشرين"): {foldWord("الثاني"): 11, foldWord("ثاني"): 11, foldWord("ثان"): 11, foldWord("الأول"): 10, foldWord("أول"): 10},
}

// lonelyMonths can stand without a day or a year and be nothing else, in either
// language: not March, April, May, June or August.
var lonelyMonths = map[int64]bool{1: true, 2: true, 7: true, 9: true, 10: true, 11: true, 12: true}

var weekdays = lexiconOf(map[int64]string{
	1: "monday", 2: "tuesday", 3: "wednesday", 4: "thursday", 5: "friday", 6: "saturday", 7: "sunday",
}, map[int64]string{
	1: "الاثنين الإثنين", 2: "الثلاثاء", 3: "الأربعاء", 4: "الخميس", 5: "الجمعة", 6: "السبت", 7: "الأحد",
})

// weekdayWords stand before a day of the week; by themselves الأحد and الاثنين are
// "the one" and "the two".
var weekdayWords = wordSet("يوم أيام مساء صباح ليلة ليل ظهر فجر")

// hours are the hours in words behind الساعة.
var hours = map[string]int64{}

func init() {
	for v, list := range map[int64]string{
		1: "الواحدة", 2: "الثانية", 3: "الثالثة", 4: "الرابعة", 5: "الخامسة", 6: "السادسة", 7: "السابعة", 8: "الثامنة", 9: "التاسعة",
		10: "العاشرة", 11: "الحادية",
	} {
		hours[foldWord(list)] = v
	}
}

// A dayPart says which half of the day an hour is in.
type dayPart int

const (
	anyPart dayPart = iota
	morning
	evening
	night
	noonish
)

// dayParts stand behind an hour in Arabic.
var dayParts = map[string]dayPart{}

func init() {
	for p, list := range map[dayPart]string{
		morning: "صباحا صباح ص فجرا فجر", evening: "مساء م عصرا عصر", night: "ليلا ليل", noonish: "ظهرا ظهر",
	} {
		for w := range strings.FieldsSeq(list) {
			dayParts[foldWord(w)] = p
		}
	}
}

// A wordList is what an advisory check looks for in a language: words that say it,
// and words that may say it, which settle what the other text has and are not asked
// for themselves.
type wordList struct{ sure, half map[string]bool }

// The words that the advisory checks look for.
var (
	negations = map[letter.Lang]wordList{
		"en": {wordSet("not no never none nobody nothing neither nor without cannot nowhere"), wordSet("only unless except fail fails failed failing avoid avoids prevent prevents refuse refuses lack lacks incorrect invalid unable impossible unlimited")},
		"ar": {wordSet("لا لم لن ليس ليست ليسوا لست لسنا بدون لئلا كيلا"), wordSet("غير دون بلا عدم إلا مستحيل")},
	}
	duties = map[letter.Lang]wordList{
		"en": {wordSet("must shall obliged ought obligatory"), wordSet("should need needs have has required requires require mandatory requirement requirements necessary")},
		"ar": {wordSet("يجب تجب ينبغي يتعين يلزم يتوجب"), wordSet("وجب وجوب تلتزم يلتزم ملزم ملزمة إلزامي إلزامية لزاما لازم لازمة واجب واجبة لابد مطلوب مطلوبة مطلوبا ضروري ضرورية تعين مطالب مطالبة")},
	}
	permits = map[letter.Lang]wordList{
		"en": {wordSet("may might"), wordSet("can could able possible possibly perhaps permitted allowed allow allows would optional optionally enable enables let lets likely")},
		"ar": {wordSet("يجوز تجوز ربما"), wordSet("يمكن تمكن أمكن قد يحق لعل إمكان إمكانية يستطيع نستطيع تستطيع يستطيعون تستطيعون قادر قادرة قادرون قادرين ممكن ممكنة ممكنا محتمل محتملة يسمح تسمح مسموح يتسنى وسع يتمكن تتمكن نتمكن يتيح تتيح اختياري اختيارية")},
	}
	units = lexiconOf(map[int64]string{
		1: "minute minutes", 2: "hour hours", 3: "day days today daily", 4: "week weeks weekly fortnight", 5: "month months monthly",
		6: "year years annual annually yearly",
	}, map[int64]string{
		1: "دقيقة دقائق دقيقتين دقيقتان", 2: "ساعة ساعات ساعتين ساعتان", 3: "يوم أيام يومين يومان يوما يوميا", 4: "أسبوع أسابيع أسبوعين أسبوعان أسبوعا أسبوعي أسبوعيا أسبوعية",
		5: "شهر أشهر شهور شهرين شهران شهرا شهري شهريا شهرية", 6: "سنة سنوات سنين سنتين سنتان سنوي سنوية سنويا أعوام عامين عامان عاما",
	})
	// halfUnits are also other words: عام is "general" as well.
	halfUnits = lexiconOf(map[int64]string{3: "night nights morning evening", 6: "yearly"}, map[int64]string{3: "يومي يومية ليل ليلة ليالي صباح مساء", 6: "عام"})
	unitNames = map[int64]string{1: "minute", 2: "hour", 3: "day", 4: "week", 5: "month", 6: "year"}
	enclosing = map[letter.Lang]map[string]bool{
		"en": wordSet("enclosure enclosures encl encls enclosed attachment attachments annex annexes"),
		"ar": wordSet("المرفقات المرفق المرفقان مرفق مرفقات مرفقان ملحق ملاحق الملحق الملاحق الملحقات المشفوعات مشفوعات"),
	}
)

// acronymsKnown are those that Arabic letters say in words; they settle what the
// other text has, and are not asked for.
var acronymsKnown = map[string][]string{
	"UN": {"الأمم المتحدة"}, "EU": {"الاتحاد الأوروبي", "الاتحاد الأوربي"}, "US": {"الولايات المتحدة", "أمريكي", "أمريكية", "الأمريكي", "الأمريكية", "الأميركي", "الأميركية"},
	"USA": {"الولايات المتحدة"}, "UK": {"المملكة المتحدة", "البريطاني", "البريطانية"}, "NATO": {"الناتو", "حلف شمال الأطلسي"}, "AU": {"الاتحاد الأفريقي"},
	"WHO": {"منظمة الصحة العالمية"}, "UNESCO": {"اليونسكو"}, "UNICEF": {"اليونيسف", "اليونيسيف"}, "GMT": {"غرينتش", "جرينتش"},
	"UTC": {"غرينتش", "جرينتش", "العالمي"}, "ID": {"معرف", "معرفات", "هوية", "رقم", "أرقام"}, "USD": {"دولار", "دولارات"}, "EUR": {"يورو"}, "OK": {"موافق"}, "UAE": {"الإمارات"}, "PM": {"مساء"}, "AM": {"صباحا"},
}

// stems returns an Arabic word without the letters that are joined to it: and, so,
// in, as, for, the.
func stems(w string) []string {
	out := []string{w}
	add := func(s, prefix string) {
		if rest, ok := strings.CutPrefix(s, prefix); ok && len(rest) >= 4 { // two letters
			out = append(out, rest)
		}
	}
	add(w, "و")
	add(w, "ف")
	for _, s := range out {
		add(s, "ب")
		add(s, "ك")
		if rest, ok := strings.CutPrefix(s, "لل"); ok && len(rest) >= 4 {
			out = append(out, "ال"+rest)
		}
		add(s, "ل")
	}
	for _, s := range out {
		add(s, "ال")
	}
	return out
}

// pronouns are joined to the end of a word: يمكنكم.
var pronouns = []string{"ك", "كم", "ه", "ها", "هم", "نا", "ني", "هما", "هن", "كن"}

// loose are the stems of a word, and those without a pronoun.
func loose(w string) []string {
	out := stems(w)
	for _, s := range out {
		for _, p := range pronouns {
			if rest, ok := strings.CutSuffix(s, p); ok && len(rest) >= 6 {
				out = append(out, rest)
			}
		}
	}
	return out
}

// forms returns the forms under which a word of the text is looked up.
func (x *text) forms(w string) []string {
	if base(x.lang) == "ar" {
		return stems(w)
	}
	return []string{w}
}
