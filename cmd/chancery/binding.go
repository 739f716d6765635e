package main

import (
	"context"
	"time"

	"chancery.example/internal/binding"
	"chancery.example/internal/office"
)

const notBound = 1 // exit code of "office check"

// wellKnown prints what the domain of an office has to publish: one file for all
// offices of this register on that domain, and a record for each.
func wellKnown(ctx context.Context, c *call, d *desk) error {
	return d.with(ctx, func(r *office.Register) error {
		_, domain, err := r.Binding(ctx, d.office)
		if err != nil {
			return err
		}
		all, err := r.Offices(ctx)
		if err != nil {
			return err
		}
		var own []binding.Binding
		for _, o := range all {
			b, at, err := r.Binding(ctx, o.ID)
			if err != nil {
				return err
			}
			if at == domain {
				own = append(own, b)
			}
		}
		raw, err := binding.File(own)
		if err != nil {
			return err
		}
		c.note("serve this as https://%s%s:", domain, binding.Path)
		if err := c.data(raw); err != nil {
			return err
		}
		for _, b := range own {
			c.note("and publish this TXT record, for %s:", b.ShortName)
			c.say("%s. TXT %q", binding.Name(domain), b.Record())
		}
		return nil
	})
}

// checkBinding asks the domain of an office, and keeps what it says.
func checkBinding(ctx context.Context, c *call, d *desk) error {
	outcome := ""
	err := d.with(ctx, func(r *office.Register) error {
		b, err := r.CheckBinding(ctx, d.office, binding.Checker{})
		if err != nil {
			return err
		}
		outcome = b.Outcome
		c.say("%s, %s: %s, %s", b.Office, b.Domain, b.Outcome, b.At.Format(time.RFC3339))
		c.say("    file:   %s", safe(b.File))
		c.say("    record: %s", safe(b.Record))
		return nil
	})
	if err == nil && outcome != string(binding.Bound) {
		return exit(notBound)
	}
	return err
}

// boundLine says what was found last of an office's domain.
func boundLine(ctx context.Context, r *office.Register, id string) (string, error) {
	all, err := r.BindingChecks(ctx, id)
	if err != nil || len(all) == 0 {
		return "domain not asked yet", err
	}
	return "domain " + all[0].Outcome + ", asked " + all[0].At.Format(time.RFC3339), nil
}
