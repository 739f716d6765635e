//go:build js

// Command chancery-wasm is the reader that runs in a browser's worker: the same
// code that answers on a server, built with GOOS=js GOARCH=wasm. It puts an object
// "chancery" into the worker's global scope and waits to be asked:
//
//	await chancery.open({where, policy, before})   // -> {origin, size, texts, exercise, head}
//	await chancery.check({data, file, name, type, as, lang, style})  // -> {status, html, json, verdict}
//
// The worker gives it three functions: chanceryFile(name, limit), which brings a
// public file or null, chanceryProgress(what, done, all), and chanceryTable(pgm,
// layout), which reads a picture's words. internal/device says what is asked for
// and why that tells nobody what is examined.
package main

import (
	"context"
	"syscall/js"
)

func main() {
	d := &door{}
	js.Global().Set("chancery", map[string]any{
		"open":  promised(func(ctx context.Context, q js.Value) (any, error) { return d.open(ctx, q) }),
		"check": promised(func(ctx context.Context, q js.Value) (any, error) { return d.check(ctx, q) }),
	})
	if ready := js.Global().Get("chanceryReady"); ready.Type() == js.TypeFunction {
		ready.Invoke()
	}
	select {} // until the worker ends
}
