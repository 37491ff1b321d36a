package app

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// settingsOf reads the arguments of --set.
func settingsOf(arguments []string) (core.Settings, error) {
	s := core.Settings{}
	for _, a := range arguments {
		key, text, ok := strings.Cut(a, "=")
		if !ok {
			return nil, core.Errorf(core.Invalid, "test", "--set "+a, "must have the form key=value")
		}
		v, err := plan.Value(text)
		if err != nil {
			return nil, core.Errorf(core.Invalid, "test", "--set "+a, "cannot read the value: %w", err)
		}
		key = strings.TrimSpace(key)
		if table, name, below := strings.Cut(key, "."); below { // constants.J of a table of numbers
			inner, _ := s[table].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
			}
			inner[name] = v
			key, v = table, inner
		}
		s[key] = v
	}
	return s, nil
}

// spaceOf reads the argument of --space: a kind with a shape, or JSON. Two lengths are
// a periodic square lattice; particles are many times so many coordinates.
func spaceOf(text string) (s core.Space, err error) {
	refuse := func(err error) (core.Space, error) {
		return s, &core.Error{Kind: core.Invalid, Op: "test", Subject: "--space " + text, Err: err, Hint: "such as --space spins:6 or --space field:4x4"}
	}
	if text == "" {
		return s, core.Errorf(core.Invalid, "test", "--space", "is needed: the space of the configurations, such as spins:6 or field:4x4")
	}
	if strings.HasPrefix(text, "{") {
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return refuse(err)
		}
	} else {
		kind, shape, _ := strings.Cut(text, ":")
		s.Kind = core.SpaceKind(kind)
		for length := range strings.SplitSeq(shape, "x") {
			n, err := strconv.Atoi(length)
			if err != nil {
				return refuse(fmt.Errorf("%q is no length", length))
			}
			s.Shape = append(s.Shape, n)
		}
		if len(s.Shape) == 2 && s.Kind != core.Particles && s.Kind != core.Sphere {
			s.Lattice, s.Periodic = "square", true
		}
		if s.Kind == core.Levels {
			s.Levels = 3
		}
	}
	if err := s.Check(); err != nil {
		return refuse(err)
	}
	return s, nil
}
