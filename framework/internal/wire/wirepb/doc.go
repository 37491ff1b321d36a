// Package wirepb is the generated form of wire.proto.
package wirepb

import _ "embed"

//go:generate ./generate.sh

// Source is wire.proto itself.
//
//go:embed wire.proto
var Source string
