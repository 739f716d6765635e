// Package story plays a story in a real register: the acts of a scenario, each
// at its own hour of a simulated clock, through the same acts of package office
// that people use. One story travels inside the program ([Embedded]); others are
// folders ([Load]), as docs/formats/scenario.md describes; MUST numbers in this
// package are those of that page.
package story
