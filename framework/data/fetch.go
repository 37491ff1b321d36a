package data

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// fetched is a data set of files that are got from a Go module and kept in a folder.
type fetched struct {
	Set
	module goModule
	folder string // in the module
	files  []keptFile
	// decode makes an array of a dataset of the contents of the files.
	decode func(texts [][]byte, dataset string) (*Array, error)
}

// set is how Load finds it.
func (s *fetched) set() Set {
	found := s.Set
	found.Fetched = true
	found.read = func(dataset string) (*Array, error) {
		texts, err := s.kept()
		if err != nil {
			return nil, err
		}
		return s.decode(texts, dataset)
	}
	return found
}

// keptFile is a file with the SHA-256 of what it must hold.
type keptFile struct{ name, sha256 string }

// Fetched says where the files of a data set are.
type Fetched struct {
	Dir   string
	Files []string
	// From is the URL that had them, "" where they were there already.
	From string
}

// Cache is the folder in which a data set is kept: helmholtz/data/NAME in XDG_CACHE_HOME,
// or in the user's folder for such files.
func Cache(name string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", &core.Error{Kind: core.Storage, Op: "find data", Subject: name, Err: err, Hint: "set XDG_CACHE_HOME to a folder"}
	}
	return filepath.Join(dir, "helmholtz", "data", name), nil
}

// Fetch gets the files of a data set into the folder dir, "" for its Cache, where Load
// finds it by its name. Files that are there already are verified, and those that are not
// what they should be are replaced. Each is written whole or not at all.
//
// proxies is a list as in GOPROXY, "" is Go's default. No Go is needed.
func Fetch(ctx context.Context, name, dir, proxies string) (Fetched, error) {
	if name != mnist.Name {
		return Fetched{}, core.Errorf(core.Invalid, "fetch data", name, "no data set with this name is to be fetched")
	}
	return mnist.fetch(ctx, dir, proxies)
}

func (s *fetched) fetch(ctx context.Context, dir, proxies string) (done Fetched, err error) {
	if dir == "" {
		if dir, err = Cache(s.Name); err != nil {
			return done, err
		}
	}
	done.Dir = dir
	for _, f := range s.files {
		done.Files = append(done.Files, filepath.Join(dir, f.name))
	}
	if s.verify(dir) == nil {
		return done, nil
	}
	contents, from, err := s.module.fetch(ctx, cmp.Or(proxies, defaultProxies))
	if e := (*core.Error)(nil); errors.As(err, &e) && e.Kind == core.Storage {
		e.Hint = fmt.Sprintf("without network: run helmholtz data %s --out FOLDER where there is one, and copy the files to %s; "+
			"or set GOPROXY to a mirror, as file:///FOLDER with the module below it", s.Name, dir)
	}
	if err != nil {
		return done, err
	}
	done.From = from
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return done, replace.Error("make folder", dir, err)
	}
	for i, f := range s.files {
		text, err := s.module.file(contents, s.folder+"/"+f.name)
		if err == nil {
			err = f.check(text)
		}
		if err != nil {
			return done, core.Errorf(core.Storage, "fetch data", from, "%s: %w", f.name, core.WithoutPath(err))
		}
		err = replace.File(done.Files[i], func(w *os.File) error {
			_, err := w.Write(text)
			return err
		})
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// verify tests that the folder has all files, as they should be.
func (s *fetched) verify(dir string) error {
	for _, f := range s.files {
		if _, err := f.read(dir); err != nil {
			return err
		}
	}
	return nil
}

// read returns what the file in dir holds.
func (f keptFile) read(dir string) ([]byte, error) {
	path := filepath.Join(dir, f.name)
	opened, _, err := core.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(opened); err != nil {
		return nil, err
	}
	if err := f.check(text.Bytes()); err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return text.Bytes(), nil
}

func (f keptFile) check(text []byte) error {
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != f.sha256 {
		return fmt.Errorf("it has the SHA-256 %x instead of %s", sum, f.sha256)
	}
	return nil
}

// kept returns the contents of all files in the Cache.
func (s *fetched) kept() (texts [][]byte, err error) {
	dir, err := Cache(s.Name)
	if err != nil {
		return nil, err
	}
	for _, f := range s.files {
		text, err := f.read(dir)
		if err != nil {
			return nil, &core.Error{Kind: core.Invalid, Op: "read data", Subject: s.Name, Err: err, Hint: "get it by helmholtz data " + s.Name}
		}
		texts = append(texts, text)
	}
	return texts, nil
}
