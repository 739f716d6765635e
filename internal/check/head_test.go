package check

import (
	"testing"
	"time"

	"chancery.example/register"
)

// heads are a good head and one with each trouble.
func heads(now time.Time) map[Trouble]*CheckpointView {
	old := now.Add(-25 * time.Hour)
	good := CheckpointView{Size: 9, Needed: 2, Witnesses: 2, WitnessedSize: 9, Time: &now, WitnessedAt: &now, FreshFor: 86400}
	forked, bare, stale := good, good, good
	forked.Fork = &Fork{Size: 9, WitnessedSize: 8}
	bare.Witnesses, bare.WitnessedSize, bare.WitnessedAt = 1, 0, nil
	stale.WitnessedAt = &old
	undated := CheckpointView{Size: 9, FreshFor: 86400}
	return map[Trouble]*CheckpointView{NoTrouble: &good, Forked: &forked, Unwitnessed: &bare, Stale: &stale, Undated: &undated}
}

// TestGreenNeedsAHead: what is in force is said of a head that is witnessed as the
// reader asks, fits and is fresh, and of no other (witness.md MUST-12 to MUST-14).
func TestGreenNeedsAHead(t *testing.T) {
	now := time.Unix(1_800_000_000, 0).UTC()
	final := map[register.Standing]bool{
		register.Withdrawn: true, register.Superseded: true, register.Disavowed: true, register.Retracted: true,
		register.Expired: true, register.DraftReplaced: true, register.Lookalike: true, register.Conflict: true,
	}
	for trouble, head := range heads(now) {
		if got := head.Trouble(now, false); got != trouble {
			t.Errorf("trouble %q, want %q", got, trouble)
		}
		why := head.Why(trouble)
		if (why.EN == "") != (trouble == NoTrouble) || (why.AR == "") != (why.EN == "") {
			t.Errorf("%q: %+v", trouble, why)
		}
		for _, st := range register.Standings() {
			want := st
			absent := st == register.NotOnRecord || st == register.NoRegister || st == register.CannotCheck
			switch {
			case trouble == NoTrouble:
			case trouble == Unwitnessed, absent:
				want = register.CannotCheck
			case trouble == Forked:
				want = register.Conflict
			case !final[st]:
				want = register.CannotCheck
			}
			if got := head.Rests(st, now, false); got != want {
				t.Errorf("%s, head %q: %s, want %s", st, trouble, got, want)
			}
			if v := VerdictOf(SameText, head.Rests(st, now, false)); trouble != NoTrouble && v.Intent == IntentInForce {
				t.Errorf("%s is green with a head that is %q", st, trouble)
			}
		}
	}
}

// TestAge: the bound is the reader's, an exercise has no age, and a time ahead of
// the reader's clock is no trouble (witness.md MUST-14).
func TestAge(t *testing.T) {
	now := time.Unix(1_800_000_000, 0).UTC()
	at := now.Add(-time.Hour)
	for _, c := range []struct {
		fresh    int64
		needed   int
		at       time.Time
		exercise bool
		want     Trouble
	}{
		{3600, 0, now, false, NoTrouble},
		{3599, 0, now, false, Stale},
		{3599, 0, now, true, NoTrouble},
		{0, 0, now.AddDate(9, 0, 0), false, NoTrouble},
		{1, 0, at.Add(-time.Hour), false, NoTrouble},
		{1, 2, now, false, Unwitnessed},
		{1, 2, now, true, Unwitnessed},
	} {
		head := &CheckpointView{Size: 1, Time: &at, FreshFor: c.fresh, Needed: c.needed}
		if got := head.Trouble(c.at, c.exercise); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	// Under a policy with witnesses the register's own clock proves no age.
	old := now.Add(-48 * time.Hour)
	head := &CheckpointView{Size: 1, Time: &now, WitnessedAt: &old, WitnessedSize: 1, Needed: 1, Witnesses: 1, FreshFor: 86400}
	if got := head.Trouble(now, false); got != Stale {
		t.Errorf("witnesses are two days old, the clock is not: %q", got)
	}
}

func TestSpan(t *testing.T) {
	for seconds, want := range map[int64]string{86400: "1 d", 3600: "1 h", 90 * 60: "90 min", 45: "45 s", 86400 * 30: "30 d"} {
		if got := span(seconds).EN; got != want {
			t.Errorf("%d: %s, want %s", seconds, got, want)
		}
	}
}
