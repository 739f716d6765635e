//go:build !linux && !js

package confine

import (
	"fmt"
	"os"
	"syscall"
)

// Apart returns nothing special: only Linux has such namespaces.
func Apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// Again limits processor time and files and begins anew with args, the program's
// name first. Memory is limited by the child itself, softly; the parent's clock
// ends the rest. It returns only when it failed.
func Again(args []string, l Limits) error {
	for what, most := range map[int]uint64{syscall.RLIMIT_CPU: l.Processor, syscall.RLIMIT_FSIZE: 0, syscall.RLIMIT_NOFILE: l.Files, syscall.RLIMIT_CORE: 0} {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("setting resource limit %d: %w", what, err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program: %w", err)
	}
	err = syscall.Exec(self, args, os.Environ()) //nolint:gosec // this program again
	return fmt.Errorf("beginning anew: %w", err)
}

// mostMemory is not known here: systems count it in units of their own.
func mostMemory(*os.ProcessState) uint64 { return 0 }
