package doctor

import (
	"fmt"
	"os/exec"
	"time"

	"chancery.example/internal/folder"
	"chancery.example/internal/seals"
)

// Ages of what seals rest on. An authority takes weeks to issue a certificate.
const (
	sealCertificateSoon = 60 * 24 * time.Hour
	longTermSoon        = 2 * 24 * time.Hour
)

// seals looks at what puts the electronic seals on an office's PDFs. No signer and no
// server is asked: "chancery office seals NAME try" does that.
func (out *Findings) seals(f folder.Folder, officeID string, now time.Time) {
	name := "seals of " + officeID
	s, err := seals.Keeper{Folder: f, Office: officeID, Now: func() time.Time { return now }}.State()
	if err != nil {
		out.add(name, Bad, err.Error(), "no letter can be put up for approval as a PDF", "put the file right, or back from where \"chancery backup --keys\" put it")
		return
	}
	without := "PDFs are issued without a seal, and their letters' journals say so"
	if s.Require != seals.Nothing {
		without = "no letter can be put up for approval as a PDF"
	}
	var used *seals.KeyState
	for i, k := range s.Keys {
		if k.InUse {
			used = &s.Keys[i]
		}
	}
	do := "chancery office seals " + officeID + " request and import; docs/operate/seals.md"
	switch {
	case len(s.Keys) == 0:
		out.ok(name, "there are none")
		return
	case used == nil:
		out.add(name, Warn, "no key is in use", without, "chancery office seals "+officeID)
		return
	case used.Problem != nil:
		out.add(name, Bad, used.Problem.Error(), without, "put the file back from where \"chancery backup --keys\" put it, or make a new key: chancery office seals "+officeID+" new-key --from now")
		return
	}
	if used.Program != "" {
		if _, err := exec.LookPath(used.Program); err != nil {
			out.add(name, Bad, "the program that signs is not there: "+err.Error(), without, "put it back, and try it: chancery office seals "+officeID+" try")
			return
		}
	}
	found := len(*out)
	for _, c := range used.Chain {
		whose := "the certificate of " + seals.NameOf(c.Subject)
		switch {
		case now.After(c.NotAfter):
			out.add(name, Bad, fmt.Sprintf("%s ended on %s", whose, c.NotAfter.Format(time.DateOnly)), without, do)
		case now.Before(c.NotBefore):
			out.add(name, Bad, fmt.Sprintf("%s begins on %s", whose, c.NotBefore.Format(time.DateOnly)), without, "see that the clock is right")
		case now.Add(sealCertificateSoon).After(c.NotAfter):
			out.add(name, Warn, fmt.Sprintf("%s ends on %s", whose, c.NotAfter.Format(time.DateOnly)), "from then on "+without, do)
		}
	}
	switch {
	case s.StampEnd.IsZero():
	case now.Add(sealCertificateSoon).After(s.StampEnd):
		out.add(name, Warn, "a certificate of the timestamp server's authority ends on "+s.StampEnd.Format(time.DateOnly), "its timestamps are refused then", "get the new one from its keeper: chancery office seals "+officeID+" stamp ADDRESS --authority FILE")
	}
	if !s.GoodUntil.IsZero() && now.Add(longTermSoon).After(s.GoodUntil) {
		out.add(name, Warn, "what authorities said of revocation is good until "+s.GoodUntil.UTC().Format(time.RFC3339), "PDFs are sealed without it then", "chancery office seals "+officeID+" long-term fetch, from a timer")
	}
	if len(*out) == found {
		out.ok(name, "the certificate is good until %s", used.Chain[0].NotAfter.Format(time.DateOnly))
	}
}
