// Package rekor pins the server that "make bench" is measured beside, in a module
// of its own: none of its code is in the program.
package rekor
