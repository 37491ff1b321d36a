// Package host2plugin has the two ends of the calls a host makes to a plugin:
// Model and Energy are the host's end (the gRPC clients), Register serves the
// plugin's end (the gRPC servers). A caller cannot tell a Model of this
// package from one in its own process.
package host2plugin
