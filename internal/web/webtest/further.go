package webtest

import (
	"strings"
	"testing"

	"chancery.example/letter"
	"chancery.example/register"
)

// Further words, for findings that say more than that a copy is the same or is
// not.
const (
	// Harbour is a letter of several paragraphs.
	Harbour = `Lighthouse Authority of Ras Amal

To the masters of all vessels

The northern channel is dredged from Monday 16 March 2026 until the end of the month. Vessels of more than 40 metres must wait outside the mole until the pilot has called them in.

It is not true that the harbour dues are to be raised this year. The tariff that was printed in January stays in force for all vessels, whatever their flag, and nobody may ask for more.

The tugs of the Authority answer on radio channel 12 by day and on channel 16 by night. Masters who cannot reach them shall show two black balls at the yard and keep clear of the fairway.

Provisions are brought on board at the eastern quay alone. Boats that come alongside elsewhere in the roads have no leave of the Authority to do so.

` + Formula + `

Amal Rashid
Director
`
	HarbourArabic = `هيئة منائر رأس أمل

إلى ربابنة السفن كافة

تُعمَّق القناة الشمالية ابتداءً من الاثنين 16 آذار/مارس 2026 حتى نهاية الشهر. وعلى السفن التي يزيد طولها على 40 متراً أن تنتظر خارج الرصيف حتى يستدعيها المرشد.

ليس صحيحاً أن رسوم الميناء ستُرفع هذا العام. وتبقى التعرفة المطبوعة في كانون الثاني/يناير سارية على السفن كافة أياً كان علمها، ولا يجوز لأحد أن يطلب أكثر منها.

تجيب قاطرات الهيئة على القناة اللاسلكية 12 نهاراً وعلى القناة 16 ليلاً. وعلى الربابنة الذين يتعذّر عليهم الاتصال بها أن يرفعوا كرتين سوداوين على السارية وأن يبتعدوا عن الممر الملاحي.

تُنقل المؤن إلى السفن عند الرصيف الشرقي وحده. وليس للقوارب التي تقترب في غيره من المرسى إذن من الهيئة بذلك.

أمل راشد
المديرة
`
	// Buoy is a letter whose opened draft says 45 metres.
	Buoy = `Lighthouse Authority of Ras Amal

The wreck of the Salwa lies 40 metres from the fairway. A green buoy marks it by day, and three lamps by night; nobody may anchor or fish between the buoy and the shore.

Amal Rashid
Director
`
	// Storm is a letter from which a copy of Harbour may be spliced.
	Storm = `Lighthouse Authority of Ras Amal

The storm signal at the south light is hoisted as soon as the wind passes eight degrees. Fishing boats return to the inner basin within the hour, and no boat leaves it before the signal has been lowered again.

` + Formula + `

Amal Rashid
Director
`
	// Formula stands in six letters.
	Formula = "The Authority takes this occasion to renew to all masters the assurance of its readiness to answer whatever questions they may have."
)

// NewFurther returns the whole register with further letters: a long one, one
// in two revisions that differ in a number, one to splice with the first, and
// several that share a formula.
func NewFurther(t testing.TB) *Register {
	t.Helper()
	r := New(t)
	o := r.offices["lights"]
	harbour := &paper{ref: "LA-2026-010"}
	r.seal(o, harbour, map[letter.Lang]string{"en": Harbour, "ar": HarbourArabic}, "en")
	r.issue(o, harbour, nil)
	buoy := &paper{ref: "LA-2026-009"}
	r.seal(o, buoy, map[letter.Lang]string{"en": strings.Replace(Buoy, "40 metres", "45 metres", 1)}, "")
	r.open(o, buoy, 1)
	r.seal(o, buoy, map[letter.Lang]string{"en": Buoy}, "")
	r.issue(o, buoy, nil)
	texts := []string{
		Storm,
		"To the keeper of the north light.\n\nThe oil for the lamp is fetched on Thursday.\n\n" + Formula + "\n",
		"To the harbour master.\n\nThe buoy at the wreck is painted green again.\n\n" + Formula + "\n",
		"To the owners of the ferry.\n\nThe landing stage opens after the repairs of its piles.\n\n" + Formula + "\n",
		"To the school of pilots.\n\nExaminations are held in the custom house.\n\n" + Formula + "\n",
	}
	for i, text := range texts {
		p := &paper{ref: letter.Ref("LA-2026-01" + string(rune('1'+i)))}
		r.seal(o, p, map[letter.Lang]string{"en": text}, "")
		r.issue(o, p, nil)
	}
	if ps := r.Problems(); len(ps) > 0 {
		t.Fatalf("the register of the tests is broken: %v", ps)
	}
	return r
}

// Issue seals and issues one more letter of an office, in English.
func (r *Register) Issue(id string, ref letter.Ref, text string) {
	r.t.Helper()
	p := &paper{ref: ref}
	r.seal(r.offices[id], p, map[letter.Lang]string{"en": text}, "")
	r.issue(r.offices[id], p, nil)
}

// Withdraw withdraws a letter that Issue issued or that stands in the register.
func (r *Register) Withdraw(id string, ref letter.Ref, why string) {
	r.t.Helper()
	o := r.offices[id]
	snap, err := r.Snapshot(r.t.Context())
	r.must(err)
	l, ok := snap.State().Letter(o.uri, ref)
	if !ok || len(l.Issues) == 0 {
		r.t.Fatalf("%s has no issued letter %s", id, ref)
	}
	i := l.Issues[0].Index
	target := register.Target{Office: o.uri, Reference: ref, Index: i, Leaf: r.entries[i].Entry.LeafHash()}
	r.act(o, register.LetterSubject(Origin, o.uri, ref), func(a register.Approvals) register.Body {
		return register.Withdraw{Target: target, Approvals: a, Reason: register.Words{"en": why}}
	})
}
