package wire

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// system is a core.System as a document, without its space. JSON has no infinity:
// Beta is absent in the ground state.
type system struct {
	Units string   `json:"units"`
	Beta  *float64 `json:"beta,omitempty"`
}

// EncodeSystem writes all but the space of what an observer is built for.
func EncodeSystem(s core.System) ([]byte, error) {
	d := system{Units: s.Units}
	if !math.IsInf(s.Beta, 1) {
		d.Beta = &s.Beta
	}
	return json.Marshal(d)
}

// DecodeSystem reads what EncodeSystem wrote.
func DecodeSystem(data []byte, space core.Space) (core.System, error) {
	var d system
	if err := json.Unmarshal(data, &d); err != nil {
		return core.System{}, err
	}
	s := core.System{Space: space, Units: d.Units, Beta: math.Inf(1)}
	if d.Beta != nil {
		s.Beta = *d.Beta
	}
	if !(s.Beta > 0) {
		return s, fmt.Errorf("beta is %v", s.Beta)
	}
	return s, nil
}
