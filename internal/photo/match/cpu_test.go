package match_test

import (
	"syscall"
	"time"
)

// cpu is the processor time of this process: what else the machine does does not
// count.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
