package office

import (
	"context"

	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/register"
)

// ProposeReceived asks for the addressee's word that it received a paper. The
// slips that came with the copies name the texts; they tell nothing of the words
// while the draft is sealed, and are matched once it is opened.
func (r *Register) ProposeReceived(ctx context.Context, officeID, by string, s Say, slips []Slip) (Request, error) {
	if len(slips) == 0 {
		return Request{}, kind.Invalid.Errorf("a receipt names what was received: give the slip that came with the copy")
	}
	body := register.Statement{Type: register.Received}
	for _, slip := range slips {
		if slip.Register != r.folder.Config.Origin {
			return Request{}, kind.Invalid.Errorf("the slip is of register %q, this is %q", slip.Register, r.folder.Config.Origin)
		}
		body.Of = append(body.Of, letter.Disclosure{Field: letter.TextField(slip.Language), Hash: slip.Leaf})
	}
	sortLeaves(body.Of)
	if err := letter.CheckTexts(body.Of); err != nil {
		return Request{}, kind.Invalid.Errorf("the slips of one receipt are of one letter, each language once: %w", err)
	}
	return r.state(ctx, officeID, by, s, body)
}
