package typeset_test

import (
	"strings"
	"testing"

	"chancery.example/internal/pdf/typeset"
	"chancery.example/letter"
)

const english = `Excellency,

Subject: Pilotage in the outer harbour from 1 March 2026

I have the honour to inform you that the Harbour Commission has decided, after consulting the masters of the port and the coast guard, to keep the pilot station on the outer mole manned from dusk to dawn, whatever the weather and whoever asks. The decision takes effect on 1 March 2026 and replaces the order of 14 June 2019 (HC-2019-0044).

Ships of more than 3,500 gross tonnage shall take a pilot on board before they pass the light. Ships carrying dangerous goods shall announce themselves 24 hours before arrival; the fee is €1,250 for each manoeuvre, and one half of it for ships registered in the port. Nothing in this letter shall be understood as a waiver of the Commission’s rights under the agreement of 2 May 2011.

The Commission would be grateful for a reply no later than 15 February 2026, and avails itself of this opportunity to renew to Your Excellency the assurances of its highest consideration.

Amina Haddad
Director, Harbour Commission
`

const arabic = `صاحب السعادة،

الموضوع: الإرشاد في الميناء الخارجي اعتباراً من ١ آذار ٢٠٢٦

أتشرف بإبلاغكم بأن هيئة الميناء قررت، بعد التشاور مع ربابنة المرفأ وخفر السواحل، أن تبقى محطة الإرشاد على الرصيف الخارجي مأهولة من الغروب إلى الفجر، أياً كان الطقس وأياً كان السائل. ويسري هذا القرار اعتباراً من ١ آذار ٢٠٢٦ ويحل محل الأمر المؤرخ ١٤ حزيران ٢٠١٩ (HC-2019-0044).

على السفن التي تزيد حمولتها الإجمالية على 3,500 طن أن تستقبل مرشداً على متنها قبل تجاوز المنارة. وعلى السفن التي تحمل بضائع خطرة أن تعلن عن نفسها قبل 24 ساعة من وصولها؛ والرسم 1,250 يورو عن كل مناورة، ونصفه للسفن المسجلة في المرفأ. ولا يُفهم من هذا الكتاب أي تنازل عن حقوق الهيئة بموجب اتفاق ٢ أيار ٢٠١١.

وترجو الهيئة أن تتلقى ردكم في موعد لا يتجاوز ١٥ شباط ٢٠٢٦، وتغتنم هذه الفرصة لتعرب لسعادتكم مجدداً عن فائق تقديرها واحترامها.

أمينة حداد
مديرة هيئة الميناء
`

// canonical makes a text of what a test writes.
func canonical(t testing.TB, s string) letter.Text {
	t.Helper()
	text, err := letter.Canonicalize([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// harbour is a letter with everything.
func harbour(t testing.TB) typeset.Letter {
	return typeset.Letter{
		Content: letter.Content{
			Reference: "HC-2026-0012", Type: letter.TypeLetter, Prevailing: "en",
			Texts:        []letter.LangText{{Lang: "ar", Text: canonical(t, arabic)}, {Lang: "en", Text: canonical(t, english)}},
			Addressees:   []string{"Ministry of Transport, Department of Ports", "Coast Guard, Northern Command"},
			Distribution: []string{"Pilots' Association"},
			Enclosures:   []letter.Enclosure{{Title: "Chart of the outer harbour"}, {Title: "Table of fees"}},
			Signature:    letter.SignatureBlock{Kind: letter.SignatureInk, Lines: []string{"Amina Haddad", "Director, Harbour Commission"}},
		},
		Office: []typeset.Words{{Language: "en", Text: "Harbour Commission"}, {Language: "ar", Text: "هيئة الميناء"}},
		Domain: "harbour.example",
		Date:   []typeset.Words{{Language: "en", Text: "12 January 2026"}, {Language: "ar", Text: "١٢ كانون الثاني ٢٠٢٦"}},
		Code:   "https://harbour.example/q/#1.harbour.2.0011223344556677.HC-2026-0012",
	}
}

// draft is a numbered copy of the same letter, of several pages in each language.
func draft(t testing.TB, times int) typeset.Letter {
	l := harbour(t)
	mark := letter.CopyMark{Revision: 2, Copy: 3, Of: 5, Holder: "Coast guard", Purpose: "coordination", PurposeFor: map[letter.Lang]string{"ar": "التنسيق"}}
	for _, lang := range []letter.Lang{"en", "ar"} {
		l.Notices = append(l.Notices, typeset.Words{Language: lang, Text: letter.DraftNotice(lang, mark)})
	}
	for i, text := range l.Content.Texts {
		p := text.Text.Paragraphs()
		long := append([]string{}, p[:len(p)-1]...)
		for range times {
			long = append(long, p[2:len(p)-2]...)
		}
		l.Content.Texts[i].Text = canonical(t, strings.Join(append(long, p[len(p)-1]), "\n\n"))
	}
	return l
}
