package chancery_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestLayerOneBuildsForTheBrowser: who verifies a letter may do so in a web
// page, so the packages of layer 1 build where there is no net, no file and no
// process; and so does what reads a whole register there.
func TestLayerOneBuildsForTheBrowser(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("SKIPPED: no go tool on PATH, so nothing can be built for js/wasm")
	}
	args := []string{"build", "-o", os.DevNull, "./letter", "./commitment", "./approval", "./register", "./proof", "./lookup", "./internal/reading", "./internal/photo/ocr", "./internal/proved"}
	cmd := exec.CommandContext(t.Context(), goTool, args...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOTOOLCHAIN=local")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("GOOS=js GOARCH=wasm go %v: %v\n%s", args, err, out)
	}
}
