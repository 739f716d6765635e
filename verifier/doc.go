// Package verifier is a folder of JavaScript: verify.mjs, a second verifier of
// proofs that shares no line with the first, package proof; forms.mjs, the general
// formats that it stands on; command.mjs, its command for Node; and index.html, the
// page by which a newsroom lets readers use it. The tests hold it to the first.
package verifier
