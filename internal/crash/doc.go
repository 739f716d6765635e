// Package crash holds no code for the program, only its harshest test: a
// register under load is killed with SIGKILL at random moments, again and again,
// and afterwards every act that was acknowledged must be in the log exactly once.
//
// The test re-executes its own binary as the worker that does the acts. Set
// CHANCERY_CRASH to the number of kills; without it there are a few.
package crash
