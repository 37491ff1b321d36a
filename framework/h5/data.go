package h5

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Number is an element of a dataset.
type Number interface{ float64 | int64 | int8 | uint8 }

// Value is what an attribute holds.
type Value interface{ float64 | int64 | string }

// Write makes the dataset name in g from row-major data. Without a shape the
// data is one-dimensional.
func Write[T Number](g *Group, name string, data []T, shape ...int) (*Dataset, error) {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	return write(g, name, data, shape)
}

// WriteScalar makes a dataset of one number without dimensions.
func WriteScalar[T Number](g *Group, name string, x T) (*Dataset, error) {
	return write(g, name, []T{x}, nil)
}

func write[T Number](g *Group, name string, data []T, shape []int) (*Dataset, error) {
	n, err := g.newDataset(name)
	if err != nil {
		return nil, err
	}
	if size, ok := elements(shape, math.MaxInt); !ok || size != len(data) {
		return nil, n.error("write", fmt.Errorf("shape %v does not hold %d numbers", shape, len(data)))
	}
	if err := g.f.write(n.path, elementOf[T](), unsafe.Pointer(unsafe.SliceData(data)), shape); err != nil {
		return nil, n.error("write", err)
	}
	return &Dataset{n}, nil
}

// Read returns the numbers of the dataset at a path relative to g, row-major,
// and their shape (empty for a scalar). Integers and shorter floats can be
// read as float64 and shorter integers as int64; whatever could change a value
// otherwise is refused.
func Read[T Number](g *Group, path string) (data []T, shape []int, err error) {
	d, err := g.Dataset(path)
	if err != nil {
		return nil, nil, err
	}
	if shape, err = d.Shape(); err != nil {
		return nil, nil, err
	}
	var zero T
	size, ok := elements(shape, math.MaxInt/8)
	// Deflate shrinks at most 1032-fold. More than that is a damaged header,
	// and must not become an allocation.
	if !ok || size > 1032*(d.f.size/int(unsafe.Sizeof(zero))+1) {
		return nil, nil, d.error("read", fmt.Errorf("shape %v does not fit into a file of %d bytes", shape, d.f.size))
	}
	data = make([]T, size)
	if err := d.f.read(d.path, elementOf[T](), unsafe.Pointer(unsafe.SliceData(data))); err != nil {
		return nil, nil, d.error("read", err)
	}
	return data, shape, nil
}

// Shape returns the lengths of the dataset's axes, outermost first.
func (d *Dataset) Shape() ([]int, error) {
	shape, err := d.f.shape(d.path)
	if err != nil {
		return nil, d.error("read", err)
	}
	return shape, nil
}

// Epsilon is the relative spacing of the numbers as they are stored: 2^-52 for
// float64, 2^-23 for float32, 0 for integers, which are exact.
func (d *Dataset) Epsilon() (float64, error) {
	epsilon, err := d.f.epsilon(d.path)
	if err != nil {
		return 0, d.error("read", err)
	}
	return epsilon, nil
}

// ReadScalar returns the number of a dataset that holds exactly one.
func ReadScalar[T Number](g *Group, path string) (T, error) {
	data, shape, err := Read[T](g, path)
	if err == nil && len(data) != 1 {
		err = g.error("read", fmt.Errorf("%s has the shape %v instead of one number", path, shape))
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return data[0], nil
}

// elements multiplies a shape; ok is false above limit.
func elements(shape []int, limit int) (n int, ok bool) {
	n = 1
	for _, l := range shape {
		if l == 0 {
			return 0, true
		}
		if l < 0 || n > limit/l {
			return 0, false
		}
		n *= l
	}
	return n, true
}

// WriteText makes a scalar string dataset, for texts of any length.
func (g *Group) WriteText(name, text string) error {
	n, err := g.newDataset(name)
	if err != nil {
		return err
	}
	if err := checkText(text); err != nil {
		return n.error("write", err)
	}
	if err := g.f.writeText(n.path, text); err != nil {
		return n.error("write", err)
	}
	return nil
}

// ReadText returns a scalar string dataset.
func (g *Group) ReadText(path string) (string, error) {
	d, err := g.Dataset(path)
	if err != nil {
		return "", err
	}
	text, err := d.f.readText(d.path)
	if err != nil {
		return "", d.error("read", err)
	}
	return text, nil
}

func (g *Group) newDataset(name string) (node, error) {
	if strings.Contains(name, "/") {
		return node{}, g.error("write", fmt.Errorf("name %q contains a slash", name))
	}
	return g.at(name)
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("the text is not UTF-8")
	}
	if strings.ContainsRune(s, 0) {
		return errors.New("the text contains a zero byte")
	}
	return nil
}

// SetAttr sets a new attribute of a group or dataset.
func SetAttr[T Value](o Object, name string, value T) error {
	n := o.self()
	subject := node{n.f, n.name, n.path + "@" + name}
	if problem := badName(name); problem != "" {
		return n.error("write attribute", fmt.Errorf("name %q %s", name, problem))
	}
	var err error
	switch v := any(value).(type) {
	case float64:
		err = n.f.setAttr(n.path, name, float64s, unsafe.Pointer(&v))
	case int64:
		err = n.f.setAttr(n.path, name, int64s, unsafe.Pointer(&v))
	case string:
		if err = checkText(v); err == nil {
			err = n.f.setTextAttr(n.path, name, v)
		}
	}
	if err != nil {
		return subject.error("write attribute", err)
	}
	return nil
}

// Attr returns an attribute that holds one value. Types are checked as Read
// does.
func Attr[T Value](o Object, name string) (T, error) {
	n := o.self()
	var value T
	var err error
	switch p := any(&value).(type) {
	case *float64:
		err = n.f.attr(n.path, name, float64s, unsafe.Pointer(p))
	case *int64:
		err = n.f.attr(n.path, name, int64s, unsafe.Pointer(p))
	case *string:
		*p, err = n.f.textAttr(n.path, name)
	}
	if err != nil {
		var zero T
		return zero, node{n.f, n.name, n.path + "@" + name}.error("read attribute", err)
	}
	return value, nil
}

// HasAttr tells whether a group or dataset has an attribute.
func HasAttr(o Object, name string) bool {
	n := o.self()
	return n.f.hasAttr(n.path, name)
}

// MakeScale declares a one-dimensional dataset as a dimension scale: the
// labels of an axis, which other datasets attach. Its name in the group is the
// name of the dimension.
func (d *Dataset) MakeScale() error {
	name := d.path[strings.LastIndexByte(d.path, '/')+1:]
	if err := d.f.makeScale(d.path, name); err != nil {
		return d.error("make scale", err)
	}
	return nil
}

// Attach labels the dataset's axes, outermost first, with one scale each.
func (d *Dataset) Attach(scales ...*Dataset) error {
	for axis, s := range scales {
		if err := d.f.attachScale(d.path, s.path, axis); err != nil {
			return d.error("attach scale "+s.path, err)
		}
	}
	return nil
}

// element is the type of the numbers in memory.
type element int

const (
	float64s element = iota
	int64s
	int8s
	uint8s
)

func (e element) String() string {
	return [...]string{"float64", "int64", "int8", "uint8"}[e]
}

func elementOf[T Number]() element {
	var zero T
	switch any(zero).(type) {
	case float64:
		return float64s
	case int64:
		return int64s
	case int8:
		return int8s
	}
	return uint8s
}
