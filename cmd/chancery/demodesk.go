package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"chancery.example/internal/office"
	"chancery.example/internal/server"
	"chancery.example/internal/signing"
	"chancery.example/internal/staff"
	"chancery.example/register"
)

// letIn invites the officers of the story's first office to its desk, and one more
// who administers it, so that anybody can try all of it alone.
func letIn(ctx context.Context, c *call, dir string, desk server.Desk) error {
	offices, err := desk.House.Offices(ctx)
	if err != nil {
		return fmt.Errorf("finding the offices of the story: %w", err)
	}
	var first string
	var policy register.Policy
	for _, o := range offices {
		p, _, err := desk.House.PolicyOf(ctx, o.ID)
		if err != nil {
			return fmt.Errorf("finding the officers of %s: %w", o.ID, err)
		}
		if len(p.Officers) > len(policy.Officers) {
			first, policy = o.ID, p
		}
	}
	c.say("\nThe desk of %q is at %s/desk/. Each link lets one of its made-up people in, once; make a passkey there:", first, desk.People.Origin())
	people := policy.Officers
	people = append(people[:len(people):len(people)], register.Officer{ID: "registrar", Name: "Administrator"})
	for _, o := range people {
		var roles []staff.Role
		if len(o.Roles) == 0 {
			roles = []staff.Role{staff.Admin, staff.Auditor}
		}
		i, err := desk.People.Invite(ctx, first, o.ID, staff.Details{Name: o.Name}, roles, staff.Operator)
		if err != nil {
			return fmt.Errorf("inviting %s: %w", o.ID, err)
		}
		c.say("  %-22s %s", safe(o.Name), i.Link)
	}
	c.say("To approve there, make a passkey for approvals (People and keys) and propose it: here the made-up officers agree to\nnew passkeys by themselves, within seconds.")
	go agree(ctx, c, dir, first, desk.House)
	return nil
}

// agree approves changes of an office's rules with the keys of the story's
// officers, as colleagues would who were asked, until ctx ends.
func agree(ctx context.Context, c *call, dir, officeID string, house *office.Register) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := agreeOnce(ctx, dir, officeID, house); err != nil && ctx.Err() == nil {
			c.note("the made-up officers could not agree to a new passkey: %v", err)
			return
		}
	}
}

func agreeOnce(ctx context.Context, dir, officeID string, house *office.Register) error {
	waiting, err := house.Waiting(ctx, officeID)
	if err != nil {
		return fmt.Errorf("finding what waits: %w", err)
	}
	for _, q := range waiting {
		if q.Kind != register.KindPolicy {
			continue
		}
		policy, _, err := house.PolicyOf(ctx, officeID)
		if err != nil {
			return fmt.Errorf("finding the officers: %w", err)
		}
		var signers []office.Signer
		for _, o := range policy.Officers {
			key, err := signing.LoadOfficerKey(filepath.Join(dir, "keys", "officers", officeID+"."+o.ID))
			if err == nil && o.Holds(register.RoleApprover) {
				signers = append(signers, office.Signer{Officer: o.ID, Key: key})
			}
		}
		by := ""
		for _, o := range policy.Officers {
			if o.Holds(register.RoleClerk) {
				by = o.ID
			}
		}
		if _, err := house.Carry(office.Within(ctx, officeID), q, by, signers...); err != nil {
			return fmt.Errorf("carrying request %d out: %w", q.ID, err)
		}
	}
	return nil
}
