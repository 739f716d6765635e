//go:build !js

package tlog

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/transparency-dev/tessera/api/layout"
)

// Pace waits, for one interval of heads at most, until an entry that is added is under a
// signed head soonest. Tessera signs none within an interval of the last; an entry that
// comes too early for one has it looked again a whole interval later, so that who waits
// a little before adding is done earlier. Nothing hangs on it but time.
func (l *Log) Pace(ctx context.Context) {
	info, err := os.Stat(filepath.Join(l.dir, layout.CheckpointPath))
	if err != nil {
		return // the first head is signed at once
	}
	age := time.Since(info.ModTime())
	if age < 0 || age+l.opts.BatchAge >= l.opts.CheckpointEvery {
		return
	}
	wait := time.NewTimer(l.opts.CheckpointEvery - l.opts.BatchAge - age)
	defer wait.Stop()
	select {
	case <-ctx.Done():
	case <-wait.C:
	}
}
