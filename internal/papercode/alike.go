//go:build !js

package papercode

import "chancery.example/internal/skeleton"

// alike reports whether one domain prints so that it can be taken for another.
func alike(a, b string) bool { return skeleton.DomainsAlike(a, b) }
