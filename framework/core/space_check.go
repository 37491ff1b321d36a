package core

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MostNumbers is the largest number of numbers that anything may have: more would
// not fit any memory, and their bytes could overflow.
const MostNumbers = 1 << 40

// mostAxes is more than any lattice that fits a memory needs.
const mostAxes = 8

// Check says what is wrong with a space, as a sentence about who says it.
func (s Space) Check() error {
	if s.Kind != Mixed {
		if len(s.Fields) > 0 {
			return fmt.Errorf("it has fields and is of the kind %q, not %q", s.Kind, Mixed)
		}
		return s.checkField()
	}
	if len(s.Fields) == 0 {
		return fmt.Errorf("its space is %s and has no fields", Mixed)
	}
	if s.Shape != nil || s.Levels != 0 || s.Lattice != "" || s.Periodic || s.Box != nil || s.Twist != nil || s.Kinds != nil {
		return fmt.Errorf("its space is %s, of which only the fields have a shape", Mixed)
	}
	names, size := map[string]bool{}, 0
	for _, f := range s.Fields {
		switch {
		case !isFieldName(f.Name):
			return fmt.Errorf("the field %q has a name that is not made of letters, digits and _", f.Name)
		case names[f.Name]:
			return fmt.Errorf("it has two fields %q", f.Name)
		case f.Kind == Mixed:
			return fmt.Errorf("the field %q is %s itself", f.Name, Mixed)
		case f.Twist != nil:
			return fmt.Errorf("the field %q has a twist, which is that of a whole space", f.Name)
		}
		names[f.Name] = true
		if err := f.Check(); err != nil {
			return fmt.Errorf("of the field %q: %w", f.Name, err)
		}
		if size += f.Size(); size > MostNumbers {
			return fmt.Errorf("it says %v, which is too large", s)
		}
	}
	return nil
}

// isFieldName tells whether a name can be part of others: x_NAME.
func isFieldName(name string) bool {
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
}

func (s *Space) checkField() error {
	k := kindOf(s.Kind)
	if k == nil {
		return fmt.Errorf("its space is of the kind %q, which is none of %v", s.Kind, SpaceKinds())
	}
	size := 1
	for _, l := range s.Shape {
		if l < 1 {
			return fmt.Errorf("it says %v, which is empty", s)
		}
		if l > MostNumbers/size {
			return fmt.Errorf("it says %v, which is too large", s)
		}
		size *= l
	}
	switch {
	case len(s.Shape) == 0:
		return fmt.Errorf("its space has no shape")
	case len(s.Shape) > mostAxes:
		return fmt.Errorf("its space has %d axes", len(s.Shape))
	case s.Kind == Particles && len(s.Shape) != 2:
		return fmt.Errorf("particles need the shape [particles, dimension], and have %v", s.Shape)
	case s.Kind == Sphere && (len(s.Shape) < 2 || s.entry() < 2):
		return fmt.Errorf("unit vectors need the shape [..., components] with two or more, and have %v", s.Shape)
	case (s.Kind == Levels) != (s.Levels != 0) || s.Levels < 0 || s.Levels == 1:
		return fmt.Errorf("it has %d levels; the kind %s has two or more, and no other has any", s.Levels, Levels)
	}
	return cmp.Or(s.checkKinds(), s.checkBox())
}

func (s *Space) checkBox() error {
	dim := s.Shape[len(s.Shape)-1]
	if s.Box != nil && (s.Kind != Particles || !s.Periodic || len(s.Box) != dim || !(slices.Min(s.Box) > 0)) {
		return fmt.Errorf("the box %v is not one positive edge for each dimension of %v that is periodic", s.Box, s)
	}
	if s.Twist != nil && (s.Box == nil || len(s.Twist) != dim || !(slices.Min(s.Twist) > -0.5) || !(slices.Max(s.Twist) <= 0.5)) {
		return fmt.Errorf("the twist %v is not one number in (-1/2, 1/2] for each edge of the box %v", s.Twist, s.Box)
	}
	return nil
}
