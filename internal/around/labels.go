package around

import (
	"fmt"
	"strings"

	"chancery.example/letter"
)

// Labels are the few words that are printed around a text in its own language; in
// English where there are none of ours. Page number and code are running matter,
// word for word (letter.md RM-1, RM-2, RM-6).
type Labels struct {
	Reference, Date, To, Copies, Enclosures string
	Opening                                 string // over a draft-opening code
	Code                                    string
	Page                                    func(n, of int) string
	Prevails                                func(l letter.Lang) string
}

// LabelsOf returns the labels of a language.
func LabelsOf(l letter.Lang) Labels {
	if base(l) == "ar" {
		return Labels{
			Reference: "المرجع:", Date: "التاريخ:", To: "إلى:", Copies: "نسخة إلى:", Enclosures: "المرفقات:", Code: "رمز السجل: ",
			Opening: "رمز فتح المسودة: يُثبت أن هذه المسودة كانت مسجَّلة، دون سؤال أحد. وليس إصداراً.",
			Page:    func(n, of int) string { return fmt.Sprintf("صفحة %d من %d", n, of) },
			Prevails: func(l letter.Lang) string {
				return fmt.Sprintf("عند الاختلاف بين النصوص يُعتد بالنص %s.", named(l, arabicNames, "بلغة ")) //nolint:gosmopolitan // printed words
			},
		}
	}
	return Labels{
		Reference: "Reference:", Date: "Date:", To: "To:", Copies: "Copies to:", Enclosures: "Enclosures:", Code: "Chancery code: ",
		Opening: "Draft-opening code: it shows that this draft was on record, with nobody asked. It issues nothing.",
		Page:    func(n, of int) string { return fmt.Sprintf("Page %d of %d", n, of) },
		Prevails: func(l letter.Lang) string {
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
