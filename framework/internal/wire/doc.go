// Package wire is the border between a host and its plugins: the protocol
// (folder wirepb), the documents that travel as JSON, the conversion of
// errors, and the shared memory that arrays travel through. Package
// host2plugin has the two ends of the calls a host makes to a plugin; there
// are no calls in the other direction.
//
// docs/wire.md describes the same protocol for authors in other languages.
package wire

// The cookie by which a plugin recognises that a host started it. It is no
// secret: it keeps a plugin started by hand from waiting for nobody.
const (
	CookieKey   = "HELMHOLTZ_PLUGIN"
	CookieValue = "helmholtz-wire-d2c1a04e"
)
