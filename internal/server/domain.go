package server

import (
	"context"
	"log/slog"
	"os"

	"chancery.example/internal/binding"
	"chancery.example/internal/folder"
	"chancery.example/internal/office"
	officepage "chancery.example/internal/web/pages/office"
	"chancery.example/register"
)

// domains says what the domain of an office answered when it was asked last. Only
// the office's own folder knows; the pages of a copy say nothing: nil.
func domains(f folder.Folder, log *slog.Logger) func(context.Context, register.OfficeView) *officepage.Domain {
	if _, err := os.Stat(f.Database()); err != nil {
		return nil
	}
	return func(ctx context.Context, o register.OfficeView) *officepage.Domain {
		b, found, err := office.LastBinding(ctx, f, o.ID)
		if err != nil {
			log.Warn("the page of an office lacks what its domain answered", "office", o.ID, "error", err)
		}
		if !found || err != nil || b.Domain != o.Domain {
			return nil
		}
		return &officepage.Domain{Outcome: binding.Outcome(b.Outcome), At: b.At}
	}
}
