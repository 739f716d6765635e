// Package forger writes letters that say nothing, in English and Arabic, and
// alters them as forgers would: another digit, another day, a negation more or
// less, another name, words and lines put in or left out. It knows which words of
// the registered letter an alteration touches, and where it stands.
package forger

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"chancery.example/internal/testkit/press"
)

// Letters say nothing, in sentences as offices write them: of a few hundred words,
// with numbers, days, names and negations.

const englishWords = `the Commission has decided that northern quay is to be closed vessels of more than tonnes from until works have been
completed under way on day will turned back but they may stay for longer hours pay compensation dollars every which a vessel could unloaded
no paid where master did ask berth in time Ministry informs ambassador meeting planned postponed agreement between parties signed by both
delegations article paragraph second annex shall apply pending ratification notes with concern reports about incidents near border requests
clarification within days receipt letter regarding transfer detained persons humanitarian access convoy medical supplies hospital district
authorities confirm receipt your note dated reference number enclosed list names officials committee council resolution adopted unanimously
reserves right respond appropriate measures accordance international law obligations convention protocol additional members staff mission`

const arabicWords = `قررت هيئة الميناء إغلاق الرصيف الشمالي أمام السفن التي تزيد حمولتها على آلاف طن اعتباراً من أول نيسان حتى إتمام الأعمال تعاد
تكون في طريقها إلى ذلك اليوم ولكن يجوز لها أن تبقى فيه أكثر ثلاثين ساعة تدفع الهيئة تعويضاً عن كل يوم يمكن تفريغ السفينة يدفع أي تعويض إذا
يطلب الربان رصيفاً الوقت المحدد وزارة الخارجية تبلغ السفير بأن الاجتماع المقرر تأجل الاتفاق بين الطرفين وقعه الوفدان المادة الفقرة الثانية
الملحق تطبق ريثما يتم التصديق تلاحظ بقلق التقارير بشأن الحوادث قرب الحدود تطلب توضيحاً خلال أيام استلام الرسالة المتعلقة بنقل المحتجزين
وصول المساعدات الإنسانية قافلة الإمدادات الطبية مستشفى المنطقة السلطات تؤكد رقم المرجع قائمة أسماء المسؤولين اللجنة المجلس القرار بالإجماع`

// Names look like each other by threes.
const (
	englishNames = "Ahmad Ahmed Hamed Hassan Hasan Hussein Karim Karam Kareem Nadia Nadira Maria Haddad Hadad Khaled Walid Khalid Salem Salim Saleh"
	arabicNames  = "أحمد أحمر حامد حسن حسين حسان كريم كرم كريمة نادية ناديا ناجية حداد جداد خالد وليد خليد سالم سليم صالح"
)

// A Script is a language in which letters are written.
type Script struct {
	Name  string
	Press *press.Press

	words  []string
	names  []string
	not    string
	digits []rune
}

// English letters are set in Noto Serif.
func English(t testing.TB) *Script {
	return &Script{
		Name: "en", Press: press.Serif(t, 23), words: strings.Fields(englishWords), names: strings.Fields(englishNames),
		not: "not", digits: []rune("0123456789"),
	}
}

// Arabic letters are set in Noto Naskh Arabic.
func Arabic(t testing.TB) *Script {
	return &Script{
		Name: "ar", Press: press.Naskh(t, 27), words: strings.Fields(arabicWords), names: strings.Fields(arabicNames),
		not: "لا", digits: []rune("٠١٢٣٤٥٦٧٨٩"),
	}
}

func (s *Script) number(n int) string {
	return strings.Map(func(r rune) rune { return s.digits[r-'0'] }, fmt.Sprint(n))
}

// Letter writes one of about so many words.
func (s *Script) Letter(rng *rand.Rand, words int) string {
	var b strings.Builder
	for n := 0; n < words; {
		for range 4 + rng.IntN(10) {
			w := s.words[rng.IntN(len(s.words))]
			switch rng.IntN(30) {
			case 0, 1:
				w = s.number(1000 + rng.IntN(9000))
			case 2:
				w = s.number(1 + rng.IntN(31))
			case 3:
				w = s.not
			case 4:
				w = s.names[rng.IntN(len(s.names))]
			}
			b.WriteString(w + " ")
			n++
		}
		if rng.IntN(5) == 0 {
			b.WriteString("\n")
		}
	}
	return b.String()
}
