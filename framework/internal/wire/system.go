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

// systemOf is the document of a system.
func systemOf(s core.System) system {
	d := system{Units: s.Units}
	if !math.IsInf(s.Beta, 1) {
		d.Beta = &s.Beta
	}
	return d
}

// EncodeSystem writes all but the space of what an observer is built for.
func EncodeSystem(s core.System) ([]byte, error) { return json.Marshal(systemOf(s)) }

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

// setting is what crosses of a core.Setting: a system with the specs of energy and model.
type setting struct {
	system
	Energy core.EnergySpec `json:"energy"`
	Model  core.ModelSpec  `json:"model"`
	Source core.Source     `json:"source,omitempty"`
}

// EncodeSetting writes what an objective is built for.
func EncodeSetting(s core.Setting) ([]byte, error) {
	return json.Marshal(setting{systemOf(s.System()), s.Energy, s.Model, s.Source})
}

// DecodeSetting reads what EncodeSetting wrote.
func DecodeSetting(data []byte) (core.Setting, error) {
	var d setting
	if err := json.Unmarshal(data, &d); err != nil {
		return core.Setting{}, err
	}
	of, err := DecodeSystem(data, d.Energy.Space)
	return core.Setting{Beta: of.Beta, Energy: d.Energy, Model: d.Model, Source: d.Source}, err
}
