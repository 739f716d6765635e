package papercode

import (
	"fmt"
	"strings"
)

// A Claim is what a code on paper says of it, beside what the reader's register
// has.
type Claim struct {
	Judged
	Office [2]string // its name in English and Arabic, when it is known
	// Reference and Revision are what the code names, when it is Genuine, or what it
	// opens, when it is Opening.
	Reference string
	Revision  uint32
	Public    bool      // the register has a public letter of that reference
	MadeUp    bool      // the register knows that letter's check, and this is not it
	Ended     [2]string // what became of that letter, when it is not in force: a noun
	Elsewhere bool      // the words of the paper were found in another record
	Opens     bool      // an Opening that opens a commitment of this register ...
	On        [2]string // ... which was put on record on this day
	Held      bool      // the words of the paper were found in a text of that letter
	Told      bool      // what it opens is told beside it, at length
}

// Says is what a reader is told of a code, in English and Arabic (MUST-8, MUST-9,
// MUST-13). None of it is about the words of the paper.
func (c Claim) Says() (en, ar string) {
	switch c.Verdict {
	case Genuine:
		return c.genuine()
	case Foreign:
		return c.foreign()
	case Unknown:
		return fmt.Sprintf("A code on the paper leads to a page of %s that is no code of a letter: %s. Nothing was opened.", c.Registered[0], c.Shown),
			fmt.Sprintf("يقود رمز على الورقة إلى صفحة لدى %s ليست رمز رسالة: %s. لم يُفتح شيء.", ltr(c.Registered[0]), ltr(c.Shown))
	case Opening:
		return c.opening()
	case Other:
	}
	return "", ""
}

const (
	compareEN = " A code can be copied onto any paper: only the words tell, so compare them."
	compareAR = " يمكن نسخ الرمز على أي ورقة: الكلمات وحدها هي الفيصل، فقارنها."
)

func (c Claim) genuine() (en, ar string) {
	en = fmt.Sprintf("The paper claims to be revision %d of %s of %s: so says its code.", c.Revision, c.Reference, c.Office[0])
	ar = fmt.Sprintf("تزعم الورقة أنها المراجعة %d من %s لدى %s: هكذا يقول رمزها.", c.Revision, ltr(c.Reference), c.Office[1])
	switch {
	case c.MadeUp:
		en += " That code is not the one of that letter: somebody made it up."
		ar += " وليس هذا رمز تلك الرسالة: لقد اختلقه أحد."
	case c.Elsewhere:
		en += " Its words are those of another record."
		ar += " أما كلماتها فكلمات سجل آخر."
	case !c.Public:
		en += " No letter of that reference is public in this register."
		ar += " ولا توجد في هذا السجل رسالة علنية بهذا المرجع."
	case c.Ended[0] != "":
		en += " On record under that reference: " + c.Ended[0] + "."
		ar += " والمسجَّل تحت هذا المرجع: " + c.Ended[1] + "."
	}
	return en + compareEN, ar + compareAR
}

func (c Claim) foreign() (en, ar string) {
	var at []string
	for _, r := range c.Registered {
		at = append(at, "https://"+r)
	}
	en = fmt.Sprintf("A code on the paper leads to %s, which is no address of an office of this register. Do not follow it", c.Shown)
	ar = fmt.Sprintf("يقود رمز على الورقة إلى %s، وهو ليس عنواناً لجهة في هذا السجل. لا تتبعه", ltr(c.Shown))
	switch {
	case len(at) == 0:
		return en + ".", ar + "."
	case c.Alike:
		return en + ": it resembles the registered address, which is " + at[0] + ".", ar + ": إنه يشبه العنوان المسجَّل، وهو " + ltr(at[0]) + "."
	}
	return en + ": registered are " + strings.Join(at, ", ") + ".", ar + ": المسجَّل هو " + ltr(strings.Join(at, ", ")) + "."
}

func (c Claim) opening() (en, ar string) {
	if !c.Opens {
		return "A draft-opening code on the paper opens nothing in this register.", "على الورقة رمز فتح مسودة لا يفتح شيئاً في هذا السجل."
	}
	if c.Told {
		return fmt.Sprintf("Draft-opening code on the paper: it opens revision %d of %s of %s", c.Revision, c.Reference, c.Office[0]),
			fmt.Sprintf("رمز فتح مسودة على الورقة: يفتح المراجعة %d من %s لدى %s", c.Revision, c.Reference, c.Office[1])
	}
	en = fmt.Sprintf("The draft-opening code on the paper shows that a draft of %s of %s, revision %d, was put on record on %s.", c.Reference, c.Office[0], c.Revision, c.On[0])
	ar = fmt.Sprintf("يُظهر رمز فتح المسودة على الورقة أن مسودة من %s لدى %s، المراجعة %d، سُجلت في %s.", ltr(c.Reference), c.Office[1], c.Revision, c.On[1])
	if c.Ended[0] != "" {
		en += " On record under that reference: " + c.Ended[0] + "."
		ar += " والمسجَّل تحت هذا المرجع: " + c.Ended[1] + "."
	}
	if c.Held {
		return en, ar
	}
	return en + " Whether these are its words the code does not show; they were not held against it.",
		ar + " ولا يُظهر الرمز هل هذه كلماتها؛ ولم تُقارن بها."
}

// ltr keeps what is written from left to right together within Arabic.
func ltr(s string) string { return "\u2066" + s + "\u2069" }
