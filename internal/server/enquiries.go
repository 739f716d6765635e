package server

import (
	"context"

	"chancery.example/internal/office"
	"chancery.example/internal/web"
)

// enquiries takes readers' questions to the offices of a register.
type enquiries struct{ house *office.Register }

// Takes implements web.Enquiries: every office of this folder can be asked.
func (e enquiries) Takes(ctx context.Context, id string) bool {
	all, err := e.house.Offices(ctx)
	if err != nil {
		return false
	}
	for _, o := range all {
		if o.ID == id {
			return true
		}
	}
	return false
}

// Ask implements web.Enquiries.
func (e enquiries) Ask(ctx context.Context, id string, q web.Question) (string, error) {
	got, err := e.house.Enquire(ctx, id, office.Question(q))
	return got.Secret, err //nolint:wrapcheck // its sort matters
}

// Asked implements web.Enquiries.
func (e enquiries) Asked(ctx context.Context, secret string) (web.Asked, error) {
	v, err := e.house.PublicEnquiry(ctx, secret)
	return web.Asked{
		Office: v.Office, Words: v.Words, AskedAt: v.AskedAt, State: string(v.State), Entry: v.Entry, Reason: v.Reason, EndedAt: v.EndedAt, Took: v.Took,
	}, err //nolint:wrapcheck // its sort matters
}
