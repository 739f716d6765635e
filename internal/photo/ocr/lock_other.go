//go:build !linux && !js

package ocr

import (
	"fmt"
	"os"
	"syscall"
)

// apart returns nothing special: only Linux has such namespaces.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// lockAndRestart limits processor time and files and begins anew. Memory is
// limited softly, by Main; the parent's clock ends the rest.
func lockAndRestart(name string, o order) error {
	for what, most := range map[int]uint64{syscall.RLIMIT_CPU: maxProcessor, syscall.RLIMIT_FSIZE: 0, syscall.RLIMIT_NOFILE: maxFiles, syscall.RLIMIT_CORE: 0} {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("setting resource limit %d: %w", what, err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	o.stage = stageRead
	err = syscall.Exec(self, append([]string{name}, o.args()...), os.Environ()) //nolint:gosec // this program again
	return fmt.Errorf("beginning anew: %w", err)
}
