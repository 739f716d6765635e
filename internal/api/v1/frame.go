package v1

import "chancery.example/letter"

// What handlers have in common, so that each says only what it does: which letter the
// address names, and what was sent.

// A handler answers a route.
type handler = func(*call) (any, error)

// about has a route answered that names a letter. find says which one: mine, where the
// token must see it, or ref, where package office says who may do it.
func about(find func(*call) (letter.Ref, error), serve func(*call, letter.Ref) (any, error)) handler {
	return func(c *call) (any, error) {
		ref, err := find(c)
		if err != nil {
			return nil, err
		}
		return serve(c, ref)
	}
}

// with has a route answered that takes a body.
func with[T any](serve func(*call, T) (any, error)) handler {
	return func(c *call) (any, error) {
		v, err := bodyOf[T](c)
		if err != nil {
			return nil, err
		}
		return serve(c, v)
	}
}

// aboutWith is about and with in one.
func aboutWith[T any](find func(*call) (letter.Ref, error), serve func(*call, letter.Ref, T) (any, error)) handler {
	return about(find, func(c *call, ref letter.Ref) (any, error) {
		return with(func(c *call, v T) (any, error) { return serve(c, ref, v) })(c)
	})
}
