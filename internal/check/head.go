package check

import (
	"fmt"
	"slices"
	"time"

	"chancery.example/register"
)

// A Trouble is what keeps a head of the log from carrying an answer.
type Trouble string

// The troubles, the gravest first.
const (
	NoTrouble   Trouble = ""
	Forked      Trouble = "fork"        // the newest head and the witnessed one do not fit
	Unwitnessed Trouble = "unwitnessed" // no head meets the reader's quorum
	Undated     Trouble = "undated"     // nothing that the reader trusts says how old the head is
	Stale       Trouble = "stale"       // the newest proof is older than the reader's bound
)

// Trouble says what is wrong with the head for who reads at a moment
// (witness.md MUST-12 to MUST-14). The age of an exercise's head, on its simulated
// clock, says nothing.
func (c *CheckpointView) Trouble(at time.Time, exercise bool) Trouble {
	switch {
	case c == nil:
	case c.Fork != nil:
		return Forked
	case c.Needed > 0 && c.WitnessedSize == 0:
		return Unwitnessed
	case c.FreshFor == 0 || exercise:
	case c.ProvenAt() == nil:
		return Undated
	case at.Sub(*c.ProvenAt()) > time.Duration(c.FreshFor)*time.Second:
		return Stale
	}
	return NoTrouble
}

// ProvenAt is the time of the newest proof: when the reader's quorum of witnesses
// last knew of no later head, or, where no witness is asked for, what the
// register's own clock says. Nil when there is none.
func (c *CheckpointView) ProvenAt() *time.Time {
	if c.Needed > 0 {
		return c.WitnessedAt
	}
	return c.Time
}

// Rests returns what can be said of a standing that rests on the head: with two
// heads that do not fit everything on record is in conflict; without the reader's
// witnesses nothing could be checked; and an old head cannot say what is in force,
// or not on record, or not issued, today. What no later entry takes back stands.
func (c *CheckpointView) Rests(st register.Standing, at time.Time, exercise bool) register.Standing {
	trouble := c.Trouble(at, exercise)
	switch st {
	case register.CannotCheck, register.Conflict:
		if trouble == Unwitnessed {
			return register.CannotCheck
		}
	case register.NotOnRecord, register.NoRegister:
		if trouble != NoTrouble {
			return register.CannotCheck
		}
	case register.InForce, register.Embargoed, register.Stated, register.DraftOpened, register.DraftClosed:
		switch trouble {
		case NoTrouble:
		case Forked:
			return register.Conflict
		case Unwitnessed, Undated, Stale:
			return register.CannotCheck
		}
	case register.Withdrawn, register.Superseded, register.Disavowed, register.Retracted, register.Expired, register.DraftReplaced, register.Lookalike:
		switch trouble {
		case NoTrouble, Undated, Stale:
		case Forked:
			return register.Conflict
		case Unwitnessed:
			return register.CannotCheck
		}
	}
	return st
}

// Why says in words why a head does not carry an answer; no words when it does.
func (c *CheckpointView) Why(t Trouble) Words {
	switch t {
	case Forked:
		return Words{
			fmt.Sprintf("Two heads that this log signed do not fit together: one over %d entries, which is shown here, and one over %d, which witnesses have seen. Keep both: they prove that the log shows different people different things.", c.Fork.Size, c.Fork.WitnessedSize),
			fmt.Sprintf("وقّع هذا الدفتر رأسين لا يتوافقان: أحدهما على قيود عددها %d وهو المعروض هنا، والآخر على قيود عددها %d وقد اطّلع عليه الشهود. احتفظ بكليهما: فهما إثبات على أن الدفتر يُظهر للناس روايات مختلفة.", c.Fork.Size, c.Fork.WitnessedSize),
		}
	case Unwitnessed:
		return Words{
			fmt.Sprintf("Too few of the witnesses that you trust vouch for this log: %d, and %d are needed.", c.Witnesses, c.Needed),
			fmt.Sprintf("الشهود الموثوقون لديك على هذا الدفتر أقل من المطلوب: عددهم %d والمطلوب %d.", c.Witnesses, c.Needed),
		}
	case Undated:
		return Words{
			"Nothing that you trust says how old this copy of the log is: your policy names neither the register's clock nor a witness.",
			"لا شيء مما تثق به يبيّن عمر هذه النسخة من الدفتر: فسياستك لا تسمّي ساعة السجل ولا شاهداً.",
		}
	case Stale:
		when := moment(*c.ProvenAt())
		return Words{
			fmt.Sprintf("The newest proof is from %s, older than %s: what was recorded since cannot be seen from here.", when.EN, span(c.FreshFor).EN),
			fmt.Sprintf("أحدث إثبات تاريخه %s، وعمره أكثر من %s: فلا يُرى من هنا ما سُجّل بعده.", when.AR, span(c.FreshFor).AR),
		}
	case NoTrouble:
	}
	return Words{}
}

