package core

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// OpenRegular opens the file at path for reading and returns its size. Anything
// but a regular file is refused without being opened: a named pipe would wait
// for its other end, and a device need not have an end. Errors are
// *fs.PathError.
func OpenRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, &fs.PathError{Op: "open", Path: path, Err: WithoutPath(err)}
	}
	if info.IsDir() {
		return nil, 0, &fs.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	}
	if !info.Mode().IsRegular() {
		return nil, 0, &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("is %s, not a regular file", FileKind(info.Mode()))}
	}
	f, err := os.Open(path)
	return f, info.Size(), err
}

// FileKind says what a file is that is no regular one.
func FileKind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// WithoutPath is the cause of an error about a file, for a caller that names the
// file itself.
func WithoutPath(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// maxText bounds a text file: its numbers take two to four times as much memory.
const maxText = 4 << 30

// Text is an open text file.
type Text struct {
	*bufio.Reader
	file *os.File
}

// Close closes the file.
func (t *Text) Close() error { return t.file.Close() }

var byteOrderMark = []byte("\ufeff")

// OpenText opens a regular file as UTF-8, behind the byte order mark that some
// programs put first. Text of more than 4 GiB, and text in UTF-16, is refused.
// Errors are *fs.PathError.
func OpenText(path string) (*Text, error) {
	f, size, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	refuse := func(format string, args ...any) (*Text, error) {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf(format, args...)}
	}
	if size > maxText {
		return refuse("has %d bytes, and text is read up to %d; use a binary format", size, int64(maxText))
	}
	t := &Text{bufio.NewReader(f), f}
	head, _ := t.Peek(len(byteOrderMark)) // a file that cannot be read fails in its reader
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return refuse("is text in UTF-16; save it as UTF-8")
	}
	if bytes.Equal(head, byteOrderMark) {
		t.Discard(len(byteOrderMark))
	}
	return t, nil
}
