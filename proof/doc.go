// Package proof verifies offline where a letter stood in a register.
package proof
