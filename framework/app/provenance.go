package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
	"github.com/helmholtz-physics/helmholtz/framework/host"
)

// provenance says what is about to be run, by what and where.
type provenance struct {
	core.RunInfo
	plugins []pluginRecord
}

func (s *session) info() (*provenance, error) {
	config, err := s.plan.JSON()
	if err != nil {
		return nil, err
	}
	records := []pluginRecord{recordOf(s.energy)}
	if s.model != nil {
		records = []pluginRecord{recordOf(s.model), records[0]}
	}
	for _, o := range s.opened {
		if !o.of.Builtin {
			records = append(records, recordOf(o.of))
		}
	}
	plugins, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	hostname, _ := os.Hostname()
	return &provenance{plugins: records, RunInfo: core.RunInfo{
		ID:             strconv.FormatInt(time.Now().UnixNano(), 36),
		Name:           s.plan.Name,
		Creator:        "helmholtz",
		CreatorVersion: version(),
		GitRevision:    revision(),
		GoVersion:      runtime.Version(),
		Hostname:       hostname,
		Kernels:        simd.InUse().String(),
		Threads:        s.threads.N,
		ThreadsSource:  s.threads.Source,
		ConfigTOML:     s.plan.Source,
		ConfigJSON:     string(config),
		PluginsJSON:    string(plugins),
	}}, nil
}

// pluginRecord is what the results keep of a plugin that took part.
type pluginRecord struct {
	Kind     core.PartKind `json:"kind"`
	Name     string        `json:"name"`
	Version  string        `json:"version"`
	SHA256   string        `json:"sha256"`
	Protocol int           `json:"protocol"`
	File     string        `json:"file"`
}

func recordOf(f *host.Found) pluginRecord {
	return pluginRecord{f.Kind, f.Name, f.Version, f.SHA256(), f.Protocol, filepath.Base(f.File)}
}

func revision() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

// follow takes over the warnings of the run that this one continues, and adds
// a note for every plugin that has been rebuilt since: its numbers may differ.
func (p *provenance) follow(earlier core.RunInfo) (notes []string) {
	var before []pluginRecord
	if json.Unmarshal([]byte(earlier.PluginsJSON), &before) == nil {
		for _, now := range p.plugins {
			for _, old := range before {
				if old.Kind == now.Kind && old.Name == now.Name && old.SHA256 != now.SHA256 {
					notes = append(notes, fmt.Sprintf("%s %s %s: its executable is not the one that began this run (sha256 %.12s..., was %.12s...)",
						now.Kind, now.Name, now.Version, now.SHA256, old.SHA256))
				}
			}
		}
	}
	p.Warnings = append(append(p.Warnings, earlier.Warnings...), notes...)
	return notes
}
