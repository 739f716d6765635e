package check

import (
	"slices"
	"strconv"
	"strings"

	"chancery.example/internal/pdf"
)

// A RemarkView is one remark about a PDF with its words.
type RemarkView struct {
	pdf.Remark
	Says Words `json:"says"`
}

// remarkWords say what a remark means to a reader.
var remarkWords = map[pdf.RemarkKind]Words{
	pdf.Invisible:   {"It holds words drawn without ink, which programs read and people do not see", "فيه كلمات بلا حبر تقرؤها البرامج ولا يراها الناس"},
	pdf.SameColour:  {"It holds words in the colour of what is behind them", "فيه كلمات بلون ما وراءها"},
	pdf.Covered:     {"It holds words that something is drawn over", "فيه كلمات رُسم فوقها شيء"},
	pdf.Tiny:        {"It holds words too small to be read", "فيه كلمات أصغر من أن تُقرأ"},
	pdf.OffPage:     {"It holds words outside the page", "فيه كلمات خارج الصفحة"},
	pdf.Clipped:     {"It holds words that are cut away from what is shown", "فيه كلمات مقصوصة مما يُعرض"},
	pdf.Mismatch:    {"Its pages show other words than programs read in it; what they show was compared", "تُظهر صفحاته غير ما تقرؤه البرامج فيه؛ وقد قورن ما تُظهره"},
	pdf.Replaced:    {"It tells programs other words than it draws, or may", "يقول للبرامج كلمات قد تكون غير التي يرسمها"},
	pdf.OddMapping:  {"Its fonts call letters by other names", "خطوطه تسمّي الحروف بغير أسمائها"},
	pdf.PictureOnly: {"Part of what it shows is a picture", "بعض ما يُظهره صورة"},
	pdf.Annotations: {"Annotations are drawn over its pages", "رُسمت تعليقات فوق صفحاته"},
	pdf.Fields:      {"Form fields are drawn over its pages", "رُسمت حقول نماذج فوق صفحاته"},
	pdf.Layers:      {"It has layers, which programs show or not", "فيه طبقات تعرضها البرامج أو لا تعرضها"},
	pdf.Scripts:     {"It holds scripts, which were not run", "فيه برامج نصية، ولم تُشغَّل"},
	pdf.Actions:     {"It can open addresses, files or programs; nothing was opened", "يمكنه فتح عناوين أو ملفات أو برامج؛ ولم يُفتح شيء"},
	pdf.Attachments: {"Files are attached to it; they were not read", "أُرفقت به ملفات؛ ولم تُقرأ"},
	pdf.XFA:         {"It holds a second form, which some programs show instead of its pages", "فيه نموذج آخر تعرضه بعض البرامج بدل صفحاته"},
	pdf.Additions:   {"Something was added to the file after it was first made", "أُضيف شيء إلى الملف بعد إنشائه"},
	pdf.Trailing:    {"Bytes follow its end", "بعد نهايته بايتات أخرى"},
	pdf.Leading:     {"Bytes stand before its beginning", "قبل بدايته بايتات أخرى"},
	pdf.Repaired:    {"Its tables are wrong, so programs may see different things in it", "جداوله خاطئة، فقد ترى البرامج فيه أشياء مختلفة"},
	pdf.Encrypted:   {"It is encrypted", "هو مشفَّر"},
	pdf.PagesLeft:   {"Not all its pages could be looked at", "لم يُمكن النظر في جميع صفحاته"},
}

// remarksOf are the remarks of a reading with their words.
func remarksOf(r pdf.Reading) []RemarkView {
	out := []RemarkView{}
	for _, m := range r.Remarks {
		w := remarkWords[m.Kind]
		if m.Text != "" {
			w = Words{w.EN + ": “" + m.Text + "”", w.AR + ": «" + m.Text + "»"}
		}
		if m.Shown != "" {
			w = Words{w.EN + ", shown as “" + m.Shown + "”", w.AR + "، ويظهر: «" + m.Shown + "»"}
		}
		if m.Page > 0 && len(r.Pages) > 1 {
			n := strconv.Itoa(m.Page)
			w = Words{w.EN + " (page " + n + ")", w.AR + " (صفحة " + n + ")"}
		}
		out = append(out, RemarkView{m, w})
	}
	return out
}

// doubt says why a PDF may show other words than were compared; nil when it does
// not.
func (r *reading) doubt() *Words {
	if r == nil {
		return nil
	}
	if b := r.begins; b != nil {
		if !b.Changes && !r.odd() { // it looks like the file on record, to the pixel
			return nil
		}
		if b.Changes {
			return &Words{
				"It begins, byte for byte, with a file on record, and something was added later that changes what is seen. Programs that check signatures may still call it valid, because the signed part is whole.",
				"يبدأ، بايتاً ببايت، بملف مسجَّل، ثم أُضيف إليه لاحقاً ما يغيّر ما يُرى. وقد تظل برامج فحص التواقيع تصفه بأنه صالح، لأن الجزء الموقَّع سليم.",
			}
		}
	}
	if !r.Doubts() {
		return nil
	}
	var en, ar []string
	for _, k := range pdf.Remarks() {
		if k.Doubts() && r.Has(k) && !(k == pdf.PictureOnly && r.Seen.Sure()) {
			en, ar = append(en, remarkWords[k].EN), append(ar, remarkWords[k].AR)
		}
	}
	if !r.Seen.Sure() {
		en = append(en, "Whether its pages show the words that programs read in it was not looked at: pictures are not read here, or could not be")
		ar = append(ar, "لم يُنظر هل تُظهر صفحاته الكلمات التي تقرؤها البرامج فيه: فالصور لا تُقرأ هنا، أو تعذّرت قراءتها")
	}
	return &Words{strings.Join(en, ". ") + ".", strings.Join(ar, ". ") + "."}
}

// odd reports whether a file does what may change what is seen.
func (r *reading) odd() bool {
	for _, m := range r.Remarks {
		if slices.Contains([]pdf.RemarkKind{pdf.Layers, pdf.Scripts, pdf.XFA, pdf.Repaired, pdf.PagesLeft}, m.Kind) {
			return true
		}
	}
	return false
}

// pdfChips says what is to be said of a PDF beside the answer, once for each kind.
func (f Finding) pdfChips(add func(k ChipKind, en, ar string)) {
	if f.pdf == nil {
		return
	}
	if b := f.pdf.begins; b != nil && !b.Changes {
		add(ChipAdditions, "A file on record with later additions that do not change what is seen", "ملف مسجَّل أُضيف إليه لاحقاً ما لا يغيّر ما يُرى")
	} else if b != nil {
		add(ChipAdditions, "A file on record, changed by later additions", "ملف مسجَّل غيّرته إضافات لاحقة")
	}
	if f.pdf.Seen == pdf.SeenIssued {
		add(ChipPDF, "Its pages look, to the pixel, like those of the PDF that was issued", "تبدو صفحاته، نقطةً بنقطة، كصفحات ملف PDF الصادر")
	}
	if sig := f.pdf.Signature; sig != nil && !sig.Sound() {
		add(ChipPDF, "The file itself carries no valid signature; the words answer", "لا يحمل الملف نفسه توقيعاً صحيحاً؛ والجواب عن الكلمات")
	}
	for _, k := range pdf.Remarks() {
		if f.pdf.Has(k) && k != pdf.Additions && !(k == pdf.PictureOnly && f.pdf.Seen.Sure()) {
			add(ChipPDF, remarkWords[k].EN, remarkWords[k].AR)
		}
	}
}
