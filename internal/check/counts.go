package check

import (
	"fmt"
	"strings"

	"chancery.example/register"
)

// count sums up a reading sheet.
func count(qs []Quotation) *Counts {
	c := &Counts{}
	for _, q := range qs {
		if !q.Marked {
			c.Unmarked++
			continue
		}
		c.Quotations++
		c.OtherVoice += boolean(q.Note == OtherSpeaker)
		c.Edited += boolean(q.edited())
		switch {
		case q.Standing == nil:
			c.TooShort++
		case *q.Standing == register.NoRegister:
			c.NoRegister++
		case q.Match == None || q.Match == Resembles:
			c.NotFound++
		default:
			c.OnRecord++
			c.Altered += boolean(q.Match == Altered)
			switch *q.Standing {
			case register.DraftOpened, register.DraftClosed, register.DraftReplaced:
				c.OfDrafts++
			default:
			}
		}
	}
	return c
}

// summary is the counts in words. What adds up to the number of quotations
// stands in the first sentence; what overlaps with it, or is no quotation, in
// sentences of its own.
func summary(c Counts) Words {
	noun := counted(c.Quotations, quotation)
	if c.Quotations == 0 {
		noun = Words{"No quotation", "لا اقتباسات"}
	}
	var en, ar []string
	add := func(n int, one, many, arabic string) {
		if n > 0 {
			en, ar = append(en, numbered(n, one, many)), append(ar, fmt.Sprintf("%s: %d", arabic, n))
		}
	}
	if c.Quotations > 0 {
		onRecord := onRecord(c)
		en, ar = append(en, onRecord.EN), append(ar, onRecord.AR)
	}
	add(c.NoRegister, "by somebody who keeps no register", "by people who keep no register", "لأشخاص لا سجل لهم")
	add(c.NotFound, "not on record", "not on record", "ليست في السجل")
	add(c.TooShort, "too short", "too short", "أقصر من أن تُعرف")
	out := noun
	if len(en) > 0 {
		out = Words{noun.EN + ": " + strings.Join(en, "; "), noun.AR + ". " + strings.Join(ar, "؛ ")}
	}
	out = Words{out.EN + ".", out.AR + "."}
	if c.OtherVoice > 0 {
		out.EN += " " + numbered(c.OtherVoice, "of them is credited to somebody else.", "of them are credited to somebody else.")
		out.AR += fmt.Sprintf(" منسوبة إلى غير صاحبها: %d.", c.OtherVoice)
	}
	if c.Edited > 0 {
		out.EN += " In " + numbered(c.Edited, "of them the report’s own cuts or brackets may change the sense.", "of them the report’s own cuts or brackets may change the sense.")
		out.AR += fmt.Sprintf(" اقتباسات قد يتغيّر معناها بما حذفه الخبر أو وضعه بين معقوفين: %d.", c.Edited)
	}
	if c.Unmarked > 0 {
		out.EN += " Besides, " + numbered(c.Unmarked, "passage is taken over", "passages are taken over") + " without quotation marks."
		out.AR += fmt.Sprintf(" وفضلاً عنها، مقاطع منقولة دون علامات اقتباس: %d.", c.Unmarked)
	}
	return out
}

// onRecord is the part of a summary about quotations that are on record.
func onRecord(c Counts) Words {
	w := Words{fmt.Sprintf("%d on record", c.OnRecord), fmt.Sprintf("في السجل: %d", c.OnRecord)}
	if c.OfDrafts > 0 {
		w.EN += fmt.Sprintf(", %d of them of a draft", c.OfDrafts)
		w.AR += fmt.Sprintf("، منها من مسودات: %d", c.OfDrafts)
	}
	if c.Altered > 0 {
		w.EN += fmt.Sprintf(", %d with differences", c.Altered)
		w.AR += fmt.Sprintf("، ومنها ما فيه اختلاف: %d", c.Altered)
	}
	return w
}

func numbered(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
