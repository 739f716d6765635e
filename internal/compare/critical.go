package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"chancery.example/internal/fold"
)

// anyCritical reports whether a stretch holds a word that changes what a letter
// says: a number, a date, a name, a negation or a modal verb.
func anyCritical(f *fold.Folded, r Range) bool {
	for i := r.From; i < r.To; i++ {
		if critical(f, i) {
			return true
		}
	}
	return false
}

func critical(f *fold.Folded, i int) bool {
	w := f.Words[i]
	key := w.Key
	if w.From == w.To || strings.ContainsFunc(key, unicode.IsDigit) { // a sign, or a number
		return true
	}
	if criticalWords[key] || strings.HasSuffix(key, "n't") {
		return true
	}
	if r, _ := utf8.DecodeRuneInString(key); unicode.Is(unicode.Arabic, r) {
		for _, prefix := range []string{"و", "ف", "س", "ال", "وال", "بال", "لل", "ول"} {
			if rest, ok := strings.CutPrefix(key, prefix); ok && criticalWords[rest] {
				return true
			}
		}
		return false
	}
	return isName(f, i)
}

// isName guesses from capitals: a capital inside a sentence, or a word in
// capitals among others that are not.
func isName(f *fold.Folded, i int) bool {
	w := f.Words[i]
	exact := f.Exact[w.Start:w.End]
	first, n := utf8.DecodeRuneInString(exact)
	if !unicode.IsUpper(first) {
		return strings.ContainsFunc(exact, unicode.IsUpper)
	}
	if key := w.Key; key == "i" || key == "i'm" || key == "i've" || key == "i'll" {
		return false
	}
	if strings.ContainsFunc(exact[n:], unicode.IsUpper) {
		return true
	}
	return i > 0 && !w.Line && !beginsSentence(f, i)
}

func beginsSentence(f *fold.Folded, i int) bool {
	return strings.ContainsAny(f.Exact[f.Words[i-1].End:f.Words[i].Start], ".!?:;\"“”«»‹›„")
}

// criticalWords are keys: negations, modal verbs, words for numbers, days and
// months in the languages of most letters. A word missing here is a difference
// all the same; it is only not called out.
var criticalWords = func() map[string]bool {
	m := map[string]bool{}
	for _, s := range []string{
		"no not nor never none nobody nothing neither without cannot only except unless until before after",
		"will would shall should can could may might must ought need",
		"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half double first second third",
		"january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec",
		"monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday noon midnight",
		"لا لم لن ليس ليست ليسوا غير دون بدون ما كلا عدم أي يجب ينبغي يمكن يجوز قد سوف لابد يتعين الا",
		"كانون شباط اذار نيسان ايار حزيران تموز اب ايلول تشرين يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر",
		"واحد اثنان اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة مئة مائة ألف مليون مليار اثنا احد احدى نصف اول ثاني ثالث",
		"احد اثنين ثلاثاء اربعاء خميس جمعة سبت اليوم غدا امس ظهر",
		"ne pas jamais aucun aucune rien sans non ni doit doivent peut peuvent devra pourra deux trois quatre cinq six sept huit neuf dix cent mille janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"nicht kein keine keinen nie niemals ohne weder muss müssen soll sollen kann können darf dürfen wird werden zwei drei vier fünf sechs sieben acht neun zehn hundert tausend januar februar märz april juni juli oktober dezember",
		"no nunca ningún ninguno ninguna nada sin debe deben puede pueden será dos tres cuatro cinco seis siete ocho nueve diez cien mil enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"не ни нет никогда ничего без должен должна должны может могут нельзя надо один два три четыре пять шесть семь восемь девять десять сто тысяча января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
	} {
		for _, w := range strings.Fields(s) {
			for _, k := range fold.Copy(w).Words {
				m[k.Key] = true
			}
		}
	}
	return m
}()
