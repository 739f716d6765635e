package match_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"chancery.example/internal/testkit/press"
)

// Letters that say nothing, in sentences as offices write them: of a few hundred
// words, with numbers, dates, names and negations.

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

// A script is a language in which letters are made.
type script struct {
	name    string
	press   *press.Press
	words   []string
	not     string
	digits  []rune
	numbers []string
	small   []string
	spare   []string // other spellings of the small ones
}

func english(t testing.TB) *script {
	s := &script{name: "en", words: strings.Fields(englishWords), not: "not", digits: []rune("0123456789")}
	s.fill()
	s.press = press.Latin(t, 23)
	return s
}

func arabic(t testing.TB) *script {
	s := &script{name: "ar", words: strings.Fields(arabicWords), not: "لا", digits: []rune("٠١٢٣٤٥٦٧٨٩")}
	s.fill()
	s.press = press.Naskh(t, 27, append(append(append([]string{s.not}, s.words...), s.numbers...), s.spare...)...)
	return s
}

// fill makes numbers that are cast with the words: four-digit ones of which any
// digit may be another, and days.
func (s *script) fill() {
	rng := rand.New(rand.NewPCG(1, 9))
	seen := map[string]bool{}
	add := func(n string) {
		if !seen[n] {
			seen[n] = true
			s.numbers = append(s.numbers, n)
		}
	}
	for range 12 {
		n := []rune(s.number(fmt.Sprint(1000 + rng.IntN(9000))))
		add(string(n))
		for i := range n {
			for _, d := range s.digits {
				m := append([]rune{}, n...)
				m[i] = d
				add(string(m))
			}
		}
	}
	for i := 1; i < 32; i++ {
		s.small = append(s.small, s.number(fmt.Sprint(i)))
	}
	for i := range 100 { // what else a day may be
		s.spare = append(s.spare, s.number(fmt.Sprint(i)), s.number(fmt.Sprintf("%02d", i)))
	}
}

func (s *script) number(latin string) string {
	return strings.Map(func(r rune) rune { return s.digits[r-'0'] }, latin)
}

// letter makes the text of one letter.
func (s *script) letter(rng *rand.Rand, words int) string {
	var b strings.Builder
	n := 0
	for n < words {
		for range 4 + rng.IntN(10) {
			w := s.words[rng.IntN(len(s.words))]
			switch rng.IntN(24) {
			case 0, 1:
				w = s.numbers[rng.IntN(len(s.numbers))]
			case 2:
				w = s.small[rng.IntN(len(s.small))]
			case 3:
				w = s.not
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
