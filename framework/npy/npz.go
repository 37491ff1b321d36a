package npy

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Archive is an open .npz file: a zip archive of the arrays NAME.npy, stored as
// numpy.savez does or deflated as numpy.savez_compressed does.
type Archive struct{ files []*zip.File }

// NewArchive reads the contents of an archive of so many bytes.
func NewArchive(r io.ReaderAt, size int64) (*Archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("is not a .npz file, or it was cut short: %w", err)
	}
	return &Archive{z.File}, nil
}

// Names of the arrays, in order.
func (a *Archive) Names() (names []string) {
	for _, f := range a.files {
		if name, ok := strings.CutSuffix(f.Name, ".npy"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// deflate shrinks at most 1032-fold: more than that is a damaged entry, and must not
// become an allocation.
const deflate = 1032

// Read reads the array of a name. The archive's checksum of it is verified.
func (a *Archive) Read(name string) (*Array, error) {
	i := slices.IndexFunc(a.files, func(f *zip.File) bool { return f.Name == name+".npy" })
	if i < 0 {
		return nil, fmt.Errorf("has no array %q", name)
	}
	f := a.files[i]
	if f.UncompressedSize64/deflate > f.CompressedSize64 {
		return nil, fmt.Errorf("says of the array %q that %d bytes hold %d", name, f.CompressedSize64, f.UncompressedSize64)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("has the array %q, which cannot be read: %w", name, err)
	}
	defer r.Close()
	array, err := Read(r, int64(f.UncompressedSize64))
	if err == nil {
		_, err = io.Copy(io.Discard, r) // the checksum is looked at behind the last byte
	}
	if err != nil {
		return nil, fmt.Errorf("has the array %q, which %w", name, err)
	}
	return array, nil
}
