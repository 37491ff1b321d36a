package store

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// glimpseName is the file of the configurations by which a training is watched: it is there from the first checkpoint
// until the run is done.
const glimpseName = "run.samples.json"

// SaveGlimpse replaces the configurations of an earlier step; none removes them.
func (f *Folder) SaveGlimpse(g core.Glimpse) error {
	if len(g.X) == 0 {
		if err := os.Remove(f.Path(glimpseName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return replace.Error("remove samples", f.Path(glimpseName), core.WithoutPath(err))
		}
		return nil
	}
	text, err := json.Marshal(g)
	if err != nil {
		return core.Errorf(core.Internal, "encode samples", f.dir, "%w", err)
	}
	return f.WriteText(glimpseName, string(text)+"\n")
}

// GlimpseFile is where they are in a run folder.
func GlimpseFile(dir string) string { return filepath.Join(dir, glimpseName) }

// ReadGlimpse reads them, none where they are not there or cannot be read.
func ReadGlimpse(dir string) (g core.Glimpse) {
	file, size, err := core.OpenRegular(GlimpseFile(dir))
	if err != nil {
		return g
	}
	defer file.Close()
	const most = 32 * core.MostGlimpsed // a number takes at most 24 bytes
	text, err := io.ReadAll(io.LimitReader(file, most))
	if errors.Join(err, json.Unmarshal(text, &g)) != nil || size > most {
		return core.Glimpse{}
	}
	return g
}
