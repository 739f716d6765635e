//go:build !js

package tlog

import (
	"context"
	"log/slog"
	"sync"

	"k8s.io/klog/v2"
)

// Tessera logs to klog, which writes to standard error by itself. What it says
// there is news for a developer: what matters to an operator is returned as an
// error, or stands in Log.Failure. So all of it goes to slog's debug level.
var quiet = sync.OnceFunc(func() {
	klog.SetSlogLogger(slog.New(debugHandler{slog.Default().Handler()}))
})

type debugHandler struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h debugHandler) Enabled(ctx context.Context, _ slog.Level) bool {
	return h.Handler.Enabled(ctx, slog.LevelDebug)
}

// Handle implements slog.Handler.
func (h debugHandler) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slog.LevelDebug
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h debugHandler) WithAttrs(as []slog.Attr) slog.Handler {
	return debugHandler{h.Handler.WithAttrs(as)}
}

// WithGroup implements slog.Handler.
func (h debugHandler) WithGroup(name string) slog.Handler {
	return debugHandler{h.Handler.WithGroup(name)}
}
