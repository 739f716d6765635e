package typeset

import (
	"fmt"
	"strings"

	"chancery.example/letter"
)

// labels are the few words that are printed around a text in its own language; in
// English where there are none of ours. Page number and code are running matter,
// word for word (letter.md RM-1, RM-2, RM-6).
type labels struct {
	reference, date, to, copies, enclosures string
	opening                                 string
	code                                    string
	page                                    func(n, of int) string
	prevails                                func(l letter.Lang) string
}

func labelsOf(l letter.Lang) labels {
	if base(l) == "ar" {
		return labels{
			reference: "المرجع:", date: "التاريخ:", to: "إلى:", copies: "نسخة إلى:", enclosures: "المرفقات:", code: "رمز السجل: ",
			opening: "رمز يثبت تسجيل هذه المسودة:",
			page:    func(n, of int) string { return fmt.Sprintf("صفحة %d من %d", n, of) },
			prevails: func(l letter.Lang) string {
				return fmt.Sprintf("عند الاختلاف بين النصوص يُعتد بالنص %s.", named(l, arabicNames, "بلغة ")) //nolint:gosmopolitan // printed words
			},
		}
	}
	return labels{
		reference: "Reference:", date: "Date:", to: "To:", copies: "Copies to:", enclosures: "Enclosures:", code: "Chancery code: ",
		opening: "Code that shows that this draft is on record:",
		page:    func(n, of int) string { return fmt.Sprintf("Page %d of %d", n, of) },
		prevails: func(l letter.Lang) string {
			return fmt.Sprintf("Where the texts differ, the %s prevails.", named(l, englishNames, "text in "))
		},
	}
}

func base(l letter.Lang) string {
	b, _, _ := strings.Cut(string(l), "-")
	return b
}

var (
	englishNames = map[string]string{"ar": "Arabic", "en": "English", "fr": "French", "es": "Spanish", "ru": "Russian", "pt": "Portuguese", "de": "German", "it": "Italian", "tr": "Turkish", "fa": "Persian", "ku": "Kurdish", "ckb": "Kurdish", "ur": "Urdu"}
	arabicNames  = map[string]string{"ar": "العربي", "en": "الإنكليزي", "fr": "الفرنسي", "es": "الإسباني", "ru": "الروسي", "pt": "البرتغالي", "de": "الألماني", "it": "الإيطالي", "tr": "التركي", "fa": "الفارسي", "ku": "الكردي", "ckb": "الكردي", "ur": "الأردي"}
)

// named is the name of a language, or its tag behind other words.
func named(l letter.Lang, names map[string]string, otherwise string) string {
	if n, ok := names[base(l)]; ok {
		if otherwise == "text in " {
			return n + " text"
		}
		return n
	}
	return otherwise + string(l)
}

// subjects are how the line begins that says what a letter is about.
var subjects = []string{"subject:", "re:", "objet:", "objet :", "asunto:", "betreff:", "oggetto:", "assunto:", "konu:", "тема:", "الموضوع:", "الموضوع :", "موضوع:"}

func isSubject(line string) bool {
	line = strings.ToLower(line)
	for _, s := range subjects {
		if strings.HasPrefix(line, s) {
			return true
		}
	}
	return false
}
