package sealing

import (
	"fmt"
	"time"

	"chancery.example/cmd/chancery/internal/plain"
	"chancery.example/internal/pdf/tsa"
	"chancery.example/internal/seals"
)

// show says what there is.
func (p *Call) show() error {
	s, err := p.Keeper.State()
	if err != nil {
		return err //nolint:wrapcheck // says what it read
	}
	if len(s.Keys) == 0 {
		p.say("there is no seal key: \"chancery office seals %s new-key --from now\" makes one", p.Keeper.Office)
	}
	for _, k := range s.Keys {
		p.key(k)
	}
	switch {
	case s.Stamp.Address == "":
		p.say("timestamps: none")
	default:
		p.say("timestamps: %s, within %s%s%s", plain.Safe(s.Stamp.Address), waits(s.Stamp.Timeout), under(s.Stamp.Policy), by(s))
	}
	if s.CRLs+s.OCSPs == 0 {
		p.say("for the long term: nothing but certificates")
	} else {
		p.say("for the long term: %d revocation lists and %d answers, good until %s", s.CRLs, s.OCSPs, s.GoodUntil.UTC().Format(time.RFC3339))
	}
	p.say("%s", demands[s.Require])
	return nil
}

func (p *Call) key(k seals.KeyState) {
	state := "from " + k.From.Format(time.RFC3339)
	switch {
	case k.InUse:
		state = "seals"
	case k.From.IsZero():
		state = "waits for certificates"
	case k.From.Before(p.Keeper.Now()):
		state = "sealed until another key did"
	}
	where := ""
	if k.Program != "" {
		where = ", with the signer " + plain.Safe(k.Program)
	}
	p.say("key %s: %s%s", k.Name, state, where)
	if k.Problem != nil {
		p.say("    %s", plain.Safe(k.Problem.Error()))
	}
	for i, c := range k.Chain {
		whose := "issued by " + plain.Safe(seals.NameOf(c.Issuer))
		if k.Own {
			whose = "by the office itself"
		}
		p.say("    %s, %s, from %s to %s", plain.Safe(seals.NameOf(c.Subject)), whose, c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly))
		if i == 0 {
			p.say("    SHA-256 %s", seals.Fingerprint(c))
		}
	}
}

func waits(d time.Duration) time.Duration {
	if d == 0 {
		return tsa.DefaultTimeout
	}
	return d
}

func under(policy string) string {
	if policy == "" {
		return ""
	}
	return ", under the policy " + policy
}

func by(s seals.State) string {
	if s.StampEnd.IsZero() {
		return ", by whoever answers there"
	}
	return fmt.Sprintf(", by the authority that is expected, until %s", s.StampEnd.UTC().Format(time.DateOnly))
}
