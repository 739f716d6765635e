//go:build js && !pictures

package main

import "chancery.example/internal/check"

// pictures is nil: this build is the small one, which reads texts, reports, files
// and proofs. The page loads the other when its reader wants pictures read.
var pictures check.PictureReader
