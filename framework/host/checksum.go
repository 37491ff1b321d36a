package host

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// checksum is the hash of a file as it was, or what becomes one.
type checksum struct {
	size  int64
	mtime time.Time

	done chan struct{} // closed when what follows is there
	hex  string
	err  error
}

// hashed is a checksum that is known.
func hashed(hex string) *checksum {
	c := &checksum{hex: hex, done: make(chan struct{})}
	close(c.done)
	return c
}

// sum returns the SHA-256 of a file, computed once while the file does not
// change.
func (h *Host) sum(file string) (string, error) {
	c, err := h.hashing(file)
	if err != nil {
		return "", err
	}
	<-c.done
	return c.hex, c.err
}

// hashing begins to compute the SHA-256 of a file, in the background: that of this binary takes as
// long as starting a plugin.
func (h *Host) hashing(file string) (*checksum, error) {
	f, _, err := core.OpenRegular(file)
	if err != nil {
		return nil, unreadable(err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, unreadable(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if c, ok := h.sums[file]; ok && c.size == info.Size() && c.mtime.Equal(info.ModTime()) {
		f.Close()
		return c, nil
	}
	c := &checksum{size: info.Size(), mtime: info.ModTime(), done: make(chan struct{})}
	h.sums[file] = c
	go c.compute(f)
	return c, nil
}

func (c *checksum) compute(f *os.File) {
	defer close(c.done)
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		c.err = unreadable(err)
		return
	}
	c.hex = hex.EncodeToString(hash.Sum(nil))
}

func unreadable(err error) error {
	return &core.Error{Kind: core.Invalid, Op: "find plugin", Err: err}
}
