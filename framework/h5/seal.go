package h5

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
)

// A seal is the last 48 bytes of a file: a mark and the SHA-256 of all bytes
// before it. HDF5 readers ignore what follows the file's own end, and a
// program that changes the file cuts the seal off.
//
// It is checked before HDF5 sees the file, because the library trusts what it
// reads: changing single bytes of a small file, one after the other, soon made
// version 1.10.8 crash the process.
const (
	sealMark = "helmholtz-sha256"
	sealSize = int64(len(sealMark) + sha256.Size)
)

var errSeal = errors.New("damaged: its bytes are not those that were written")

// writeSealed writes the bytes of a file and their seal.
func writeSealed(w *os.File, image []byte) error {
	if _, err := w.Write(image); err != nil {
		return err
	}
	sum := sha256.Sum256(image)
	_, err := w.Write(append([]byte(sealMark), sum[:]...))
	return err
}

// checkSeal returns errSeal if the file has a seal that does not fit.
func checkSeal(f *os.File, size int64) error {
	if size < sealSize {
		return nil
	}
	last := make([]byte, sealSize)
	if _, err := f.ReadAt(last, size-sealSize); err != nil {
		return err
	}
	sum, sealed := bytes.CutPrefix(last, []byte(sealMark))
	if !sealed {
		return nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, size-sealSize)); err != nil {
		return err
	}
	if !bytes.Equal(sum, h.Sum(nil)) {
		return errSeal
	}
	return nil
}
