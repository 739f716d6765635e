package main

import (
	"context"
	"errors"

	"chancery.example/cmd/chancery/internal/sealing"
	"chancery.example/internal/office"
)

// sealsOf does what "office seals NAME ..." says.
func sealsOf(ctx context.Context, c *call, dir string, p *sealing.Call) error {
	if dir == "" {
		return errNoFolder
	}
	r, err := office.Open(ctx, dir, office.Options{})
	if err != nil {
		return err
	}
	name := c.args[1]
	if p.Keeper, err = r.SealsOf(ctx, name); err == nil {
		p.Out = c.out
		p.Read = func(file string) ([]byte, error) { return c.readFile(file, 1<<20) }
		p.Note = func(ctx context.Context, text string) error { return r.NoteSeals(ctx, name, text) }
		err = p.Do(ctx, c.args[2:])
	}
	err = errors.Join(err, r.Close())
	var wrong sealing.UsageError
	if errors.As(err, &wrong) {
		return usageError{wrong}
	}
	return err
}
