package story_test

import (
	"testing"

	"chancery.example/internal/testkit/children"
)

// TestMain: the test program reads PDFs in children of its own.
func TestMain(m *testing.M) { children.Main(m) }
