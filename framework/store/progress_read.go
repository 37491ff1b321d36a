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

// Phases of rows of an evaluation whose draws are of the model, and of Markov chains, as run names them.
const (
	PhaseEvaluate = "evaluate"
	PhaseSample   = "sample"
)

// ProgressRow is a row of progress.jsonl.
type ProgressRow struct {
	Step        int64
	WallSeconds float64
	// Phase is "train", or that of draws.
	Phase string
	// Drawn of Draws configurations of the phase; both are 0 in training.
	Drawn, Draws int64
	// Numbers are all of the row, by their names: of a step, or of all draws so far.
	Numbers map[string]float64
}

// Progress is the end of progress.jsonl.
type Progress struct {
	// First and Last are rows of the last minutes of training, the same where there is one alone.
	First, Last ProgressRow
	// FirstDrawn and LastDrawn are those of the phase of the evaluation that came after it; nil where
	// none has.
	FirstDrawn, LastDrawn *ProgressRow
	Written               time.Time
}

// ProgressOf is the end of rows, nil of none.
func ProgressOf(rows []ProgressRow, written time.Time) *Progress {
	if len(rows) == 0 {
		return nil
	}
	p := &Progress{Written: written}
	trained := false
	for i := range rows {
		row := &rows[i]
		if row.Draws > 0 {
			if p.LastDrawn == nil || p.LastDrawn.Phase != row.Phase || row.Drawn < p.LastDrawn.Drawn {
				p.FirstDrawn = row
			}
			if p.LastDrawn = row; !trained { // the rows of training are too far back, or there are none
				p.First, p.Last = *row, *row
			}
			continue
		}
		if !trained {
			p.First, trained = *row, true
		}
		p.Last, p.FirstDrawn, p.LastDrawn = *row, nil, nil
	}
	return p
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
	var rows []ProgressRow
	for line := range bytes.Lines(text) {
		if row, ok := progressRow(line); ok { // the first may be half a one, and so may the last
			rows = append(rows, row)
		}
	}
	return ProgressOf(rows, info.ModTime()), nil
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
	row.Phase, _ = all["phase"].(string)
	row.Drawn, row.Draws = int64(row.Numbers["drawn"]), int64(row.Numbers["draws"])
	return row, ok
}
