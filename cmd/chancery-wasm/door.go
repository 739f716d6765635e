//go:build js

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"syscall/js"
	"time"

	"chancery.example/internal/check"
	"chancery.example/internal/device"
	"chancery.example/internal/kind"
	"chancery.example/letter"
	"chancery.example/proof"
)

// A door is what the worker's page asks.
type door struct {
	mu       sync.Mutex
	register *device.Register
}

// open downloads and verifies a register; the one before is kept when that fails.
func (d *door) open(ctx context.Context, q js.Value) (any, error) {
	o := device.Options{Now: time.Now, Progress: func(what string, done, all uint64) {
		js.Global().Call("chanceryProgress", what, float64(done), float64(all))
	}}
	if text := q.Get("policy"); text.Type() == js.TypeString && text.String() != "" {
		p, err := proof.ParsePolicy([]byte(text.String()))
		if err != nil {
			return nil, kind.Invalid.Wrap(err)
		}
		o.Policy = p
	}
	if before := q.Get("before"); before.Type() == js.TypeString {
		o.Before = []byte(before.String())
	}
	r, err := device.Open(ctx, q.Get("where").String(), fetch, o)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.register = r
	d.mu.Unlock()
	s := r.Snapshot()
	return map[string]any{
		"origin": s.State().Origin(), "size": float64(s.State().Size()), "texts": s.Texts(), "missing": s.Missing(),
		"exercise": s.State().Exercise(), "head": string(r.Head()),
	}, nil
}

// check answers one exhibit.
func (d *door) check(ctx context.Context, q js.Value) (any, error) {
	d.mu.Lock()
	r := d.register
	d.mu.Unlock()
	if r == nil {
		return nil, kind.Invalid.Errorf("no register is open")
	}
	data := q.Get("data")
	b := make([]byte, data.Get("length").Int())
	js.CopyBytesToGo(b, data)
	e := check.Exhibit{Data: b, Name: text(q, "name"), MediaType: text(q, "type"), As: check.ExhibitKind(text(q, "as"))}
	if q.Get("pictures").Truthy() {
		e.Pictures = pictures // nil in the build without them
	}
	a, err := r.Answer(ctx, device.Question{Exhibit: e, File: q.Get("file").Truthy(), Lang: letter.Lang(text(q, "lang")), Style: text(q, "style"), Marked: marked})
	if err != nil {
		return nil, err
	}
	return map[string]any{"status": a.Status, "html": a.HTML, "json": a.JSON, "verdict": a.Verdict}, nil
}

// fetch brings a file by the worker's hand.
func fetch(ctx context.Context, name string, limit int64) ([]byte, error) {
	v, err := await(ctx, js.Global().Call("chanceryFile", name, float64(limit)))
	switch {
	case err != nil:
		return nil, kind.Unavailable.Errorf("downloading %s: %w: %w", name, errUnreachable, err)
	case v.IsNull():
		return nil, fs.ErrNotExist
	}
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b, nil
}

func text(q js.Value, name string) string {
	if v := q.Get(name); v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}

// await waits for a promise.
func await(ctx context.Context, promise js.Value) (js.Value, error) {
	type outcome struct {
		v   js.Value
		err error
	}
	done := make(chan outcome, 1)
	good := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{v: args[0]}
		return nil
	})
	bad := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: errors.New(js.Global().Call("String", args[0]).String())}
		return nil
	})
	defer good.Release()
	defer bad.Release()
	promise.Call("then", good, bad)
	select {
	case o := <-done:
		return o.v, o.err
	case <-ctx.Done():
		// The promise may still call: wait for it, its functions must outlive it.
		o := <-done
		return o.v, errors.Join(ctx.Err(), o.err)
	}
}

// promised makes a function that takes one object and returns a promise. A failure
// is told as {kind, message}.
func promised(f func(context.Context, js.Value) (any, error)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		var start js.Func
		start = js.FuncOf(func(_ js.Value, settle []js.Value) any {
			go func() {
				defer start.Release()
				v, err := guarded(f, args[0])
				if err != nil {
					settle[1].Invoke(map[string]any{"kind": kindOf(err), "message": err.Error()})
					return
				}
				settle[0].Invoke(v)
			}()
			return nil
		})
		return js.Global().Get("Promise").New(start)
	})
}

// guarded turns a failure of the program into an error: the worker lives on.
func guarded(f func(context.Context, js.Value) (any, error), q js.Value) (v any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the reader failed: %v", p)
		}
	}()
	return f(context.Background(), q)
}

func kindOf(err error) string {
	if errors.Is(err, errUnreachable) {
		return "unreachable"
	}
	switch kind.Of(err) {
	case kind.Conflict:
		return "conflict"
	case kind.NotFound:
		return "not_found"
	case kind.Unknown, kind.Invalid, kind.Forbidden, kind.Unavailable:
	}
	return "unavailable"
}

// errUnreachable: the network is to blame, and no file.
var errUnreachable = errors.New("it cannot be reached")
