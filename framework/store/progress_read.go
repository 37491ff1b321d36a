package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// ProgressRow is a row of progress.jsonl.
type ProgressRow struct {
	Step        int64
	WallSeconds float64
	// Numbers are all of the row, by their names.
	Numbers map[string]float64
}

// Progress is the end of progress.jsonl.
type Progress struct {
	// First and Last are rows of the last minutes of training, the same where there is one alone.
	First, Last ProgressRow
	Written     time.Time
}

// progressTail is how much of the file is read: some three hundred rows, which are written at most
// once a second.
const progressTail = 64 << 10

// ReadProgress reads the last rows of the training in a run folder, also while it goes on; nil
// where there are none.
func ReadProgress(dir string) (*Progress, error) {
	path := filepath.Join(dir, progressName)
	file, _, err := core.OpenRegular(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, replace.Error("read progress", path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	var text []byte
	if err == nil {
		from := max(0, info.Size()-progressTail)
		text, err = io.ReadAll(io.NewSectionReader(file, from, info.Size()-from))
	}
	if err != nil {
		return nil, replace.Error("read progress", path, err)
	}
	var p *Progress
	for line := range bytes.Lines(text) {
		row, ok := progressRow(line) // the first may be half a one, and so may the last
		if !ok {
			continue
		}
		if p == nil {
			p = &Progress{First: row, Written: info.ModTime()}
		}
		p.Last = row
	}
	return p, nil
}

func progressRow(line []byte) (row ProgressRow, ok bool) {
	var all map[string]any
	if json.Unmarshal(line, &all) != nil {
		return row, false
	}
	row.Numbers = map[string]float64{}
	for name, value := range all {
		if x, ok := value.(float64); ok {
			row.Numbers[name] = x
		}
	}
	step, ok := row.Numbers["step"]
	row.Step, row.WallSeconds = int64(step), row.Numbers["wall_seconds"]
	return row, ok
}
