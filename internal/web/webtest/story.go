package webtest

import (
	"testing"
	"time"

	"chancery.example/commitment"
	"chancery.example/letter"
	"chancery.example/register"
)

// Words of the register that tests check.
const (
	InForce = `Lighthouse Authority of Ras Amal

To the masters of all vessels

From 9 March 2026 the light on the north mole is lit from 17:30 to 06:15 each night. Vessels of more than 40 metres must not enter the inner basin before the pilot is on board.

Keep radio channel 14 open at all times.

Amal Rashid
Director
`
	InForceArabic = `هيئة منائر رأس أمل

إلى ربابنة السفن كافة

ابتداءً من 9 آذار/مارس 2026 يُضاء منار الرصيف الشمالي من الساعة 17:30 إلى الساعة 06:15 كل ليلة. ولا يجوز للسفن التي يزيد طولها على 40 متراً أن تدخل الحوض الداخلي قبل صعود المرشد.

تبقى القناة اللاسلكية 14 مفتوحة في كل وقت.

أمل راشد
المديرة
`
	// InForceAltered is InForce with a number changed and a negation left out.
	InForceAltered = `Lighthouse Authority of Ras Amal

To the masters of all vessels

From 9 March 2026 the light on the north mole is lit from 17:30 to 06:15 each night. Vessels of more than 60 metres must enter the inner basin before the pilot is on board.

Keep radio channel 14 open at all times.

Amal Rashid
Director
`
	Superseded = `Lighthouse Authority of Ras Amal

The light on the north mole is lit from sunset to sunrise. Vessels wait outside the mole until the tide has turned and the harbour master has given leave.

Amal Rashid
Director
`
	Withdrawn = `Lighthouse Authority of Ras Amal

Painting of the west tower begins on 16 March 2026 and lasts three weeks; the lamp stays dark on four nights in that time.

Amal Rashid
Director
`
	DraftOne = `Lighthouse Authority of Ras Amal

Sir,

in due deference to your request we shall move the lamp keepers from the island to the mainland over the coming days and weeks, and leave the south light to automatic service.

Amal Rashid
Director
`
	DraftArabic = `هيئة منائر رأس أمل

سيدي،

نزولاً عند طلبكم سننقل حرّاس المنار من الجزيرة إلى البر خلال الأيام المقبلة، ونترك المنار الجنوبي للتشغيل الآلي.

أمل راشد
المديرة
`
	DraftTwo = `Lighthouse Authority of Ras Amal

Sir,

we have read your request about the lamp keepers of the island. A decision will be taken after the winter storms, and not before the keepers have been heard.

Amal Rashid
Director
`
	Forged = `Lighthouse Authority of Ras Amal

Notice: every foreign vessel must leave the roads of Ras Amal by noon on Friday. Anchors that are not raised will be cut.
`
	Statement = "That page is a draft. It carries no signature, and nothing in it has been ordered."
)

// New returns the whole register.
func New(t testing.TB) *Register {
	t.Helper()
	r := begin(t)
	r.enrol("lights", "Lighthouse Authority of Ras Amal", "هيئة منائر رأس أمل")
	r.enrol("ministry", "Ministry of Ports", "وزارة الموانئ")
	r.enrol("courier", "The Mole Courier, a newsroom", "صحيفة بريد الرصيف")
	lights := r.offices["lights"]
	r.issuedLetters(lights)
	r.leakedDraft(lights)
	r.otherLetters(lights)
	if ps := r.Problems(); len(ps) > 0 {
		t.Fatalf("the register of the tests is broken: %v", ps)
	}
	return r
}

func (r *Register) issuedLetters(o *office) {
	old := &paper{ref: "LA-2026-001"}
	r.seal(o, old, map[letter.Lang]string{"en": Superseded}, "")
	r.issue(o, old, nil)
	gone := &paper{ref: "LA-2026-002"}
	r.seal(o, gone, map[letter.Lang]string{"en": Withdrawn}, "")
	r.issue(o, gone, nil)
	r.act(o, register.LetterSubject(Origin, o.uri, gone.ref), func(a register.Approvals) register.Body {
		return register.Withdraw{Target: gone.issued, Approvals: a,
			Reason: register.Words{"en": "The painters <em>cannot</em> come; the dates no longer hold.", "ar": "تعذّر حضور الدهّانين؛ لم تعد المواعيد قائمة."}}
	})
	current := &paper{ref: "LA-2026-004"}
	r.seal(o, current, map[letter.Lang]string{"en": InForce, "ar": InForceArabic}, "en")
	r.issue(o, current, func(b *register.Issue) { b.Supersedes = []register.Target{old.issued} })
}

