package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// ProgressReader follows progress.jsonl of a run folder as it grows, and reads each row once. It
// writes nothing and takes no lock.
type ProgressReader struct {
	path string
	file os.FileInfo // as it was read last; nil where there was none
	at   int64       // behind the last whole line
}

// progressMost is how much is read at a time: a day of rows, which come at most once a second. What
// is before that of a longer file is left out.
const progressMost = 16 << 20

// FollowProgress begins at the first row, whether the file is there yet or not.
func FollowProgress(dir string) *ProgressReader {
	return &ProgressReader{path: filepath.Join(dir, progressName)}
}

// Next are the rows since the last call; lines that are none are left out. anew tells that they
// take the place of all rows before: the run went back to a checkpoint, or started again.
func (p *ProgressReader) Next() (rows []ProgressRow, anew bool, err error) {
	info, err := os.Stat(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		anew = p.file != nil
		p.file, p.at = nil, 0
		return nil, anew, nil
	}
	if err == nil && p.file != nil && os.SameFile(info, p.file) && info.Size() == p.file.Size() && info.ModTime().Equal(p.file.ModTime()) {
		return nil, false, nil
	}
	var text []byte
	if err == nil {
		text, anew, err = p.read()
	}
	if err != nil {
		return nil, anew, replace.Error("read progress", p.path, core.WithoutPath(err))
	}
	for line := range bytes.Lines(text) {
		if row, ok := progressRow(line); ok {
			rows = append(rows, row)
		}
	}
	return rows, anew, nil
}

// read takes the whole lines that were not read yet.
func (p *ProgressReader) read() (text []byte, anew bool, err error) {
	file, _, err := core.OpenRegular(p.path)
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	if p.file != nil && (!os.SameFile(info, p.file) || info.Size() < p.at) {
		anew, p.at = true, 0
	}
	from := max(p.at, info.Size()-progressMost)
	if text, err = io.ReadAll(io.NewSectionReader(file, from, info.Size()-from)); err != nil {
		return nil, anew, err
	}
	whole := bytes.LastIndexByte(text, '\n') + 1 // the writer may be in the middle of the next
	if whole > 0 || int64(len(text)) < progressMost {
		p.at = from + int64(whole)
	} else {
		p.at = info.Size() // no row is as long as that
	}
	p.file = info
	return text[:whole], anew, nil
}

// Written is when the last row was, zero where there is none.
func (p *ProgressReader) Written() time.Time {
	if p.file == nil {
		return time.Time{}
	}
	return p.file.ModTime()
}