// span writes a number of seconds in the largest unit that fits.
func span(seconds int64) Words {
	for _, u := range []struct {
		seconds int64
		unit    Words
	}{{86400, Words{"d", "يوم"}}, {3600, Words{"h", "ساعة"}}, {60, Words{"min", "دقيقة"}}} {
		if seconds >= u.seconds && seconds%u.seconds == 0 {
			return Words{fmt.Sprintf("%d %s", seconds/u.seconds, u.unit.EN), fmt.Sprintf("%d %s", seconds/u.seconds, u.unit.AR)}
		}
	}
	return Words{fmt.Sprintf("%d s", seconds), fmt.Sprintf("%d ثانية", seconds)}
}

// rests is CheckpointView.Rests of the snapshot's head.
func (s *Snapshot) rests(st register.Standing, at time.Time) register.Standing {
	return s.checkpoint.Rests(st, at, s.state.Exercise())
}

// At returns the snapshot as it rests on another head over the same entries.
func (s *Snapshot) At(cp *CheckpointView) *Snapshot {
	next := *s
	next.checkpoint = cp
	return &next
}

// headChips say which head of the log the answer rests on.
func (s *Snapshot) headChips(f Finding, add func(k ChipKind, en, ar string)) {
	cp := s.checkpoint
	if cp == nil {
		return
	}
	t := s.asOf(f.CheckedAt)
	add(ChipAsOf, fmt.Sprintf("As of %s, %d entries", t.EN, cp.Size), fmt.Sprintf("حتى %s؛ عدد القيود: %d", t.AR, cp.Size))
	switch trouble := cp.Trouble(f.CheckedAt, s.state.Exercise()); trouble {
	case Forked:
		why := cp.Why(trouble)
		add(ChipFork, why.EN, why.AR)
	case Undated, Stale:
		why := cp.Why(trouble)
		add(ChipStale, why.EN, why.AR)
	case NoTrouble, Unwitnessed:
	}
	s.witnessChip(f, add)
	if cp.OwnKeys {
		add(ChipOwnKeys, "Checked with the register's own keys, not with keys of yours", "جرى التحقق بمفاتيح السجل نفسه، لا بمفاتيح من عندك")
	}
}

// witnessChip says who outside vouches for what the answer rests on.
func (s *Snapshot) witnessChip(f Finding, add func(k ChipKind, en, ar string)) {
	cp := s.checkpoint
	switch {
	case cp.WitnessedSize > 0 && f.Record != nil && slices.ContainsFunc(f.Status.Entries, func(i register.Index) bool { return uint64(i) >= cp.WitnessedSize }):
		add(ChipNotYet, fmt.Sprintf("Not yet witnessed: witnesses have seen the first %d of %d entries", cp.WitnessedSize, cp.Size),
			fmt.Sprintf("لم يُشهد عليه بعد: اطّلع الشهود على أول القيود وعددها %d من %d", cp.WitnessedSize, cp.Size))
	case cp.WitnessedSize > 0 && cp.WitnessedSize < cp.Size:
		add(ChipWitnessed, fmt.Sprintf("Witnessed by %d (%d needed), the first %d of %d entries", cp.Witnesses, cp.Needed, cp.WitnessedSize, cp.Size),
			fmt.Sprintf("الشهود: %d (المطلوب: %d)، على أول القيود وعددها %d من %d", cp.Witnesses, cp.Needed, cp.WitnessedSize, cp.Size))
	case cp.WitnessedSize > 0:
		add(ChipWitnessed, fmt.Sprintf("Witnessed by %d (%d needed)", cp.Witnesses, cp.Needed), fmt.Sprintf("الشهود: %d (المطلوب: %d)", cp.Witnesses, cp.Needed))
	case cp.Needed == 0:
		add(ChipUnwitnessed, "Unwitnessed: nobody outside vouches for this log", "بلا شهود: لا شاهد من الخارج على هذا الدفتر")
	default:
		add(ChipUnwitnessed, fmt.Sprintf("Too few witnesses: %d of %d needed", cp.Witnesses, cp.Needed), fmt.Sprintf("شهود دون العدد المطلوب: %d من %d", cp.Witnesses, cp.Needed))
	}
}