// leakedDraft plays a draft that got out: received, seen, spoken about,
// opened, closed.
func (r *Register) leakedDraft(o *office) {
	ministry, courier := r.offices["ministry"], r.offices["courier"]
	p := &paper{ref: "LA-2026-003"}
	about := []register.Target{{Office: o.uri, Reference: p.ref}}
	r.seal(o, p, map[letter.Lang]string{"en": DraftOne, "ar": DraftArabic}, "en")
	copied := *letter.Find(p.pages[0].Disclose(), letter.TextField("en"))
	r.state(ministry, register.Statement{Type: register.Received, Of: []letter.Disclosure{copied},
		Texts: r.said(register.Words{"en": "Received today in English and Arabic. The two texts do not say the same.", "ar": "ورد اليوم بالإنجليزية والعربية. النصان لا يقولان الشيء نفسه."})})
	r.seal(o, p, map[letter.Lang]string{"en": DraftTwo}, "")
	r.state(courier, register.Statement{Type: register.Sighting, Of: []letter.Disclosure{r.leaf("en", DraftOne)}, Source: "three phones <script>alert(1)</script>",
		SeenAt: register.StampOf(r.at), Texts: r.said(register.Words{"en": "Published by us at this hour."})})
	holding := r.state(o, register.Statement{Type: register.Holding, Regarding: about, NextWordBy: register.StampOf(r.at.Add(2 * time.Hour)),
		Texts: r.said(register.Words{"en": "A paper is circulating. We are looking into it.", "ar": "هناك ورقة متداولة. ونحن ننظر في أمرها."})})
	r.open(o, p, 1, 2)
	r.state(o, register.Statement{Type: register.About, Regarding: about,
		Texts: r.said(register.Words{"en": Statement, "ar": "تلك الصفحة مسودة. لا تحمل توقيعاً ولم يصدر أمر بشيء مما فيها."})})
	r.state(ministry, register.Statement{Type: register.About, Regarding: about,
		Texts: r.said(register.Words{"en": "They tell us it was only a draft, yet this is the letter we were handed."})})
	r.act(o, register.OfficeSubject(o.uri), func(a register.Approvals) register.Body {
		return register.Retract{Target: holding, Approvals: a, Reason: register.Words{"en": "The matter is settled.", "ar": "انتهى الأمر."}}
	})
	r.act(o, register.LetterSubject(Origin, o.uri, p.ref), func(a register.Approvals) register.Body {
		return register.DraftClose{Tag: closeTag(p), Reference: p.ref, Approvals: a}
	})
}

func (r *Register) otherLetters(o *office) {
	half := &paper{ref: "LA-2026-005"}
	r.seal(o, half, map[letter.Lang]string{"en": "The fog horn of the island will be tested on Sunday at ten in the morning.\n"}, "")
	r.seal(o, half, map[letter.Lang]string{"en": "The fog horn of the island will be tested on Monday at eleven in the morning.\n"}, "")
	r.open(o, half, 1)
	slashed := &paper{ref: "LA/2026/006"}
	r.seal(o, slashed, map[letter.Lang]string{"en": "The chart of the roads may be used until the new soundings are printed.\n"}, "")
	r.issue(o, slashed, func(b *register.Issue) { b.Expires = register.StampOf(Now.Add(-24 * time.Hour)) })
	later := &paper{ref: "LA-2026-007"}
	r.seal(o, later, map[letter.Lang]string{"en": "The secret of the embargo is that the lamp will be green from April.\n"}, "")
	r.issue(o, later, func(b *register.Issue) { b.NotBefore = register.StampOf(Now.Add(72 * time.Hour)) })
	hidden := &paper{ref: "LA-2026-008"}
	r.seal(o, hidden, map[letter.Lang]string{"en": "A draft that nobody outside may read before it is opened.\n"}, "")
	r.act(o, register.OfficeSubject(o.uri), func(a register.Approvals) register.Body {
		return register.Disavow{Texts: []letter.Disclosure{r.forged()}, Approvals: a,
			Reason: register.Words{"en": "This notice did not come from this office. Nobody has to leave the roads.", "ar": "هذا الإعلان ليس صادراً عن هذه الهيئة. ولا يتعين على أحد مغادرة المرسى."}}
	})
	same := &paper{ref: "LA-2026-004"}
	ministry := r.offices["ministry"]
	r.seal(ministry, same, map[letter.Lang]string{"en": "The ministry has its own letter under the same number.\n"}, "")
	r.issue(ministry, same, nil)
}

// forged returns the leaf of the forged text, the same however often it is
// asked for: what officers approve must be what is signed.
func (r *Register) forged() letter.Disclosure {
	if r.forgery.Hash.IsZero() {
		r.forgery = r.leaf("en", Forged)
	}
	return r.forgery
}

func closeTag(p *paper) letter.Hash { return commitment.CloseTag(p.tag) }
