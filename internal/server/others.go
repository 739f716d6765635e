package server

import (
	"context"
	"sync"

	"chancery.example/internal/book"
	"chancery.example/internal/voices"
	"chancery.example/internal/web"
)

// others follows the registers of the address book that the keeper named, until stop
// is called, and gives the pages what they say.
func (c Config) others(ctx context.Context, options *web.Options) (stop func(), err error) {
	if c.Also == "" {
		return func() {}, nil
	}
	b, err := book.Open(c.Also)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it read
	}
	fresh := FreshFor
	if c.Fresh != nil {
		fresh = *c.Fresh
	}
	others, err := voices.Open(ctx, b, voices.Options{Fresh: fresh, Log: c.Log})
	if err != nil {
		return nil, err //nolint:wrapcheck // likewise
	}
	options.Others = others.Say
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { others.Run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}, nil
}
