package expression

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// system is what a formula is about: a lattice, or particles in open space or a box.
type system struct {
	space      core.Space
	dimension  int
	edge       int // sites along each edge of a lattice; 0 of particles
	triangular bool
}

// letters are the axes.
var letters = []string{"x", "y", "z"}

// ownNames are those of the value at a site, beside s.
var ownNames = map[core.SpaceKind]string{core.Field: "phi", core.Angles: "theta"}

// names lists what a formula may name at a place.
func (s *system) names(at place) (all []string) {
	axes := letters[:s.dimension]
	own := []string{"s"}
	if name := ownNames[s.space.Kind]; name != "" {
		own = append(own, name)
	}
	switch at.domain {
	case sites:
		return append(own, axes...)
	case bonds:
		for _, name := range own {
			all = append(all, name+"1", name+"2")
		}
		return append(append(all, axes...), "axis")
	case particles:
		all = slices.Clone(axes)
		if s.space.Box == nil {
			all = append(all, "r")
		}
		return all
	case pairs:
		all = []string{"r"}
		for _, letter := range axes {
			all = append(all, "d"+letter)
		}
	}
	return all
}

// lacks says why a name that has a meaning elsewhere has none at a place, "" where there is nothing to say.
func (s *system) lacks(name string, at place) string {
	axis := slices.Index(letters, name)
	switch {
	case at.domain == nothing && slices.ContainsFunc([]domain{sites, bonds, particles, pairs}, func(d domain) bool { return slices.Contains(s.names(place{domain: d}), name) }):
		return "differs from item to item, and stands outside of sum(...), neighbours(...) or pairs(...)"
	case axis >= s.dimension && at.domain != nothing && at.domain != pairs:
		return fmt.Sprintf("is the coordinate along axis %d, and there are %d", axis+1, s.dimension)
	case at.domain == particles && name == "r" && s.space.Box != nil:
		return "is the distance from the origin, which a periodic box does not have"
	case at.domain == bonds && slices.Contains(s.names(place{domain: sites}), name):
		return fmt.Sprintf("has two values at a bond: write %s1 and %s2", name, name)
	case at.domain == pairs && axis >= 0:
		return "is that of one particle, and pairs depend on r, or on dx, dy, dz"
	}
	return ""
}

// meaning is the node of a name at a place, nil where it has none.
func (s *system) meaning(g *graph, name string, at place) *node {
	if !slices.Contains(s.names(at), name) {
		return nil
	}
	axis := slices.Index(letters, name)
	switch at.domain {
	case sites, bonds:
		switch {
		case axis >= 0:
			return g.leaf(leaf{kind: leafPlace, axis: axis, away: s.turn(at.away)})
		case name == "axis":
			return g.leaf(leaf{kind: leafAxis})
		case at.domain == bonds:
			return g.leaf(leaf{kind: leafEnd, end: int(name[len(name)-1] - '1')})
		}
		return s.site(g, at.away)
	case particles:
		if name == "r" {
			return s.length(g, leafCoordinate)
		}
		return g.leaf(leaf{kind: leafCoordinate, axis: axis})
	}
	if name == "r" {
		return s.length(g, leafDistance)
	}
	return g.leaf(leaf{kind: leafDistance, axis: slices.Index(letters, name[1:])})
}

// length is the square root of the sum of squares.
func (s *system) length(g *graph, kind leafKind) *node {
	square := g.constant(0)
	for axis := range s.dimension {
		l := g.leaf(leaf{kind: kind, axis: axis})
		square = g.add(square, g.mul(l, l))
	}
	return g.sqrt(square)
}

// turn gives steps that come round a periodic lattice the shortest way.
func (s *system) turn(away [3]int8) [3]int8 {
	for i := range away {
		if s.space.Periodic {
			steps := ((int(away[i]) % s.edge) + s.edge) % s.edge
			if steps > s.edge/2 {
				steps -= s.edge
			}
			away[i] = int8(steps)
		}
	}
	return away
}

// site is the value at a site, 0 beyond an open edge.
func (s *system) site(g *graph, away [3]int8) *node {
	away = s.turn(away)
	value := g.leaf(leaf{kind: leafSite, away: away})
	if s.space.Periodic || away == [3]int8{} {
		return value
	}
	for _, steps := range away {
		if int(steps) >= s.edge || int(steps) <= -s.edge {
			return g.constant(0)
		}
	}
	return g.mul(g.leaf(leaf{kind: leafInside, away: away}), value)
}

// domain is what a sum of that name runs over, or why there is none.
func (s *system) domain(name string) (d domain, why string) {
	lattice := s.edge > 0
	switch {
	case name == "sum" && lattice:
		return sites, ""
	case name == "sum":
		return particles, ""
	case name == "neighbours" && lattice:
		return bonds, ""
	case name == "neighbours":
		return 0, "neighbours are those of a lattice; of particles write pairs(f, r < rc)"
	case lattice:
		return 0, "pairs are of particles; on a lattice write neighbours(f), or sum(f) with shift(...)"
	}
	return pairs, ""
}
