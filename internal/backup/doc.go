// Package backup writes a register into one file and brings it back.
//
// [Write] takes a register as of one signed head, also while it is in use: the
// log made anew from its entries up to that head, the public texts, register.toml
// and the policy, and the office's database. It never takes the private keys,
// which [WriteKeys] keeps in a file of their own, and never log.head: a backup
// that remembered the highest head would set it back.
//
// [Restore] believes nothing of a backup. It is laid out beside the place where
// it is to be, read as fsck reads a register, and compared with the highest head
// that is known to have been signed; only what passed is moved into place. A
// backup older than that head becomes a register to read, which signs nothing.
//
// The file is a tar archive, so that it can be looked at, and in need restored,
// with the tools of any Unix: docs/formats/backup.md.
package backup
