package flow

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Image is one element g of a group of permutations and signs of the
// components of x:
//
//	(g x)_i = Sign x_Perm[i],   (g^-1 y)_Perm[i] = Sign y_i
type Image struct {
	Perm []int   // nil leaves all components in place
	Sign float64 // +1 or -1
}

// Images is the group that symmetries of a lattice generate, the identity
// first. Permutation and Rotation are not of this kind, and panic.
func Images(shape []int, symmetries ...core.Symmetry) []Image {
	size := core.Space{Shape: shape}.Size()
	identity := make([]int, size)
	for i := range identity {
		identity[i] = i
	}
	group := []Image{{identity, 1}}
	for _, s := range symmetries {
		switch s {
		case core.Z2:
			group = products(group, []Image{{identity, 1}, {identity, -1}})
		case core.Translation:
			for axis, length := range shape {
				var shifts []Image
				for by := range length {
					shifts = append(shifts, move(shape, func(r []int) { r[axis] = (r[axis] + by) % length }))
				}
				group = products(group, shifts)
			}
		case core.Reflection:
			group = products(group, pointGroup(shape))
		default:
			panic(fmt.Sprintf("flow: %s is not a group of images", s))
		}
	}
	return distinct(group)
}

// distinct drops repetitions: on an axis of length 2 a mirror is a shift.
func distinct(images []Image) []Image {
	seen := map[string]bool{}
	return slices.DeleteFunc(images, func(g Image) bool {
		key := fmt.Sprint(g)
		again := seen[key]
		seen[key] = true
		return again
	})
}

// pointGroup has the mirrors of all axes, and the orders of the axes that keep
// the shape.
func pointGroup(shape []int) []Image {
	var group []Image
	for _, order := range orders(len(shape)) {
		if slices.ContainsFunc(order, func(a int) bool { return shape[a] != shape[order[a]] }) {
			continue
		}
		group = append(group, move(shape, func(r []int) {
			old := slices.Clone(r)
			for a, b := range order {
				r[a] = old[b]
			}
		}))
	}
	for axis, length := range shape {
		mirror := move(shape, func(r []int) { r[axis] = length - 1 - r[axis] })
		group = products(group, []Image{move(shape, func([]int) {}), mirror})
	}
	return group
}

// orders lists the permutations of 0, ..., n-1, the identity first.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for place := n - 1; place >= 0; place-- {
		for _, o := range orders(n - 1) {
			all = append(all, slices.Insert(slices.Clone(o), place, n-1))
		}
	}
	return all
}

// move is the image whose component at r is x at to(r), which to writes over r.
func move(shape []int, to func(r []int)) Image {
	perm := make([]int, core.Space{Shape: shape}.Size())
	r := make([]int, len(shape))
	for i := range perm {
		for a, rest := len(shape)-1, i; a >= 0; a-- {
			r[a] = rest % shape[a]
			rest /= shape[a]
		}
		to(r)
		for a, at := range r {
			perm[i] = perm[i]*shape[a] + at
		}
	}
	return Image{perm, 1}
}

// products are all a b, those with the first b first.
func products(as, bs []Image) []Image {
	var all []Image
	for _, b := range bs {
		for _, a := range as {
			perm := make([]int, len(a.Perm))
			for i := range perm {
				perm[i] = b.Perm[a.Perm[i]]
			}
			all = append(all, Image{perm, a.Sign * b.Sign})
		}
	}
	return all
}

// applyImage writes g x for a d x n matrix x.
func applyImage[T tensor.Real](g Image, dst, x []T, n int) {
	sign := T(g.Sign)
	for i, from := range g.Perm {
		row, src := dst[i*n:(i+1)*n], x[from*n:(from+1)*n]
		for j, v := range src {
			row[j] = sign * v
		}
	}
}

// addImage adds g^-1 y, which is also g^T y, for d x n matrices.
func addImage[T tensor.Real](g Image, dst, y []T, n int) {
	sign := T(g.Sign)
	for i, to := range g.Perm {
		row, src := dst[to*n:(to+1)*n], y[i*n:(i+1)*n]
		for j, v := range src {
			row[j] += sign * v
		}
	}
}

// checked returns the images with nil permutations written out. It panics if
// one is malformed; that they are a group is for the caller to know.
func checked(images []Image, d int) []Image {
	identity := Images([]int{d})[0]
	if len(images) == 0 {
		return []Image{identity}
	}
	images = slices.Clone(images)
	for k := range images {
		if images[k].Perm == nil {
			images[k].Perm = identity.Perm
		}
		sorted := slices.Sorted(slices.Values(images[k].Perm))
		if !slices.Equal(sorted, identity.Perm) || images[k].Sign*images[k].Sign != 1 {
			panic(fmt.Sprintf("flow: image %d is not a permutation of %d components with a sign", k, d))
		}
	}
	if !slices.Equal(images[0].Perm, identity.Perm) || images[0].Sign != 1 {
		panic("flow: the first image is not the identity")
	}
	return images
}
