// Package signing holds private keys: the operator's, the offices', the log's,
// the register's clock and, for those who keep them here, the officers' SSH keys.
// Keys are files of their owner alone (mode 0600); nothing here writes a key to
// a log or an error.
//
// Layer 1 verifies and never sees a private key; this package signs.
package signing
