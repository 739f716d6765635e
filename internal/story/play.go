package story

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/signing"
	"chancery.example/letter"
	"chancery.example/register"
)

// An Event is one act that was played, told in a line.
type Event struct {
	At     time.Time
	Office string
	Text   string
}

// A player holds what playing a story needs.
type player struct {
	story   *Scenario
	reg     *office.Register
	clock   time.Time
	keys    map[string]signing.OfficerKey // "harbour/legal"
	offices map[string]Office
	tell    func(Event)

	papers    *Papers
	current   string                 // office of the last draft
	reference letter.Ref             // of the last draft
	slips     map[string]office.Slip // by language and text
	owners    map[letter.Ref]string
}

// players maps the name of an act in a scenario to what plays it.
var players = map[string]func(*player, context.Context, Act) (string, error){
	"draft": (*player).draft, "seal": (*player).seal, "circulate": (*player).circulate,
	"revise": (*player).revise, "issue": (*player).issue, "withdraw": (*player).withdraw,
	"supersede": (*player).supersede, "received": (*player).received, "sighting": (*player).sighting,
	"collected": (*player).collected, "holding": (*player).holding, "statement": (*player).statement,
	"open": (*player).open, "close": (*player).close, "disavow": (*player).disavow,
}

func actNames() []string { return slices.Sorted(maps.Keys(players)) }

// Play makes a register in the new folder dir and plays all acts of the story in
// it, each at its own hour of a simulated clock (MUST-4). tell, when not nil, hears of
// each; forms makes the letters' PDFs. The officers' keys stay in dir/keys/officers. It
// returns what is on paper then.
func (s *Scenario) Play(ctx context.Context, dir string, forms office.Forms, tell func(Event)) (*Papers, error) {
	p := &player{
		story: s, clock: s.Acts[0].At.Add(-time.Hour), keys: map[string]signing.OfficerKey{}, offices: map[string]Office{},
		tell: tell, slips: map[string]office.Slip{}, owners: map[letter.Ref]string{}, papers: &Papers{issued: map[letter.Ref]issued{}},
	}
	if tell == nil {
		p.tell = func(Event) {}
	}
	first := s.Offices[0]
	origin := s.Origin
	if origin == "" {
		origin = fmt.Sprintf("letters.%s/story/%d", first.Domain, s.Acts[0].At.Year())
	}
	var err error
	p.reg, err = office.Init(ctx, dir, office.NewRegister{
		Origin: origin, Operator: register.Office("https://" + first.Domain),
		Name: register.Words{"en": oneLine(s.Title)}, Exercise: true, NoReceipts: true,
	}, office.Options{Clock: func() time.Time { return p.clock }, Forms: kept{forms, p.papers}})
	if err != nil {
		return nil, fmt.Errorf("playing %q: %w", s.Title, err)
	}
	err = p.all(ctx)
	if e := p.reg.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, fmt.Errorf("playing %q: %w", s.Title, err)
	}
	return p.papers, nil
}

func (p *player) all(ctx context.Context) error {
	for _, o := range p.story.Offices {
		if err := p.enrol(ctx, o); err != nil {
			return err
		}
	}
	for i, a := range p.story.Acts {
		p.clock = a.At
		if a.Office == "" {
			a.Office = p.current
		}
		told, err := players[a.Name](p, ctx, a)
		if err != nil {
			return fmt.Errorf("act %d (%s at %s): %w", i+1, a.Name, a.At.Format(time.RFC3339), err)
		}
		p.tell(Event{a.At, a.Office, told})
	}
	// So that readers can be shown that nothing came later, and what is not on record.
	if _, err := p.reg.LogMap(ctx); err != nil {
		return fmt.Errorf("logging what is on record: %w", err)
	}
	return nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func wordsOf(m map[string]string) register.Words {
	w := register.Words{}
	for l, s := range m {
		w[letter.Lang(l)] = oneLine(s)
	}
	return w
}

func (p *player) enrol(ctx context.Context, o Office) error {
	p.offices[o.ID] = o
	n := office.NewOffice{
		ID: o.ID, Office: register.Office("https://" + o.Domain), Domain: o.Domain, Name: wordsOf(o.Name),
		Policy: register.Policy{Speakers: o.Speakers}, Paper: office.PDFPaper,
	}
	for _, who := range o.Officers {
		k, err := signing.NewOfficerKey(rand.Reader, o.ID+"."+who.ID)
		if err != nil {
			return err
		}
		if err := k.Save(filepath.Join(p.reg.Folder().Dir, "keys", "officers", o.ID+"."+who.ID)); err != nil {
			return err
		}
		p.keys[o.ID+"/"+who.ID] = k
		var roles []register.Role
		for _, r := range who.Roles {
			roles = append(roles, register.Role(r))
		}
		n.Policy.Officers = append(n.Policy.Officers, register.Officer{
			ID: who.ID, Person: who.ID, Name: who.Name, Roles: roles, Keys: []string{k.Public().Line()},
		})
	}
	n.Policy = office.Policy(n.Policy.Officers, n.Policy.Speakers, max(o.ApprovalsNeeded, 1), max(o.StatementApprovalsNeeded, 1))
	_, err := p.reg.Enrol(ctx, n)
	return err
}

// holder returns the first officer of an office with a role.
func (p *player) holder(officeID string, roles ...register.Role) (string, error) {
	for _, r := range roles {
		for _, o := range p.offices[officeID].Officers {
			if slices.Contains(o.Roles, string(r)) {
				return o.ID, nil
			}
		}
	}
	return "", fmt.Errorf("office %s has no %s", officeID, roles[0])
}

// carry approves a request, by the officers whom the act names or as many as the
// policy asks for, and performs it.
func (p *player) carry(ctx context.Context, a Act, q office.Request, by string) error {
	officers := a.ApprovedBy
	if len(officers) > 0 && a.By != "" {
		officers = append([]string{a.By}, officers...)
	}
	if len(officers) == 0 {
		for _, o := range p.offices[a.Office].Officers {
			officers = append(officers, o.ID)
		}
		// Press officers first: they are the ones awake.
		slices.SortStableFunc(officers, func(x, y string) int { return p.rank(a.Office, x) - p.rank(a.Office, y) })
	}
	for _, id := range officers {
		if q.Ready {
			break
		}
		sig, err := p.keys[a.Office+"/"+id].Approve(q.Statement)
		if err != nil {
			return err
		}
		next, err := p.reg.Approve(ctx, q.ID, id, sig)
		if err != nil && len(a.ApprovedBy) > 0 {
			return err
		}
		if err == nil {
			q = next
		}
	}
	_, err := p.reg.Perform(ctx, q.ID, by)
	return err
}

func (p *player) rank(officeID, id string) int {
	for _, o := range p.offices[officeID].Officers {
		if o.ID == id && slices.Contains(o.Roles, string(register.RolePress)) {
			return 0
		}
	}
	return 1
}
