package press

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// SeedEnv names the environment variable that chooses the photos: a number, or
// "fresh" for others at every run.
const SeedEnv = "CHANCERY_PHOTO_SEED"

// Seed returns the seed of a run and logs it. It is always the same unless the
// environment says otherwise: a test must not fail for one photo in a hundred.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(7)
	switch s := os.Getenv(SeedEnv); s {
	case "":
	case "fresh":
		seed = uint64(time.Now().UnixNano())
	default:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("%s=%q: want a number, or fresh: %v", SeedEnv, s, err)
		}
		seed = n
	}
	t.Logf("%s=%d", SeedEnv, seed)
	return seed
}
