// Package faults has a disk that loses what was not synced, as a file system
// mounted with FUSE, and the test that cuts its power while a register issues
// letters on it. It is a module of its own, so that the program does not depend on
// go-fuse. The workers and the judge are those of internal/crash: the test builds
// that package's test program and runs it.
package faults
