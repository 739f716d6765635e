// Package browsertest looks at the pages in a real browser: every page, in both
// languages, on a phone and on a desk.
//
// It is a module of its own, so that what it needs stays out of the program. It
// takes a Chromium on the PATH and axe-core from npm:
//
//	npm ci && go test ./...
//
// Without either it skips, and says so. CHANCERY_SCREENSHOTS names a folder in
// which pictures of all pages are kept for people to look at.
package browsertest
